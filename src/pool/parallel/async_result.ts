/** A result that is not there yet: a promise that can also be asked, as Python's AsyncResult can. */

import type { Callbacks } from "./pool_options.ts";
import { LATE, type Patience, within } from "../within.ts";

/** The time given to `get` or `wait` was over before the result was there. */
export class ResultTimeoutError extends Error {
  override readonly name = "ResultTimeoutError";
}

/**
 * What `applyAsync`, `mapAsync` and `starmapAsync` give back. Await it like any promise, or ask it.
 * A failure that is not awaited is not reported. An error that a callback throws is reported as
 * uncaught; the result stands.
 *
 * @example
 * ```ts
 * import { AsyncResult } from "../mod.ts";
 * const { promise, resolve } = Promise.withResolvers<number>();
 * const result = new AsyncResult(promise);
 * console.assert(!result.ready());
 * resolve(17);
 * console.assert(await result === 17 && result.ready() && result.successful());
 * ```
 */
export class AsyncResult<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = "AsyncResult";
  readonly #promise: Promise<T>;
  #state: "pending" | "fulfilled" | "rejected" = "pending";

  constructor(promise: Promise<T>, { callback, errorCallback }: Callbacks<T> = {}) {
    this.#promise = promise.then((value) => {
      run(callback, value);
      this.#state = "fulfilled";
      return value;
    }, (error) => {
      run(errorCallback, error);
      this.#state = "rejected";
      throw error;
    });
    this.#promise.catch(() => {});
  }

  /** Whether the call has ended, well or not. */
  ready(): boolean {
    return this.#state !== "pending";
  }

  /**
   * Whether the call ended without an error.
   *
   * @throws {TypeError} when it has not ended
   */
  successful(): boolean {
    if (!this.ready()) {
      throw new TypeError("Cannot say whether the call succeeded: it has not ended");
    }
    return this.#state === "fulfilled";
  }

  /**
   * Resolves when the call has ended or the timeout (milliseconds) is over. Rejects only when the
   * signal aborts.
   */
  async wait(patience?: Patience): Promise<void> {
    await within(this.#promise.then(() => {}, () => {}), patience);
  }

  /**
   * The result, or what went wrong. An aborted signal ends the wait, not the call.
   *
   * @throws {ResultTimeoutError} when it is not there when the timeout (milliseconds) is over
   */
  async get(patience?: Patience): Promise<T> {
    const result = await within(this.#promise, patience);
    if (result === LATE) {
      throw new ResultTimeoutError("Cannot give the result: it is not there yet and time is up");
    }
    return result;
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onFulfilled, onRejected);
  }

  catch<B = never>(
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    return this.#promise.catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#promise.finally(onFinally);
  }
}

function run<V>(callback: ((value: V) => void) | undefined, value: V): void {
  try {
    callback?.(value);
  } catch (error) {
    reportError(error);
  }
}
