/** A result that is not there yet: a promise that can also be asked, as Python's AsyncResult can. */

/** The time given to `get` or `wait` was over before the result was there. */
export class ResultTimeoutError extends Error {
  override readonly name = "ResultTimeoutError";
}

/**
 * What `applyAsync`, `mapAsync` and `starmapAsync` give back. Await it like any promise, or ask it.
 * A failure that nobody looks at is not reported: who is interested asks or awaits.
 *
 * @example
 * ```ts
 * import { AsyncResult } from "./mod.ts";
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

  constructor(promise: Promise<T>) {
    this.#promise = promise.then((value) => {
      this.#state = "fulfilled";
      return value;
    }, (error) => {
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

  /** Resolves when the call has ended or `timeout` milliseconds have passed; never rejects. */
  async wait(timeout?: number): Promise<void> {
    const ended = this.#promise.then(() => {}, () => {});
    if (timeout === undefined) return await ended;
    await within(timeout, ended, () => {});
  }

  /**
   * The result, or what went wrong.
   *
   * @throws {ResultTimeoutError} when it is not there after `timeout` milliseconds
   */
  get(timeout?: number): Promise<T> {
    if (timeout === undefined) return this.#promise;
    return within(timeout, this.#promise, () => {
      throw new ResultTimeoutError(`Cannot give the result: it was not there after ${timeout} ms`);
    });
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

/** The promise's outcome, or that of `late` when it takes longer than `timeout` milliseconds. */
async function within<T, L>(timeout: number, promise: Promise<T>, late: () => L): Promise<T | L> {
  const alarm = Promise.withResolvers<void>();
  const timer = setTimeout(alarm.resolve, timeout);
  try {
    const winner = await Promise.race([promise.then((value) => ({ value })), alarm.promise]);
    return winner === undefined ? late() : winner.value;
  } finally {
    clearTimeout(timer);
  }
}
