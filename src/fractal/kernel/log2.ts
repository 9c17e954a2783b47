// The binary logarithm of two doubles at once, by arithmetic alone: the same bits on every machine.

/**
 * log2 of two positive finite doubles, to 5e-8.
 *
 *   x = 2^e m with m in [sqrt(1/2), sqrt(2)),   s = (m - 1) / (m + 1)
 *   log2 x = e + 2 / ln 2 (s + s^3/3 + s^5/5 + s^7/7 + ...)
 */
@inline
export function log2x2(x: v128): v128 {
  // Subtracting the bits of sqrt(1/2) first rounds the exponent so that m lies around 1.
  const shifted = i64x2.sub(x, i64x2.splat(SQRT_HALF_BITS));
  const exponent = i64x2.shr_s(shifted, 52);
  const m = i64x2.sub(x, i64x2.shl(exponent, 52));
  const e = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponent, exponent, 0, 2, 0, 2));
  const one = f64x2.splat(1.0);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const t = f64x2.mul(s, s);
  // (a + b t) + t^2 (c + d t): the halves are independent, which shortens the wait.
  const low = f64x2.add(f64x2.splat(TWO_OVER_LN2), f64x2.mul(t, f64x2.splat(TWO_OVER_LN2 / 3.0)));
  const high = f64x2.add(
    f64x2.splat(TWO_OVER_LN2 / 5.0),
    f64x2.mul(t, f64x2.splat(TWO_OVER_LN2 / 7.0)),
  );
  const p = f64x2.add(low, f64x2.mul(f64x2.mul(t, t), high));
  return f64x2.add(e, f64x2.mul(p, s));
}

const TWO_OVER_LN2: f64 = 2.8853900817779268;

/** The bits of sqrt(1/2). */
const SQRT_HALF_BITS: i64 = 0x3FE6A09E667F3BCD;
