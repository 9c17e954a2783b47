/** Whether a whole frame lies inside the set, for certain: then nothing has to be iterated. */

import { Exact, type Frame } from "../plane/mod.ts";

const QUARTER = Exact.powerOfTwo(-2);
const SIXTEENTH = Exact.powerOfTwo(-4);

/** How fast the two functions below change at most, within distance 2 of 0, in any direction. */
const STEEPEST = Exact.of(64);

/**
 * Of c = x + iy, below 0 inside the main cardioid:
 *
 *     q (q + x - 1/4) - y^2 / 4 with q = (x - 1/4)^2 + y^2
 */
export function cardioidAt(x: Exact, y: Exact): Exact {
  const yy = y.times(y);
  const offset = x.minus(QUARTER);
  const q = offset.times(offset).plus(yy);
  return q.times(q.plus(offset)).minus(yy.times(QUARTER));
}

/** Of c = x + iy, below 0 inside the disk of period 2: (x + 1)^2 + y^2 - 1/16. */
export function diskAt(x: Exact, y: Exact): Exact {
  const right = x.plus(Exact.of(1));
  return right.times(right).plus(y.times(y)).minus(SIXTEENTH);
}

/**
 * Whether every point of a frame lies in the main cardioid, or every one in the disk of period 2. Exact:
 * the middle is so far inside that no corner can be outside. A frame closer to the border than that is
 * not said to lie inside.
 */
export function liesInside({ step, width, height, re, im }: Frame): boolean {
  const half = step.timesPowerOfTwo(-1);
  const x = re.plus(half.times(Exact.of(width - 1)));
  const y = im.minus(half.times(Exact.of(height - 1)));
  if (x.times(x).plus(y.times(y)).compare(Exact.of(2)) > 0) return false;
  const margin = STEEPEST.times(step).times(Exact.of(width + height)).negated();
  return cardioidAt(x, y).compare(margin) < 0 || diskAt(x, y).compare(margin) < 0;
}
