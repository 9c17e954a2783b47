/** Julia sets: z_0 = the point, and c is the same for all points. */

import { Exact, type Point, type Window } from "../../plane/mod.ts";
import { DOUBLE_STEP_LOG2, type Formula } from "./formula.ts";

/** Every filled Julia set of |c| <= 2 lies within radius 2 of 0. */
const WINDOW: Window = { left: Exact.of(-2), top: Exact.of(2) };

/**
 * The filled Julia set of c, |c| <= 2. Beyond that it is dust, and a point outside radius 2 may come back.
 *
 * It is symmetric about 0, and about the real axis where c is real: only the latter is made use of.
 *
 * @throws {RangeError} when |c| is above 2
 */
export function julia(c: Point): Formula {
  if (c.re.times(c.re).plus(c.im.times(c.im)).compare(Exact.of(4)) > 0) {
    throw new RangeError("Cannot make the Julia set of a c outside radius 2: it is dust");
  }
  const cRe = c.re.toDouble();
  const cIm = c.im.toDouble();
  return {
    set: { id: "julia", c },
    window: WINDOW,
    symmetry: c.im.isZero() ? "real axis" : "none",
    deepestStepLog2: DOUBLE_STEP_LOG2,
    liesInside: () => false,
    orbitOf: (re, im) => ({ zRe: re, zIm: im, cRe, cIm }),
  };
}
