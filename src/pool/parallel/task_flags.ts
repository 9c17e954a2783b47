/** How far a worker's tasks are, and whether they are to stop: in memory that it shares with its parent. */

/**
 * Orders that a worker can have in hand: the one that runs and others to go on with at once (experiment
 * pool-1). A worker with nothing to do is given what waits behind a long call.
 */
export const MAILBOX = 16;

/** What is in a task's cell. */
const WAITING = 0;
const BEGUN = 1;
const STOP = 2;
const ANSWERED = 3;

/** The cell behind those of the tasks: whether the worker has more than one order. */
const CROWDED = MAILBOX;

/** One cell, a flag, for each order that a worker can have in hand. */
export class TaskFlags {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** New flags, or the same flags in another thread. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * (MAILBOX + 1))) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** The parent gives the flag to a new task. */
  place(flag: number): void {
    Atomics.store(this.#cells, flag, WAITING);
  }

  /** The worker begins the task. Returns false when it must not. */
  begin(flag: number): boolean {
    return Atomics.compareExchange(this.#cells, flag, WAITING, BEGUN) === WAITING;
  }

  /** The worker has sent the task's answer. The parent may have given the flag to another task by now. */
  answer(flag: number): void {
    Atomics.compareExchange(this.#cells, flag, BEGUN, ANSWERED);
  }

  /** Whether the worker has sent the task's answer, which may not have arrived. */
  answered(flag: number): boolean {
    return Atomics.load(this.#cells, flag) === ANSWERED;
  }

  /** The parent takes a task back. Returns whether the worker had not begun it; then it never will. */
  recall(flag: number): boolean {
    return Atomics.compareExchange(this.#cells, flag, WAITING, STOP) === WAITING;
  }

  /** The parent asks the task to stop. */
  stop(flag: number): void {
    Atomics.store(this.#cells, flag, STOP);
    this.wake(flag);
  }

  stopAll(): void {
    for (let flag = 0; flag < MAILBOX; flag++) this.stop(flag);
  }

  /** Whether the task is asked to stop. */
  stopped(flag: number): boolean {
    return Atomics.load(this.#cells, flag) === STOP;
  }

  set crowded(whether: boolean) {
    Atomics.store(this.#cells, CROWDED, Number(whether));
  }

  /** Whether other orders wait for the worker to be done with the one that it is at. */
  get crowded(): boolean {
    return Atomics.load(this.#cells, CROWDED) !== 0;
  }

  /** Resolves when the task, which has begun, is asked to stop, or at the next {@link wake}. */
  async change(flag: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#cells, flag, BEGUN);
    if (waiting.async) await waiting.value;
  }

  wake(flag: number): void {
    Atomics.notify(this.#cells, flag);
  }
}
