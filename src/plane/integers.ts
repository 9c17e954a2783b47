// Integers: the few things exact arithmetic needs of BigInt that the language does not have.

/** Number of bits of |n|: 0 for 0, 1 for 1, 3 for 4. Takes time linear in the answer. */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = (n < 0n ? -n : n).toString(16);
  return 4 * (hex.length - 1) + 32 - Math.clz32(parseInt(hex.charAt(0), 16));
}

/** How often 2 divides n. n must not be 0. */
export function trailingZeros(n: bigint): number {
  // In two's complement n & -n keeps the lowest set bit alone.
  return bitLength(n & -n) - 1;
}

/** floor(n / d) for d > 0. BigInt's own division rounds towards zero. */
export function floorDivide(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  return n < 0n && quotient * d !== n ? quotient - 1n : quotient;
}

/** Precision of a double, and the exponent of the smallest one: 2^-1074. */
const DOUBLE_BITS = 53;
const DOUBLE_LOWEST = -1074;

/**
 * The double nearest to `n * 2^exponent`, ties to the even one; Infinity from 2^1024 - 2^970 on.
 *
 * Subnormals are rounded once, at their own last bit. `n` must not be negative.
 */
export function nearestDouble(n: bigint, exponent: number): number {
  const dropped = Math.max(bitLength(n) - DOUBLE_BITS, DOUBLE_LOWEST - exponent);
  // Nothing to drop: n is a double itself, and scaling by a power of two keeps every bit.
  if (dropped <= 0) return Number(n) * 2 ** exponent;
  const places = BigInt(dropped);
  let kept = n >> places;
  const rest = n - (kept << places);
  const half = 1n << (places - 1n);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  // kept <= 2^53 and the power is at least 2^-1074, so the product is exact or overflows as it should.
  return kept === 0n ? 0 : Number(kept) * 2 ** (exponent + dropped);
}
