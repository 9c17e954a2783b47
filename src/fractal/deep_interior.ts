/** Where a frame may lie inside a small copy of the set, by what the orbit of a point nearby has shown. */

import { bandOf, Exact, Frame } from "../plane/mod.ts";
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

/** A part of a frame, and the search for the cycle that may prove it to be inside. */
export interface PartToProve {
  readonly part: Frame;
  readonly search: CycleSearch;
}

/** Of the disk that is proven to lie inside, a part may fill so much: the derivatives are rounded. */
const FILLED = scaled(0.9);

/** Frames are cut in four so many times at most, where one disk does not cover them. */
const CUTS = 2;

/** Steps by which the copy's own iteration has come to its cycle, and the longest that is looked for. */
const SETTLED = 4096;
const LONGEST = 64;
const SAME = 1e-9;

/** Bits for the copy's own iteration. */
const MODEL_BITS = 128;

/** The disk around the nucleus of a copy of size 1 is an eighth (log2), and none is much larger. */
const LARGEST_LOG2 = -2;

/** Of the disk that is expected, so much is counted on. */
const EXPECTED = scaled(0.8);

/** Copies of so short a period may be so distorted that a disk is so much larger (log2). */
const SHORT = 512;
const DISTORTED_LOG2 = 2;

/**
 * How to prove that the whole frame is inside, by the copy of the set around it that has the period of the
 * last of the approaches: a search for each of its parts, all of which have to succeed. Undefined where
 * that is not worth it, or one of the approaches before serves as well.
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
 * would be shows whether it is worth the search.
 */
export function wayToProve(
  frame: Frame,
  origin: FixedPoint,
  approaches: readonly Approach[],
): readonly PartToProve[] | undefined {
  const approach = approaches.at(-1);
  if (approach === undefined) return undefined;
  const centre = centreOf(frame, origin.bits);
  const served = approaches.slice(0, -1).some((before) => {
    const cycles = approach.index / before.index;
    if (before.index <= SHORT || cycles > LONGEST || !Number.isInteger(cycles)) return false;
    const [x, y] = inCopy(before, origin, centre);
    return x * x + y * y < 4;
  });
  return served ? undefined : cut(frame, { origin, approach, cuts: CUTS });
}

/** c' of a point, in the copy of the set that an approach belongs to. */
function inCopy(
  { z, byC, byZ }: Approach,
  origin: FixedPoint,
  { re, im, bits }: FixedPoint,
): readonly [x: number, y: number] {
  const away = scaledOf(re - origin.re, im - origin.im, bits);
  return toDoubles(times(byZ, plus(z, times(byC, away))));
}

/** Whether the disk that a part's search has found contains all its pixels, with room to spare. */
export function isProven({ part, search: { state, radius } }: PartToProve): boolean {
  return state === "found" && isSmaller(halfDiagonalOf(part), times(radius, FILLED));
}

/** A frame's parts that a disk each may cover; undefined where there is one that none will. */
function cut(
  frame: Frame,
  { origin, approach, cuts }: {
    readonly origin: FixedPoint;
    readonly approach: Approach;
    readonly cuts: number;
  },
): readonly PartToProve[] | undefined {
  const { index, byC, byZ } = approach;
  if (isZero(byZ) || isZero(byC)) return undefined;
  const needed = halfDiagonalOf(frame);
  // The copy's own size.
  const size = over(ONE, sizeOf(times(byZ, byC)));
  const slack = index > SHORT ? 0 : DISTORTED_LOG2;
  if (isSmaller(shifted(size, LARGEST_LOG2 + slack + cuts), needed)) return undefined;
  const centre = centreOf(frame, origin.bits);
  const [x, y] = inCopy(approach, origin, centre);
  const cycle = modelCycle(x, y);
  if (cycle === undefined) return undefined;
  // Only the smallest parts are left to luck.
  const radius = shifted(times(cycle.radius, size), cuts === 0 ? slack : 0);
  if (isSmaller(needed, times(radius, EXPECTED))) {
    const search = cycleSearch(centre, index * cycle.period, over(cycle.point, byZ));
    return [{ part: frame, search }];
  }
  if (cuts === 0) return undefined;
  const parts: PartToProve[] = [];
  for (const quarter of quartersOf(frame)) {
    const proof = cut(quarter, { origin, approach, cuts: cuts - 1 });
    if (proof === undefined) return undefined;
    parts.push(...proof);
  }
  return parts;
}

/** A frame in four, or in two where it is one pixel wide or high. */
function quartersOf(frame: Frame): Frame[] {
  const { width, height, step, re } = frame;
  const middle = Math.ceil(height / 2);
  const bands = height === 1 ? [frame] : [bandOf(frame, 0, middle), bandOf(frame, middle, height)];
  const left = Math.ceil(width / 2);
  return bands.flatMap((band) =>
    width === 1 ? [band] : [
      new Frame({ ...band, width: left }),
      new Frame({ ...band, width: width - left, re: re.plus(step.times(Exact.of(left))) }),
    ]
  );
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
