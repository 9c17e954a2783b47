/** The lesson's workload: a window of the plane as a grid of points, cut into batches. */

import { escapeTime } from "../../fractal/mod.ts";
import type { Axes } from "../../plane/mod.ts";
import { batchAt, type BatchBounds, batchCount } from "../batches.ts";

/** The lesson's window, and how far to iterate. */
export interface LessonWindow {
  /** Points a side. */
  readonly pixdim: number;
  /** Centre and side of the window, plane units. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** The count of a point that does not escape; at most 255, for the canvas holds bytes. */
  readonly escape: number;
}

/** The window of the notebook that the lesson comes from. */
export const NOTEBOOK_WINDOW: LessonWindow = {
  pixdim: 1600,
  escape: 255,
  x: 0.1015,
  y: -0.633,
  size: 0.01,
};

/** The points of the window and how they are batched: squares of `side` points a side. */
export interface LessonGrid extends Axes {
  readonly escape: number;
  readonly side: number;
}

/** A batch on the way to a consumer: its number, and its points. */
export type Todo = [batch: number, re: Float64Array, im: Float64Array];

/** A batch on its way back: its number, and its counts. */
export type Done = [batch: number, counts: Uint8Array];

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
export function countBatch(grid: LessonGrid, batch: number, canvas: Uint8Array): void {
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
export function countPoints(re: Float64Array, im: Float64Array, escape: number): Uint8Array {
  const counts = new Uint8Array(re.length);
  for (let i = 0; i < re.length; i++) counts[i] = escapeTime(re[i]!, im[i]!, escape);
  return counts;
}

/** Puts a batch's counts, row by row, where they belong on the canvas. */
export function place(grid: LessonGrid, batch: number, { counts, canvas }: {
  readonly counts: Uint8Array | Uint32Array;
  readonly canvas: Uint8Array;
}): void {
  const { fromColumn, toColumn, fromRow, toRow } = boundsOf(grid, batch);
  const width = toColumn - fromColumn;
  for (let row = fromRow, at = 0; row < toRow; row++) {
    const start = row * grid.columns.length + fromColumn;
    for (let column = 0; column < width; column++) canvas[start + column] = counts[at++]!;
  }
}
