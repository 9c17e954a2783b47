// Progression: evenly spaced exact numbers as doubles, each rounded once, without an exact division for each.

import { Exact } from "./exact.ts";
import { nearestDouble } from "./integers.ts";

/** Up to here every integer is a double. */
const WHOLE = 2n ** 53n;

/** Exponents of two this close to zero leave room for any number of up to 128 bits to be scaled without loss. */
const SAFE_EXPONENT = 900;

/** Bits of the fixed-point numbers that stand for exact ones; a double takes 53 of them. */
const WORKING_BITS = 128;

/** Fixed-point numbers from here on are normal doubles after division by 2^SAFE_EXPONENT. */
const NORMAL = 2n ** 64n;

/**
 * The doubles nearest to `first + i step` for i = 0, 1, ... count - 1, ties to even.
 *
 * They are what `first.plus(step.times(Exact.of(i))).toDouble()` gives; that is the slow path the tests compare with,
 * and the one taken where neither fast path below is certain.
 */
export function progression(first: Exact, step: Exact, count: number): Float64Array {
  if (count === 0) return new Float64Array(0);
  const { a, b, denominator, exponent } = first.alignedWith(step);
  const last = a + b * BigInt(count - 1);
  const whole = isBelow(a, WHOLE) && isBelow(b, WHOLE) && isBelow(last, WHOLE);
  return denominator === 1n && whole && Math.abs(exponent) <= SAFE_EXPONENT
    ? wholeProgression(Number(a), Number(b), { exponent, count })
    : roundedProgression(first, step, count);
}

/**
 * (a + i b) 2^exponent in doubles, without any rounding.
 *
 * Why nothing is rounded: a, b and the last a + i b are integers below 2^53 in absolute value, so every a + i b between
 * the first and the last is one too, and each is the exact sum of two doubles. The power of two is exact, and
 * with an exponent within +-900 the product is a normal double or 0.
 */
function wholeProgression(
  a: number,
  b: number,
  { exponent, count }: { exponent: number; count: number },
): Float64Array {
  const doubles = new Float64Array(count);
  const scale = 2 ** exponent;
  let whole = a;
  for (let i = 0; i < count; i++) {
    doubles[i] = whole * scale;
    whole += b;
  }
  return doubles;
}

/**
 * first + i step from 128-bit bounds, and exactly where the bounds do not settle the rounding.
 *
 * With F = floor(first 2^places) and S = floor(step 2^places), the exact value times 2^places lies between F + i S and
 * F + i S + i + 1. Rounding is monotonic: where both bounds round to one double, so does the value. The bounds differ
 * in the last of 128 bits or a few above it, so they disagree only next to a tie and where the values cross zero.
 */
function roundedProgression(first: Exact, step: Exact, count: number): Float64Array {
  const doubles = new Float64Array(count);
  const places = WORKING_BITS - highestBit(first, pointOf(first, step, count - 1));
  const fixedStep = step.timesPowerOfTwo(places).floor();
  let lower = first.timesPowerOfTwo(places).floor();
  for (let i = 0; i < count; i++) {
    const nearest = doubleOf(lower, places);
    // Object.is distinguishes -0 and 0: a value between them is rounded exactly.
    doubles[i] = Object.is(nearest, doubleOf(lower + BigInt(i + 1), places))
      ? nearest
      : pointOf(first, step, i).toDouble();
    lower += fixedStep;
  }
  return doubles;
}

/** The double nearest to fixed / 2^places. */
function doubleOf(fixed: bigint, places: number): number {
  // Number() rounds as nearestDouble does, four times as fast, and after that the scaling must not round again:
  // from 2^64 on the quotient is a normal double.
  if (Math.abs(places) <= SAFE_EXPONENT && !isBelow(fixed, NORMAL)) {
    return Number(fixed) * 2 ** -places;
  }
  return fixed < 0n ? -nearestDouble(-fixed, -places) : nearestDouble(fixed, -places);
}

function pointOf(first: Exact, step: Exact, i: number): Exact {
  return first.plus(step.times(Exact.of(i)));
}

/** floor(log2) of the larger one's size; 0 when both are 0 and any scale will do. */
function highestBit(p: Exact, q: Exact): number {
  if (p.isZero()) return q.isZero() ? 0 : q.log2Floor();
  return q.isZero() ? p.log2Floor() : Math.max(p.log2Floor(), q.log2Floor());
}

function isBelow(n: bigint, bound: bigint): boolean {
  return -bound < n && n < bound;
}
