// Which pixels of a group are too close to each other to be rebased together.

import { closerOf } from "./pair";
import { alive, x0, x1, x2, x3, y0, y1, y2, y3 } from "./group";

/**
 * What a lane's distance from the next one is to |Z + z| at least, so that 41 of its bits stay. (2026-11,
 * of 64 pixels at the edge of a small copy of the set those that are not what they are alone, with 2^-25:
 * 3; with 2^-20, 2^-12 and 2^-10: 0. The time is the same within the noise.)
 */
const APART: f64 = 1.0 / 4096.0;

/** Of these lanes, those that are closer to another one than the rounding of Z + z = u + iv allows. */
export function closeTogether(
  lanes: i32,
  u0: v128,
  v0: v128,
  u1: v128,
  v1: v128,
  u2: v128,
  v2: v128,
  u3: v128,
  v3: v128,
): i32 {
  let close = 0;
  if (lanes & 1) close |= isClose(x0, y0, u0, v0, 0);
  if (lanes & 2) close |= isClose(x0, y0, u0, v0, 1);
  if (lanes & 4) close |= isClose(x1, y1, u1, v1, 2);
  if (lanes & 8) close |= isClose(x1, y1, u1, v1, 3);
  if (lanes & 16) close |= isClose(x2, y2, u2, v2, 4);
  if (lanes & 32) close |= isClose(x2, y2, u2, v2, 5);
  if (lanes & 64) close |= isClose(x3, y3, u3, v3, 6);
  if (lanes & 128) close |= isClose(x3, y3, u3, v3, 7);
  return close;
}

/** The lane's bit, if it is too close to another lane that is on its way. */
function isClose(x: v128, y: v128, u: v128, v: v128, lane: i32): i32 {
  const odd = lane & 1;
  const px = f64x2.splat(odd ? f64x2.extract_lane(x, 1) : f64x2.extract_lane(x, 0));
  const py = f64x2.splat(odd ? f64x2.extract_lane(y, 1) : f64x2.extract_lane(y, 0));
  const size = f64x2.pmax(f64x2.abs(u), f64x2.abs(v));
  const least = APART * (odd ? f64x2.extract_lane(size, 1) : f64x2.extract_lane(size, 0));
  const close = closerOf(px, py, x0, y0, least) | closerOf(px, py, x1, y1, least) << 2 |
    closerOf(px, py, x2, y2, least) << 4 | closerOf(px, py, x3, y3, least) << 6;
  return (close & alive & ~(1 << lane)) !== 0 ? 1 << lane : 0;
}
