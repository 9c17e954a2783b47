/** The lesson's worker: what its processes and pools call. Needs no permission. */

import { escapeTime, Kernel, MOST_PIXELS, SCRATCH_BYTES, warmUp } from "../fractal/mod.ts";
import { serve } from "../pool/mod.ts";
import { Queue, type QueueHandle } from "../pool/processes.ts";
import { BatchLog, clock } from "./batch_log.ts";
import {
  batchesOf,
  boundsOf,
  canvasOver,
  countBatch,
  countPoints,
  type Counts,
  type Done,
  type LessonStart,
  place,
  pointsOf,
  sharedCanvas,
  type Todo,
} from "./workload.ts";

/** A worker of a queue says so when it is ready, and waits for the word to go. */
export interface Gate {
  readonly ready: QueueHandle<number>;
  readonly go: QueueHandle<true>;
}

/** Points counted before a worker is ready: by then V8 has compiled the loops for good. */
const WARM_UP_POINTS = 32 * 4096;

/** How far they are iterated at most: what is warm is so for longer orbits too. */
const WARM_UP_ESCAPE = 255;

let lesson: LessonStart;
let log: BatchLog;
let kernel: Kernel;

const service = serve({
  async start(argument: LessonStart) {
    lesson = argument;
    log = new BatchLog(lesson.log);
    warmLoops();
    if (lesson.kernel === null) return;
    const { module, memory, scratch } = lesson.kernel;
    kernel = await Kernel.start(module, memory, scratch);
    warmUp(kernel, scratch + SCRATCH_BYTES);
  },
  functions: {
    /** One batch after the other, here alone, into the shared canvas. */
    everything: (shared: SharedArrayBuffer) => {
      const { grid } = lesson;
      const canvas = canvasOver(shared, lesson.grid.escape);
      for (let batch = 0; batch < batchesOf(grid) && !log.stopped; batch++) {
        logged(batch, () => countBatch(grid, batch, canvas));
      }
    },
    /** Puts all points of the grid on the queue, in batches, and closes it. */
    produce: (gate: Gate, todoHandle: QueueHandle<Todo>) => {
      const todo = Queue.from(todoHandle);
      pass(gate);
      for (let batch = 0; batch < batchesOf(lesson.grid) && !log.stopped; batch++) {
        logged(batch, () => todo.put(pointsOf(lesson.grid, batch)));
      }
      todo.close();
    },
    /** Takes batches until the queue is closed and empty, and puts their counts on the other. */
    consume: (gate: Gate, todoHandle: QueueHandle<Todo>, doneHandle: QueueHandle<Done>) => {
      const done = Queue.from(doneHandle);
      pass(gate);
      for (const [batch, re, im] of Queue.from(todoHandle)) {
        if (log.stopped) return;
        logged(batch, () => done.put([batch, countPoints(re, im, lesson.grid.escape)]));
      }
    },
    /** The counts of one batch of the grid. */
    countBatch: (batch: number) => countsOf(batch),
    /** The same with the batch's number, for results in any order. */
    numberedBatch: (batch: number): Done => [batch, countsOf(batch)],
    /** The count of one point. */
    mandelbrot: (re: number, im: number) => escapeTime(re, im, lesson.grid.escape),
  },
  parallelFor: {
    /** Writes a batch's counts straight into the shared canvas. */
    batches: (shared: SharedArrayBuffer) => {
      const canvas = canvasOver(shared, lesson.grid.escape);
      return (batch: number) => logged(batch, () => countBatch(lesson.grid, batch, canvas));
    },
    /** The same, by the kernel with SIMD. */
    kernelBatches: (shared: SharedArrayBuffer) => {
      const canvas = canvasOver(shared, lesson.grid.escape);
      const samples = lesson.kernel!.scratch + SCRATCH_BYTES;
      const counts = new Uint32Array(lesson.kernel!.memory.buffer, samples, MOST_PIXELS);
      return (batch: number) =>
        logged(batch, () => {
          const { fromColumn, toColumn, fromRow, toRow } = boundsOf(lesson.grid, batch);
          kernel.sample({
            columns: lesson.grid.columns.subarray(fromColumn, toColumn),
            rows: lesson.grid.rows.subarray(fromRow, toRow),
            iterations: lesson.grid.escape,
            counts: samples,
            fractions: 0,
          });
          place(lesson.grid, batch, { counts, canvas });
        });
    },
  },
});

export type LessonService = typeof service;

function countsOf(batch: number): Counts {
  if (log.stopped) return new Uint8Array(0);
  return logged(batch, () => {
    const [, re, im] = pointsOf(lesson.grid, batch);
    return countPoints(re, im, lesson.grid.escape);
  });
}

function logged<T>(batch: number, work: () => T): T {
  const began = clock();
  const result = work();
  log.add({ batch, worker: lesson.worker, began, ended: clock() });
  return result;
}

/** Waits until all have arrived: starting a thread is not part of what is timed. */
function pass({ ready, go }: Gate): void {
  Queue.from(ready).put(lesson.worker);
  Queue.from(go).get();
}

/** Without it the first thousands of points of each way would be counted by V8's interpreter. */
function warmLoops(): void {
  const grid = { ...lesson.grid, escape: Math.min(lesson.grid.escape, WARM_UP_ESCAPE) };
  const batches = batchesOf(grid);
  const canvas = sharedCanvas(lesson.grid.escape, grid.columns.length * grid.rows.length);
  for (let done = 0, batch = 0; batches > 0 && done < WARM_UP_POINTS; batch++) {
    const [, re, im] = pointsOf(grid, batch % batches);
    countBatch(grid, batch % batches, canvas);
    done += 2 * countPoints(re, im, grid.escape).length;
  }
}
