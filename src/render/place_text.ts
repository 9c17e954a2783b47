/** What a picture notes of itself in text chunks: where it lies, how it was computed, how it looks. */

import type { Look } from "../image/mod.ts";
import { Exact, type FractalSet, type Frame, MOST_DIGITS } from "../plane/mod.ts";
import type { Notes } from "./frame_renderer.ts";

/** Text by keyword, as {@link encodePng} writes it. */
export type PlaceText = Record<string, string>;

/** Digits beyond those that tell two pixels apart: a coordinate is right to 10^-4 of a pixel. */
const guardDigits = 4;

/** Significant digits of a span that is not a short decimal: as exact as a double. */
const spanDigits = 17;

/**
 * Notes on a picture of a frame. The coordinates of a view came as decimals, and stand here digit for digit
 * as far as {@link MOST_DIGITS} go, so that the same picture can be made again. Those of a tile would take
 * z digits to be exact, and get what its pixels need: 0.3 z.
 */
export function textOfFrame(
  { width, height, re, im, step, set }: Frame,
  { digits, capped }: Notes,
  { factor, iterations, look: { palette, shading } }: {
    factor: number;
    iterations: number;
    look: Look;
  },
): PlaceText {
  const half = step.timesPowerOfTwo(-1);
  const span = step.times(Exact.of(width));
  const pixel = step.times(Exact.of(factor));
  const write = digits === "all" ? exactly : nearly;
  return {
    Software: "mandeltile",
    re: write(re.plus(half.times(Exact.of(width - 1))), pixel),
    im: write(im.minus(half.times(Exact.of(height - 1))), pixel),
    span: digits === "all" ? exactly(span, pixel) : span.toDecimal(spanDigits),
    iterations: String(iterations),
    ...(capped && { capped: "yes" }),
    palette,
    shading,
    ...textOfSet(set),
    ...(factor !== 1 && { supersample: String(factor) }),
  };
}

/** What a picture of another set than the Mandelbrot set notes: its name, and c as two decimals. */
function textOfSet(set: FractalSet): PlaceText {
  if (set.id === "mandelbrot") return {};
  return { set: set.id, c: `${decimalOf(set.c.re)},${decimalOf(set.c.im)}` };
}

/** All digits of a number that came as a decimal. */
function decimalOf(value: Exact): string {
  return exactly(value, Exact.powerOfTwo(-64));
}

/** As many digits as tell the points of one pixel apart. */
function nearly(value: Exact, step: Exact): string {
  return value.toDecimal(digitsFor(value, step));
}

/** All digits of a decimal; what is none, such as a third, is rounded. */
function exactly(value: Exact, step: Exact): string {
  for (let digits = digitsFor(value, step);; digits *= 2) {
    const text = value.toDecimal(Math.min(digits, MOST_DIGITS));
    if (digits >= MOST_DIGITS || Exact.parse(text).compare(value) === 0) return text;
  }
}

function digitsFor(value: Exact, step: Exact): number {
  if (value.isZero()) return 1;
  const bits = value.log2Floor() - step.log2Floor();
  return Math.max(1, Math.ceil(bits * Math.log10(2)) + 1) + guardDigits;
}
