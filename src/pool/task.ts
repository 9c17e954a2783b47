/** What a function that runs in a worker can know of its task: whether it is asked to stop. */

import type { StopFlags } from "./stop_flags.ts";

/**
 * The task that a function is called for. A task is asked to stop when its deadline is over, when its
 * caller's signal aborts, and when its pool is terminated; what it returns then, nobody reads.
 */
export interface Task {
  /** Whether the task is asked to stop. One load from shared memory: ask as often as you like. */
  readonly stopped: boolean;
  /** Aborts when the task is asked to stop: for whatever takes a signal. */
  readonly signal: AbortSignal;
}

let current: Task | undefined;

/**
 * The task that the function was called for. To be asked for before the function's first `await`:
 * thereafter another task may be the current one.
 *
 * @throws {TypeError} when no function of a service is being called
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
    throw new TypeError("Cannot give the current task: ask before the function's first await");
  }
  return current;
}

/** A task as the worker's side of a pool sees it: it can also be run, and be over. */
export class RunningTask implements Task {
  readonly #flags: StopFlags;
  readonly #slot: number;
  #controller: AbortController | undefined;
  #over = false;

  constructor(flags: StopFlags, slot: number) {
    this.#flags = flags;
    this.#slot = slot;
  }

  get stopped(): boolean {
    // Once it is over, the flag is another task's.
    return !this.#over && this.#flags.raised(this.#slot);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      if (!this.#over) {
        this.#flags.change(this.#slot).then(() => {
          if (this.stopped) controller.abort(stopError());
        });
      }
    }
    return this.#controller.signal;
  }

  /** @throws {DOMException} AbortError when the task is asked to stop */
  throwIfStopped(): void {
    if (this.stopped) throw stopError();
  }

  /** Calls a function for which this is the current task. */
  call<R>(target: () => R): R {
    current = this;
    try {
      return target();
    } finally {
      current = undefined;
    }
  }

  /** The function has returned: the signal aborts no more. */
  end(): void {
    this.#over = true;
    if (this.#controller !== undefined) this.#flags.wake(this.#slot);
  }
}

function stopError(): DOMException {
  return new DOMException("The task was asked to stop", "AbortError");
}
