/** Waiting for a promise, but not longer than that. */

import { checkTimeout, LONGEST_TIMER, type WaitOptions } from "../sync/wait.ts";

/** How long to wait: a bound in milliseconds, or a bound and a signal. */
export type Patience = number | WaitOptions;

/** What {@link within} resolves to when the time was over first. */
export const LATE: unique symbol = Symbol("late");

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
  const timer = milliseconds <= LONGEST_TIMER
    ? setTimeout(() => first.resolve(LATE), milliseconds)
    : undefined;
  const abort = () => first.reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  promise.then(first.resolve, first.reject);
  try {
    return await first.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
