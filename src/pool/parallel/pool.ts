/** The parent's side of a pool: Python's `multiprocessing.Pool`, typed. */

import { AsyncResult } from "./async_result.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type ChunkCall, firstDone, inOrder, mapAll, type NextChunk, stream } from "./mapping.ts";
import type {
  CallOptions,
  MapOptions,
  ParallelForOptions,
  PoolCounters,
  PoolOptions,
  TaskOptions,
} from "./pool_options.ts";
import type { ArgumentsOf, BatchFunctions, Functions, ResultOf, Service } from "../worker/serve.ts";
import type { Patience } from "./within.ts";

export type { CallOptions, MapOptions, ParallelForOptions, PoolCounters, PoolOptions, TaskOptions };

/** A pool for the service that a worker's module gave as `T`. */
export type PoolOf<T> = Pool<
  T extends Service<infer F, BatchFunctions> ? F : never,
  T extends Service<Functions, infer S> ? S : never
>;

type First<T> = ArgumentsOf<T>[0];

/** A function of the service, and its arguments. They are cloned for every worker that takes part. */
export interface LastCall<F extends Functions, K extends keyof F & string> {
  readonly name: K;
  readonly args: Readonly<ArgumentsOf<F[K]>>;
}

/**
 * Workers that stay. A call runs one function on one worker; a map runs it on every item of a list; a
 * loop lets all workers take numbered batches from shared memory until none is left.
 *
 * A worker that dies is replaced, and what it had in hand is done again elsewhere, once; then the caller
 * gets a `WorkerLostError`. A task that takes longer than its `deadline` fails with a `DeadlineError` at
 * once and is asked to stop (see `currentTask`); a worker that does not is replaced, and its thread is a
 * stray until it ends. An error thrown in a worker arrives as a `RemoteError`, arguments that cannot be
 * cloned are a `TypeError`, and a pool that was closed answers with a `PoolClosedError`.
 *
 * A program ends by itself once its pools are closed, unless `counters.leakedThreads` says that threads run on:
 * then it has to end with `Deno.exit()`.
 *
 * @example
 * ```ts ignore
 * import { Pool } from "../mod.ts";
 * import type { Squares } from "./squares.ts"; // export type Squares = typeof service
 * await using pool = await Pool.start<Squares>(new URL("./squares.ts", import.meta.url));
 * console.log(await pool.map("square", [1, 2, 3])); // [1, 4, 9]
 * ```
 */
export class Pool<F extends Functions, S extends BatchFunctions> implements AsyncDisposable {
  readonly #dispatcher: Dispatcher;

  private constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** Starts the workers from `module` and waits until all have run their `start`. */
  static async start<T extends Service<Functions, BatchFunctions>>(
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

  /** Calls a function in a worker. When the signal aborts, the caller waits no more. */
  apply<K extends keyof F & string>(
    name: K,
    args: ArgumentsOf<F[K]>,
    options: CallOptions = {},
  ): Promise<ResultOf<F[K]>> {
    return this.#dispatcher.call({ name, args }, options) as Promise<ResultOf<F[K]>>;
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
    return this.#map(name, alone(items), options);
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
    return this.#map(name, items, options);
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
    return this.#stream(name, items, options, inOrder);
  }

  /** As {@link imap}, but in whatever order the chunks are done. */
  imapUnordered<K extends keyof F & string>(
    name: K,
    items: Iterable<First<F[K]>>,
    options: MapOptions = {},
  ): AsyncGenerator<ResultOf<F[K]>> {
    return this.#stream(name, items, options, firstDone);
  }

  /**
   * Lets all workers take the batches 0 to `batches - 1` of a loop from a shared cursor. Resolves to the
   * compute time of all workers together, milliseconds. Settles only once no worker is at it any more,
   * so that memory the batches write to can be given back: unless `onLeakedThread` tells of one that was given
   * up and may still write.
   *
   * @throws {RemoteError} when a batch threw twice
   * @throws {WorkerLostError} when two workers died over the same batch
   * @throws {OverBudgetError} when the workers took longer than `budget`
   * @throws {DeadlineError} when a batch took longer than `deadline`
   */
  async parallelFor<K extends keyof S & string>(
    name: K,
    argument: First<S[K]>,
    options: ParallelForOptions,
  ): Promise<number> {
    const work = { name, argument, last: null };
    return (await this.#dispatcher.loop(work, options)).milliseconds;
  }

  /**
   * As {@link loop}; then the worker that did the last batch calls a function at once, without a way
   * through this thread. Whatever bounds the loop bounds the call, which counts as one batch more: a
   * worker that dies over it is replaced, and another one calls.
   *
   * @returns the batches' compute time, milliseconds, and what the function returned
   */
  async parallelForThenCall<K extends keyof S & string, L extends keyof F & string>(
    name: K,
    argument: First<S[K]>,
    options: ParallelForOptions & { readonly last: LastCall<F, L> },
  ): Promise<{ readonly milliseconds: number; readonly value: ResultOf<F[L]> }> {
    const { last, ...bounds } = options;
    const result = await this.#dispatcher.loop({ name, argument, last }, bounds);
    return result as { milliseconds: number; value: ResultOf<F[L]> };
  }

  /**
   * Takes no more work; resolves when all that was taken is done and the workers are gone (Python's
   * `close` and `join` in one). An aborted signal ends the wait; the pool stays closed.
   */
  async close(patience?: Patience): Promise<void> {
    this.#dispatcher.close();
    await this.join(patience);
  }

  /**
   * Ends the workers now, without waiting. Everything under way fails with a `PoolClosedError`, and tasks
   * that run are asked to stop.
   */
  terminate(): void {
    this.#dispatcher.terminate();
  }

  /**
   * Waits, after `close` or `terminate`, until all workers are gone. Resolves to whether they are: not
   * when the timeout (milliseconds) is over first, nor when a busy thread has not ended within the
   * pool's grace. Then `counters.leakedThreads` says how many run on.
   *
   * @throws {TypeError} when the pool still takes work
   */
  async join(patience?: Patience): Promise<boolean> {
    return await this.#dispatcher.join(patience);
  }

  /** Terminates and joins, as Python's context manager does: await what you want done in the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }

  #map<R>(
    name: string,
    items: Iterable<readonly unknown[]>,
    options: MapOptions,
  ): Promise<R[]> {
    return mapAll(this.#chunkCall<R>(name), this.size, { ...options, items });
  }

  #stream<R>(
    name: string,
    items: Iterable<unknown>,
    options: MapOptions,
    next: NextChunk,
  ): AsyncGenerator<R> {
    return stream(this.#chunkCall<R>(name), this.size, { ...options, items: alone(items), next });
  }

  #chunkCall<R>(name: string): ChunkCall<R> {
    return (items, options) => this.#dispatcher.call({ name, items }, options) as Promise<R[]>;
  }
}

function* alone<T>(items: Iterable<T>): Generator<[T]> {
  for (const item of items) yield [item];
}
