/** How a list of items goes through a pool: in chunks, all at once or as a stream. */

import { chunksOf, defaultChunkSize } from "./chunks.ts";
import type { MapOptions, TaskOptions } from "./pool_options.ts";

/** Calls the function in a worker for each list of arguments of a chunk. */
export type ChunkCall<R> = (
  items: readonly (readonly unknown[])[],
  options: TaskOptions,
) => Promise<R[]>;

/** A chunk under way. `done` gives the chunk itself when it has ended, well or not. */
export interface Chunk<R> {
  readonly results: Promise<R[]>;
  readonly done: Promise<Chunk<R>>;
}

/** Chooses the chunk whose results are read next, among those under way. */
export type NextChunk = <R>(underWay: readonly Chunk<R>[]) => Promise<Chunk<R>>;

/** Lists of arguments, and how they are worked through. */
export interface Mapping extends MapOptions {
  readonly items: Iterable<readonly unknown[]>;
}

/** Chunks that a stream has under way for each worker: enough to keep it busy while results are read. */
const AHEAD = 2;

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

/** Results one by one; reads no further ahead than the workers need to stay busy. */
export async function* stream<R>(
  call: ChunkCall<R>,
  workers: number,
  { items, next, chunkSize = 1, onProgress, ...options }: Mapping & { readonly next: NextChunk },
): AsyncGenerator<R> {
  const left = new AbortController();
  const signal = either(options.signal, left.signal);
  const chunks = chunksOf(items, chunkSize);
  const underWay: Chunk<R>[] = [];
  let finished = 0;
  try {
    for (let more = true;;) {
      while (more && underWay.length < AHEAD * workers) {
        const { value, done } = chunks.next();
        if (done) more = false;
        else underWay.push(chunkOf(call(value, { ...options, signal })));
      }
      if (underWay.length === 0) return;
      const chunk = await next(underWay);
      underWay.splice(underWay.indexOf(chunk), 1);
      const results = await chunk.results;
      finished += results.length;
      onProgress?.(finished);
      yield* results;
    }
  } finally {
    // Whoever stops reading, or meets an error, calls off what is still under way.
    left.abort();
    chunks.return(undefined);
  }
}

/** The chunk that was begun first. */
export function inOrder<R>(underWay: readonly Chunk<R>[]): Promise<Chunk<R>> {
  return underWay[0]!.done;
}

/** The chunk that is done first. */
export function firstDone<R>(underWay: readonly Chunk<R>[]): Promise<Chunk<R>> {
  return Promise.race(underWay.map(({ done }) => done));
}

function chunkOf<R>(results: Promise<R[]>): Chunk<R> {
  const done: Promise<Chunk<R>> = results.then(() => chunk, () => chunk);
  const chunk: Chunk<R> = { results, done };
  return chunk;
}

function either(signal: AbortSignal | undefined, own: AbortSignal): AbortSignal {
  return signal === undefined ? own : AbortSignal.any([signal, own]);
}
