/** Which point is a frame's reference: a function of the frame alone, the same for its neighbours. */

import { Exact, type Frame, stepLog2, WORLD } from "../plane/mod.ts";

/** A reference point, and what its orbit and its tables have to be good for. */
export interface ReferencePoint {
  /** The same for two points when and only when everything else is, `skips` apart. */
  readonly key: string;
  /** C in fixed point, `bits` bits behind the point. */
  readonly re: bigint;
  readonly im: bigint;
  readonly bits: number;
  /** Differences from it are at most 2^reach. */
  readonly reach: number;
  /** Whether those differences need an exponent of their own. */
  readonly floatexp: boolean;
  /** Whether the frame's pixels may skip steps: not so near the top that it moves counts. */
  readonly skips: boolean;
  /** Steps after which the orbit is back at 0, where the point is a nucleus: it is not iterated beyond. */
  readonly period?: number;
}

/** Zoom levels that share a reference, and how far above the first of them its tile is. */
const LEVELS = 4;
const ABOVE = 4;

/** log2 of the pixels of a tile's side, retina tiles included. */
const SIDE_LOG2 = 9;

/** Bits that an orbit has beyond those that tell two pixels apart, at least. */
const GUARD_BITS = 52;

/** Bits beyond those that tell two pixels apart, at most, for the sake of a centre that is named in more digits. */
const MOST_NAMED_BITS = 512;

/** Bits are rounded up to a multiple of this, so that nearly equal frames share an orbit. */
const BITS_STEP = 64;

/** Differences of pixels shorter than this (log2) have an exponent of their own; doubles end at -1022. */
const FLOATEXP_BELOW = -960;

/**
 * Frames whose longer side is that of a tile at this zoom, or shorter, may skip steps (experiment fractal-2).
 */
const SKIPS_FROM = 102;

/**
 * The reference of a frame: the centre of the tile in which the frame's centre lies, at the zoom four to
 * seven levels above the frame's own, a multiple of four. Where that tile touches the real axis it is the
 * middle of the side there: points of the axis then stay on it, and mirror images are mirror images. Where
 * the tile holds -2, i or -i it is that point, whose orbit is known exactly.
 *
 * A frame with an odd number of columns and of rows has a pixel at its very centre, which is the one point
 * that a request names by itself. It may be far closer to a point of the boundary than pixels are apart, and
 * then only its own orbit shows how long it takes to escape: it is the reference.
 *
 * So a reference serves at least 16 by 16 tiles, and the four zooms that have one ancestor at a multiple
 * of four: the one that `iterations=auto` looks at, too (experiment fractal-3).
 *
 * The farther the reference, the fewer its borders, and the more of the chaos is rounded away
 * (experiment fractal-4).
 *
 * @throws {RangeError} when the frame is larger than the world
 */
export function referencePointOf(frame: Frame): ReferencePoint {
  const { step, width, height } = frame;
  const zoom = zoomOf(frame, width);
  if (zoom < 0) throw new RangeError("Cannot refer to a point: the frame is larger than the world");
  const level = Math.max(0, LEVELS * Math.floor((zoom - ABOVE) / LEVELS));
  const half = step.timesPowerOfTwo(-1);
  const centre = {
    re: frame.re.plus(half.times(Exact.of(width - 1))),
    im: frame.im.minus(half.times(Exact.of(height - 1))),
  };
  // The tile's side is 2^(2 - level); views outside the world have such tiles too.
  const x = centre.re.minus(WORLD.left).timesPowerOfTwo(level - 2).floor();
  const y = WORLD.top.minus(centre.im).timesPowerOfTwo(level - 2).floor();
  const tile = { level, x, y };
  const named = width % 2 === 1 && height % 2 === 1 ? centre : undefined;
  const { re, im } = exactlyKnown(tile) ?? named ?? middleOf(tile);
  const finest = Math.max(level + ABOVE + LEVELS - 1 + SIDE_LOG2 - 2, -stepLog2(frame));
  const most = named === undefined ? finest : Math.min(bitsOf(named), finest + MOST_NAMED_BITS);
  const bits = BITS_STEP * Math.ceil((Math.max(finest, most) + GUARD_BITS) / BITS_STEP);
  // No point of the tile is farther from any other than 1.42 of its side.
  const reach = Math.max(3 - level, reachOf(frame, { re, im }));
  const floatexp = -finest < FLOATEXP_BELOW;
  const key = [
    level,
    x,
    y,
    bits,
    reach,
    floatexp,
    ...(named ? [re, im].map((part) => part.toFixedPoint(bits).toString(36)) : []),
  ].join("/");
  const skips = zoomOf(frame, Math.max(width, height)) >= SKIPS_FROM;
  return {
    key,
    re: re.toFixedPoint(bits),
    im: im.toFixedPoint(bits),
    bits,
    reach,
    floatexp,
    skips,
  };
}

/**
 * How far from a reference point (log2, above its reach) a nucleus may lie that is to replace it.
 *
 * A reference's reach is at most 2^16 of its finest pixels (that of a larger frame is so for its own), so
 * differences are up to 2^20 pixels. As doubles they are within 2^-33 of a pixel, far below what a skip does, which moves c
 * by 2^-36 of it at first, 16 times that at most, by 2^-12 of a pixel.
 */
const NUCLEUS_BEYOND = 4;

/** How far from a reference point a nucleus may lie that is to replace it: log2. */
export function nucleusReach({ reach }: ReferencePoint): number {
  return reach + NUCLEUS_BEYOND;
}

/** The nucleus as the reference of the frames that had the other point. */
export function nucleusPointOf(
  point: ReferencePoint,
  { re, im, period }: { readonly re: bigint; readonly im: bigint; readonly period: number },
): ReferencePoint {
  // No farther from the nucleus than 2^reach + 2^nucleusReach.
  const reach = nucleusReach(point) + 1;
  return { ...point, key: `${point.key}/${period}`, re, im, reach, period };
}

/** Bits behind the point that tell a point from its neighbours with as many digits. */
function bitsOf({ re, im }: { re: Exact; im: Exact }): number {
  return Math.max(...[re, im].map((value) => 4 * value.toFraction()[1].toString(16).length));
}

interface Tile {
  readonly level: number;
  readonly x: bigint;
  readonly y: bigint;
}

/** The point of the plane at so many half sides of a tile from the world's upper left corner. */
function pointAt(level: number, x: bigint, y: bigint): { re: Exact; im: Exact } {
  return {
    re: WORLD.left.plus(Exact.of(x).timesPowerOfTwo(1 - level)),
    im: WORLD.top.minus(Exact.of(y).timesPowerOfTwo(1 - level)),
  };
}

/** The centre of a tile; of one that touches the real axis, the middle of its side there. */
function middleOf({ level, x, y }: Tile): { re: Exact; im: Exact } {
  const rows = [2n * y, 2n * y + 2n];
  const onAxis = rows.find((row) => pointAt(level, 0n, row).im.isZero());
  return pointAt(level, 2n * x + 1n, onAxis ?? 2n * y + 1n);
}

/**
 * -2, i or -i, where a tile has it in it or at its border. Their orbits end in a point or in a cycle
 * exactly, and no other point that doubles or decimals can say does so without being inside the set. As
 * differences from anywhere else they would be known to 53 bits only, which is not enough for ever.
 */
function exactlyKnown({ level, x, y }: Tile): { re: Exact; im: Exact } | undefined {
  const upper = pointAt(level, 2n * x, 2n * y);
  const lower = pointAt(level, 2n * x + 2n, 2n * y + 2n);
  return EXACTLY_KNOWN.find(({ re, im }) =>
    upper.re.compare(re) <= 0 && re.compare(lower.re) <= 0 &&
    lower.im.compare(im) <= 0 && im.compare(upper.im) <= 0
  );
}

const EXACTLY_KNOWN = [
  { re: Exact.of(-2), im: Exact.of(0) },
  { re: Exact.of(0), im: Exact.of(1) },
  { re: Exact.of(0), im: Exact.of(-1) },
];

/** The zoom at which a tile's side is that of so many pixels, or up to twice as long. */
function zoomOf({ step }: Frame, pixels: number): number {
  return Exact.of(4).dividedBy(step.times(Exact.of(pixels))).log2Floor();
}

/** The frame as differences from its reference, in units of 2^reach where it is floatexp: plain doubles. */
export function differencesOf(frame: Frame, point: ReferencePoint): Frame {
  const unit = point.floatexp ? -point.reach : 0;
  const { re, im } = exactPoint(point);
  return {
    ...frame,
    step: frame.step.timesPowerOfTwo(unit),
    re: frame.re.minus(re).timesPowerOfTwo(unit),
    im: frame.im.minus(im).timesPowerOfTwo(unit),
  };
}

/** The reference's point as exact numbers. */
export function exactPoint({ re, im, bits }: ReferencePoint): { re: Exact; im: Exact } {
  return {
    re: Exact.of(re).timesPowerOfTwo(-bits),
    im: Exact.of(im).timesPowerOfTwo(-bits),
  };
}

/** The least k for which no pixel is farther from the point than 2^k, or one more. */
function reachOf({ step, width, height, re, im }: Frame, point: { re: Exact; im: Exact }): number {
  const right = re.plus(step.times(Exact.of(width - 1)));
  const bottom = im.minus(step.times(Exact.of(height - 1)));
  const sides = [
    re.minus(point.re),
    right.minus(point.re),
    im.minus(point.im),
    bottom.minus(point.im),
  ]
    .filter((side) => !side.isZero()).map((side) => side.log2Floor());
  // The larger side is below 2^(log2 + 1), and the diagonal below 1.5 times that.
  return Math.max(...sides) + 2;
}
