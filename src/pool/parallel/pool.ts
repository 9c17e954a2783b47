/** The parent's side of a pool: Python's `multiprocessing.Pool`, typed. */

import { AsyncResult } from "./async_result.ts";
import { Dispatcher } from "./dispatcher.ts";
import { mapAll } from "./mapping.ts";
import type {
  Callbacks,
  CallOptions,
  MapOptions,
  ParallelForOptions,
  PoolCounters,
  PoolOptions,
  TaskOptions,
} from "./pool_options.ts";
import { firstDone, inOrder, type NextChunk, ResultStream } from "./result_stream.ts";
import type { ArgumentsOf, BatchFunctions, Functions, ResultOf, Service } from "../worker/serve.ts";
import type { Patience } from "../within.ts";

export type {
  Callbacks,
  CallOptions,
  MapOptions,
  ParallelForOptions,
  PoolCounters,
  PoolOptions,
  ResultStream,
  TaskOptions,
};

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
 * Workers that stay. A call runs one function on one worker; a map runs it on every item of a list;
 * parallelFor lets all workers take numbered batches from shared memory until none is left.
 *
 * A worker that dies is replaced, and what it had in hand is done again elsewhere, once; then the caller
 * gets a `WorkerLostError`. A task that takes longer than its `deadline` fails with a `DeadlineError` at
 * once and is asked to stop (see `currentTask`); a worker that does not is replaced, and its thread is
 * leaked until it ends. An error thrown in a worker arrives as a `RemoteError`, arguments that cannot be
 * cloned are a `TypeError`, and a pool that was closed answers with a `PoolClosedError`.
 *
 * A program ends by itself once its pools are closed, unless `counters.leakedThreads` is above 0: then it
 * has to end with `Deno.exit()`.
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
    options: CallOptions & Callbacks<ResultOf<F[K]>> = {},
  ): AsyncResult<ResultOf<F[K]>> {
    return new AsyncResult(this.apply(name, args, options), options);
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
    options: MapOptions & Callbacks<ResultOf<F[K]>[]> = {},
  ): AsyncResult<ResultOf<F[K]>[]> {
    return new AsyncResult(this.map(name, items, options), options);
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
    options: MapOptions & Callbacks<ResultOf<F[K]>[]> = {},
  ): AsyncResult<ResultOf<F[K]>[]> {
    return new AsyncResult(this.starmap(name, items, options), options);
  }

  /**
   * Results one by one in the items' order, as soon as they are there. The work starts at once; while
   * results are not read, no more than two chunks for each worker are read ahead, until the pool is
   * closed: then all items are sent, and all results can still be read. The default chunk is one item.
   *
   * As in Python a call that fails does not end the stream: `next` rejects for that chunk, and the
   * results after it can be read. (A `for await` ends at the first error.) What `items` itself throws
   * comes after all results. The stream ends when the signal aborts or the pool is terminated. Leaving a
   * `for await` calls off what is under way.
   */
  imap<K extends keyof F & string>(
    name: K,
    items: Iterable<First<F[K]>>,
    options: MapOptions = {},
  ): ResultStream<ResultOf<F[K]>> {
    return this.#stream(name, items, { ...options, next: inOrder });
  }

  /** As {@link imap}, but in whatever order the chunks are done. */
  imapUnordered<K extends keyof F & string>(
    name: K,
    items: Iterable<First<F[K]>>,
    options: MapOptions = {},
  ): ResultStream<ResultOf<F[K]>> {
    return this.#stream(name, items, { ...options, next: firstDone });
  }

  /**
   * Lets all workers take the batches 0 to `batches - 1` from a shared cursor. Resolves to the compute
   * time of all workers together, milliseconds. Settles only once no worker is at it any more, so that
   * memory the batches write to can be given back: unless `onLeakedThread` is called, for a worker that
   * was given up and may still write.
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
   * As {@link parallelFor}; then the worker that did the last batch calls a function at once, without a
   * message to this thread and back. What bounds the batches bounds the call, which counts as one more: a
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
    const call = (items: readonly (readonly unknown[])[], options: TaskOptions) =>
      this.#dispatcher.call({ name, items }, options) as Promise<R[]>;
    return mapAll(call, this.size, { ...options, items });
  }

  #stream<R>(
    name: string,
    items: Iterable<unknown>,
    options: MapOptions & { readonly next: NextChunk },
  ): ResultStream<R> {
    return new ResultStream(this.#dispatcher, name, { ...options, items: alone(items) });
  }
}

function* alone<T>(items: Iterable<T>): Generator<[T]> {
  for (const item of items) yield [item];
}
