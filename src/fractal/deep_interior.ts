/** Where a frame may lie inside a small copy of the set, by what the orbit of a point nearby has shown. */

import { Exact, type Frame } from "../plane/mod.ts";
import type { Approach } from "./course.ts";
import { advanceCycle, type CycleSearch, cycleSearch } from "./cycle.ts";
import {
  isSmaller,
  ONE,
  over,
  plus,
  type Scaled,
  scaled,
  scaledOf,
  shifted,
  sizeOf,
  times,
  toDoubles,
} from "./scaled.ts";

/** A point in fixed point, `bits` bits behind the point. */
export interface FixedPoint {
  readonly re: bigint;
  readonly im: bigint;
  readonly bits: number;
}

/** Of the disk that is proven to lie inside, a frame may fill so much: the derivatives are rounded. */
const FILLED = scaled(0.9);

/** Steps by which the copy's own iteration has come to its cycle, and the longest that is looked for. */
const SETTLED = 4096;
const LONGEST = 64;
const SAME = 1e-9;

/** Bits for the copy's own iteration. */
const MODEL_BITS = 128;

/** The disk around the nucleus of a copy of size 1 is an eighth (log2), and none is much larger. */
const LARGEST_LOG2 = -2;

/** Where cycles are as short as this the copy may be so distorted that a disk is so much larger (log2). */
const SHORT = 512;
const DISTORTED_LOG2 = 4;

/**
 * Searches for cycles that may prove that the whole frame is inside, shortest first.
 *
 * With the approach Z_p of the orbit of C0, p steps from near 0 at C0 + d are about
 *
 *     F(z) = Z_p + (dZ_p/dC) d + (dZ_p/dZ_1) z^2
 *
 * and so, with z = w / (dZ_p/dZ_1), the iteration w^2 + c' itself, where
 *
 *     c' = (dZ_p/dZ_1) (Z_p + (dZ_p/dC) d)
 *
 * Where w^2 + c' has an attracting cycle of k steps, F has one of k p: that is the guess. What its disk
 * would be tells whether it is worth the search.
 */
export function cycleSearchesFor(
  frame: Frame,
  origin: FixedPoint,
  approaches: readonly Approach[],
): CycleSearch[] {
  const { bits } = origin;
  const centre = centreOf(frame, bits);
  const away = scaledOf(centre.re - origin.re, centre.im - origin.im, bits);
  const needed = halfDiagonalOf(frame);
  const searches: CycleSearch[] = [];
  for (const { index, z, byC, byZ } of approaches) {
    if (isZero(byZ) || isZero(byC)) continue;
    // 1 / (dZ_p/dZ_1 dZ_p/dC) is the size of the copy.
    const size = over(ONE, sizeOf(times(byZ, byC)));
    const slack = index > SHORT ? 0 : DISTORTED_LOG2;
    if (isSmaller(shifted(size, LARGEST_LOG2 + slack), needed)) continue;
    const [x, y] = toDoubles(times(byZ, plus(z, times(byC, away))));
    const cycle = modelCycle(x, y);
    if (cycle === undefined) continue;
    const period = index * cycle.period;
    if (isSmaller(shifted(times(cycle.radius, size), slack), needed)) continue;
    searches.push(cycleSearch(centre, period, over(cycle.point, byZ)));
  }
  return searches;
}

/** Whether the disk that a search has found contains all pixels of the frame, with room to spare. */
export function liesWithin({ state, radius }: CycleSearch, frame: Frame): boolean {
  return state === "found" && isSmaller(halfDiagonalOf(frame), times(radius, FILLED));
}

/** The attracting cycle of w^2 + c, c = x + iy, by doubles: its point next to 0, and the disk around c. */
function modelCycle(
  x: number,
  y: number,
): { period: number; point: Scaled; radius: Scaled } | undefined {
  let [u, v] = [0, 0];
  const step = () => {
    [u, v] = [u * u - v * v + x, 2 * u * v + y];
  };
  for (let n = 0; n < SETTLED; n++) {
    step();
    if (!(u * u + v * v <= 8)) return undefined;
  }
  const [fromU, fromV] = [u, v];
  let [nearU, nearV] = [u, v];
  for (let period = 1; period <= LONGEST; period++) {
    step();
    if (u * u + v * v < nearU * nearU + nearV * nearV) [nearU, nearV] = [u, v];
    if (Math.max(Math.abs(u - fromU), Math.abs(v - fromV)) > SAME) continue;
    const point = scaled(nearU, nearV);
    const c = { ...fixedPointOf(x, y), bits: MODEL_BITS };
    const { state, radius } = advanceCycle(cycleSearch(c, period, point));
    return state === "found" ? { period, point, radius } : undefined;
  }
  return undefined;
}

function fixedPointOf(x: number, y: number): { re: bigint; im: bigint } {
  return { re: Exact.of(x).toFixedPoint(MODEL_BITS), im: Exact.of(y).toFixedPoint(MODEL_BITS) };
}

/** The middle of a frame. */
function centreOf({ step, width, height, re, im }: Frame, bits: number): FixedPoint {
  const half = step.timesPowerOfTwo(-1);
  return {
    re: re.plus(half.times(Exact.of(width - 1))).toFixedPoint(bits),
    im: im.minus(half.times(Exact.of(height - 1))).toFixedPoint(bits),
    bits,
  };
}

/** No pixel of the frame is as far as this from its middle, rounded. */
function halfDiagonalOf({ step, width, height }: Frame): Scaled {
  const exponent = step.log2Floor();
  const mantissa = step.timesPowerOfTwo(-exponent).toDouble();
  return scaled(mantissa * Math.hypot(width, height) / 2, 0, exponent);
}

function isZero({ x, y }: Scaled): boolean {
  return x === 0 && y === 0;
}
