/** How a list of items goes through a pool: in chunks, all at once. */

import { chunksOf, defaultChunkSize } from "./chunks.ts";
import type { MapOptions, TaskOptions } from "./pool_options.ts";

/** Calls the function in a worker for each list of arguments of a chunk. */
export type ChunkCall<R> = (
  items: readonly (readonly unknown[])[],
  options: TaskOptions,
) => Promise<R[]>;

/** Lists of arguments, and how they are worked through. */
export interface Mapping extends MapOptions {
  readonly items: Iterable<readonly unknown[]>;
}

/** All results in the items' order. */
export async function mapAll<R>(
  call: ChunkCall<R>,
  workers: number,
  { items, chunkSize, onProgress, ...options }: Mapping,
): Promise<R[]> {
  const list = [...items];
  const size = chunkSize ?? defaultChunkSize(list.length, workers);
  // The first failure calls off all other chunks.
  const failure = new AbortController();
  const signal = either(options.signal, failure.signal);
  let done = 0;
  const chunks = [...chunksOf(list, size)].map(async (chunk) => {
    const results = await call(chunk, { ...options, signal });
    done += chunk.length;
    onProgress?.(done);
    return results;
  });
  try {
    return (await Promise.all(chunks)).flat(1) as R[];
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(chunks);
    throw error;
  }
}

/** A signal that aborts when either does. */
export function either(signal: AbortSignal | undefined, own: AbortSignal): AbortSignal {
  return signal === undefined ? own : AbortSignal.any([signal, own]);
}
