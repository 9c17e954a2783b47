/** The one door that chooses how a frame is computed: by its pixel step alone. */

import { type Frame, stepLog2 } from "../plane/mod.ts";
import { type ReferencePoint, referencePointOf } from "./reference_point.ts";

/** Plain doubles, or differences from a reference orbit. */
export type Path =
  | { readonly arithmetic: "double" }
  | { readonly arithmetic: "perturbation"; readonly reference: ReferencePoint };

/**
 * floor(log2) of the smallest pixel step that doubles compute. Coordinates would be exact for two more
 * zooms, but near there the rounding of the orbit itself spoils counts.
 */
const DOUBLE_STEP_LOG2 = -46;

/** How a frame is computed: doubles while its step is at least 2^-46, below by perturbation. */
export function pathOf(frame: Frame): Path {
  return stepLog2(frame) >= DOUBLE_STEP_LOG2
    ? { arithmetic: "double" }
    : { arithmetic: "perturbation", reference: referencePointOf(frame) };
}
