/** What a way of filling the lesson's canvas is, and what it works with. */

import type { BatchLog } from "./batch_log.ts";
import type { LessonPool } from "./crew.ts";
import type { Counts, LessonGrid } from "./workload.ts";

/** Numbers of batches that wait in the two queues. */
export interface QueueSizes {
  readonly todo: number;
  readonly done: number;
}

/** What a way has to work with. */
export interface Setting {
  readonly grid: LessonGrid;
  readonly log: BatchLog;
  readonly workers: number;
  /** As many workers, warm and idle. */
  readonly pool: LessonPool;
  /** Where the counts go; all zero. */
  readonly canvas: Counts<SharedArrayBuffer>;
  readonly signal: AbortSignal;
  /** To be called right before the work begins. */
  readonly starts: () => void;
  readonly onQueues: (sizes: QueueSizes) => void;
}

/** One way of doing it. */
export interface Way {
  readonly name: string;
  readonly workers: number;
  /** Whether it works with the pool, not with processes of its own. */
  readonly pooled: boolean;
  /** Fills the canvas; resolves to the milliseconds of work, those of starting left out. */
  readonly fill: (setting: Setting) => Promise<number>;
}
