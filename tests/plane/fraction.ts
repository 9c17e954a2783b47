// Fraction: rational arithmetic in its plainest form, to check the plane's own against.

import assert from "node:assert/strict";
import type { Exact } from "../../src/plane/mod.ts";

/** Numerator and positive denominator. */
export type Fraction = readonly [n: bigint, d: bigint];

export function add([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return [a * d + c * b, b * d];
}

export function multiply([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return [a * c, b * d];
}

export function negate([a, b]: Fraction): Fraction {
  return [-a, b];
}

export function divide([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return c < 0n ? [-a * d, b * -c] : [a * d, b * c];
}

export function less([a, b]: Fraction, [c, d]: Fraction): boolean {
  return a * d < c * b;
}

/** The value of a decimal written as plain digits with at most one point, times 10^exponent. */
export function decimal(text: string, exponent = 0): Fraction {
  const [whole = "", places = ""] = text.split(".");
  const n = BigInt(whole.replace("-", "") + places) * (text.startsWith("-") ? -1n : 1n);
  const power = exponent - places.length;
  return power < 0 ? [n, 10n ** BigInt(-power)] : [n * 10n ** BigInt(power), 1n];
}

/** The value of a finite double, from its bits. */
export function ofDouble(value: number): Fraction {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const low = bits & 0xfffffffffffffn;
  const mantissa = field === 0 ? low : low | (1n << 52n);
  const power = (field === 0 ? 1 : field) - 1075;
  const n = bits >> 63n === 1n ? -mantissa : mantissa;
  return power < 0 ? [n, 1n << BigInt(-power)] : [n << BigInt(power), 1n];
}

/** The next double in the direction of +Infinity. */
export function nextUp(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  const bits = view.getBigInt64(0);
  view.setBigInt64(0, value < 0 ? bits - 1n : bits + 1n);
  return view.getFloat64(0);
}

/** Asserts that an exact number has this value. */
export function assertValue(actual: Exact, expected: Fraction, message?: string): void {
  const [n, d] = actual.toFraction();
  assert.ok(d > 0n, "the denominator must be positive");
  assert.ok(
    n * expected[1] === expected[0] * d,
    message ?? `${n}/${d} is not ${expected.join("/")}`,
  );
}

/**
 * Asserts that a finite double is the nearest to a value, the even one at a tie.
 *
 * It is when the value lies between the midpoints to its two neighbours; on a midpoint, when its last bit is 0.
 */
export function assertNearest(double: number, value: Fraction): void {
  const [lower, upper] = [midpoint(-nextUp(-double), double), midpoint(double, nextUp(double))];
  const even = isEven(double);
  const above = less(lower, value) || (even && !less(value, lower));
  const below = less(value, upper) || (even && !less(upper, value));
  assert.ok(above && below, `${double} is not the double nearest to ${value.join("/")}`);
}

function midpoint(a: number, b: number): Fraction {
  return multiply(add(ofDouble(a), ofDouble(b)), [1n, 2n]);
}

function isEven(value: number): boolean {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return (view.getBigUint64(0) & 1n) === 0n;
}
