/** The lesson: one workload in every way of doing it, timed, watched, and compared byte for byte. */

import { cornerGrid } from "../plane/mod.ts";
import type { AsyncResult } from "../pool/mod.ts";
import { BatchLog, clock } from "./batch_log.ts";
import { type LessonPool, startCrew } from "./crew.ts";
import type { QueueSizes, Way } from "./way.ts";
import { waysFor } from "./ways.ts";
import {
  batchesOf,
  type Counts,
  countsOn,
  type LessonGrid,
  type LessonWindow,
  sharedCanvas,
} from "./workload.ts";

/** One way of doing it, done. */
export interface LessonRow {
  readonly way: string;
  readonly processes: number;
  /** Milliseconds of work, of the best run; starting and warming the workers is not part of it. */
  readonly milliseconds: number;
  /** Runs so far. */
  readonly runs: number;
  /** Milliseconds until the workers were ready, those of their warming included. */
  readonly startUp: number;
  readonly pointsPerSecond: number;
  /** Times as fast as the sequential way. */
  readonly speedUp: number;
}

/** A batch in an event: its number, the lane of its worker, and when it was taken and done. */
export type TimedBatch = [batch: number, worker: number, began: number, ended: number];

/** An event of the lesson. Times are milliseconds since the way began. */
export type LessonEvent =
  /** A way begins. `way` counts from 0. A producer's lane comes after those of the workers. */
  | {
    readonly kind: "way";
    readonly way: number;
    readonly round: number;
    readonly name: string;
    readonly workers: number;
    readonly batches: number;
  }
  /**
   * Batches of the present way are done. With `counts`, in the first way of all: each one's, row by row;
   * those of other ways are the same.
   */
  | {
    readonly kind: "batches";
    readonly batches: readonly TimedBatch[];
    readonly counts: (() => readonly Counts<ArrayBuffer>[]) | undefined;
  }
  /** How many batches wait in the queues. */
  | { readonly kind: "queues"; readonly at: number } & QueueSizes
  /** The present way is done once more. */
  | { readonly kind: "row" } & LessonRow;

/** How the lesson is to be done. */
export interface LessonOptions {
  /** Workers that share the work. */
  readonly workers: number;
  /** Points along a side of a batch, which is a square; default 64, less where that leaves few batches. */
  readonly side?: number;
  /** Rounds in which every way has its turn; default 1. What disturbs one round leaves another alone. */
  readonly rounds?: number;
  /** Milliseconds for all rounds: none begins that would take longer. Default: any time. */
  readonly patience?: number;
  /** Told what happens, as it happens. */
  readonly tell: (event: LessonEvent) => void;
  /** Calls the lesson off. */
  readonly signal?: AbortSignal;
}

/** The lesson's outcome. */
export interface Lesson {
  /** pixdim * pixdim counts, row 0 first; bytes unless `escape` is above 255. */
  readonly canvas: Counts<ArrayBuffer>;
  readonly rows: readonly LessonRow[];
}

/** The kernel takes no more points than this square has. */
const MOST_SIDE = 64;

/** Batches along a side of the canvas at least, so that there is something to share. */
const FEWEST_BATCHES = 8;

/** Milliseconds between two looks at what the workers have done: seldom enough to cost them nothing. */
const LOOK = 80;

/** Does the workload in every way with so many workers and compares all canvases. */
export async function runLesson(window: LessonWindow, options: LessonOptions): Promise<Lesson> {
  const { workers, tell, rounds = 1, patience = Infinity } = options;
  const { signal = new AbortController().signal } = options;
  const side = options.side ?? Math.min(MOST_SIDE, Math.ceil(window.pixdim / FEWEST_BATCHES));
  const grid: LessonGrid = { ...cornerGrid(window), escape: window.escape, side };
  const batches = batchesOf(grid);
  // Twice the batches: those of the producer and those of the consumers.
  const log = BatchLog.of(2 * batches);
  const stop = () => log.stop();
  signal.throwIfAborted();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await using alone = await readyCrew(grid, log.buffer, 1);
    await using team = await readyCrew(grid, log.buffer, workers);
    const points = window.pixdim ** 2;
    const canvas = sharedCanvas(window.escape, points);
    let first: Counts<ArrayBuffer> | undefined;
    const rows: LessonRow[] = [];
    const began = performance.now();
    for (let round = 0; round < rounds; round++) {
      for (const [number, way] of waysFor(grid, workers).entries()) {
        tell({ kind: "way", way: number, round, name: way.name, workers: way.workers, batches });
        // Touched before the clock runs, too: the first way would else pay for fresh memory.
        canvas.fill(0);
        const crew = way.workers === 1 ? alone : team;
        const counts = first === undefined;
        const took = await watched(way, {
          grid,
          log,
          pool: crew.pool,
          canvas,
          signal,
          tell,
          counts,
        });
        first ??= canvas.slice() as Counts<ArrayBuffer>;
        if (!sameCounts(canvas, first)) {
          throw new Error(`The canvas of "${way.name}" is another one`);
        }
        const startUp = took.startUp + (way.pooled ? crew.startUp : 0);
        rows[number] = better(rows[number], rowOf(way, { ...took, startUp, points }), rows[0]);
        tell({ kind: "row", ...rows[number] });
      }
      const spent = performance.now() - began;
      if (spent + spent / (round + 1) > patience) break;
    }
    return { canvas: first!, rows: rows.map((row) => better(undefined, row, rows[0])) };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** A pool, and how long it took to start. */
interface ReadyCrew extends AsyncDisposable {
  readonly pool: LessonPool;
  readonly startUp: number;
}

async function readyCrew(...args: Parameters<typeof startCrew>): Promise<ReadyCrew> {
  const began = performance.now();
  const pool = await startCrew(...args);
  const startUp = performance.now() - began;
  return { pool, startUp, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
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
  /** Whether to tell the counts too. Only for a way whose workers write to the canvas themselves. */
  readonly counts: boolean;
};

/** How long a way took to start what it needs besides the pool, and to work. */
interface Took {
  readonly startUp: number;
  readonly milliseconds: number;
}

/** Fills the canvas in one way and reports meanwhile what the log says. */
async function watched(way: Way, { tell, counts, ...given }: Watched): Promise<Took> {
  const { log, grid, canvas } = given;
  log.clear();
  const called = clock();
  let origin = called;
  const report = () => {
    const fresh = log.fresh();
    if (fresh.length === 0) return;
    tell({
      kind: "batches",
      batches: fresh.map(({ batch, worker, began, ended }): TimedBatch => [
        batch,
        worker,
        began - origin,
        ended - origin,
      ]),
      counts: counts ? () => fresh.map(({ batch }) => countsOn(canvas, grid, batch)) : undefined,
    });
  };
  const looking = setInterval(report, LOOK);
  try {
    const milliseconds = await way.fill({
      ...given,
      workers: way.workers,
      starts: () => origin = clock(),
      onQueues: (sizes) => tell({ kind: "queues", at: clock() - origin, ...sizes }),
    });
    return { startUp: origin - called, milliseconds };
  } finally {
    clearInterval(looking);
    report();
  }
}

function rowOf(
  { name, workers }: Way,
  { startUp, milliseconds, points }: Took & { readonly points: number },
): LessonRow {
  return {
    way: name,
    processes: workers,
    milliseconds,
    runs: 1,
    startUp,
    pointsPerSecond: points / milliseconds * 1000,
    speedUp: 1,
  };
}

/** The better of two rows of one way, compared with the sequential way as it stands now. */
function better(
  old: LessonRow | undefined,
  now: LessonRow,
  first: LessonRow | undefined,
): LessonRow {
  const best = old !== undefined && old.milliseconds <= now.milliseconds ? old : now;
  const runs = (old?.runs ?? 0) + now.runs;
  return { ...best, runs, speedUp: (first?.milliseconds ?? best.milliseconds) / best.milliseconds };
}

function sameCounts(a: Counts, b: Counts): boolean {
  return a.length === b.length && a.every((count, i) => count === b[i]);
}
