/** The lesson's workload: a window of the plane as a grid of points, and what travels about it. */

import { escapeTime } from "../../fractal/mod.ts";
import type { Axes } from "../../plane/mod.ts";

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

/** Points that travel together: "batching the data is vastly more efficient". */
export const BATCH = 1000;

/** A batch on the way to a consumer: the number of its first point, and the points. */
export type Todo = [first: number, re: Float64Array, im: Float64Array];

/** A batch on its way back: the number of its first point, and the counts. */
export type Done = [first: number, counts: Uint8Array];

/** What a worker of the lesson is started with. */
export interface LessonStart extends Axes {
  readonly escape: number;
  /** The compiled kernel and its memory, for the ways that use it. */
  readonly kernel: {
    readonly module: WebAssembly.Module;
    readonly memory: WebAssembly.Memory;
    /** This worker's own memory: the kernel's scratch, and behind it a batch of samples. */
    readonly scratch: number;
  } | null;
}

/** The counts of one row of the grid, by the plain loop, into `counts` from `at` on. */
export function countRow(
  { columns, rows, escape }: Axes & { readonly escape: number },
  row: number,
  { counts, at = 0 }: { readonly counts: Uint8Array; readonly at?: number },
): void {
  const im = rows[row]!;
  // By index: V8 takes three times as long over an iterator (2026-11).
  for (let i = 0; i < columns.length; i++) counts[at + i] = escapeTime(columns[i]!, im, escape);
}
