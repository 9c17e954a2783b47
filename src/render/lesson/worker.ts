/** The lesson's worker: what its processes and pools call. Needs no permission. */

import { escapeTime, Kernel, MOST_PIXELS, SCRATCH_BYTES, warmUp } from "../../fractal/mod.ts";
import { Queue, type QueueHandle, serve } from "../../pool/mod.ts";
import { BATCH, countRow, type Done, type LessonStart, type Todo } from "./workload.ts";

let lesson: LessonStart;
let kernel: Kernel;

const service = serve({
  async start(argument: LessonStart) {
    lesson = argument;
    if (lesson.kernel === null) return;
    const { module, memory, scratch } = lesson.kernel;
    kernel = await Kernel.start(module, memory, scratch);
    warmUp(kernel, scratch + SCRATCH_BYTES);
  },
  functions: {
    /** Puts all points of the grid on the queue, in batches, and closes it. */
    produce: (handle: QueueHandle<Todo>) => {
      const todo = Queue.from(handle);
      const { columns, rows } = lesson;
      const points = columns.length * rows.length;
      for (let first = 0; first < points; first += BATCH) {
        const re = new Float64Array(Math.min(BATCH, points - first));
        const im = new Float64Array(re.length);
        for (let i = 0; i < re.length; i++) {
          re[i] = columns[(first + i) % columns.length]!;
          im[i] = rows[Math.floor((first + i) / columns.length)]!;
        }
        todo.put([first, re, im]);
      }
      todo.close();
      return points;
    },
    /** Takes batches until the queue is closed and empty, and puts their counts on the other. */
    consume: (todoHandle: QueueHandle<Todo>, doneHandle: QueueHandle<Done>) => {
      const done = Queue.from(doneHandle);
      let points = 0;
      for (const [first, re, im] of Queue.from(todoHandle)) {
        const counts = new Uint8Array(re.length);
        for (let i = 0; i < re.length; i++) counts[i] = escapeTime(re[i]!, im[i]!, lesson.escape);
        done.put([first, counts]);
        points += re.length;
      }
      return points;
    },
    /** The counts of one row of the grid. */
    countRow: (row: number) => rowOf(row),
    /** The same with the row's number, for whoever takes rows as they come. */
    numberedRow: (row: number): [number, Uint8Array] => [row, rowOf(row)],
    /** The count of one point. */
    mandelbrot: (re: number, im: number) => escapeTime(re, im, lesson.escape),
  },
  sweeps: {
    /** Writes a row's counts straight into the shared canvas. */
    rows: (canvas: SharedArrayBuffer) => {
      const counts = new Uint8Array(canvas);
      return (row: number) => countRow(lesson, row, { counts, at: row * lesson.columns.length });
    },
    /** The same, by the kernel with SIMD. */
    kernelRows: (canvas: SharedArrayBuffer) => {
      const width = lesson.columns.length;
      const shared = new Uint8Array(canvas);
      const samples = lesson.kernel!.scratch + SCRATCH_BYTES;
      const counts = new Uint32Array(lesson.kernel!.memory.buffer, samples, MOST_PIXELS);
      return (row: number) => {
        const rows = lesson.rows.subarray(row, row + 1);
        for (let from = 0; from < width; from += MOST_PIXELS) {
          const columns = lesson.columns.subarray(from, from + MOST_PIXELS);
          kernel.sample({
            columns,
            rows,
            iterations: lesson.escape,
            counts: samples,
            fractions: 0,
          });
          shared.set(counts.subarray(0, columns.length), row * width + from);
        }
      };
    },
  },
});

export type LessonService = typeof service;

function rowOf(row: number): Uint8Array {
  const counts = new Uint8Array(lesson.columns.length);
  countRow(lesson, row, { counts });
  return counts;
}
