// Corner grid: the square window of the lesson, sampled at the corners of its pixels in plain double arithmetic.

/** A square window of the plane, in doubles. */
export interface CornerWindow {
  /** Centre of the window. */
  readonly x: number;
  readonly y: number;
  /** Side of the window in plane units, above 0. */
  readonly size: number;
  /** Points a side. */
  readonly pixdim: number;
}

/** The two axes of a grid: real parts of the columns, imaginary parts of the rows, row 0 first. */
export interface Axes {
  readonly columns: Float64Array;
  readonly rows: Float64Array;
}

/**
 * The points of the window, with the operations in the order Python takes them, each rounded:
 *
 *     columns[col] = x - (size/2) + (size * col/pixdim)
 *     rows[row]    = y - (size/2) + (size * row/pixdim)
 *
 * Other than in a `Frame`, the imaginary part grows downwards and nothing is exact: the same doubles as the lesson's
 * own loop are the aim, and other doubles would have other counts.
 *
 * @throws {RangeError} when a number is not finite, size is not above 0, or pixdim is not a positive integer
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cornerGrid } from "./mod.ts";
 * const { columns, rows } = cornerGrid({ x: 0, y: -1, size: 1, pixdim: 2 });
 * assert.deepEqual([...columns, ...rows], [-0.5, 0, -1.5, -1]);
 * ```
 */
export function cornerGrid({ x, y, size, pixdim }: CornerWindow): Axes {
  for (const [name, value] of Object.entries({ x, y, size })) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot make a grid with ${name} ${value}: it must be finite`);
    }
  }
  if (size <= 0) throw new RangeError(`Cannot make a grid with size ${size}: it must be above 0`);
  if (!Number.isSafeInteger(pixdim) || pixdim < 1) {
    throw new RangeError(`Cannot make a grid with pixdim ${pixdim}: it must be a positive integer`);
  }
  const axis = (centre: number) =>
    Float64Array.from({ length: pixdim }, (_, i) => centre - size / 2 + (size * i) / pixdim);
  return { columns: axis(x), rows: axis(y) };
}
