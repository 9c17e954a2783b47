/** What a function that runs in a worker can know of its task: whether it is asked to stop. */

import type { TaskFlags } from "../parallel/task_flags.ts";

/**
 * The task that a function is called for. A task is asked to stop when its deadline is over, when its
 * caller's signal aborts, and when its pool is terminated; what it returns then is not read.
 */
export interface Task {
  /** Whether the task is asked to stop. One load from shared memory: ask as often as you like. */
  readonly stopped: boolean;
  /** Aborts when the task is asked to stop: for whatever takes a signal. */
  readonly signal: AbortSignal;
}

let current: Task | undefined;

/**
 * The task that this worker is at: a worker does one after the other.
 *
 * @throws {TypeError} when it is at none
 * @example
 * ```ts ignore
 * serve({
 *   functions: {
 *     search: (from: number) => {
 *       const task = currentTask();
 *       for (let n = from; !task.stopped; n++) if (isPrime(n)) return n;
 *     },
 *   },
 * });
 * ```
 */
export function currentTask(): Task {
  if (current === undefined) {
    throw new TypeError("Cannot give the current task: no function of a service is being called");
  }
  return current;
}

/** A task as the worker's side of a pool sees it: it also begins, ends and is answered. */
export class RunningTask implements Task {
  readonly #flags: TaskFlags;
  readonly #flag: number;
  #controller: AbortController | undefined;
  #over = false;

  constructor(flags: TaskFlags, flag: number) {
    this.#flags = flags;
    this.#flag = flag;
  }

  get stopped(): boolean {
    // Once it is over, the flag is another task's.
    return !this.#over && this.#flags.stopped(this.#flag);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      if (!this.#over) {
        this.#flags.change(this.#flag).then(() => {
          if (this.stopped) controller.abort(stopError());
        });
      }
    }
    return this.#controller.signal;
  }

  /**
   * Makes this the current task.
   *
   * @throws {DOMException} AbortError when it is not to begin
   */
  begin(): void {
    if (!this.#flags.begin(this.#flag)) throw stopError();
    current = this;
  }

  /** @throws {DOMException} AbortError when the task is asked to stop */
  throwIfStopped(): void {
    if (this.stopped) throw stopError();
  }

  /** The function has returned: the signal aborts no more. */
  end(): void {
    this.#over = true;
    current = undefined;
    if (this.#controller !== undefined) this.#flags.wake(this.#flag);
  }

  /** Its answer has been sent: should the worker end now, this task is not to blame. */
  answered(): void {
    this.#flags.answer(this.#flag);
  }
}

function stopError(): DOMException {
  return new DOMException("The task was asked to stop", "AbortError");
}
