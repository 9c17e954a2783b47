/** The search for a nucleus: a point near C whose orbit returns to 0, so that a reference there can be short. */

import type { Approach } from "./course.ts";
import { advanceOrbit, type Orbit, orbitOf } from "./orbit.ts";
import {
  fixedOf,
  isSmaller,
  ONE,
  over,
  type Scaled,
  scaled,
  scaledOf,
  shifted,
  times,
} from "./scaled.ts";

/** A search on its way. Plain data: it crosses to a worker and back. */
export interface NucleusSearch {
  readonly period: number;
  /** Where it began, and how far from there (log2) a nucleus is of use. */
  readonly from: { readonly re: bigint; readonly im: bigint };
  readonly within: number;
  /** The orbit of the point that is looked at now: the nucleus, once it is found. */
  readonly orbit: Orbit;
  /** Newton's last step. */
  readonly step: Scaled;
  readonly rounds: number;
  /** "lost" where there is no nucleus, or Newton's method does not lead to it. */
  readonly state: "searching" | "found" | "lost";
}

/**
 * Newton's steps at most, each less than half of the one before. They double the bits that are right, up to
 * what the derivative gives, which is a double: some 40 bits a step. A reference takes three or four.
 */
const MOST_ROUNDS = 32;
const DERIVATIVE_BITS = 40;

/**
 * The nucleus is known to so many units of its last bit (log2). Its orbit is the reference as it is, with
 * what its last point lacks to 0: this is not a matter of right or wrong, but keeps that point far smaller
 * than the pixels' own differences there: these are 2^52 units of the last bit and more.
 */
const ROUNDING_LOG2 = 20;

/**
 * Begins the search for a nucleus with the period of an approach of the orbit of (re, im). It is Newton's
 * method for Z_p(C) = 0, and its first step is known: -Z_p / (dZ_p/dC).
 */
export function nucleusSearch(
  { re, im, bits }: { readonly re: bigint; readonly im: bigint; readonly bits: number },
  { index, z, byC }: Approach,
  within: number,
): NucleusSearch {
  const begin: NucleusSearch = {
    ...{ period: index, from: { re, im }, within, orbit: orbitOf(re, im, bits) },
    ...{ step: ONE, rounds: 0, state: "searching" },
  };
  return moved(begin, over(z, byC));
}

/** Whether a nucleus may be that near (log2): half of Newton's first step may be an error. */
export function mayBeWithin({ z, byC }: Approach, within: number): boolean {
  if (byC.x === 0 && byC.y === 0) return false;
  return isSmaller(over(z, byC), shifted(ONE, within + 1));
}

/** Goes on with a search for about so many milliseconds. */
export function advanceNucleus(search: NucleusSearch, milliseconds = Infinity): NucleusSearch {
  const end = performance.now() + milliseconds;
  let now = search;
  while (now.state === "searching") {
    const { orbit } = advanceOrbit(now.orbit, now.period, Math.max(0, end - performance.now()));
    if (orbit.length < now.period && !orbit.ended) return { ...now, orbit };
    const { x, y, bits, course: { byC } } = orbit;
    if (orbit.ended || byC.x === 0 && byC.y === 0) return { ...now, state: "lost" };
    now = moved(now, over(scaledOf(x, y, bits), scaled(byC.x, byC.y, byC.exponent)));
  }
  return now;
}

/** The search at the point that Newton's step leads to. */
function moved(search: NucleusSearch, step: Scaled): NucleusSearch {
  const { orbit: { bits, ...at }, from, within, rounds } = search;
  const { x, y } = fixedOf(step, bits);
  const [re, im] = [at.re - x, at.im - y];
  const next = { ...search, orbit: orbitOf(re, im, bits), step, rounds: rounds + 1 };
  const away = scaledOf(re - from.re, im - from.im, bits);
  if (!isSmaller(away, shifted(ONE, within))) return { ...next, state: "lost" };
  // Steps shrink by their squares, s'' = s' (s' / s)^2: how large the next would be.
  const shrinks = over(step, search.step);
  const ahead = rounds < 2 ? step : times(step, times(shrinks, shrinks));
  const needed = shifted(ONE, ROUNDING_LOG2 - bits);
  if (isSmaller(ahead, needed) && isSmaller(shifted(step, -DERIVATIVE_BITS), needed)) {
    return { ...next, state: "found" };
  }
  const converges = rounds === 0 || isSmaller(shifted(step, 1), search.step);
  return { ...next, state: converges && rounds < MOST_ROUNDS ? "searching" : "lost" };
}
