// pool: WHO. Python's multiprocessing for Deno, on Workers and shared memory. Knows no fractal.

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
export { Process, type ProcessOptions } from "./parallel/process.ts";
export {
  type BatchFunctions,
  type Functions,
  serve,
  type Service,
  Transferred,
} from "./worker/serve.ts";
export { mayStepBack, STEP_BACK_PERMISSION, stepBack } from "./worker/step_back.ts";
export { currentTask, type Task } from "./worker/task.ts";

// Shared by any workers: lock, values and arrays, queue, pipe.
export { type Capacity, Empty, Full } from "./sync/channel.ts";
export { Held, Lock, type LockHandle } from "./sync/lock.ts";
export { BrokenPipe, Connection, type ConnectionHandle, EndOfFile, pipe } from "./sync/pipe.ts";
export { Queue, QueueClosed, type QueueHandle } from "./sync/queue.ts";
export {
  type ElementOf,
  type ElementType,
  SharedArray,
  type SharedArrayHandle,
  SharedValue,
  type SharedValueHandle,
  type SharedViews,
  type ViewType,
} from "./sync/shared_array.ts";
export type { WaitOptions } from "./sync/wait.ts";
export type { BytesAndNumbers } from "./wire.ts";
export { LATE, type Patience, untilAborted, within } from "./within.ts";
