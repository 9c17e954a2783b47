/** A bounded piece of shared memory, handed out in regions and taken back. */

import { untilAborted } from "./within.ts";

/** A region of the arena: its address in bytes. Giving it back twice does no harm. */
export interface Region extends Disposable {
  readonly at: number;
  readonly bytes: number;
}

interface Waiting {
  readonly bytes: number;
  readonly settle: PromiseWithResolvers<Region>;
}

const ALIGNMENT = 64;

/**
 * Hands out regions between two addresses, first fit. Requests for which there is no room wait, and are
 * served in order: a large one is not starved by small ones.
 */
export class Arena {
  /** Regions begin and end at multiples of this, bytes. */
  static readonly alignment = ALIGNMENT;
  /** Free ranges [start, end), by address. */
  #free: [number, number][];
  #waiting: Waiting[] = [];
  readonly #capacity: number;

  constructor(from: number, to: number) {
    const start = align(from);
    const end = to - to % ALIGNMENT;
    if (!(start < end)) throw new RangeError(`Cannot make an arena from ${from} to ${to}: no room`);
    this.#free = [[start, end]];
    this.#capacity = end - start;
  }

  /** Bytes that are handed out. */
  get used(): number {
    return this.#capacity - this.#free.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Whether a request waits for room. */
  get crowded(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * Waits for room and takes it.
   *
   * @throws {RangeError} when the arena is smaller than that, or it is not a number of bytes
   */
  async allocate(bytes: number, signal?: AbortSignal): Promise<Region> {
    signal?.throwIfAborted();
    if (!Number.isSafeInteger(bytes) || bytes < 1) {
      throw new RangeError(`Cannot allocate ${bytes} bytes: at least 1, a whole number`);
    }
    if (bytes > this.#capacity) {
      throw new RangeError(`Cannot allocate ${bytes} bytes: the arena has ${this.#capacity}`);
    }
    const now = this.#waiting.length === 0 ? this.#take(bytes) : undefined;
    if (now !== undefined) return now;
    const waiting: Waiting = { bytes, settle: Promise.withResolvers() };
    this.#waiting.push(waiting);
    return await untilAborted(waiting.settle.promise, signal, (reason) => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.settle.reject(reason);
      this.#serve();
    });
  }

  #take(bytes: number): Region | undefined {
    const size = align(bytes);
    const index = this.#free.findIndex(([start, end]) => end - start >= size);
    const range = this.#free[index];
    if (range === undefined) return undefined;
    const at = range[0];
    range[0] += size;
    if (range[0] === range[1]) this.#free.splice(index, 1);
    let held = true;
    const giveBack = () => {
      if (!held) return;
      held = false;
      this.#giveBack(at, at + size);
    };
    return { at, bytes, [Symbol.dispose]: giveBack };
  }

  #giveBack(start: number, end: number): void {
    const ranges = [...this.#free, [start, end] as [number, number]].sort((a, b) => a[0] - b[0]);
    this.#free = [];
    for (const range of ranges) {
      const last = this.#free.at(-1);
      if (last !== undefined && last[1] === range[0]) last[1] = range[1];
      else this.#free.push(range);
    }
    this.#serve();
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const region = this.#take(first.bytes);
      if (region === undefined) return;
      this.#waiting.shift();
      first.settle.resolve(region);
    }
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
