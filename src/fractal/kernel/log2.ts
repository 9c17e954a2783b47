// The smooth part of a count, four at once, by arithmetic alone: the same bits on every machine.

const ZERO: v128 = i64x2.splat(0);

/**
 * The constants, in variables: else they would be built anew at every use (experiment kernel-8).
 */
let half64: v128 = ZERO, half32: v128 = ZERO, bias: v128 = ZERO;
let one: v128 = ZERO, two: v128 = ZERO;
let over1: v128 = ZERO, over3: v128 = ZERO, over5: v128 = ZERO, over7: v128 = ZERO;

/** Sets the constants: to be called before anything else here. */
export function beginLogs(): void {
  // The upper bits of sqrt(1/2) as a double, and all its bits as a float.
  half64 = i32x4.splat(0x3FE6A09E), half32 = i32x4.splat(0x3F3504F3);
  // From a double's upper bits to a float's: the exponent's bias is 127, not 1023.
  bias = i32x4.splat(896 << 20);
  one = f32x4.splat(1.0), two = i32x4.splat(2);
  over1 = f32x4.splat(TWO_OVER_LN2), over3 = f32x4.splat(TWO_OVER_LN2 / 3.0);
  over5 = f32x4.splat(TWO_OVER_LN2 / 5.0), over7 = f32x4.splat(TWO_OVER_LN2 / 7.0);
}

/**
 * ahead + 1 - log2(log2 |z|) of four pixels, to 4e-7, from |z|^2 (f64, 65536 at least, two pixels to a
 * vector) and the integers `ahead`.
 *
 *   log2 x = e + log2 m,   x = 2^e m with m in [sqrt(1/2), sqrt(2))
 *
 * Only the upper half of each double is used: 20 bits of m leave an error of 1e-6 in the first
 * logarithm, and the second divides it by log2 |z|^2 >= 16.
 */

@inline
export function fractionsOf(size0: v128, size1: v128, ahead: v128): v128 {
  const upper = v128.shuffle<i32>(size0, size1, 1, 3, 5, 7);
  // Subtracting the bits of sqrt(1/2) first rounds the exponent so that m lies around 1.
  const e = i32x4.shr_s(i32x4.sub(upper, half64), 20);
  const m64 = i32x4.sub(upper, i32x4.shl(e, 20));
  const m = i32x4.shl(i32x4.sub(m64, bias), 3);
  const log = f32x4.add(f32x4.convert_i32x4_s(e), log2m(m));

  const e2 = i32x4.shr_s(i32x4.sub(log, half32), 23);
  const m2 = i32x4.sub(log, i32x4.shl(e2, 23));
  // log2 |z| is half of log2 |z|^2, and the outer logarithm turns the half into a 1.
  const whole = i32x4.sub(i32x4.add(ahead, two), e2);
  return f32x4.sub(f32x4.convert_i32x4_s(whole), log2m(m2));
}

/**
 * log2 of four floats in [sqrt(1/2), sqrt(2)), to 1e-7.
 *
 *   s = (m - 1) / (m + 1),   log2 m = 2 / ln 2 (s + s^3/3 + s^5/5 + s^7/7 + ...)
 */

@inline
function log2m(m: v128): v128 {
  const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const t = f32x4.mul(s, s);
  let p = f32x4.add(over5, f32x4.mul(t, over7));
  p = f32x4.add(over3, f32x4.mul(t, p));
  p = f32x4.add(over1, f32x4.mul(t, p));
  return f32x4.mul(s, p);
}

const TWO_OVER_LN2: f32 = 2.8853900817779268;
