/** Formula: all that is different from one set to another. A set is added by a file here and a line in the table. */

import type { FractalSet, Frame, Window } from "../../plane/mod.ts";

/** One set: where it lies, what is known of it beforehand, and how its points are iterated. */
export interface Formula {
  /** Which set it is, as frames carry it. */
  readonly set: FractalSet;
  /** The square of zoom 0. */
  readonly window: Window;
  /**
   * `real axis` when mirrored points have the same counts, bit for bit: a frame below the axis is then
   * computed as its mirror image above.
   */
  readonly symmetry: "real axis" | "none";
  /**
   * floor(log2) of the smallest distance between two points that it is computed at; -Infinity where any is,
   * by perturbation.
   */
  readonly deepestStepLog2: number;
  /** Whether every point of the frame is inside the set, for certain. False where nothing is known. */
  liesInside(frame: Frame): boolean;
  /** Where the orbit of a point of the plane begins, and what is added at each step. */
  orbitOf(re: number, im: number): Start;
}

/** The start of an orbit z' = z^2 + c, plane units. */
export interface Start {
  readonly zRe: number;
  readonly zIm: number;
  readonly cRe: number;
  readonly cIm: number;
}

/**
 * floor(log2) of the smallest pixel step that doubles compute. Coordinates would be exact for two more
 * zooms, but near there the rounding of the orbit itself spoils counts.
 */
export const DOUBLE_STEP_LOG2 = -46;
