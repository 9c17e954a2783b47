// Special points of the set by Newton's method: nuclei, points of a minibrot's border, Misiurewicz points.

import { bitLengthOf, type Complex, double, FixedPoint, minus, plus } from "./complex.ts";

/** Bits behind the point of derivatives, which are large: their integers have many more in front of it. */
const DERIVATIVE = new FixedPoint(256);

/** Steps of Newton's method before it is given up. */
const MOST_STEPS = 64;

/** A minibrot: its nucleus, which returns to 0 after `period` steps, and how large it is. */
export interface Minibrot {
  readonly arithmetic: FixedPoint;
  readonly nucleus: Complex;
  readonly period: number;
  /**
   * `1 / (b l^2)`: the set's own coordinates, seen from 0, times this are the minibrot's, seen from its
   * nucleus, nearly.
   */
  readonly size: Complex;
  /** The product of `2 z_n` over the steps of a period but the first: z near 0 is a w of the set as w / l. */
  readonly stretch: Complex;
}

/**
 * The lowest period of a nucleus within `radius` of c: the first n with `|z_n| < radius |dz_n/dc|`.
 * Undefined when c escapes before, or after `most` steps.
 */
export function periodNear(
  arithmetic: FixedPoint,
  { c, radius, most }: { c: Complex; radius: bigint; most: number },
): number | undefined {
  // As long as |z| is a sum of parts and |dz/dc| the larger of its parts, no period is found too early.
  let z = c;
  let dz = DERIVATIVE.of(1);
  const shift = BigInt(DERIVATIVE.bits);
  for (let n = 1; n <= most; n++) {
    if (abs(z.x) + abs(z.y) < (radius * larger(dz)) >> shift) return n;
    if (arithmetic.escapes(z)) return undefined;
    dz = plus(double(arithmetic.times(z, dz)), DERIVATIVE.of(1));
    z = arithmetic.step(z, c);
  }
  return undefined;
}

/** The nucleus of a period that Newton's method finds from c, and its minibrot. */
export function minibrotNear(
  arithmetic: FixedPoint,
  { c, period }: { c: Complex; period: number },
): Minibrot | undefined {
  const nucleus = newton(arithmetic, c, (c) => {
    let z = c;
    let dz = DERIVATIVE.of(1);
    for (let n = 1; n < period; n++) {
      dz = plus(double(arithmetic.times(z, dz)), DERIVATIVE.of(1));
      z = arithmetic.step(z, c);
    }
    return { value: z, derivative: dz };
  });
  if (nucleus === undefined) return undefined;
  const one = DERIVATIVE.of(1);
  let z = nucleus;
  let l = one;
  let b = one;
  for (let n = 1; n < period; n++) {
    l = double(arithmetic.times(z, l));
    z = arithmetic.step(z, nucleus);
    // A term below 2^-300 is none.
    if (bitLengthOf(l) < DERIVATIVE.bits + 300) b = plus(b, DERIVATIVE.dividedBy(one, l));
  }
  const wide = (w: Complex) => arithmetic.from(w, DERIVATIVE.bits);
  const stretch = wide(l);
  const square = arithmetic.times(stretch, stretch);
  const size = arithmetic.dividedBy(arithmetic.of(1), arithmetic.times(wide(b), square));
  return { arithmetic, nucleus, period, size, stretch };
}

/**
 * The point of a minibrot's cardioid with the multiplier `e^(2 pi i angle)`: there c has a cycle of
 * points z with `f^p(z) = z` and `(f^p)'(z)` equal to it, by Newton's method in z and c together.
 */
export function borderPoint(
  { arithmetic, nucleus, period, size, stretch }: Minibrot,
  angle: number,
): Complex | undefined {
  const multiplier = arithmetic.of(Math.cos(2 * Math.PI * angle), Math.sin(2 * Math.PI * angle));
  const one = arithmetic.of(1);
  const half = arithmetic.times(arithmetic.of(0.5), multiplier);
  // The set's own cardioid: w = m/2 and c = m/2 - (m/2)^2.
  let z = arithmetic.dividedBy(half, stretch);
  let c = plus(nucleus, arithmetic.times(size, minus(half, arithmetic.times(half, half))));
  for (let step = 0; step < MOST_STEPS; step++) {
    let w = z;
    let dz = one;
    let dc = arithmetic.of(0);
    let dzz = arithmetic.of(0);
    let dcz = arithmetic.of(0);
    for (let n = 0; n < period; n++) {
      dcz = double(plus(arithmetic.times(w, dcz), arithmetic.times(dc, dz)));
      dzz = double(plus(arithmetic.times(w, dzz), arithmetic.times(dz, dz)));
      dc = plus(double(arithmetic.times(w, dc)), one);
      dz = double(arithmetic.times(w, dz));
      w = arithmetic.step(w, c);
    }
    const g = minus(w, z);
    const h = minus(dz, multiplier);
    const gz = minus(dz, one);
    const determinant = minus(arithmetic.times(gz, dcz), arithmetic.times(dc, dzz));
    const byZ = minus(arithmetic.times(h, dc), arithmetic.times(g, dcz));
    const byC = minus(arithmetic.times(g, dzz), arithmetic.times(h, gz));
    z = plus(z, arithmetic.dividedBy(byZ, determinant));
    const move = arithmetic.dividedBy(byC, determinant);
    c = plus(c, move);
    if (bitLengthOf(move) < bitLengthOf(size) - 50) return c;
  }
  return undefined;
}

/**
 * The Misiurewicz point nearest by Newton's method to c whose orbit (z_1 = c) runs in a cycle of `period`
 * from z_preperiod on: `z_(k-1) = -z_(k-1+p)`.
 */
export function misiurewiczNear(
  arithmetic: FixedPoint,
  { c, preperiod, period }: { c: Complex; preperiod: number; period: number },
): Complex | undefined {
  return newton(arithmetic, c, (c) => {
    let z = c;
    let dz = DERIVATIVE.of(1);
    let value = { x: 0n, y: 0n };
    let derivative = value;
    for (let n = 1; n < preperiod + period; n++) {
      if (n === preperiod - 1 || n === preperiod - 1 + period) {
        value = plus(value, z);
        derivative = plus(derivative, dz);
      }
      dz = plus(double(arithmetic.times(z, dz)), DERIVATIVE.of(1));
      z = arithmetic.step(z, c);
    }
    return { value, derivative };
  });
}

/** Newton's method to within a few units of the last bit. */
function newton(
  arithmetic: FixedPoint,
  start: Complex,
  at: (c: Complex) => { value: Complex; derivative: Complex },
): Complex | undefined {
  let c = start;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { value, derivative } = at(c);
    if (derivative.x === 0n && derivative.y === 0n) return undefined;
    const move = DERIVATIVE.dividedBy(value, derivative);
    c = minus(c, move);
    if (bitLengthOf(c) > arithmetic.bits + 2) return undefined;
    if (bitLengthOf(move) < 24) return c;
  }
  return undefined;
}

function larger({ x, y }: Complex): bigint {
  return abs(x) > abs(y) ? abs(x) : abs(y);
}

function abs(n: bigint): bigint {
  return n < 0n ? -n : n;
}
