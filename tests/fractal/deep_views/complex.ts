// Complex numbers in fixed point: integers of any length with so many bits behind the point.

/** A complex number: x + iy, both times 2^bits. */
export interface Complex {
  readonly x: bigint;
  readonly y: bigint;
}

/** Arithmetic with so many bits behind the point; every result is cut towards minus infinity. */
export class FixedPoint {
  readonly bits: number;
  readonly #shift: bigint;

  constructor(bits: number) {
    this.bits = bits;
    this.#shift = BigInt(bits);
  }

  /** A complex number of two doubles. */
  of(x: number, y = 0): Complex {
    return { x: this.#of(x), y: this.#of(y) };
  }

  /** `mantissa * 10^exponent`, for a real number below any range. */
  ofDecimal(mantissa: number, exponent: number): bigint {
    const ten = 10n ** BigInt(Math.abs(exponent));
    return exponent < 0 ? this.#of(mantissa) / ten : this.#of(mantissa) * ten;
  }

  /** The same number with other bits behind the point. */
  from({ x, y }: Complex, bits: number): Complex {
    const by = BigInt(Math.abs(this.bits - bits));
    return bits <= this.bits ? { x: x << by, y: y << by } : { x: x >> by, y: y >> by };
  }

  times(a: Complex, b: Complex): Complex {
    return {
      x: (a.x * b.x - a.y * b.y) >> this.#shift,
      y: (a.x * b.y + a.y * b.x) >> this.#shift,
    };
  }

  /** `z^2 + c`. */
  step(z: Complex, c: Complex): Complex {
    return {
      x: ((z.x + z.y) * (z.x - z.y) >> this.#shift) + c.x,
      y: (z.x * z.y >> (this.#shift - 1n)) + c.y,
    };
  }

  dividedBy(a: Complex, b: Complex): Complex {
    const size = b.x * b.x + b.y * b.y;
    return {
      x: ((a.x * b.x + a.y * b.y) << this.#shift) / size,
      y: ((a.y * b.x - a.x * b.y) << this.#shift) / size,
    };
  }

  /** Whether |z| is above 2. */
  escapes({ x, y }: Complex): boolean {
    return x * x + y * y > 4n << (2n * this.#shift);
  }

  #of(x: number): bigint {
    if (x === 0) return 0n;
    // A double has 53 bits; 2^-exponent of it is an integer, exactly.
    const exponent = Math.floor(Math.log2(Math.abs(x))) - 60;
    const whole = BigInt(x * 2 ** -exponent);
    const shift = this.bits + exponent;
    return shift >= 0 ? whole << BigInt(shift) : whole >> BigInt(-shift);
  }
}

export function plus(a: Complex, b: Complex): Complex {
  return { x: a.x + b.x, y: a.y + b.y };
}

export function minus(a: Complex, b: Complex): Complex {
  return { x: a.x - b.x, y: a.y - b.y };
}

export function double({ x, y }: Complex): Complex {
  return { x: 2n * x, y: 2n * y };
}

/** Bits of the larger part: log2 of the integers, rounded up. */
export function bitLengthOf({ x, y }: Complex): number {
  return Math.max(bitLength(x), bitLength(y));
}

function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = (n < 0n ? -n : n).toString(16);
  return 4 * (hex.length - 1) + Math.floor(Math.log2(parseInt(hex[0]!, 16))) + 1;
}
