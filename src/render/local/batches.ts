/** How a grid is cut into batches: a function of the request alone. */

import { MOST_PIXELS, MOST_SIDE } from "../../fractal/mod.ts";
import type { BatchShape, SampleOrder } from "./orders.ts";

/**
 * Pixels times iterations of a batch, if none escapes: about 50 ms of one core. A batch cannot be passed
 * on half done, so this bounds how long a worker keeps a frame that others want to share.
 */
const MOST_STEPS = 1e8;

/** Fewer pixels than this do not fill the kernel's lanes for long; and than this not at all. */
const FEWEST_PIXELS = 64;
const FEWEST_DEAR_PIXELS = 12;

/** Iterations from which on no batch has more pixels than lanes: 64 of them would take half a second. */
const VERY_DEAR = 10_000_000;

/** Batches of a grid at least, so that two workers end at about the same time. */
const FEWEST_BATCHES = 16;

/** Columns and rows of a batch of perturbed pixels: whole groups of four by two, whatever the grid. */
const PERTURBED_SHAPE: BatchShape = { columns: 64, rows: 8 };
const DEAR_SHAPE: BatchShape = { columns: 16, rows: 8 };
const VERY_DEAR_SHAPE: BatchShape = { columns: 4, rows: 2 };

/** Iterations from which on batches of perturbed pixels are small; from VERY_DEAR on single groups. */
const DEAR = 500_000;

/** Cuts a grid of perturbed pixels. What a pixel costs is not known: BLA may save nearly all of it. */
export function perturbedShape(width: number, height: number, iterations: number): BatchShape {
  const dear = iterations < VERY_DEAR ? DEAR_SHAPE : VERY_DEAR_SHAPE;
  const { columns, rows } = iterations < DEAR ? PERTURBED_SHAPE : dear;
  return { columns: Math.min(width, columns), rows: Math.min(height, rows) };
}

/** Cuts a grid into batches of whole rows, or of parts of one row where a row alone is too much. */
export function batchShape(width: number, height: number, iterations: number): BatchShape {
  const most = Math.min(MOST_PIXELS, MOST_STEPS / iterations, width * height / FEWEST_BATCHES);
  const fewest = iterations < VERY_DEAR ? FEWEST_PIXELS : FEWEST_DEAR_PIXELS;
  const pixels = Math.max(fewest, Math.floor(most));
  if (pixels >= width && width <= MOST_SIDE) {
    return { columns: width, rows: Math.min(height, Math.floor(pixels / width)) };
  }
  return { columns: Math.min(width, pixels), rows: 1 };
}

/** Number of batches of that shape in a grid. */
export function batchCount(width: number, height: number, shape: BatchShape): number {
  return Math.ceil(width / shape.columns) * Math.ceil(height / shape.rows);
}

/** Columns and rows of one batch: from, and up to but not including. */
export interface BatchBounds {
  readonly fromColumn: number;
  readonly toColumn: number;
  readonly fromRow: number;
  readonly toRow: number;
}

/** Where batch `number` lies: left to right, then top to bottom. */
export function batchAt(
  { width, height, shape }: Pick<SampleOrder, "width" | "height" | "shape">,
  number: number,
): BatchBounds {
  const across = Math.ceil(width / shape.columns);
  const fromColumn = (number % across) * shape.columns;
  const fromRow = Math.floor(number / across) * shape.rows;
  return {
    fromColumn,
    toColumn: Math.min(width, fromColumn + shape.columns),
    fromRow,
    toRow: Math.min(height, fromRow + shape.rows),
  };
}
