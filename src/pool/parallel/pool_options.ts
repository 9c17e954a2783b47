/** The options of a pool and of the work it is given, and its counters. */

import { LONGEST_TIMER } from "../sync/wait.ts";

/** How a pool is set up. */
export interface PoolOptions {
  /** Workers; default: the machine's cores. */
  readonly size?: number;
  /** What the workers may do; default "none". */
  readonly permissions?: Deno.PermissionOptions;
  /**
   * Makes the argument of the worker's `start`, or a promise of it; called for every worker,
   * replacements included. `ended` resolves when that worker's thread runs no more, for whatever it is
   * lent: a busy thread cannot be stopped, so it may be never.
   */
  readonly startArgument?: (ended: Promise<void>) => unknown;
  /** Milliseconds that a worker may take to start, its module's loading included; default 60,000. */
  readonly startDeadline?: number;
  /** The `deadline` of tasks that are given none; default: they may take any time. */
  readonly deadline?: number;
  /**
   * Milliseconds that a task may go on after its deadline, when it is asked to stop; then its worker is
   * replaced. Default 1000.
   */
  readonly grace?: number;
  /**
   * Tasks after which a worker is replaced by a new one, for functions that leak; default: never. A
   * call, a chunk of a map and a worker's turn at a parallelFor are a task each.
   */
  readonly maxTasksPerChild?: number;
  /** Gives the pool's start up. */
  readonly signal?: AbortSignal;
}

/** Options of every kind of work. */
export interface TaskOptions {
  /** The caller waits no longer, and the task is asked to stop. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds that a worker may take for a task: a call, a chunk of a map, a batch of a parallelFor.
   * The time in the queue does not count. When it is over the caller gets a `DeadlineError` at once, and
   * the worker is asked to stop; if it does not within the pool's `grace`, it is replaced.
   */
  readonly deadline?: number;
}

export interface CallOptions extends TaskOptions {
  /** Buffers to move instead of copy. */
  readonly transfer?: Transferable[];
}

/** Callbacks of the asynchronous forms, which are called before the result is ready. */
export interface Callbacks<R> {
  /** Called with the result. */
  readonly callback?: (result: R) => void;
  /** Called with what went wrong. */
  readonly errorCallback?: (error: unknown) => void;
}

/** How a list of items is worked through. */
export interface MapOptions extends TaskOptions {
  /** Items that travel together; default: Python's rule, four chunks for each worker. */
  readonly chunkSize?: number;
  /** Called with the number of items done, after each chunk. */
  readonly onProgress?: (done: number) => void;
}

export interface ParallelForOptions extends TaskOptions {
  /** How many batches there are: 0 to batches - 1. */
  readonly batches: number;
  /** Compute time of all workers together, milliseconds; default: no bound. */
  readonly budget?: number;
  /** Called with the number of batches done, now and then. */
  readonly onProgress?: (done: number) => void;
  /** Called with the milliseconds of each worker's turn, before the promise settles or rejects. */
  readonly onWork?: (milliseconds: number) => void;
  /**
   * Called, before the promise settles, when workers were given up that may still write to what they
   * were lent. `ended` resolves when they run no more, which may be never.
   */
  readonly onLeakedThread?: (ended: Promise<void>) => void;
}

/** What has happened in a pool so far. */
export interface PoolCounters {
  /** Workers that can take orders now. */
  readonly alive: number;
  /** Workers that died or were given up. */
  readonly lost: number;
  /** Threads of the lost that have not ended yet: busy, perhaps for ever. */
  readonly leakedThreads: number;
  /** Calls, chunks of maps and parallelFors that wait or run. */
  readonly pending: number;
}

/**
 * Milliseconds given as `name`, or the default; what no timer can count is no bound.
 *
 * @throws {RangeError} when they are not above 0
 */
export function milliseconds(name: string, given: number | undefined, otherwise: number): number {
  const value = given ?? otherwise;
  if (!(value > 0)) throw new RangeError(`Cannot take a ${name} of ${value} ms: more than 0`);
  return value > LONGEST_TIMER ? Infinity : value;
}
