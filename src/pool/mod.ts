/**
 * Python's `multiprocessing.Pool` for Deno, on Workers and shared memory; it knows no fractal. Single
 * workers, and the queues, locks and arrays that workers share, are in `processes.ts`.
 *
 * @module
 */

export { defer } from "./deferred.ts";
export { Arena, type Region } from "./arena.ts";
export { AsyncResult, ResultTimeoutError } from "./parallel/async_result.ts";
export { BatchCursor } from "./parallel/batch_cursor.ts";
export { chunksOf, defaultChunkSize } from "./parallel/chunks.ts";
export {
  DeadlineError,
  OverBudgetError,
  PoolClosedError,
  RemoteError,
  WorkerLostError,
} from "./errors.ts";
export {
  type Callbacks,
  type CallOptions,
  type LastCall,
  type MapOptions,
  type ParallelForOptions,
  Pool,
  type PoolCounters,
  type PoolOf,
  type PoolOptions,
  type ResultStream,
  type TaskOptions,
} from "./parallel/pool.ts";
export {
  type BatchFunctions,
  type Functions,
  serve,
  type Service,
  Transferred,
} from "./worker/serve.ts";
export { mayStepBack, STEP_BACK_PERMISSION, stepBack } from "./worker/step_back.ts";
export { currentTask, type Task } from "./worker/task.ts";

export type { BytesAndNumbers } from "./wire.ts";
export { LATE, type Patience, untilAborted, within } from "./within.ts";
