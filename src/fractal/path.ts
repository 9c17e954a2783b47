/** The one door that chooses how a frame is computed: by its pixel step alone. */

import { type Frame, stepLog2 } from "../plane/mod.ts";
import { DOUBLE_STEP_LOG2 } from "./formulas/formula.ts";
import { formulaOf } from "./formulas/table.ts";
import { type ReferencePoint, referencePointOf } from "./reference_point.ts";

/** Plain doubles, differences from a reference orbit, or nothing at all: the whole frame is inside. */
export type Path =
  | { readonly arithmetic: "double" }
  | { readonly arithmetic: "interior" }
  | { readonly arithmetic: "perturbation"; readonly reference: ReferencePoint };

/**
 * Long orbits, and the share of a pixel (log2) that their rounding may come to in doubles: n steps of 2^-53
 * each, where they add up. Necks and the cusp of the cardioid have such orbits (experiment fractal-1).
 */
const LONG_ORBIT = 2 ** 14;
/** Still longer ones stay with doubles, which know points inside by their cycles and need no reference. */
const LONGEST_ORBIT = 2 ** 17;
const ROUNDING_SHARE_LOG2 = -2;

/**
 * How a frame is computed: by doubles while its step is at least 2^-46, or larger where orbits may be so
 * long that rounding is felt; below by perturbation, unless all of it lies in the cardioid or the disk of
 * period 2, where the reference orbit would be all the work.
 *
 * @throws {RangeError} when the step is smaller than the set's formula goes
 */
export function pathOf(frame: Frame, iterations: number): Path {
  const step = stepLog2(frame);
  const { deepestStepLog2, liesInside } = formulaOf(frame.set);
  if (step < deepestStepLog2) {
    throw new RangeError(`Cannot compute ${frame.set.id} as deep as this`);
  }
  const least = deepestStepLog2 === DOUBLE_STEP_LOG2 ? -Infinity : leastStepLog2(iterations);
  if (step >= Math.max(DOUBLE_STEP_LOG2, least)) return { arithmetic: "double" };
  if (liesInside(frame)) return { arithmetic: "interior" };
  return { arithmetic: "perturbation", reference: referencePointOf(frame) };
}

/** log2 of the smallest step at which so many iterations in doubles do no harm. */
function leastStepLog2(iterations: number): number {
  if (iterations < LONG_ORBIT || iterations > LONGEST_ORBIT) return -Infinity;
  return Math.log2(iterations) - 53 - ROUNDING_SHARE_LOG2;
}
