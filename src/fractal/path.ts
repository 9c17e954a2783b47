/** The one door that chooses how a frame is computed: by its pixel step alone. */

import { type Frame, stepLog2 } from "../plane/mod.ts";
import { liesInside } from "./interior.ts";
import { type ReferencePoint, referencePointOf } from "./reference_point.ts";

/** Plain doubles, differences from a reference orbit, or nothing at all: the whole frame is inside. */
export type Path =
  | { readonly arithmetic: "double" }
  | { readonly arithmetic: "interior" }
  | { readonly arithmetic: "perturbation"; readonly reference: ReferencePoint };

/**
 * floor(log2) of the smallest pixel step that doubles compute. Coordinates would be exact for two more
 * zooms, but near there the rounding of the orbit itself spoils counts.
 */
const DOUBLE_STEP_LOG2 = -46;

/**
 * How a frame is computed: doubles while its step is at least 2^-46, below by perturbation, unless all of
 * it lies in the cardioid or the disk of period 2, where the reference orbit would be all the work.
 */
export function pathOf(frame: Frame): Path {
  if (stepLog2(frame) >= DOUBLE_STEP_LOG2) return { arithmetic: "double" };
  if (liesInside(frame)) return { arithmetic: "interior" };
  return { arithmetic: "perturbation", reference: referencePointOf(frame) };
}
