/** The ways of filling the lesson's canvas, from one loop to a shared cursor with SIMD. */

import { compileKernel, MOST_PIXELS, SCRATCH_BYTES } from "../../fractal/mod.ts";
import { type Axes, cornerGrid } from "../../plane/mod.ts";
import { defaultChunkSize, Pool, Process, Queue } from "../../pool/mod.ts";
import type { LessonService } from "./worker.ts";
import {
  BATCH,
  countRow,
  type Done,
  type LessonStart,
  type LessonWindow,
  type Todo,
} from "./workload.ts";

/** One way of doing it, done. */
export interface LessonRow {
  readonly way: string;
  readonly processes: number;
  /** Milliseconds of work; starting the workers is not part of it. */
  readonly milliseconds: number;
  readonly pointsPerSecond: number;
  /** Times as fast as the sequential way. */
  readonly speedUp: number;
}

/** What the lesson tells as it goes. */
export interface LessonListener {
  /** A line about what happens. */
  say(line: string): void;
  /** The share of the present way's points that are done, 0 to 1. */
  progress(way: string, share: number): void;
}

/** The lesson's outcome. */
export interface Lesson {
  /** pixdim * pixdim counts, row 0 first. */
  readonly canvas: Uint8Array<ArrayBuffer>;
  readonly rows: readonly LessonRow[];
}

const WORKER = new URL("./worker.ts", import.meta.url);

/** A worker's part of the kernels' memory. */
const KERNEL_BYTES = SCRATCH_BYTES + 4 * MOST_PIXELS;
const PAGE = 65536;

/** What every way needs. */
interface Setting {
  readonly axes: Axes;
  readonly escape: number;
  readonly processes: number;
  readonly canvas: Uint8Array;
  readonly listener: LessonListener;
}

/** Does the workload in every way with `processes` workers and compares all canvases. */
export async function runLesson(
  window: LessonWindow,
  processes: number,
  listener: LessonListener,
): Promise<Lesson> {
  const axes = cornerGrid(window);
  const points = window.pixdim ** 2;
  const { escape } = window;
  const canvas = new Uint8Array(points);
  const rows: LessonRow[] = [];
  const time = async (
    way: string,
    workers: number,
    fill: (setting: Setting) => Promise<number>,
  ) => {
    const target = rows.length === 0 ? canvas : new Uint8Array(points);
    const milliseconds = await fill({ axes, escape, processes: workers, canvas: target, listener });
    listener.progress(way, 1);
    if (!sameBytes(target, canvas)) throw new Error(`The canvas of "${way}" is another one`);
    rows.push({
      way,
      processes: workers,
      milliseconds,
      pointsPerSecond: points / milliseconds * 1000,
      speedUp: (rows[0]?.milliseconds ?? milliseconds) / milliseconds,
    });
  };
  await time("sequential", 1, sequential);
  await time("producer and consumers, two queues", processes, queues);
  for (const chunkSize of [1, defaultChunkSize(window.pixdim, processes), window.pixdim]) {
    await time(
      `Pool.map, ${chunkSize} rows a chunk`,
      processes,
      (setting) => map(setting, chunkSize),
    );
  }
  await time("Pool.imapUnordered", processes, imapUnordered);
  await time("shared cursor", 1, (setting) => sweep(setting, "rows"));
  await time("shared cursor", processes, (setting) => sweep(setting, "rows"));
  await time("shared cursor, SIMD kernel", 1, (setting) => sweep(setting, "kernelRows"));
  await time("shared cursor, SIMD kernel", processes, (setting) => sweep(setting, "kernelRows"));
  return { canvas, rows };
}

/** Counts single points in a pool, one call a point: what the lesson shows of `Pool.map`. */
export async function countPoints(
  points: readonly (readonly [number, number])[],
  escape: number,
): Promise<number[]> {
  const none = new Float64Array(0);
  const start: LessonStart = { columns: none, rows: none, escape, kernel: null };
  await using pool = await Pool.start<LessonService>(WORKER, { startArgument: () => start });
  return await pool.starmap("mandelbrot", points.map(([re, im]) => [re, im]));
}

function sequential({ axes, escape, canvas, listener }: Setting): Promise<number> {
  return stopwatch(() => {
    for (let row = 0; row < axes.rows.length; row++) {
      countRow({ ...axes, escape }, row, { counts: canvas, at: row * axes.columns.length });
      listener.progress("sequential", (row + 1) / axes.rows.length);
    }
    return Promise.resolve();
  });
}

/** One process makes the points, the others count them, and this thread fills the canvas. */
async function queues({ axes, escape, processes, canvas, listener }: Setting): Promise<number> {
  // Room for all of it, as the lesson's queues have, so that the sizes can be watched.
  const maxBytes = 2 ** Math.ceil(Math.log2(canvas.length * 18 + 2 ** 20));
  const todo = new Queue<Todo>({ maxBytes });
  const done = new Queue<Done>({ maxBytes });
  const startArgument: LessonStart = { ...axes, escape, kernel: null };
  const producer = new Process<LessonService, "produce">(WORKER, "produce", [todo.toHandle()], {
    startArgument,
  });
  return await stopwatch(async () => {
    producer.start();
    await producer.join();
    listener.say(`Queued ${canvas.length.toLocaleString("en")} points, ${todo.qsize()} batches.`);
    const consumers = Array.from(
      { length: processes },
      () =>
        new Process<LessonService, "consume">(
          WORKER,
          "consume",
          [todo.toHandle(), done.toHandle()],
          {
            startArgument,
          },
        ),
    );
    for (const consumer of consumers) consumer.start();
    const all = Promise.all(consumers.map((consumer) => consumer.join())).then(() => done.close());
    let points = 0;
    for await (const [first, counts] of done) {
      canvas.set(counts, first);
      points += counts.length;
      if (first % (BATCH * 64) === 0) listener.progress("queues", points / canvas.length);
    }
    await all;
    listener.say(`Queue sizes: ${todo.qsize()}, ${done.qsize()}.`);
  });
}

async function map(setting: Setting, chunkSize: number): Promise<number> {
  const { axes, canvas, listener } = setting;
  await using pool = await startPool(setting);
  return await stopwatch(async () => {
    const onProgress = (done: number) => listener.progress("Pool.map", done / axes.rows.length);
    const counted = await pool.map("countRow", axes.rows.keys(), { chunkSize, onProgress });
    for (const [row, counts] of counted.entries()) canvas.set(counts, row * axes.columns.length);
  });
}

async function imapUnordered(setting: Setting): Promise<number> {
  const { axes, canvas, listener } = setting;
  await using pool = await startPool(setting);
  return await stopwatch(async () => {
    let rows = 0;
    const results = pool.imapUnordered("numberedRow", axes.rows.keys(), { chunkSize: 8 });
    for await (const [row, counts] of results) {
      canvas.set(counts, row * axes.columns.length);
      listener.progress("Pool.imapUnordered", ++rows / axes.rows.length);
    }
  });
}

async function sweep(setting: Setting, way: "rows" | "kernelRows"): Promise<number> {
  const { axes, canvas, listener } = setting;
  await using pool = await startPool(setting, way === "kernelRows");
  const shared = new SharedArrayBuffer(canvas.length);
  return await stopwatch(async () => {
    const batches = axes.rows.length;
    const onProgress = (done: number) => listener.progress("shared cursor", done / batches);
    await pool.sweep(way, shared, { batches, onProgress });
    canvas.set(new Uint8Array(shared));
  });
}

async function startPool({ axes, escape, processes }: Setting, simd = false) {
  const bytes = PAGE + processes * 2 * KERNEL_BYTES;
  const pages = Math.ceil(bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const module = simd ? await compileKernel() : null;
  let scratch = PAGE;
  return await Pool.start<LessonService>(WORKER, {
    size: processes,
    startArgument: (): LessonStart => {
      const kernel = module === null ? null : { module, memory, scratch };
      scratch += KERNEL_BYTES;
      return { ...axes, escape, kernel };
    },
  });
}

async function stopwatch(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
