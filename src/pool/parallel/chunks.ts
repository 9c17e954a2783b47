/** How a list of items is cut into chunks, one order each: Python's rule. */

/** Chunks for each worker by default. */
const CHUNKS_PER_WORKER = 4;

/**
 * Items a chunk: four chunks for each worker, rounded up.
 *
 * Source: `Pool._map_async` in CPython's `multiprocessing/pool.py`.
 *
 * @example
 * ```ts
 * import { defaultChunkSize } from "../mod.ts";
 * console.assert(defaultChunkSize(100, 4) === 7); // 100 = 16 * 6 + 4
 * ```
 */
export function defaultChunkSize(items: number, workers: number): number {
  return Math.max(1, Math.ceil(items / (workers * CHUNKS_PER_WORKER)));
}

/**
 * Cuts anything iterable into arrays of `size` items; reads no further than it is asked.
 *
 * @throws {RangeError} for a size that is not a whole number from 1 on
 */
export function chunksOf<T>(items: Iterable<T>, size: number): Generator<T[]> {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`Cannot cut chunks of ${size} items: at least 1, a whole number`);
  }
  return cut(items, size);
}

function* cut<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
