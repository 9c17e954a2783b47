/** The lesson: one workload in every way of doing it, timed, watched, and compared byte for byte. */

import { cornerGrid } from "../../plane/mod.ts";
import type { AsyncResult } from "../../pool/mod.ts";
import { BatchLog, clock } from "./batch_log.ts";
import { startCrew } from "./crew.ts";
import { type QueueSizes, type Way, waysFor } from "./ways.ts";
import { batchesOf, type LessonGrid, type LessonWindow } from "./workload.ts";

/** One way of doing it, done. */
export interface LessonRow {
  readonly way: string;
  readonly processes: number;
  /** Milliseconds of work; starting and warming the workers is not part of it. */
  readonly milliseconds: number;
  readonly pointsPerSecond: number;
  /** Times as fast as the sequential way. */
  readonly speedUp: number;
}

/** A batch as it is told: its number, the lane of its worker, and when it was taken and done. */
export type TimedBatch = [batch: number, worker: number, began: number, ended: number];

/** What the lesson tells as it goes. Times are milliseconds since the way began. */
export type LessonEvent =
  /** A way begins. `way` counts from 0. A producer's lane comes after those of the workers. */
  | {
    readonly kind: "way";
    readonly way: number;
    readonly name: string;
    readonly workers: number;
    readonly batches: number;
  }
  /** Batches of the present way are done. */
  | { readonly kind: "batches"; readonly batches: readonly TimedBatch[] }
  /** How many batches wait in the queues. */
  | { readonly kind: "queues"; readonly at: number } & QueueSizes
  /** The present way is done. */
  | { readonly kind: "row" } & LessonRow
  /** The first way is done: its canvas, row 0 first. All others must give the same. */
  | { readonly kind: "canvas"; readonly canvas: Uint8Array<ArrayBuffer> };

/** How the lesson is to be done. */
export interface LessonOptions {
  /** Workers that share the work. */
  readonly workers: number;
  /** Points along a side of a batch, which is a square; default 64, less where that leaves few batches. */
  readonly side?: number;
  /** Told what happens, as it happens. */
  readonly tell: (event: LessonEvent) => void;
  /** Calls the lesson off. */
  readonly signal?: AbortSignal;
}

/** The lesson's outcome. */
export interface Lesson {
  /** pixdim * pixdim counts, row 0 first. */
  readonly canvas: Uint8Array<ArrayBuffer>;
  readonly rows: readonly LessonRow[];
}

/** The kernel takes no more points than this square has. */
const MOST_SIDE = 64;

/** Batches along a side of the canvas at least, so that there is something to share. */
const FEWEST_BATCHES = 8;

/** Milliseconds between two looks at what the workers have done. */
const LOOK = 20;

/** Does the workload in every way with so many workers and compares all canvases. */
export async function runLesson(window: LessonWindow, options: LessonOptions): Promise<Lesson> {
  const { workers, tell, signal = new AbortController().signal } = options;
  const side = options.side ?? Math.min(MOST_SIDE, Math.ceil(window.pixdim / FEWEST_BATCHES));
  const grid: LessonGrid = { ...cornerGrid(window), escape: window.escape, side };
  // Twice the batches: those of the producer and those of the consumers.
  const log = BatchLog.of(2 * batchesOf(grid));
  const stop = () => log.stop();
  signal.throwIfAborted();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await using alone = await startCrew(grid, log.buffer, 1);
    await using team = await startCrew(grid, log.buffer, workers);
    let canvas: Uint8Array<ArrayBuffer> | undefined;
    const rows: LessonRow[] = [];
    for (const [number, way] of waysFor(grid, workers).entries()) {
      const batches = batchesOf(grid);
      tell({ kind: "way", way: number, name: way.name, workers: way.workers, batches });
      const target = new Uint8Array(window.pixdim ** 2);
      const pool = way.workers === 1 ? alone : team;
      const milliseconds = await watched(way, { grid, log, pool, canvas: target, signal, tell });
      canvas ??= target;
      if (!sameBytes(target, canvas)) throw new Error(`The canvas of "${way.name}" is another one`);
      const row = rowOf(way, milliseconds, { points: target.length, first: rows[0] });
      rows.push(row);
      tell({ kind: "row", ...row });
      if (rows.length === 1) tell({ kind: "canvas", canvas });
    }
    return { canvas: canvas!, rows };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Counts single points in a pool, one call a point: what the notebook shows of `Pool.apply_async`. */
export async function countPointsInPool(
  points: readonly (readonly [re: number, im: number])[],
  { escape, workers }: { readonly escape: number; readonly workers: number },
  look: (results: readonly AsyncResult<number>[]) => void,
): Promise<number[]> {
  const none = new Float64Array(0);
  const grid: LessonGrid = { columns: none, rows: none, escape, side: 1 };
  await using pool = await startCrew(grid, BatchLog.of(0).buffer, workers);
  const results = points.map(([re, im]) => pool.applyAsync("mandelbrot", [re, im]));
  look(results);
  const counts = await Promise.all(results);
  look(results);
  return counts;
}

type Watched = Omit<Parameters<Way["fill"]>[0], "workers" | "starts" | "onQueues"> & {
  readonly tell: LessonOptions["tell"];
};

/** Fills the canvas in one way and tells meanwhile what the log says. */
async function watched(way: Way, { tell, ...given }: Watched): Promise<number> {
  const { log } = given;
  log.clear();
  let origin = clock();
  const report = () => {
    const batches = log.fresh().map(({ batch, worker, began, ended }): TimedBatch => [
      batch,
      worker,
      began - origin,
      ended - origin,
    ]);
    if (batches.length > 0) tell({ kind: "batches", batches });
  };
  const looking = setInterval(report, LOOK);
  try {
    return await way.fill({
      ...given,
      workers: way.workers,
      starts: () => origin = clock(),
      onQueues: (sizes) => tell({ kind: "queues", at: clock() - origin, ...sizes }),
    });
  } finally {
    clearInterval(looking);
    report();
  }
}

function rowOf(
  { name, workers }: Way,
  milliseconds: number,
  { points, first }: { readonly points: number; readonly first: LessonRow | undefined },
): LessonRow {
  return {
    way: name,
    processes: workers,
    milliseconds,
    pointsPerSecond: points / milliseconds * 1000,
    speedUp: (first?.milliseconds ?? milliseconds) / milliseconds,
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
