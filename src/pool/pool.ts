/** The parent's side of a pool: Python's `multiprocessing.Pool`, typed. */

import { AsyncResult } from "./async_result.ts";
import { chunksOf, defaultChunkSize } from "./chunks.ts";
import { Dispatcher } from "./dispatcher.ts";
import type {
  CallOptions,
  MapOptions,
  PoolCounters,
  PoolOptions,
  SweepOptions,
} from "./pool_options.ts";
import type { ArgumentsOf, Functions, ResultOf, Service, Sweeps } from "./serve.ts";

export type { CallOptions, MapOptions, PoolCounters, PoolOptions, SweepOptions };

/** Chunks that `imap` has under way for each worker: enough to keep it busy while results are read. */
const AHEAD = 2;

/** A pool for the service that a worker's module gave as `T`. */
export type PoolOf<T> = Pool<
  T extends Service<infer F, Sweeps> ? F : never,
  T extends Service<Functions, infer S> ? S : never
>;

type First<T> = ArgumentsOf<T>[0];

/**
 * Workers that stay. A call runs one function on one worker; a map runs it on every item of a list; a
 * sweep lets all workers take numbered batches from shared memory until none is left.
 *
 * A worker that dies is replaced, and what it had in hand is done again elsewhere, once; then the caller
 * gets a `WorkerLostError`. An error thrown in a worker arrives as a `RemoteError`, arguments that cannot
 * be cloned are a `TypeError`, and a pool that was closed answers with a `PoolClosedError`.
 *
 * @example
 * ```ts ignore
 * import { Pool } from "./mod.ts";
 * import type { Squares } from "./squares.ts"; // export type Squares = typeof service
 * await using pool = await Pool.start<Squares>(new URL("./squares.ts", import.meta.url));
 * console.log(await pool.map("square", [1, 2, 3])); // [1, 4, 9]
 * ```
 */
export class Pool<F extends Functions, S extends Sweeps> implements AsyncDisposable {
  readonly #dispatcher: Dispatcher;

  private constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Starts the workers from `module` and waits until all have run their `start`. */
  static async start<T extends Service<Functions, Sweeps>>(
    module: URL,
    options: PoolOptions = {},
  ): Promise<PoolOf<T>> {
    const dispatcher = new Dispatcher(module, options);
    await dispatcher.started();
    return new Pool(dispatcher) as never;
  }

  /** Number of workers. */
  get size(): number {
    return this.#dispatcher.size;
  }

  /** What has happened so far. */
  get counters(): PoolCounters {
    return this.#dispatcher.counters;
  }

  /** Calls a function in a worker. When the signal aborts, the caller stops waiting. */
  async apply<K extends keyof F & string>(
    name: K,
    args: ArgumentsOf<F[K]>,
    options: CallOptions = {},
  ): Promise<ResultOf<F[K]>> {
    return await this.#dispatcher.call({ name, args }, options) as ResultOf<F[K]>;
  }

  /** Calls a function in a worker; the result can be asked whether it is there. */
  applyAsync<K extends keyof F & string>(
    name: K,
    args: ArgumentsOf<F[K]>,
    options: CallOptions = {},
  ): AsyncResult<ResultOf<F[K]>> {
    return new AsyncResult(this.apply(name, args, options));
  }

  /** Calls a function of one argument for every item. The results are in the items' order. */
  map<K extends keyof F & string>(
    name: K,
    items: Iterable<First<F[K]>>,
    options: MapOptions = {},
  ): Promise<ResultOf<F[K]>[]> {
    return this.#mapAll(name, alone(items), options);
  }

  /** As {@link map}; the result can be asked whether it is there. */
  mapAsync<K extends keyof F & string>(
    name: K,
    items: Iterable<First<F[K]>>,
    options: MapOptions = {},
  ): AsyncResult<ResultOf<F[K]>[]> {
    return new AsyncResult(this.map(name, items, options));
  }

  /** Calls a function for every list of arguments. The results are in the lists' order. */
  starmap<K extends keyof F & string>(
    name: K,
    items: Iterable<ArgumentsOf<F[K]>>,
    options: MapOptions = {},
  ): Promise<ResultOf<F[K]>[]> {
    return this.#mapAll(name, items, options);
  }

  /** As {@link starmap}; the result can be asked whether it is there. */
  starmapAsync<K extends keyof F & string>(
    name: K,
    items: Iterable<ArgumentsOf<F[K]>>,
    options: MapOptions = {},
  ): AsyncResult<ResultOf<F[K]>[]> {
    return new AsyncResult(this.starmap(name, items, options));
  }

  /**
   * Results one by one in the items' order, as soon as they are there. Reads no more than two chunks for
   * each worker ahead of whoever reads the results; the default chunk is one item.
   */
  imap<K extends keyof F & string>(
    name: K,
    items: Iterable<First<F[K]>>,
    options: MapOptions = {},
  ): AsyncGenerator<ResultOf<F[K]>> {
    return this.#stream(name, items, options, (underWay) => underWay[0]!.done);
  }

  /** As {@link imap}, but in whatever order the chunks are done. */
  imapUnordered<K extends keyof F & string>(
    name: K,
    items: Iterable<First<F[K]>>,
    options: MapOptions = {},
  ): AsyncGenerator<ResultOf<F[K]>> {
    return this.#stream(
      name,
      items,
      options,
      (underWay) => Promise.race(underWay.map(({ done }) => done)),
    );
  }

  /**
   * Lets all workers take the batches 0 to `batches - 1` of a sweep from a shared cursor. Resolves to the
   * compute time of all workers together, milliseconds. Settles only once no worker is at it any more,
   * so that memory the batches write to can be given back.
   *
   * @throws {RemoteError} when a batch threw twice
   * @throws {WorkerLostError} when two workers died over the same batch
   * @throws {OverBudgetError} when the workers took longer than `budget`
   */
  async sweep<K extends keyof S & string>(
    name: K,
    argument: First<S[K]>,
    options: SweepOptions,
  ): Promise<number> {
    return await this.#dispatcher.sweep(name, argument, options);
  }

  /** Takes no more work, and resolves when all that was taken is done and the workers have ended. */
  async close(): Promise<void> {
    await this.#dispatcher.close();
  }

  /** Ends the workers now. Everything under way fails with a `PoolClosedError`. */
  terminate(): void {
    this.#dispatcher.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #mapAll<R>(
    name: string,
    items: Iterable<readonly unknown[]>,
    { chunkSize, signal, onProgress }: MapOptions,
  ): Promise<R[]> {
    const list = [...items];
    const size = chunkSize ?? defaultChunkSize(list.length, this.size);
    // The first failure calls off the chunks that still wait.
    const failure = new AbortController();
    const either = signal === undefined
      ? failure.signal
      : AbortSignal.any([signal, failure.signal]);
    let done = 0;
    const chunks = [...chunksOf(list, size)].map(async (chunk) => {
      const results = await this.#dispatcher.call({ name, items: chunk }, { signal: either });
      done += chunk.length;
      onProgress?.(done);
      return results as R[];
    });
    try {
      return (await Promise.all(chunks)).flat(1) as R[];
    } catch (error) {
      failure.abort(error);
      await Promise.allSettled(chunks);
      throw error;
    }
  }

  async *#stream<R>(
    name: string,
    items: Iterable<unknown>,
    { chunkSize = 1, signal, onProgress }: MapOptions,
    next: (underWay: readonly Chunk<R>[]) => Promise<Chunk<R>>,
  ): AsyncGenerator<R> {
    const left = new AbortController();
    const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
    const chunks = chunksOf(alone(items), chunkSize);
    const underWay: Chunk<R>[] = [];
    let finished = 0;
    try {
      for (let more = true;;) {
        while (more && underWay.length < AHEAD * this.size) {
          const { value, done } = chunks.next();
          if (done) more = false;
          else underWay.push(this.#chunk(name, value, either));
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
      // Whoever stops reading, or meets an error, calls off what is still waiting.
      left.abort();
    }
  }

  #chunk<R>(name: string, items: readonly (readonly unknown[])[], signal: AbortSignal): Chunk<R> {
    const results = this.#dispatcher.call({ name, items }, { signal }) as Promise<R[]>;
    const done: Promise<Chunk<R>> = results.then(() => chunk, () => chunk);
    const chunk: Chunk<R> = { results, done };
    return chunk;
  }
}

/** A chunk under way. `done` gives the chunk itself when it has ended, well or not. */
interface Chunk<R> {
  readonly results: Promise<R[]>;
  readonly done: Promise<Chunk<R>>;
}

function* alone<T>(items: Iterable<T>): Generator<[T]> {
  for (const item of items) yield [item];
}
