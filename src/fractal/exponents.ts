/** Exponents of doubles, and doubles times powers of two, without a rounding in between. */

/** The exponent of 0. */
export const NONE: number = -(2 ** 30);

/** The powers of two that are doubles, from 2^-1074 on. */
const POWERS = powers();

function powers(): Float64Array {
  const all = new Float64Array(1074 + 1024);
  let power = Number.MIN_VALUE;
  for (let i = 0; i < all.length; i++, power *= 2) all[i] = power;
  return all;
}

const one = new Float64Array(1);
const upperHalf = new Uint32Array(one.buffer);

/** floor(log2) of a number of at least 0; `NONE` of 0. */
export function exponentOf(value: number): number {
  if (value === 0) return NONE;
  one[0] = value;
  const biased = upperHalf[1]! >>> 20;
  return biased === 0 ? exponentOf(value * 2 ** 100) - 100 : biased - 1023;
}

/** value 2^k, 0 where that is too small for a double. */
export function scaled(value: number, k: number): number {
  if (k > -1000 && k < 1000) return value * POWERS[k + 1074]!;
  if (k < -2200) return 0;
  return k < 0 ? scaled(value * 2 ** -999, k + 999) : scaled(value * 2 ** 999, k - 999);
}
