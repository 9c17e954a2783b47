/** What a pool is told, and what it tells of itself. */

/** How a pool is set up. */
export interface PoolOptions {
  /** Workers; default: the machine's cores. */
  readonly size?: number;
  /** What the workers may do; default "none". */
  readonly permissions?: Deno.PermissionOptions;
  /** Makes the argument of the worker's `start`; called for every worker, replacements included. */
  readonly startArgument?: () => unknown;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Buffers to move instead of copy. */
  readonly transfer?: Transferable[];
}

/** How a list of items is worked through. */
export interface MapOptions {
  /** Items that travel together; default: Python's rule, four chunks for each worker. */
  readonly chunkSize?: number;
  readonly signal?: AbortSignal;
  /** Told the number of items done, after each chunk. */
  readonly onProgress?: (done: number) => void;
}

export interface SweepOptions {
  /** How many batches there are: 0 to batches - 1. */
  readonly batches: number;
  readonly signal?: AbortSignal;
  /** Compute time of all workers together, milliseconds; default: no bound. */
  readonly budget?: number;
  /** Told the number of batches done, now and then. */
  readonly onProgress?: (done: number) => void;
}

/** What a pool has seen so far. */
export interface PoolCounters {
  /** Workers that can take orders now. */
  readonly alive: number;
  /** Workers that died. */
  readonly lost: number;
  /** Calls and sweeps that wait or run. */
  readonly pending: number;
}
