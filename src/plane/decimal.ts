// Decimal text: what a person writes for a number, taken apart with every length checked first.

import { LARGEST_EXPONENT, MOST_DIGITS } from "./limits.ts";
import { quote } from "./quote.ts";

/** How long a decimal may be. */
export interface DecimalLimits {
  /** Most digits before the exponent, zeros included. Default: `MOST_DIGITS`. */
  readonly digits?: number;
  /** Largest absolute value of the exponent. Default: `LARGEST_EXPONENT`. */
  readonly exponent?: number;
}

/** A decimal taken apart: `integer * 10^exponent`, the same for `0.3`, `.30` and `3e-1`: no zero stands last. */
export interface Decimal {
  readonly integer: bigint;
  readonly exponent: number;
}

/** A decimal is longer, or its exponent larger, than a limit allows. */
export class DecimalLimitError extends RangeError {
  override readonly name = "DecimalLimitError";
  readonly limit: keyof DecimalLimits;

  constructor(message: string, limit: keyof DecimalLimits) {
    super(message);
    this.limit = limit;
  }
}

// Each character can be matched in one way only, so a text that does not fit is refused in linear time:
// with `\d+\.?\d*` a long row of digits and one letter would take time quadratic in its length.
const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?)(\d+))?$/;

/**
 * Reads `[sign] digits [. digits] [e [sign] digits]`, ASCII digits only.
 *
 * @throws {SyntaxError} when the text is not such a number
 * @throws {DecimalLimitError} when it has too many digits or too large an exponent; nothing was expanded
 */
export function parseDecimal(text: string, limits: DecimalLimits = {}): Decimal {
  const { digits: mostDigits = MOST_DIGITS, exponent: largestExponent = LARGEST_EXPONENT } = limits;
  const match = DECIMAL.exec(text);
  if (match === null) {
    throw new SyntaxError(
      `Cannot read ${quote(text)} as a number: it must be written like -1.75 or 5e-433`,
    );
  }
  const [, sign, whole = "", places, bare, exponentSign, exponentDigits = "0"] = match;
  const fraction = places ?? bare ?? "";
  const count = whole.length + fraction.length;
  if (count > mostDigits) {
    throw new DecimalLimitError(
      `Cannot read ${quote(text)} as it has ${count} digits and the limit is ${mostDigits}`,
      "digits",
    );
  }
  // A huge row of exponent digits becomes Infinity here, which is above every limit too.
  const magnitude = Number(exponentDigits);
  if (magnitude > largestExponent) {
    throw new DecimalLimitError(
      `Cannot read ${quote(text)} as its exponent must be within -${largestExponent} ` +
        `and ${largestExponent}`,
      "exponent",
    );
  }
  const digits = whole + fraction;
  const kept = lengthWithoutZeros(digits);
  const integer = BigInt(digits.slice(0, kept));
  return {
    integer: sign === "-" ? -integer : integer,
    exponent: (exponentSign === "-" ? -magnitude : magnitude) + whole.length - kept,
  };
}

/** How many digits are left without the zeros at the end; of zeros alone none. */
function lengthWithoutZeros(digits: string): number {
  let length = digits.length;
  while (length > 0 && digits[length - 1] === "0") length--;
  return length;
}

/** Exponents of ten that are written out as zeros; outside them a power is written, as JavaScript does. */
const PLAIN_FROM = -7;
const PLAIN_BELOW = 21;

/**
 * Writes `0.d1d2d3... * 10^(exponent+1)`, that is `d1.d2d3... * 10^exponent`, without trailing zeros:
 * plainly where that is short, else with an exponent.
 */
export function writeDecimal(negative: boolean, digits: string, exponent: number): string {
  const sign = negative ? "-" : "";
  const kept = digits.replace(/0+$/, "");
  if (exponent < PLAIN_FROM || exponent >= PLAIN_BELOW) {
    const point = kept.length > 1 ? `${kept.charAt(0)}.${kept.slice(1)}` : kept;
    return `${sign}${point}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${kept}`;
  if (kept.length <= exponent + 1) return sign + kept.padEnd(exponent + 1, "0");
  return `${sign}${kept.slice(0, exponent + 1)}.${kept.slice(exponent + 1)}`;
}
