/** The reference of a frame that is made again: its own centre, and more bits. */

import { Exact, type Frame } from "../plane/mod.ts";
import { exactPoint, type ReferencePoint } from "./reference_point.ts";

/** Bits that it has more than the other, at most: deep down twice as many would take four times as long. */
const MOST_MORE = 1024;

/**
 * The centre of a frame as its reference, with twice the bits of the one that was wrong; but the same point,
 * where that is -2, i or -i: no other has an orbit that is known exactly.
 */
export function ownReferenceOf(
  { re, im, step, width, height }: Frame,
  wrong: ReferencePoint,
): ReferencePoint {
  const half = step.timesPowerOfTwo(-1);
  const known = exactPoint(wrong);
  const isKnown = [known.re, known.im].every((part) => part.toFraction()[1] === 1n);
  const point = isKnown ? known : {
    re: re.plus(half.times(Exact.of(width - 1))),
    im: im.minus(half.times(Exact.of(height - 1))),
  };
  const bits = wrong.bits + Math.min(wrong.bits, MOST_MORE);
  const fixed = { re: point.re.toFixedPoint(bits), im: point.im.toFixedPoint(bits) };
  // The other's reach is that of its tile, within which the centre lies.
  const key = ["own", wrong.key, bits, fixed.re.toString(36), fixed.im.toString(36)].join("/");
  return { ...wrong, ...fixed, key, bits, skips: false };
}
