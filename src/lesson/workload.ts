/** The lesson's workload: a window of the plane as a grid of points, cut into batches. */

import { escapeTime } from "../fractal/mod.ts";
import { type Axes, cornerGrid } from "../plane/mod.ts";
import { batchAt, type BatchBounds, batchCount } from "../render/mod.ts";

/** The lesson's window, and how far to iterate. */
export interface LessonWindow {
  /** Points a side. */
  readonly pixdim: number;
  /** Centre and side of the window, plane units. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** The count of a point that does not escape; at most 65,535. */
  readonly escape: number;
}

/** Counts as they travel and as the canvas holds them: bytes, as the notebook's, where these are enough. */
export type Counts<B extends ArrayBufferLike = ArrayBufferLike> = Uint8Array<B> | Uint16Array<B>;

/** Whether bytes hold all counts up to `escape`. */
function fitBytes(escape: number): boolean {
  return escape < 256;
}

/** So many counts up to `escape`, all zero. */
export function blankCounts(escape: number, points: number): Counts<ArrayBuffer> {
  return fitBytes(escape) ? new Uint8Array(points) : new Uint16Array(points);
}

/** A canvas of so many counts up to `escape`, all zero, in memory that workers share. */
export function sharedCanvas(escape: number, points: number): Counts<SharedArrayBuffer> {
  return canvasOver(new SharedArrayBuffer(fitBytes(escape) ? points : 2 * points), escape);
}

/** The canvas in shared memory, as a worker sees it. */
export function canvasOver(shared: SharedArrayBuffer, escape: number): Counts<SharedArrayBuffer> {
  return fitBytes(escape) ? new Uint8Array(shared) : new Uint16Array(shared);
}

/** The window of the notebook that the lesson comes from. */
export const NOTEBOOK_WINDOW: LessonWindow = {
  pixdim: 1600,
  escape: 255,
  x: 0.1015,
  y: -0.633,
  size: 0.01,
};

/**
 * A window that takes a core some seconds, so that a room can watch it: points escape after 445 steps on
 * average, and soon or late depending on the batch. Hardly any stays in, for the kernel, other than the
 * plain loop, sees that an orbit repeats itself: that would be another lesson.
 */
export const SPIRALS_WINDOW: LessonWindow = {
  pixdim: 1408,
  escape: 5000,
  x: -0.0884,
  y: 0.6556,
  size: 0.00066,
};

/** Points along a side of a preview. */
const PREVIEW = 48;

/** The counts of a few points all over the window, in ascending order: what colours can be chosen by. */
export function previewOf(window: LessonWindow): number[] {
  const { columns, rows } = cornerGrid({ ...window, pixdim: PREVIEW });
  const counts: number[] = [];
  for (const im of rows) for (const re of columns) counts.push(escapeTime(re, im, window.escape));
  return counts.sort((a, b) => a - b);
}

/** The points of the window and how they are batched: squares of `side` points a side. */
export interface LessonGrid extends Axes {
  readonly escape: number;
  readonly side: number;
}

/** A batch on the way to a consumer: its number, and its points. */
export type Todo = [batch: number, re: Float64Array, im: Float64Array];

/** A batch on its way back: its number, and its counts. */
export type Done = [batch: number, counts: Counts];

/** What a worker of the lesson is started with. */
export interface LessonStart {
  readonly grid: LessonGrid;
  /** The worker's lane in the log. */
  readonly worker: number;
  /** Where it notes which batches it took; see `BatchLog`. */
  readonly log: SharedArrayBuffer;
  /** The compiled kernel and its memory, for the ways that use it. */
  readonly kernel: {
    readonly module: WebAssembly.Module;
    readonly memory: WebAssembly.Memory;
    /** This worker's own memory: the kernel's scratch, and behind it a batch of samples. */
    readonly scratch: number;
  } | null;
}

/** How many batches the grid has. */
export function batchesOf({ columns, rows, side }: LessonGrid): number {
  return batchCount(columns.length, rows.length, { columns: side, rows: side });
}

/** The columns and rows of a batch: left to right, then top to bottom. */
export function boundsOf({ columns, rows, side }: LessonGrid, batch: number): BatchBounds {
  const shape = { columns: side, rows: side };
  return batchAt({ width: columns.length, height: rows.length, shape }, batch);
}

/** Counts a batch by the plain loop, into a canvas of the whole grid. */
export function countBatch(grid: LessonGrid, batch: number, canvas: Counts): void {
  const { columns, rows, escape } = grid;
  const { fromColumn, toColumn, fromRow, toRow } = boundsOf(grid, batch);
  for (let row = fromRow; row < toRow; row++) {
    const im = rows[row]!;
    const start = row * columns.length;
    for (let column = fromColumn; column < toColumn; column++) {
      canvas[start + column] = escapeTime(columns[column]!, im, escape);
    }
  }
}

/** The points of a batch, row by row, as they travel over a queue. */
export function pointsOf(grid: LessonGrid, batch: number): Todo {
  const { fromColumn, toColumn, fromRow, toRow } = boundsOf(grid, batch);
  const width = toColumn - fromColumn;
  const re = new Float64Array(width * (toRow - fromRow));
  const im = new Float64Array(re.length);
  for (let row = fromRow, at = 0; row < toRow; row++, at += width) {
    re.set(grid.columns.subarray(fromColumn, toColumn), at);
    im.fill(grid.rows[row]!, at, at + width);
  }
  return [batch, re, im];
}

/** The counts of points, by the plain loop. */
export function countPoints(re: Float64Array, im: Float64Array, escape: number): Counts {
  const counts = blankCounts(escape, re.length);
  for (let i = 0; i < re.length; i++) counts[i] = escapeTime(re[i]!, im[i]!, escape);
  return counts;
}

/** Puts a batch's counts, row by row, where they belong on the canvas. */
export function place(grid: LessonGrid, batch: number, { counts, canvas }: {
  readonly counts: Counts | Uint32Array;
  readonly canvas: Counts;
}): void {
  const { fromColumn, toColumn, fromRow, toRow } = boundsOf(grid, batch);
  const width = toColumn - fromColumn;
  for (let row = fromRow, at = 0; row < toRow; row++) {
    const start = row * grid.columns.length + fromColumn;
    for (let column = 0; column < width; column++) canvas[start + column] = counts[at++]!;
  }
}

/** The counts of a batch, row by row, from the canvas that has them. */
export function countsOn(canvas: Counts, grid: LessonGrid, batch: number): Counts<ArrayBuffer> {
  const { fromColumn, toColumn, fromRow, toRow } = boundsOf(grid, batch);
  const width = toColumn - fromColumn;
  const counts = blankCounts(grid.escape, width * (toRow - fromRow));
  for (let row = fromRow, at = 0; row < toRow; row++, at += width) {
    const start = row * grid.columns.length + fromColumn;
    counts.set(canvas.subarray(start, start + width), at);
  }
  return counts;
}
