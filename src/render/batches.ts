/** How a grid is cut into batches: a function of the request alone. */

import { MOST_PIXELS, MOST_SIDE } from "../fractal/mod.ts";
import type { BatchShape, SampleOrder } from "./orders.ts";

/**
 * Pixels times iterations of a batch, if none escapes: about 50 ms of one core. A batch cannot be passed
 * on half done, so this bounds how long a worker keeps a frame that others want to share.
 */
const MOST_STEPS = 1e8;

/** Fewer pixels than this do not fill the kernel's lanes. */
const FEWEST_PIXELS = 64;

/** Batches of a grid at least, so that two workers end at about the same time. */
const FEWEST_BATCHES = 16;

/** Columns and rows of a batch of perturbed pixels: whole groups of four by two, whatever the grid. */
const PERTURBED_SHAPE: BatchShape = { columns: 64, rows: 8 };
const DEAR_SHAPE: BatchShape = { columns: 16, rows: 8 };

/** Iterations from which on batches of perturbed pixels are small. */
const DEAR = 500_000;

/** Cuts a grid of perturbed pixels. What a pixel costs is not known: skips may save nearly all of it. */
export function perturbedShape(width: number, height: number, iterations: number): BatchShape {
  const { columns, rows } = iterations < DEAR ? PERTURBED_SHAPE : DEAR_SHAPE;
  return { columns: Math.min(width, columns), rows: Math.min(height, rows) };
}

/** Cuts a grid into batches of whole rows, or of parts of one row where a row alone is too much. */
export function batchShape(width: number, height: number, iterations: number): BatchShape {
  const most = Math.min(MOST_PIXELS, MOST_STEPS / iterations, width * height / FEWEST_BATCHES);
  const pixels = Math.max(FEWEST_PIXELS, Math.floor(most));
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
