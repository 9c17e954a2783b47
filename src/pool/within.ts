/** Waiting for a promise: no longer than a bound, and not beyond an abort. */

import { after, checkTimeout, type WaitOptions } from "./sync/wait.ts";

/** How long to wait: a bound in milliseconds, or a bound and a signal. */
export type Patience = number | WaitOptions;

/** What {@link within} resolves to when the time was over first. */
export const LATE: unique symbol = Symbol("late");

/**
 * Calls `abort` with the signal's reason if the signal aborts before the promise settles. Returns what
 * settles as the promise does.
 */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  abort: (reason: unknown) => void,
): Promise<T> {
  if (signal === undefined) return promise;
  const listener = () => abort(signal.reason);
  signal.addEventListener("abort", listener, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", listener));
}

/**
 * The promise's outcome, or {@link LATE} when it takes longer. Rejects with the signal's reason when
 * that aborts first.
 *
 * @throws {RangeError} (as a rejection) for a timeout that is negative or not a number
 */
export async function within<T>(
  promise: Promise<T>,
  patience: Patience = {},
): Promise<T | typeof LATE> {
  const { timeout, signal } = typeof patience === "number"
    ? { timeout: patience, signal: undefined }
    : patience;
  const milliseconds = checkTimeout(timeout);
  signal?.throwIfAborted();
  const first = Promise.withResolvers<T | typeof LATE>();
  const timer = after(milliseconds, () => first.resolve(LATE));
  promise.then(first.resolve, first.reject);
  try {
    return await untilAborted(first.promise, signal, first.reject);
  } finally {
    clearTimeout(timer);
  }
}
