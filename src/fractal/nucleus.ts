/** The search for a nucleus: a point near C whose orbit returns to 0, so that a reference there can be short. */

import type { Approach } from "./course.ts";
import {
  fixedOf,
  isSmaller,
  ONE,
  over,
  plus,
  type Scaled,
  scaledOf,
  shifted,
  times,
  ZERO,
} from "./scaled.ts";

/** A search on its way. Plain data: it crosses to a worker and back. Fixed point, `bits` bits behind the point. */
export interface NucleusSearch {
  readonly bits: number;
  readonly period: number;
  /** Where it began, and how far from there (log2) a nucleus is of use. */
  readonly from: { readonly re: bigint; readonly im: bigint };
  readonly within: number;
  /** The point that is looked at now. */
  readonly re: bigint;
  readonly im: bigint;
  /** Z_length of its orbit, and the derivative of that by the point. */
  readonly x: bigint;
  readonly y: bigint;
  readonly byC: Scaled;
  readonly length: number;
  /** Newton's last step. */
  readonly step: Scaled;
  readonly rounds: number;
  /** "found" where (re, im) is the nucleus, "lost" where there is none for certain enough to go on. */
  readonly state: "searching" | "found" | "lost";
}

/** Newton's steps at most. Each doubles the bits that are right: from one to 33,000 in 15. */
const MOST_ROUNDS = 24;

/** A step of so many units of the last bit (log2) is within rounding. */
const ROUNDING_LOG2 = 20;

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 32;

/**
 * Begins the search for a nucleus with the period of an approach, whose orbit is that of the point
 * (re, im). It is Newton's method for Z_p(C) = 0, and its first step is known: C - Z_p / (dZ_p/dC).
 */
export function nucleusSearch(
  { re, im, bits }: { readonly re: bigint; readonly im: bigint; readonly bits: number },
  { index, z, byC }: Approach,
  within: number,
): NucleusSearch {
  const search = {
    ...{ bits, period: index, from: { re, im }, within, re, im },
    ...{ x: 0n, y: 0n, byC: ZERO, length: 0, step: ONE, rounds: 0 },
  };
  return moved({ ...search, state: "searching" }, over(z, byC));
}

/** Whether a nucleus may be that near: half of Newton's first step may be an error. */
export function mayBeWithin({ z, byC }: Approach, within: number): boolean {
  if (byC.x === 0 && byC.y === 0) return false;
  return isSmaller(over(z, byC), shifted(ONE, within + 1));
}

/** Goes on with a search for about so many milliseconds. */
export function advanceNucleus(search: NucleusSearch, milliseconds = Infinity): NucleusSearch {
  const end = performance.now() + milliseconds;
  for (let now = search;;) {
    if (now.state !== "searching") return now;
    const { bits, period, re, im } = now;
    const shift = BigInt(bits);
    const half = BigInt(bits - 1);
    const four = 4n << shift;
    let { x, y, byC, length } = now;
    for (; length < period; length++) {
      if (length % STEPS_PER_LOOK === 0 && length > now.length && performance.now() > end) {
        return { ...now, x, y, byC, length };
      }
      byC = plus(shifted(times(scaledOf(x, y, bits), byC), 1), ONE);
      const real = ((x + y) * (x - y) >> shift) + re;
      y = (x * y >> half) + im;
      x = real;
      if (x > four || -x > four || y > four || -y > four) return { ...now, state: "lost" };
    }
    now = byC.x === 0 && byC.y === 0
      ? { ...now, state: "lost" }
      : moved(now, over(scaledOf(x, y, bits), byC));
  }
}

/** The search at the point that Newton's step leads to. */
function moved(search: NucleusSearch, step: Scaled): NucleusSearch {
  const { bits, from, within, rounds } = search;
  const { x, y } = fixedOf(step, bits);
  const [re, im] = [search.re - x, search.im - y];
  const next = { ...search, re, im, x: 0n, y: 0n, byC: ZERO, length: 0, step, rounds: rounds + 1 };
  const away = scaledOf(re - from.re, im - from.im, bits);
  const near = away === ZERO || isSmaller(away, shifted(ONE, within));
  if (!near) return { ...next, state: "lost" };
  if (isSmaller(step, shifted(ONE, ROUNDING_LOG2 - bits))) return { ...next, state: "found" };
  const converges = rounds === 0 || isSmaller(shifted(step, 1), search.step);
  return { ...next, state: converges && rounds < MOST_ROUNDS ? "searching" : "lost" };
}
