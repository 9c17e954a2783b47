// @ts-check
/** Decimal text and exact binary fractions: how coordinates of any length are read and written. */

/**
 * @typedef {object} DecimalLimits
 * @property {number} digits most of them before the exponent, zeros included
 * @property {number} exponent largest absolute value of the exponent
 */

/** @type {DecimalLimits} the server's defaults; zoom 30,000 needs 9037 digits */
export const usualLimits = { digits: 20_000, exponent: 20_000 };

const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a decimal number as `digits * 10^exponent`; null when the text is not one, or is beyond the
 * usual limits.
 *
 * @param {string} text such as `-0.75`, `.5` or `1.2e-9`
 * @returns {{ digits: bigint, exponent: number } | null}
 */
export function parseDecimal(text) {
  const number = readDecimal(text, usualLimits);
  return "fault" in number ? null : number;
}

/**
 * Reads a decimal number as `digits * 10^exponent`, or says what is wrong with it: its form, too many
 * digits, too large an exponent.
 *
 * @param {string} text
 * @param {DecimalLimits} limits
 * @returns {{ digits: bigint, exponent: number } |
 *   { fault: "form" } | { fault: "digits", count: number } | { fault: "exponent" }}
 */
export function readDecimal(text, limits) {
  const [, sign = "", whole = "", fraction = "", power = "0"] = decimalForm.exec(text) ?? [];
  const count = whole.length + fraction.length;
  if (count === 0) return { fault: "form" };
  if (count > limits.digits) return { fault: "digits", count };
  if (Math.abs(Number(power)) > limits.exponent) return { fault: "exponent" };
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, exponent: Number(power) - fraction.length };
}

/**
 * Reads a decimal number in units of 2^-bits, rounded to the nearest; null when it is not one.
 *
 * @param {string} text
 * @param {bigint} bits
 * @returns {bigint | null}
 */
export function binaryOf(text, bits) {
  const number = parseDecimal(text);
  if (number === null) return null;
  const { digits, exponent } = number;
  return exponent >= 0
    ? (digits * 10n ** BigInt(exponent)) << bits
    : roundedQuotient(digits << bits, 10n ** BigInt(-exponent));
}

/**
 * Writes `numerator * 2^-bits` with exactly so many decimal places, rounded to the nearest.
 *
 * @param {bigint} numerator
 * @param {bigint} bits
 * @param {number} places
 * @returns {string}
 */
export function decimalOf(numerator, bits, places) {
  // Halves up: floor((2 n 10^p + 2^bits) / 2^(bits + 1)), where the shift is the floor.
  const scaled = (2n * numerator * 10n ** BigInt(places) + (1n << bits)) >> (bits + 1n);
  const sign = scaled < 0n ? "-" : "";
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(places + 1, "0");
  if (places === 0) return sign + digits;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/**
 * A decimal without the zeros that say nothing: `-0.5000` is `-0.5`, `2.000` is `2`. One with an
 * exponent stays as it is.
 *
 * @param {string} text
 * @returns {string}
 */
export function trimmed(text) {
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}

/**
 * @param {bigint} dividend
 * @param {bigint} divisor above zero
 * @returns {bigint} halves are rounded up
 */
function roundedQuotient(dividend, divisor) {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  // BigInt division cuts towards zero; below zero that is one too many unless it came out even.
  return doubled < 0n && quotient * 2n * divisor !== doubled ? quotient - 1n : quotient;
}
