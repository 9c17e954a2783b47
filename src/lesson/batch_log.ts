/** Which worker computed which batch, and when: written by workers into shared memory, read by their parent. */

/** A batch that was computed. */
export interface LoggedBatch {
  readonly batch: number;
  /** The lane of its worker. */
  readonly worker: number;
  /** When it was taken and when it was done, milliseconds by {@link clock}. */
  readonly began: number;
  readonly ended: number;
}

/** Cells of the header: entries begun so far, and whether all are to stop. */
const COUNT = 0;
const STOPPED = 1;
const HEADER_BYTES = 8;

/** Two numbers (lane + 1, 0 while it is being written; batch) and two times. */
const ENTRY_BYTES = 2 * 4 + 2 * 8;

/** Milliseconds since 1970, to the microsecond, and the same in every thread of this machine. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * A list in shared memory that any number of workers append to without waiting, and that one parent
 * reads as it grows. What does not fit any more is left out.
 */
export class BatchLog {
  readonly buffer: SharedArrayBuffer;
  readonly #header: Int32Array;
  readonly #marks: Int32Array;
  readonly #times: Float64Array;
  #read = 0;

  /** Looks at a log that exists. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    const capacity = (buffer.byteLength - HEADER_BYTES) / ENTRY_BYTES;
    this.#header = new Int32Array(buffer, 0, 2);
    this.#times = new Float64Array(buffer, HEADER_BYTES, 2 * capacity);
    this.#marks = new Int32Array(buffer, HEADER_BYTES + 16 * capacity, 2 * capacity);
  }

  /** A new log with room for so many batches. */
  static of(capacity: number): BatchLog {
    return new BatchLog(new SharedArrayBuffer(HEADER_BYTES + ENTRY_BYTES * capacity));
  }

  /** Appends a batch that is done. */
  add({ batch, worker, began, ended }: LoggedBatch): void {
    const entry = Atomics.add(this.#header, COUNT, 1);
    if (2 * entry >= this.#marks.length) return;
    this.#times[2 * entry] = began;
    this.#times[2 * entry + 1] = ended;
    this.#marks[2 * entry + 1] = batch;
    // Written last and atomically: a reader that sees the lane sees the rest.
    Atomics.store(this.#marks, 2 * entry, worker + 1);
  }

  /** The batches that have come since the last call, in the order they were done. */
  fresh(): LoggedBatch[] {
    const batches: LoggedBatch[] = [];
    for (; 2 * this.#read < this.#marks.length; this.#read++) {
      const entry = 2 * this.#read;
      const lane = Atomics.load(this.#marks, entry);
      if (lane === 0) break;
      batches.push({
        batch: this.#marks[entry + 1]!,
        worker: lane - 1,
        began: this.#times[entry]!,
        ended: this.#times[entry + 1]!,
      });
    }
    return batches;
  }

  /** Begins anew. Only while no worker writes. */
  clear(): void {
    this.#marks.fill(0);
    this.#read = 0;
    Atomics.store(this.#header, COUNT, 0);
  }

  /** Asks all workers to leave what they are at; they look before every batch. */
  stop(): void {
    Atomics.store(this.#header, STOPPED, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#header, STOPPED) !== 0;
  }
}
