// Frame: a grid of sample points of the plane, held exactly and turned into doubles at the last moment.

import { Exact } from "./exact.ts";
import { type FractalSet, MANDELBROT, type Window } from "./fractal_set.ts";
import { progression } from "./progression.ts";
import type { TileAddress } from "./tile_address.ts";
import { tileBounds, WORLD, WORLD_SIDE_LOG2 } from "./world.ts";

/** What a frame is made of. */
export interface FrameParts {
  /** Columns and rows of sample points. */
  readonly width: number;
  readonly height: number;
  /** Distance between neighbouring points, in plane units, the same across and down. */
  readonly step: Exact;
  /** Real part of column 0 and imaginary part of row 0, the top one. */
  readonly re: Exact;
  readonly im: Exact;
  /** The set whose points they are; default: the Mandelbrot set. */
  readonly set?: FractalSet;
}

/** A rectangle of the plane as a person asks for it. */
export interface View {
  /** Centre of the view. */
  readonly re: Exact;
  readonly im: Exact;
  /** Width of the view in plane units, above 0. */
  readonly span: Exact;
  /** Size of the picture in pixels. */
  readonly width: number;
  readonly height: number;
  /** Sample points per pixel across, and as many down. Default: 1. */
  readonly supersample?: number;
  /** The set that is looked at. Default: the Mandelbrot set. */
  readonly set?: FractalSet;
}

/**
 * A grid of sample points: column i, row j is at `(re + i step) + (im - j step) i`.
 *
 * It holds exact numbers only, so a frame at any depth costs as little as its address is long.
 */
export class Frame implements FrameParts {
  readonly width: number;
  readonly height: number;
  readonly step: Exact;
  readonly re: Exact;
  readonly im: Exact;
  readonly set: FractalSet;

  /** @throws {RangeError} when a size is not a positive integer or the step is not above 0 */
  constructor({ width, height, step, re, im, set = MANDELBROT }: FrameParts) {
    requireSize("width", width);
    requireSize("height", height);
    if (step.sign() <= 0) {
      throw new RangeError("Cannot make a frame with a span of 0 or less: it must be above 0");
    }
    this.width = width;
    this.height = height;
    this.step = step;
    this.re = re;
    this.im = im;
    this.set = set;
  }
}

/**
 * The frame of a tile of `size` by `size` pixels, sampled at their centres:
 *
 *     step = 4 / (2^z size)
 *     re   = -2.5 + (x size + i + 1/2) step
 *     im   =  2.0 - (y size + j + 1/2) step
 *
 * -2.5 and 2 are the corner of the Mandelbrot set's world; a set with another window has its own.
 *
 * @throws {RangeError} when size is not a positive integer
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { columnsOf, frameOfTile, TileAddress } from "./mod.ts";
 * const frame = frameOfTile(TileAddress.of(0, 0n, 0n), 4);
 * assert.equal(columnsOf(frame).join(), "-2,-1,0,1");
 * ```
 */
export function frameOfTile(
  address: TileAddress,
  size: number,
  { window = WORLD, set = MANDELBROT }: { readonly window?: Window; readonly set?: FractalSet } =
    {},
): Frame {
  requireSize("size", size);
  const step = Exact.powerOfTwo(WORLD_SIDE_LOG2 - address.z).dividedBy(Exact.of(size));
  const half = step.timesPowerOfTwo(-1);
  const { left, top } = tileBounds(address, window);
  const corner = { re: left.plus(half), im: top.minus(half) };
  return new Frame({ width: size, height: size, step, ...corner, set });
}

/**
 * The frame of a view, sampled at the centres of its pixels:
 *
 *     step = span / width
 *     re_i = re + (i + 1/2 - width/2) step
 *     im_j = im - (j + 1/2 - height/2) step
 *
 * With `supersample` s it is the frame of the same view, s times as wide and as high in pixels: the s by s points of a
 * pixel divide it evenly, and pixel (i, j) owns columns i s to i s + s - 1, and rows likewise.
 *
 * @throws {RangeError} when a size or supersample is not a positive integer, or span is not above 0
 */
export function frameOfView(
  { re, im, span, width, height, supersample = 1, set = MANDELBROT }: View,
): Frame {
  requireSize("width", width);
  requireSize("height", height);
  requireSize("supersample", supersample);
  const columns = width * supersample;
  const rows = height * supersample;
  const step = span.dividedBy(Exact.of(columns));
  const half = step.timesPowerOfTwo(-1);
  return new Frame({
    width: columns,
    height: rows,
    step,
    re: re.plus(half.times(Exact.of(1 - columns))),
    im: im.minus(half.times(Exact.of(1 - rows))),
    set,
  });
}

/**
 * Rows `fromRow` to `toRow - 1` of a frame, all columns: the very points they are in the whole.
 *
 * @throws {RangeError} when the rows are not within the frame or there is none
 */
export function bandOf(frame: Frame, fromRow: number, toRow: number): Frame {
  requireRange("rows", { from: fromRow, to: toRow, end: frame.height });
  return new Frame({
    ...frame,
    height: toRow - fromRow,
    im: frame.im.minus(frame.step.times(Exact.of(fromRow))),
  });
}

/**
 * Whether the middle of a frame lies below the real axis: whether `mirrorOfFrame` lies above.
 */
export function liesBelowTheAxis(frame: Frame): boolean {
  return frame.im.plus(lastRow(frame)).sign() < 0;
}

/**
 * The frame mirrored at the real axis: its row j is row `height - 1 - j` of this one with the sign of the
 * imaginary part turned. Both have the very same points, mirrored, as doubles too.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { frameOfTile, mirrorOfFrame, rowsOf, TileAddress } from "./mod.ts";
 * const mirrored = mirrorOfFrame(frameOfTile(TileAddress.of(1, 0n, 1n), 2));
 * assert.deepEqual(rowsOf(mirrored), rowsOf(frameOfTile(TileAddress.of(1, 0n, 0n), 2)));
 * ```
 */
export function mirrorOfFrame(frame: Frame): Frame {
  return new Frame({ ...frame, im: lastRow(frame).negated() });
}

/** Imaginary part of the bottom row. */
function lastRow({ im, step, height }: Frame): Exact {
  return im.minus(step.times(Exact.of(height - 1)));
}

/**
 * Real parts of columns `from` to `to - 1`, left to right: the double nearest to each exact value.
 *
 * @throws {RangeError} when the columns are not within the frame
 */
export function columnsOf(frame: Frame, from = 0, to: number = frame.width): Float64Array {
  requireRange("columns", { from, to, end: frame.width });
  return progression(frame.re.plus(frame.step.times(Exact.of(from))), frame.step, to - from);
}

/**
 * Imaginary parts of rows `from` to `to - 1`, top to bottom: the double nearest to each exact value.
 *
 * @throws {RangeError} when the rows are not within the frame
 */
export function rowsOf(frame: Frame, from = 0, to: number = frame.height): Float64Array {
  requireRange("rows", { from, to, end: frame.height });
  const down = frame.step.negated();
  return progression(frame.im.plus(down.times(Exact.of(from))), down, to - from);
}

/**
 * The exact point of column i, row j.
 *
 * @throws {RangeError} when it is not within the frame
 */
export function pointOf(frame: Frame, i: number, j: number): { re: Exact; im: Exact } {
  requireRange("columns", { from: i, to: i + 1, end: frame.width });
  requireRange("rows", { from: j, to: j + 1, end: frame.height });
  return {
    re: frame.re.plus(frame.step.times(Exact.of(i))),
    im: frame.im.minus(frame.step.times(Exact.of(j))),
  };
}

/** floor(log2 step), exactly: the step is at least 2^-46 when and only when this is at least -46. */
export function stepLog2(frame: Frame): number {
  return frame.step.log2Floor();
}

function requireSize(name: string, size: number): void {
  if (Number.isSafeInteger(size) && size >= 1) return;
  throw new RangeError(`Cannot make a frame with ${name} ${size}: it must be a positive integer`);
}

function requireRange(
  what: string,
  { from, to, end }: { from: number; to: number; end: number },
): void {
  if (
    Number.isSafeInteger(from) && Number.isSafeInteger(to) && 0 <= from && from < to && to <= end
  ) {
    return;
  }
  throw new RangeError(
    `Cannot take ${what} ${from} to ${to} of a frame that has ${what} 0 to ${end}`,
  );
}
