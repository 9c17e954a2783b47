/** The oracle at any depth: one point iterated in fixed-point BigInt, with more bits than it needs. */

import type { Exact, Point } from "../plane/mod.ts";
import { cardioidAt, diskAt } from "./interior.ts";

/** What an orbit did within the iterations it was given. */
export interface ExactEscape {
  /** First n with |z_n| > 2, where z_0 = c; `iterations` when there is none. */
  readonly count: number;
  /** Bits behind the point that the orbit was computed with. */
  readonly bits: number;
  /**
   * What became of the orbit: it escaped; it stays, for c lies in the cardioid or the disk of period 2; it
   * came back to a point where it had been, bit for bit, and so runs in a cycle; or the iterations were
   * used up.
   */
  readonly orbit: "escapes" | "cardioid" | "period-2 disk" | "cycle" | "undecided";
  /** Length of the cycle, where it runs in one. */
  readonly period?: number;
}

/** How an orbit is bounded. */
export interface ExactOptions {
  /** The c of a Julia set, whose z_0 is the point. Default: the point itself, as for the Mandelbrot set. */
  readonly c?: Point;
  /** Bits behind the point. Default: those of the coordinates' own last digit, and 64. */
  readonly bits?: number;
  /** Asked now and then; the orbit is given up once it returns true. */
  readonly stopped?: () => boolean;
  /** Told the steps that an orbit made, given up or not. */
  readonly made?: (steps: number) => void;
}

/** Steps between two questions whether to stop. */
const STEPS_PER_LOOK = 256;

/**
 * Counts how long re + i im takes to escape, in arithmetic that is exact for all that matters: the test
 * |z|^2 > 4 and the steps are those of `escapeTime`, each product cut at `bits` bits.
 *
 * Cutting moves the orbit like a change of c by 2^-bits, so `bits` beyond the depth of interest leave a
 * count right unless its escape is that close to radius 2.
 *
 * @throws {DOMException} AbortError, when `stopped` said so
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Exact } from "../plane/mod.ts";
 * import { exactEscapeTime } from "./mod.ts";
 * const point = { re: Exact.parse("0.0965"), im: Exact.parse("-0.638") };
 * assert.equal(exactEscapeTime(point, 255).count, 17);
 * ```
 */
export function exactEscapeTime(
  { re, im }: { re: Exact; im: Exact },
  iterations: number,
  options: ExactOptions = {},
): ExactEscape {
  const { c, stopped = () => false, made = () => {} } = options;
  const bits = options.bits ?? bitsOf(re, im, c);
  const inside = c === undefined ? settled(re, im) : undefined;
  if (inside !== undefined) return { count: iterations, bits, orbit: inside };
  const shift = BigInt(bits);
  let x = re.toFixedPoint(bits);
  let y = im.toFixedPoint(bits);
  const cx = c?.re.toFixedPoint(bits) ?? x;
  const cy = c?.im.toFixedPoint(bits) ?? y;
  const four = 4n << (2n * shift);
  // Brent: a point is kept at n = 1, 2, 4, ... and the later ones are compared with it.
  let kept = { n: 0, x, y };
  let n = 0;
  try {
    for (; n < iterations; n++) {
      const xx = x * x;
      const yy = y * y;
      if (xx + yy > four) return { count: n, bits, orbit: "escapes" };
      if (n > kept.n && x === kept.x && y === kept.y) {
        return { count: iterations, bits, orbit: "cycle", period: n - kept.n };
      }
      if (n >= 2 * kept.n) kept = { n, x, y };
      if (n % STEPS_PER_LOOK === 0 && stopped()) {
        throw new DOMException("The orbit was given up", "AbortError");
      }
      y = (x * y >> (shift - 1n)) + cy;
      x = ((xx - yy) >> shift) + cx;
    }
  } finally {
    made(n);
  }
  return { count: iterations, bits, orbit: "undecided" };
}

/**
 * The same, with as many bits as it takes until twice as many say the same.
 *
 * @throws {DOMException} AbortError, when `stopped` said so
 */
export function settledEscapeTime(
  point: { re: Exact; im: Exact },
  iterations: number,
  options: Omit<ExactOptions, "bits"> = {},
): ExactEscape {
  let bits = bitsOf(point.re, point.im, options.c);
  let escape = exactEscapeTime(point, iterations, { ...options, bits });
  for (;;) {
    bits *= 2;
    const finer = exactEscapeTime(point, iterations, { ...options, bits });
    if (finer.count === escape.count) return finer;
    escape = finer;
  }
}

/** Bits for a point about which nothing but its coordinates is known. */
function bitsOf(re: Exact, im: Exact, c?: Point): number {
  const numbers = c === undefined ? [re, im] : [re, im, c.re, c.im];
  const places = numbers.map((value) => value.toFraction()[1].toString(16).length * 4);
  return Math.max(...places) + 64;
}

/** Exactly, whether c = x + iy is in the cardioid or the disk of period 2, borders included. */
function settled(x: Exact, y: Exact): "cardioid" | "period-2 disk" | undefined {
  if (cardioidAt(x, y).sign() <= 0) return "cardioid";
  return diskAt(x, y).sign() <= 0 ? "period-2 disk" : undefined;
}
