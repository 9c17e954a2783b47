/** Complex numbers of a double's precision and any size: what derivatives deep down grow to. */

/** (x + iy) 2^exponent. The larger of |x| and |y| is within 2^-200 and 2^200, or the number is 0. */
export interface Scaled {
  readonly x: number;
  readonly y: number;
  readonly exponent: number;
}

/** Mantissas are brought back by as much as this (log2) where they leave the range. */
const STEP = 200;
const LARGE = 2 ** STEP;
const SMALL = 2 ** -STEP;

/** Exponents so far apart that the smaller number is below the larger one's last bit. */
const APART = 3 * STEP;

/** Bits of a mantissa that are looked at: a double holds 53. */
const LEADING_BITS = 62;
const ENOUGH = 2 ** 54;

export const ZERO: Scaled = { x: 0, y: 0, exponent: 0 };
export const ONE: Scaled = { x: 1, y: 0, exponent: 0 };

/** (x + iy) 2^exponent, for any finite x and y. */
export function scaled(x: number, y = 0, exponent = 0): Scaled {
  let size = Math.max(Math.abs(x), Math.abs(y));
  if (size <= LARGE && size >= SMALL) return { x, y, exponent };
  if (size === 0) return ZERO;
  while (size > LARGE) {
    x *= SMALL, y *= SMALL, size *= SMALL;
    exponent += STEP;
  }
  while (size < SMALL) {
    x *= LARGE, y *= LARGE, size *= LARGE;
    exponent -= STEP;
  }
  return { x, y, exponent };
}

/** The product. */
export function times(a: Scaled, b: Scaled): Scaled {
  return scaled(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x, a.exponent + b.exponent);
}

/** The sum. */
export function plus(a: Scaled, b: Scaled): Scaled {
  if (a.x === 0 && a.y === 0) return b;
  if (b.x === 0 && b.y === 0) return a;
  const lower = b.exponent - a.exponent;
  if (lower === 0) return scaled(a.x + b.x, a.y + b.y, a.exponent);
  if (lower > 0) return plus(b, a);
  if (lower < -APART) return a;
  const scale = 2 ** lower;
  return scaled(a.x + b.x * scale, a.y + b.y * scale, a.exponent);
}

/** The number with its sign turned. */
export function negated({ x, y, exponent }: Scaled): Scaled {
  return { x: -x, y: -y, exponent };
}

/** The quotient; b is not 0. */
export function over(a: Scaled, b: Scaled): Scaled {
  const square = b.x * b.x + b.y * b.y;
  return scaled(
    (a.x * b.x + a.y * b.y) / square,
    (a.y * b.x - a.x * b.y) / square,
    a.exponent - b.exponent,
  );
}

/** |a|, as a real number. */
export function sizeOf({ x, y, exponent }: Scaled): Scaled {
  return scaled(Math.sqrt(x * x + y * y), 0, exponent);
}

/** Whether |a| < |b|. */
export function isSmaller(a: Scaled, b: Scaled): boolean {
  const [one, other] = [a.x * a.x + a.y * a.y, b.x * b.x + b.y * b.y];
  if (one === 0 || other === 0) return one < other;
  // Squares are within 2^+-401, so 2^1000 between them settles it.
  const apart = 2 * (b.exponent - a.exponent);
  if (Math.abs(apart) > 1000) return apart > 0;
  return one < other * 2 ** apart;
}

/** a 2^k. */
export function shifted({ x, y, exponent }: Scaled, k: number): Scaled {
  return x === 0 && y === 0 ? ZERO : { x, y, exponent: exponent + k };
}

/** The numbers as doubles: 0 below their range, infinite above it. */
export function toDoubles({ x, y, exponent }: Scaled): readonly [x: number, y: number] {
  return [timesPowerOfTwo(x, exponent), timesPowerOfTwo(y, exponent)];
}

/** (x + iy) 2^-bits, for any integers. */
export function scaledOf(x: bigint, y: bigint, bits: number): Scaled {
  if (bits <= 1000) {
    const [a, b] = [Number(x), Number(y)];
    if (Math.abs(a) + Math.abs(b) < Number.MAX_VALUE) return scaled(a, b, -bits);
  } else {
    const leading = BigInt(bits - LEADING_BITS);
    const [a, b] = [Number(x >> leading), Number(y >> leading)];
    // The larger has what was cut off behind its last bit.
    if (Math.max(Math.abs(a), Math.abs(b)) >= ENOUGH) return scaled(a, b, -LEADING_BITS);
  }
  const cut = Math.max(0, Math.max(bitLength(x), bitLength(y)) - LEADING_BITS);
  return scaled(Number(x >> BigInt(cut)), Number(y >> BigInt(cut)), cut - bits);
}

/** The number in fixed point, `bits` bits behind the point, cut off below. */
export function fixedOf({ x, y, exponent }: Scaled, bits: number): { x: bigint; y: bigint } {
  return { x: fixed(x, exponent + bits), y: fixed(y, exponent + bits) };
}

function fixed(value: number, shift: number): bigint {
  if (value === 0) return 0n;
  // As a whole number below 2^64, which loses nothing of a double.
  let places = 0;
  while (Math.abs(value) < 2 ** 54) value *= 2 ** 10, places += 10;
  while (Math.abs(value) >= 2 ** 64) value *= 2 ** -10, places -= 10;
  const whole = BigInt(Math.trunc(value));
  const left = shift - places;
  return left >= 0 ? whole << BigInt(left) : whole >> BigInt(-left);
}

/** Bits of |value|. */
export function bitLength(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString(16);
  if (digits === "0") return 0;
  return 4 * digits.length - Math.clz32(parseInt(digits[0]!, 16)) + 28;
}

/** number 2^k, in steps where 2^k itself is no double. */
export function timesPowerOfTwo(number: number, k: number): number {
  if (k > 1000) return number * 2 ** 1000 * 2 ** Math.min(1023, k - 1000);
  if (k >= -1000) return number * 2 ** k;
  return number * 2 ** -1000 * 2 ** Math.max(-1074, k + 1000);
}
