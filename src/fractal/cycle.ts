/**
 * The proof that a whole disk of points lies inside the set: an attracting cycle, and how its multiplier
 * changes.
 *
 * Let F = F_c^p be p steps of z^2 + c. If F has a fixed point w of period p and no less whose multiplier
 * l = dF/dz is below 1, c lies in a hyperbolic component of the set, and l maps that component one to one
 * onto the unit disk (Douady and Hubbard). The inverse map is univalent, so by Koebe's theorem the
 * component contains the disk around c with the radius
 *
 *     (1 - |l|^2) / (4 |dl/dc|)
 *
 * The fixed point is proven by contraction. Let w be a guess, r a radius, and D a bound of how much dF/dz
 * differs from its value a at w within r of it. Newton's map z -> z + (F(z) - z) / (1 - a) then contracts
 * that disk by D / |1 - a|, and maps it into itself where
 *
 *     (|F(w) - w| + rounding) / |1 - a| + r D / |1 - a| <= r
 *
 * and so has one fixed point there, whose multiplier is within D of a. All orbits that begin within r of w
 * are within r_n of w's after n steps, with r' = (2 |w_n| + r) r + rounding; that these disks do not meet
 * the first one at any p / q, q prime, means that the period is no less than p.
 */

import {
  fixedOf,
  isSmaller,
  negated,
  ONE,
  over,
  plus,
  type Scaled,
  scaled,
  scaledOf,
  shifted,
  sizeOf,
  times,
  ZERO,
} from "./scaled.ts";

/** A search for a cycle on its way: plain data. Fixed point, `bits` bits behind the point. */
export interface CycleSearch {
  readonly bits: number;
  readonly period: number;
  /** c, and the guess w. */
  readonly re: bigint;
  readonly im: bigint;
  readonly startX: bigint;
  readonly startY: bigint;
  /** How far from w the cycle is looked for; 0 at the first guess. */
  readonly within: Scaled;
  readonly now: Round;
  /** The size of Newton's last step. */
  readonly step: Scaled;
  readonly rounds: number;
  readonly state: "searching" | "found" | "lost";
  /** Radius of the disk around c that lies inside the set, where one was found. */
  readonly radius: Scaled;
}

/** w_n on its way around, with bounds as real numbers. */
interface Round {
  readonly n: number;
  readonly x: bigint;
  readonly y: bigint;
  /** The derivatives of w_n by w and by c, and those of the first by w and by c. */
  readonly byZ: Scaled;
  readonly byC: Scaled;
  readonly byZZ: Scaled;
  readonly byZC: Scaled;
  /** How far the rounded w_n is from the true one, at most. */
  readonly rounding: Scaled;
  /** r_n. */
  readonly around: Scaled;
  /** How much the derivative by w differs within r of w, at most. */
  readonly difference: Scaled;
  /** Whether w_n came back where a shorter period would. */
  readonly shorter: boolean;
}

/** Newton's steps at most: with a guess that is near they shrink by their squares. */
const MOST_ROUNDS = 8;

/** D / |1 - a| at most. */
const CONTRACTION = 2 ** -10;

/** Bounds are not rounded upwards: this is more than what 2^32 steps of that make. */
const MARGIN = scaled(1 + 2 ** -12);

/** A cycle is looked for within so many units of the last bit (log2) at least. */
const LEAST_LOG2 = 16;

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 32;

/** Begins the search for a cycle of that period of c, near the guess. */
export function cycleSearch(
  { re, im, bits }: { readonly re: bigint; readonly im: bigint; readonly bits: number },
  period: number,
  guess: Scaled,
): CycleSearch {
  const { x, y } = fixedOf(guess, bits);
  return {
    ...{ bits, period, re, im, startX: x, startY: y, within: ZERO },
    now: roundFrom(x, y, ZERO),
    ...{ step: ZERO, rounds: 0, state: "searching", radius: ZERO },
  };
}

function roundFrom(x: bigint, y: bigint, within: Scaled): Round {
  return {
    ...{ n: 0, x, y, byZ: ONE, byC: ZERO, byZZ: ZERO, byZC: ZERO },
    ...{ rounding: ZERO, around: within, difference: ZERO, shorter: false },
  };
}

/** Goes on with a search for about so many milliseconds. */
export function advanceCycle(search: CycleSearch, milliseconds = Infinity): CycleSearch {
  const end = performance.now() + milliseconds;
  const shorter = new Set(primeDivisors(search.period).map((prime) => search.period / prime));
  let now = search;
  while (now.state === "searching") {
    const round = advanceRound(now, shorter, end);
    if (round === undefined) return { ...now, state: "lost" };
    now = { ...now, now: round };
    if (round.n < now.period) return now;
    now = judged(now);
  }
  return now;
}

/**
 * Goes around once, or until the time is over; undefined where the orbit escapes.
 *
 *     a' = 2 w a,   b' = 2 w b + 1,   aa' = 2 (w aa + a a),   ab' = 2 (w ab + a b)
 */
function advanceRound(
  { bits, re, im, period, startX, startY, within, now }: CycleSearch,
  shorter: ReadonlySet<number>,
  end: number,
): Round | undefined {
  const shift = BigInt(bits);
  const half = BigInt(bits - 1);
  const four = 4n << shift;
  const unit = shifted(ONE, 2 - bits);
  const first = now.n;
  // The first guess is too far off to prove anything.
  const proves = within.x !== 0;
  let { n, x, y, byZ, byC, byZZ, byZC, rounding, around, difference } = now;
  let met = now.shorter;
  const round = (): Round => ({
    ...{ n, x, y, byZ, byC, byZZ, byZC, rounding, around, difference, shorter: met },
  });
  for (; n < period; n++) {
    if (n % STEPS_PER_LOOK === 0 && n > first && performance.now() > end) return round();
    const w = scaledOf(x, y, bits);
    if (proves) {
      const size = sizeOf(w);
      byZC = shifted(plus(times(w, byZC), times(byZ, byC)), 1);
      byZZ = shifted(plus(times(w, byZZ), times(byZ, byZ)), 1);
      byC = plus(shifted(times(w, byC), 1), ONE);
      const growth = plus(sizeOf(byZ), difference);
      difference = shifted(plus(times(size, difference), times(plus(around, rounding), growth)), 1);
      around = times(plus(shifted(plus(size, rounding), 1), around), around);
      rounding = plus(times(plus(shifted(size, 1), rounding), rounding), unit);
    }
    byZ = shifted(times(w, byZ), 1);
    const real = ((x + y) * (x - y) >> shift) + re;
    y = (x * y >> half) + im;
    x = real;
    if (x > four || -x > four || y > four || -y > four) return undefined;
    if (proves && shorter.has(n + 1)) {
      const apart = sizeOf(scaledOf(x - startX, y - startY, bits));
      if (!isSmaller(plus(plus(around, rounding), within), apart)) met = true;
    }
  }
  return round();
}

/** What a whole round says: found, lost, or a better guess. */
function judged(search: CycleSearch): CycleSearch {
  const { bits, startX, startY, within, rounds, now: round } = search;
  const { byZ, byC, byZZ, byZC } = round;
  const rest = plus(ONE, negated(byZ));
  if (rest.x === 0 && rest.y === 0) return { ...search, state: "lost" };
  const distance = sizeOf(rest);
  const step = over(scaledOf(round.x - startX, round.y - startY, bits), rest);
  const stepSize = sizeOf(step);
  const rounding = over(times(round.rounding, MARGIN), distance);
  const contraction = over(times(round.difference, MARGIN), distance);
  const reached = plus(plus(stepSize, rounding), times(contraction, within));
  if (
    within.x !== 0 && isSmaller(contraction, scaled(CONTRACTION)) && isSmaller(reached, within)
  ) {
    const multiplier = plus(sizeOf(byZ), round.difference);
    if (round.shorter || !isSmaller(times(multiplier, MARGIN), ONE)) {
      return { ...search, state: "lost" };
    }
    const byPoint = plus(byZC, over(times(byZZ, byC), rest));
    const room = plus(ONE, negated(times(multiplier, multiplier)));
    const radius = shifted(over(room, sizeOf(byPoint)), -2);
    return { ...search, state: "found", radius };
  }
  const least = plus(shifted(rounding, 4), shifted(ONE, LEAST_LOG2 - bits));
  const lessens = rounds < 1 || isSmaller(shifted(stepSize, 1), plus(search.step, least));
  if (!lessens || rounds >= MOST_ROUNDS) return { ...search, state: "lost" };
  const { x, y } = fixedOf(step, bits);
  const [nextX, nextY] = [startX + x, startY + y];
  // The step after this is smaller by far, unless it is of the size of the rounding.
  const next = plus(shifted(stepSize, -4), least);
  return {
    ...search,
    ...{ startX: nextX, startY: nextY, within: next, now: roundFrom(nextX, nextY, next) },
    ...{ step: stepSize, rounds: rounds + 1 },
  };
}

/** The primes that divide a number. */
function primeDivisors(number: number): number[] {
  const primes: number[] = [];
  let rest = number;
  for (let prime = 2; prime * prime <= rest; prime++) {
    if (rest % prime !== 0) continue;
    primes.push(prime);
    while (rest % prime === 0) rest /= prime;
  }
  if (rest > 1) primes.push(rest);
  return primes;
}
