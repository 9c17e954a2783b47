/** What a picture tells about itself in text chunks: where it lies, how it was computed, how it looks. */

import type { Look } from "../image/mod.ts";
import { formulaOf } from "../fractal/mod.ts";
import {
  Exact,
  type FractalSet,
  MANDELBROT,
  MOST_DIGITS,
  TileAddress,
  tileBounds,
  type View,
} from "../plane/mod.ts";

/** The iterations of a picture, and whether `auto` was capped there. */
interface Taken {
  readonly iterations: number;
  readonly capped: boolean;
}

/** Text by keyword, as {@link encodePng} writes it. */
export type PlaceText = Record<string, string>;

/** Digits beyond those that tell two pixels apart: a coordinate is right to 10^-4 of a pixel. */
const guardDigits = 4;

/** Significant digits of a span that is not a short decimal: as exact as a double. */
const spanDigits = 17;

/**
 * Notes on a rendered view. Its coordinates came as decimals, and stand here digit for digit as far as
 * {@link MOST_DIGITS} go, so that the same picture can be made again.
 */
export function textOfView(
  { re, im, span, width, supersample = 1, set = MANDELBROT }: View,
  taken: Taken,
  look: Look,
): PlaceText {
  const step = span.dividedBy(Exact.of(width));
  const place = { re: exactly(re, step), im: exactly(im, step), span: exactly(span, step) };
  const text = { ...textOf(place, taken, look), ...textOfSet(set) };
  return supersample === 1 ? text : { ...text, supersample: String(supersample) };
}

/** A tile's address and its set; x and y are decimal digits. */
interface AddressText {
  readonly z: number;
  readonly x: string;
  readonly y: string;
  /** The c of a Julia set, as decimals; default: the Mandelbrot set. */
  readonly c?: { readonly re: string; readonly im: string };
}

/** An address as plain data. */
export function addressAsText({ z, x, y }: TileAddress, set: FractalSet): AddressText {
  const address = { z, x: String(x), y: String(y) };
  if (set.id === "mandelbrot") return address;
  return { ...address, c: { re: decimalOf(set.c.re), im: decimalOf(set.c.im) } };
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

/** A tile of which notes are to be made, as plain data. */
export interface NotedTile extends AddressText, Taken {
  /** Pixels of its side. */
  readonly size: number;
  readonly look: Look;
}

/** Notes on a tile. Its centre would take z digits to be exact, and gets what its pixels need: 0.3 z. */
export function textOfTile({ z, x, y, c, size, look, ...taken }: NotedTile): PlaceText {
  const set: FractalSet = c === undefined
    ? MANDELBROT
    : { id: "julia", c: { re: Exact.parse(c.re), im: Exact.parse(c.im) } };
  const { window } = formulaOf(set);
  const { left, right, top } = tileBounds(TileAddress.of(z, BigInt(x), BigInt(y)), window);
  const span = right.minus(left);
  const step = span.dividedBy(Exact.of(size));
  const half = span.timesPowerOfTwo(-1);
  const place = {
    re: nearly(left.plus(half), step),
    im: nearly(top.minus(half), step),
    span: span.toDecimal(spanDigits),
  };
  return { ...textOf(place, taken, look), ...textOfSet(set) };
}

function textOf(
  place: { re: string; im: string; span: string },
  { iterations, capped }: Taken,
  { palette, shading }: Look,
): PlaceText {
  return {
    Software: "mandeltile",
    ...place,
    iterations: String(iterations),
    ...(capped && { capped: "yes" }),
    palette,
    shading,
  };
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
