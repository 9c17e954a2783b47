/** The reference orbit: one point iterated in fixed-point BigInt, kept as doubles. */

import { type Course, followed, NO_COURSE } from "./course.ts";
import { bitLength, timesPowerOfTwo } from "./scaled.ts";

/**
 * A point's orbit on its way. Plain data: it crosses to a worker and back, a slice of steps at a time.
 * All numbers are fixed point, `bits` bits behind the point.
 */
export interface Orbit {
  readonly bits: number;
  /** C. */
  readonly re: bigint;
  readonly im: bigint;
  /** Z_length. */
  readonly x: bigint;
  readonly y: bigint;
  /** Index of the last point. */
  readonly length: number;
  /** Whether it needs no more points: the last is beyond {@link END_RADIUS}, or it repeats itself. */
  readonly ended: boolean;
  /** How far before its last point it has been at that point already; 0 unless it ended for that. */
  readonly period: number;
  /** A point that later ones are compared with, and the length of the cycle once it has come back; 0 before. */
  readonly kept: { readonly index: number; readonly x: bigint; readonly y: bigint };
  readonly cycle: number;
  /** What it has shown so far. */
  readonly course: Course;
}

/**
 * What a double cannot tell of a point, as (x + iy) 2^exponent with the larger mantissa in [1, 2]: the
 * point itself where it is too small, or |Z|^2 - 4 (and y = 0) where it is that close to radius 2.
 */
export interface NearZeroPoint {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly exponent: number;
}

/** Steps of an orbit: the new points as doubles, re and im in turn, and what doubles cannot tell of them. */
export interface OrbitSlice {
  readonly orbit: Orbit;
  readonly points: Float64Array<ArrayBuffer>;
  readonly nearZero: readonly NearZeroPoint[];
}

/** Beyond radius 2 the reference goes on a little, so that pixels that are left when it ends are far from it. */
const END_RADIUS = 4;

/** Points smaller than 2^-900 are tiny: a double's own exponent would do to 2^-1022 only. */
const TINY_LOG2 = -900;

/** How close |Z|^2 is to 4 where a double does not tell whether neighbours are within radius 2. */
const RIM = 2 ** -20;

/** Bits that are looked at first, of which a point of ordinary size fills more than a double's 53. */
const LEADING_BITS = 62;
const LEADING_UNIT = 2 ** -LEADING_BITS;

/** Leading bits as large as this have what was cut off behind a double's last bit. */
const ENOUGH = 2 ** 54;

/** Up to here the fixed-point number itself is a double, and so is its unit: nothing has to be cut. */
const MOST_BITS_AT_ONCE = 1000;

/** Points of an orbit that repeats itself: enough for its tables to skip many steps. */
const REPEATING_POINTS = 65_536;

/** Points that a slice has room for at first. */
const FEW_POINTS = 4096;

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 32;

/** The orbit of C = (re + i im) 2^-bits at its beginning: Z_0 = 0. */
export function orbitOf(re: bigint, im: bigint, bits: number): Orbit {
  return {
    ...{ bits, re, im, x: 0n, y: 0n, length: 0, ended: false, period: 0, course: NO_COURSE },
    ...{ kept: { index: 0, x: 0n, y: 0n }, cycle: 0 },
  };
}

/**
 * Iterates an orbit until it has `length` points behind Z_0, it ends, or the time is over. One that comes
 * back to a point where it has been, bit for bit, ends once it has a few tables' worth of points.
 *
 *     re' = (re + im) (re - im) + C_re,   im' = 2 re im + C_im
 *
 * Two products a step; every product is cut to `bits` bits (rounded down).
 *
 * @param milliseconds how long it may take, about
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { advanceOrbit, orbitOf } from "./mod.ts";
 * const { points } = advanceOrbit(orbitOf(-(1n << 64n), 0n, 64), 3); // C = -1
 * assert.deepEqual([...points], [-1, 0, 0, 0, -1, 0]);
 * ```
 */
export function advanceOrbit(orbit: Orbit, length: number, milliseconds = Infinity): OrbitSlice {
  const { bits, re, im } = orbit;
  const shift = BigInt(bits);
  const half = BigInt(bits - 1);
  const leading = BigInt(bits - LEADING_BITS);
  const unit = 2 ** -bits;
  const most = Math.max(0, length - orbit.length);
  let points = new Float64Array(2 * Math.min(most, FEW_POINTS));
  const nearZero: NearZeroPoint[] = [];
  const tiny: NearZeroPoint[] = [];
  const end = performance.now() + milliseconds;
  let { x, y, ended, kept, cycle } = orbit;
  // Unknown at the beginning of a slice: then the fixed-point numbers are compared.
  let keptX = NaN;
  let steps = 0;
  while (steps < most && !ended) {
    if (steps % STEPS_PER_LOOK === 0 && steps > 0 && performance.now() > end) break;
    const real = ((x + y) * (x - y) >> shift) + re;
    y = (x * y >> half) + im;
    x = real;
    if (2 * steps === points.length) points = grown(points);
    let zx: number;
    let zy: number;
    if (bits <= MOST_BITS_AT_ONCE) {
      zx = Number(x) * unit;
      zy = Number(y) * unit;
    } else {
      zx = Number(x >> leading);
      zy = Number(y >> leading);
      zx = Math.abs(zx) >= ENOUGH ? zx * LEADING_UNIT : toDouble(x, bits);
      zy = Math.abs(zy) >= ENOUGH ? zy * LEADING_UNIT : toDouble(y, bits);
    }
    points[2 * steps] = zx;
    points[2 * steps + 1] = zy;
    steps++;
    const size = Math.max(Math.abs(zx), Math.abs(zy));
    const square = zx * zx + zy * zy;
    const index = orbit.length + steps;
    if (size < 2 ** TINY_LOG2) {
      pushFine(tiny, index, { x, y, bits });
      if (tiny.at(-1)?.index === index) nearZero.push(tiny.at(-1)!);
    } else if (Math.abs(square - 4) < RIM) {
      const excess = x * x + y * y - (4n << 2n * shift);
      pushFine(nearZero, index, { x: excess, y: 0n, bits: 2 * bits });
    }
    ended = square > END_RADIUS * END_RADIUS;
    // Brent: a point is kept at 1, 2, 4, ... Most points differ as doubles already.
    if (cycle > 0) {
      ended ||= index >= REPEATING_POINTS;
    } else if ((zx === keptX || keptX !== keptX) && x === kept.x && y === kept.y) {
      cycle = index - kept.index;
    } else if (index >= 2 * kept.index) {
      kept = { index, x, y };
      keptX = zx;
    }
  }
  points = points.slice(0, 2 * steps);
  const course = followed(orbit.course, orbit.length, { points, tiny });
  const reached = orbit.length + steps;
  const period = ended && cycle > 0 ? cycle * Math.floor((reached - kept.index) / cycle) : 0;
  return {
    orbit: { ...orbit, x, y, length: reached, ended, period, kept, cycle, course },
    points,
    nearZero,
  };
}

/** The same numbers, with as much room again. */
function grown(points: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * points.length);
  more.set(points);
  return more;
}

/** value 2^-bits as a double, for any value. */
function toDouble(value: bigint, bits: number): number {
  if (value === 0n) return 0;
  const cut = Math.max(0, bitLength(value) - LEADING_BITS);
  return timesPowerOfTwo(Number(value >> BigInt(cut)), cut - bits);
}

/** Adds (x + iy) 2^-bits to the fine points; 0 is what one that is missing stands for. */
function pushFine(
  nearZero: NearZeroPoint[],
  index: number,
  { x, y, bits }: { x: bigint; y: bigint; bits: number },
): void {
  const length = Math.max(bitLength(x), bitLength(y));
  if (length === 0) return;
  const cut = Math.max(0, length - LEADING_BITS);
  const scale = 2 ** (1 - Math.min(length, LEADING_BITS));
  nearZero.push({
    index,
    x: Number(x >> BigInt(cut)) * scale,
    y: Number(y >> BigInt(cut)) * scale,
    exponent: length - 1 - bits,
  });
}
