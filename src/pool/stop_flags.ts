/** The flags by which a worker's tasks are asked to stop, in memory that it shares with its parent. */

/** Orders in a worker's mailbox: one that runs, and one to go on with at once. */
export const MAILBOX = 2;

/** One flag for each order that a worker can have in hand. */
export class StopFlags {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  /** New flags, or a look at those that are there. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * MAILBOX)) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** Whether the task in this slot is asked to stop. */
  raised(slot: number): boolean {
    return Atomics.load(this.#cells, slot) !== 0;
  }

  /** Asks the task in this slot to stop. */
  raise(slot: number): void {
    Atomics.store(this.#cells, slot, 1);
    this.wake(slot);
  }

  raiseAll(): void {
    for (let slot = 0; slot < MAILBOX; slot++) this.raise(slot);
  }

  /** To be called before a slot gets its next order. */
  lower(slot: number): void {
    Atomics.store(this.#cells, slot, 0);
  }

  /** Resolves when the flag is raised, or at the next {@link wake}. */
  async change(slot: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.#cells, slot, 0);
    if (waiting.async) await waiting.value;
  }

  wake(slot: number): void {
    Atomics.notify(this.#cells, slot);
  }
}
