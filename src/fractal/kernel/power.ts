// Powers of two and exponents of doubles, for numbers that carry an exponent of their own.

/** The exponent that stands for zero: below every other, and far from overflow when it is added to. */
export const ZERO_EXPONENT: i32 = -0x20000000;

/** 2^k as a double; 0 below the range of normal doubles. k is at most 1023. */

@inline
export function powerOfTwo(k: i32): f64 {
  return k < -1022 ? 0.0 : reinterpret<f64>(<i64> (k + 1023) << 52);
}

/** floor(log2 |x|) of a normal double; ZERO_EXPONENT for 0 and what is smaller than a normal double. */

@inline
export function exponentOf(x: f64): i32 {
  const biased = <i32> (reinterpret<i64>(x) >> 52) & 0x7FF;
  return biased === 0 ? ZERO_EXPONENT : biased - 1023;
}
