/** The shared cursor: workers take numbered batches from shared memory, without a message for each. */

const NEXT = 0;
const DONE = 1;
const REOPENED = 2;
const EARLY = 3;
const HEADER = 4;

/** A batch's cell; otherwise the number of the worker that has taken it, plus 1. */
const OPEN = 0;
const FINISHED = -1;
const OPEN_AGAIN = -2;

/**
 * Batches 0 to count - 1 and the workers that have them, in one Int32Array: the next number to hand out, how many are
 * done, how many were opened again, how many can be taken at any time, and one cell a batch. With
 * `lastAlone` the last batch can be taken only when all others are done.
 *
 * A claim is one atomic addition. A batch whose worker was lost is opened again by the parent and taken
 * before the others. Workers have numbers from 0 up. Only the worker that has a batch can finish it: one
 * that was given up and still runs does no harm.
 *
 * @example
 * ```ts
 * import { BatchCursor } from "../mod.ts";
 * const cursor = BatchCursor.of(2);
 * const there = new BatchCursor(cursor.cells); // in a worker: their memory is shared, not copied
 * console.assert(there.claim(0) === 0 && cursor.claim(1) === 1 && cursor.claim(0) === -1);
 * ```
 */
export class BatchCursor {
  readonly cells: Int32Array<SharedArrayBuffer>;
  /** Number of batches. */
  readonly count: number;

  /** The cursor in the cells of another one. */
  constructor(cells: Int32Array<SharedArrayBuffer>) {
    this.cells = cells;
    this.count = cells.length - HEADER;
  }

  /**
   * A new cursor over `count` batches.
   *
   * @throws {RangeError} when that is not a whole number from 0 on
   */
  static of(count: number, { lastAlone = false } = {}): BatchCursor {
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(`Cannot count ${count} batches: not a whole number`);
    }
    const bytes = Int32Array.BYTES_PER_ELEMENT * (HEADER + count);
    const cells = new Int32Array(new SharedArrayBuffer(bytes));
    cells[EARLY] = lastAlone ? Math.max(0, count - 1) : count;
    return new BatchCursor(cells);
  }

  /** Takes an open batch for a worker; -1 when there is none. */
  claim(worker: number): number {
    if (this.#load(REOPENED) > 0) {
      for (let batch = 0; batch < this.count; batch++) {
        if (this.#exchange(batch, OPEN_AGAIN, worker + 1)) {
          Atomics.sub(this.cells, REOPENED, 1);
          return batch;
        }
      }
    }
    while (this.#load(NEXT) < this.#early) {
      const batch = Atomics.add(this.cells, NEXT, 1);
      if (batch >= this.#early) break;
      if (this.#exchange(batch, OPEN, worker + 1)) return batch;
    }
    return this.claimLast(worker);
  }

  /** Takes the batch that comes after all others, if all others are done; else -1. */
  claimLast(worker: number): number {
    const last = this.#early;
    return this.#lastOpen && this.#exchange(last, OPEN, worker + 1) ? last : -1;
  }

  /** Marks a batch as done; does nothing when the worker does not have it any more. */
  finish(batch: number, worker: number): void {
    if (this.#exchange(batch, worker + 1, FINISHED)) Atomics.add(this.cells, DONE, 1);
  }

  /** Opens a batch again that its worker will not finish. */
  reopen(batch: number): void {
    const owner = this.#load(HEADER + batch);
    if (owner === FINISHED || owner === OPEN_AGAIN) return;
    if (this.#exchange(batch, owner, OPEN_AGAIN)) Atomics.add(this.cells, REOPENED, 1);
  }

  /** The batches that a worker has claimed and not finished. */
  heldBy(worker: number): number[] {
    return this.unfinished().filter((batch) => this.#load(HEADER + batch) === worker + 1);
  }

  /** The batches that could have been taken and are not done. */
  unfinished(): number[] {
    const batches: number[] = [];
    const reached = this.earlyDone ? this.count : this.#early;
    for (let batch = 0; batch < reached; batch++) {
      if (this.#load(HEADER + batch) !== FINISHED) batches.push(batch);
    }
    return batches;
  }

  /** Whether a claim could succeed now. */
  get open(): boolean {
    return this.#load(NEXT) < this.#early || this.#load(REOPENED) > 0 || this.#lastOpen;
  }

  /** Whether every batch is done that can be taken at any time. */
  get earlyDone(): boolean {
    return this.#load(DONE) >= this.#early;
  }

  /** Whether every batch is done. */
  get complete(): boolean {
    return this.#load(DONE) === this.count;
  }

  /** Batches done so far. */
  get done(): number {
    return this.#load(DONE);
  }

  get #early(): number {
    return this.#load(EARLY);
  }

  get #lastOpen(): boolean {
    const last = this.#early;
    return last < this.count && this.#load(DONE) === last && this.#load(HEADER + last) === OPEN;
  }

  #exchange(batch: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.cells, HEADER + batch, from, to) === from;
  }

  #load(cell: number): number {
    return Atomics.load(this.cells, cell);
  }
}
