/**
 * The rest of Python's `multiprocessing`: single workers, and what workers share: lock, values and
 * arrays, queue, pipe. Apart from `mod.ts`, so that a pool does not load it.
 *
 * @module
 */

export { Process, type ProcessOptions } from "./parallel/process.ts";
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
