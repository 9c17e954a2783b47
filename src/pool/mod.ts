// pool: WHO. Python's multiprocessing for Deno, on Workers and shared memory. Knows no fractal.

export { Arena, type Region } from "./arena.ts";
export { BatchCursor } from "./batch_cursor.ts";
export { OverBudgetError, PoolClosedError, RemoteError, WorkerLostError } from "./errors.ts";
export {
  type CallOptions,
  Pool,
  type PoolCounters,
  type PoolOptions,
  type SweepOptions,
} from "./pool.ts";
export { type Functions, serve, type Service, type Sweeps, Transferred } from "./serve.ts";
