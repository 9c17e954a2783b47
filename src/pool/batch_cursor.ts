/** The shared cursor: workers take numbered batches from shared memory, without a message for each. */

const NEXT = 0;
const DONE = 1;
const STOPPED = 2;
const REOPENED = 3;
const HEADER = 4;

const OPEN = 0;
const FINISHED = -1;

/**
 * Batches 0 to count - 1 and who has them, in one Int32Array: the next number to hand out, how many are
 * done, a flag to stop, and one cell a batch that is 0 (open), slot + 1 (taken by that worker) or -1.
 *
 * A claim is one atomic addition. A batch whose worker was lost is opened again by the parent and found
 * by the workers once the numbers have run out.
 *
 * @example
 * ```ts
 * import { BatchCursor } from "./mod.ts";
 * const cursor = BatchCursor.of(2);
 * const there = new BatchCursor(cursor.buffer); // in a worker: the buffer is shared, not copied
 * console.assert(there.claim(0) === 0 && cursor.claim(1) === 1 && cursor.claim(0) === -1);
 * ```
 */
export class BatchCursor {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  /** Looks at a cursor that exists. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** A new cursor over `count` batches. */
  static of(count: number): BatchCursor {
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(`Cannot count ${count} batches: not a whole number`);
    }
    return new BatchCursor(new SharedArrayBuffer(4 * (HEADER + count)));
  }

  get count(): number {
    return this.#cells.length - HEADER;
  }

  /** Takes an open batch for worker `slot`; -1 when there is none, or all are to stop. */
  claim(slot: number): number {
    if (this.stopped) return -1;
    while (this.#load(NEXT) < this.count) {
      const batch = Atomics.add(this.#cells, NEXT, 1);
      if (batch >= this.count) break;
      if (this.#take(batch, slot)) return batch;
    }
    if (this.#load(REOPENED) > 0) {
      for (let batch = 0; batch < this.count; batch++) {
        if (this.#load(HEADER + batch) === OPEN && this.#take(batch, slot)) {
          Atomics.sub(this.#cells, REOPENED, 1);
          return batch;
        }
      }
    }
    return -1;
  }

  /** Says that a claimed batch is done. */
  finish(batch: number): void {
    Atomics.store(this.#cells, HEADER + batch, FINISHED);
    Atomics.add(this.#cells, DONE, 1);
  }

  /** Opens a claimed batch again. */
  reopen(batch: number): void {
    Atomics.add(this.#cells, REOPENED, 1);
    Atomics.store(this.#cells, HEADER + batch, OPEN);
  }

  /** The batches that worker `slot` has claimed and not finished. */
  heldBy(slot: number): number[] {
    const held: number[] = [];
    for (let batch = 0; batch < this.count; batch++) {
      if (this.#load(HEADER + batch) === slot + 1) held.push(batch);
    }
    return held;
  }

  /** Asks everybody to stop: no further claim succeeds, and a long batch should look now and then. */
  stop(): void {
    Atomics.store(this.#cells, STOPPED, 1);
  }

  get stopped(): boolean {
    return this.#load(STOPPED) !== 0;
  }

  /** Whether a claim could succeed now. */
  get open(): boolean {
    return !this.stopped && (this.#load(NEXT) < this.count || this.#load(REOPENED) > 0);
  }

  /** Whether every batch is done. */
  get complete(): boolean {
    return this.#load(DONE) === this.count;
  }

  /** Batches done so far. */
  get done(): number {
    return this.#load(DONE);
  }

  #take(batch: number, slot: number): boolean {
    return Atomics.compareExchange(this.#cells, HEADER + batch, OPEN, slot + 1) === OPEN;
  }

  #load(cell: number): number {
    return Atomics.load(this.#cells, cell);
  }
}
