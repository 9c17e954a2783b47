// Exact: a rational number without rounding, cheap where its denominator is a power of two.

import { type DecimalLimits, parseDecimal, writeDecimal } from "./decimal.ts";
import { bitLength, floorDivide, nearestDouble, trailingZeros } from "./integers.ts";

/** Two numbers over one denominator: `a / denominator * 2^exponent`, and the same with b. */
export interface Aligned {
  readonly a: bigint;
  readonly b: bigint;
  /** Odd and positive. */
  readonly denominator: bigint;
  readonly exponent: number;
}

/**
 * An exact, immutable rational number.
 *
 * It is held as `n / d * 2^e` with d odd and positive. Powers of two, which is what tiles are made of, live in e:
 * there d stays 1 and no product or quotient has to be cancelled. Fractions are not reduced by their greatest common
 * divisor: the numbers of a view go through a handful of operations, and one gcd costs more than all of them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Exact } from "./mod.ts";
 * const third = Exact.of(1).dividedBy(Exact.of(3));
 * assert.equal(third.times(Exact.of(3)).compare(Exact.of(1)), 0);
 * assert.equal(Exact.parse("5e-433").log2Floor(), -1437);
 * ```
 */
export class Exact {
  readonly #n: bigint;
  readonly #d: bigint;
  readonly #e: number;

  private constructor(n: bigint, d: bigint, e: number) {
    this.#n = n;
    this.#d = d;
    this.#e = e;
  }

  /**
   * The exact value of an integer, or of a double: `Exact.of(0.1)` is what the double 0.1 is, not a tenth.
   *
   * @throws {RangeError} for NaN and the infinities
   */
  static of(value: bigint | number): Exact {
    if (typeof value === "bigint") return new Exact(value, 1n, 0);
    if (Number.isSafeInteger(value)) return new Exact(BigInt(value), 1n, 0);
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot make an exact number of ${value} as it must be finite`);
    }
    // Doubling is exact, and a double that is not whole is below 2^52, so this cannot overflow.
    let whole = value;
    let e = 0;
    while (!Number.isInteger(whole)) {
      whole *= 2;
      e -= 1;
    }
    return new Exact(BigInt(whole), 1n, e);
  }

  /**
   * The value of a decimal such as `-1.75`, `.5` or `5e-433`: ASCII digits, at most one point, an exponent if need be.
   *
   * @throws {SyntaxError} when the text is not a number
   * @throws {DecimalLimitError} when digits or exponent are over the limits, which are checked before anything is expanded
   */
  static parse(text: string, limits: DecimalLimits = {}): Exact {
    const { integer, exponent } = parseDecimal(text, limits);
    return integer === 0n ? Exact.of(0) : Exact.#timesTenTo(new Exact(integer, 1n, 0), exponent);
  }

  /** 2^k, for any integer k; it takes no memory until it is added to something. */
  static powerOfTwo(k: number): Exact {
    requireInteger(k, "power of two");
    return new Exact(1n, 1n, k);
  }

  static #timesTenTo(value: Exact, k: number): Exact {
    const five = 5n ** BigInt(Math.abs(k));
    return k < 0
      ? new Exact(value.#n, value.#d * five, value.#e + k)
      : new Exact(value.#n * five, value.#d, value.#e + k);
  }

  /** The sum. */
  plus(other: Exact): Exact {
    const { a, b, denominator, exponent } = this.alignedWith(other);
    return new Exact(a + b, denominator, exponent);
  }

  /** The difference. */
  minus(other: Exact): Exact {
    const { a, b, denominator, exponent } = this.alignedWith(other);
    return new Exact(a - b, denominator, exponent);
  }

  /** The product. */
  times(other: Exact): Exact {
    return new Exact(this.#n * other.#n, this.#d * other.#d, this.#e + other.#e);
  }

  /** The product with 2^k, for an integer k. It touches no digit. */
  timesPowerOfTwo(k: number): Exact {
    requireInteger(k, "power of two");
    return new Exact(this.#n, this.#d, this.#e + k);
  }

  /**
   * The quotient.
   *
   * @throws {RangeError} when the divisor is 0
   */
  dividedBy(other: Exact): Exact {
    if (other.#n === 0n) throw new RangeError("Cannot divide an exact number by 0");
    const twos = trailingZeros(other.#n);
    const odd = other.#n >> BigInt(twos);
    const n = this.#n * other.#d;
    const e = this.#e - other.#e - twos;
    return odd < 0n ? new Exact(-n, this.#d * -odd, e) : new Exact(n, this.#d * odd, e);
  }

  /** The number with its sign turned. */
  negated(): Exact {
    return new Exact(-this.#n, this.#d, this.#e);
  }

  /** -1, 0 or 1: whether this is less than, equal to or greater than the other. */
  compare(other: Exact): -1 | 0 | 1 {
    return this.minus(other).sign();
  }

  /** -1, 0 or 1. */
  sign(): -1 | 0 | 1 {
    return this.#n === 0n ? 0 : this.#n < 0n ? -1 : 1;
  }

  /** Whether this is 0. */
  isZero(): boolean {
    return this.#n === 0n;
  }

  /** The greatest integer that is not above this number. */
  floor(): bigint {
    const [n, d] = this.toFraction();
    return floorDivide(n, d);
  }

  /** The nearest integer; a half goes away from zero, so that `x.negated().round() === -x.round()`. */
  round(): bigint {
    const [n, d] = this.toFraction();
    return n < 0n ? -((d - 2n * n) / (2n * d)) : (d + 2n * n) / (2n * d);
  }

  /**
   * The number in fixed point with so many bits after the point: `value * 2^bits`, rounded to nearest.
   *
   * A half goes away from zero, so a mirrored number has the mirrored digits.
   */
  toFixedPoint(bits: number): bigint {
    return this.timesPowerOfTwo(bits).round();
  }

  /**
   * floor(log2 |this|), exactly.
   *
   * @throws {RangeError} for 0
   */
  log2Floor(): number {
    if (this.#n === 0n) throw new RangeError("Cannot take the logarithm of 0");
    const n = this.#n < 0n ? -this.#n : this.#n;
    // n / d is above 2^(guess-1) and below 2^(guess+1); one comparison with 2^guess settles it.
    const guess = bitLength(n) - bitLength(this.#d);
    const below = guess >= 0 ? n < this.#d << BigInt(guess) : n << BigInt(-guess) < this.#d;
    return this.#e + (below ? guess - 1 : guess);
  }

  /** The nearest double, ties to even: subnormals included, Infinity above the largest, -0 just below 0. */
  toDouble(): number {
    if (this.#n === 0n) return 0;
    const n = this.#n < 0n ? -this.#n : this.#n;
    // A quotient of 65 or 66 bits and one more bit for "and something": enough to tell a tie from its neighbours.
    const lift = 65 - (bitLength(n) - bitLength(this.#d));
    const dividend = lift > 0 ? n << BigInt(lift) : n;
    const divisor = lift < 0 ? this.#d << BigInt(-lift) : this.#d;
    const quotient = dividend / divisor;
    const more = quotient * divisor === dividend ? 0n : 1n;
    const nearest = nearestDouble((quotient << 1n) | more, this.#e - lift - 1);
    return this.#n < 0n ? -nearest : nearest;
  }

  /**
   * The number as a decimal of at most so many significant digits, trailing zeros left out.
   *
   * It is rounded to nearest, a half away from zero, and written out (`-0.00125`) from 1e-7 up to 1e21, with an
   * exponent (`5e-433`) elsewhere.
   *
   * @throws {RangeError} when significantDigits is not a positive integer
   */
  toDecimal(significantDigits: number): string {
    if (!Number.isSafeInteger(significantDigits) || significantDigits < 1) {
      throw new RangeError(
        `Cannot write a number with ${significantDigits} digits: it must be a positive integer`,
      );
    }
    if (this.#n === 0n) return "0";
    const size = this.#n < 0n ? this.negated() : this;
    // The decimal exponent is known to within one from the binary one; the count of digits says which.
    let exponent = Math.floor(size.log2Floor() * Math.log10(2));
    for (;;) {
      const digits = Exact.#timesTenTo(size, significantDigits - 1 - exponent).round().toString();
      if (digits.length === significantDigits) {
        return writeDecimal(this.#n < 0n, digits, exponent);
      }
      exponent += digits.length > significantDigits ? 1 : -1;
    }
  }

  /** Numerator and positive denominator, not reduced. Expands the power of two. */
  toFraction(): [numerator: bigint, denominator: bigint] {
    return this.#e < 0
      ? [this.#n, this.#d << BigInt(-this.#e)]
      : [this.#n << BigInt(this.#e), this.#d];
  }

  /** This (a) and the other (b) over one denominator. */
  alignedWith(other: Exact): Aligned {
    const exponent = Math.min(this.#e, other.#e);
    const a = this.#n << BigInt(this.#e - exponent);
    const b = other.#n << BigInt(other.#e - exponent);
    const d = this.#d;
    const od = other.#d;
    if (d === od) return { a, b, denominator: d, exponent };
    // Decimals have powers of five below, and of two of those one divides the other. Trying costs one division and
    // keeps the denominator from doubling its length with every sum.
    if (d >= od) {
      if (d % od === 0n) return { a, b: b * (d / od), denominator: d, exponent };
    } else if (od % d === 0n) {
      return { a: a * (od / d), b, denominator: od, exponent };
    }
    return { a: a * od, b: b * d, denominator: d * od, exponent };
  }
}

function requireInteger(k: number, what: string): void {
  if (!Number.isSafeInteger(k)) {
    throw new RangeError(`Cannot take ${k} as a ${what}: the exponent must be an integer`);
  }
}
