/** Work under way, shared by all calls for the same and stopped when none of them waits any more. */

import { defer } from "../../pool/mod.ts";

/** One piece of work and how many calls wait for it. */
interface Shared<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Runs work once for all calls with the same key while it is under way.
 *
 * A call whose signal aborts is rejected at once. When all have been, the work's signal aborts; the next
 * call starts it anew. Nothing is remembered once it is done.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { InFlight } from "../mod.ts";
 *
 * let runs = 0;
 * const inFlight = new InFlight<number>();
 * const work = () => Promise.resolve(++runs);
 * const both = await Promise.all([inFlight.share("a", work), inFlight.share("a", work)]);
 * assert.deepEqual(both, [1, 1]);
 * ```
 */
export class InFlight<T> {
  readonly #shared = new Map<string, Shared<T>>();

  /** Pieces of work under way. */
  get size(): number {
    return this.#shared.size;
  }

  /** The work's result; rejects as it does, or with the signal's reason. */
  async share(
    key: string,
    work: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    signal?.throwIfAborted();
    const shared = this.#shared.get(key) ?? this.#start(key, work);
    shared.waiting++;
    if (signal === undefined) return await shared.result;
    let leave = () => {};
    // Of its own rather than a race (experiment render-3).
    const result = new Promise<T>((resolve, reject) => {
      leave = () => {
        reject(signal.reason);
        this.#leave(key, shared, signal.reason);
      };
      signal.addEventListener("abort", leave);
      shared.result.then(resolve, reject);
    });
    try {
      return await result;
    } finally {
      defer(() => signal.removeEventListener("abort", leave));
    }
  }

  /** One call less waits. Work that is done is not in the map any more. */
  #leave(key: string, shared: Shared<T>, reason: unknown): void {
    if (--shared.waiting > 0 || this.#shared.get(key) !== shared) return;
    this.#shared.delete(key);
    shared.controller.abort(reason);
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Shared<T> {
    const controller = new AbortController();
    const result = work(controller.signal);
    const shared: Shared<T> = { result, controller, waiting: 0 };
    this.#shared.set(key, shared);
    const forget = () => {
      if (this.#shared.get(key) === shared) this.#shared.delete(key);
    };
    // Also handles a rejection that comes when no call waits.
    result.then(forget, forget);
    return shared;
  }
}
