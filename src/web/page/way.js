// @ts-check
/** How far, and in which direction, one place lies from another: beyond what a double can tell. */

import { binaryOf } from "./decimal.js";

/** @typedef {import("./place.js").Place} Place */

/** Bits kept of a difference: as many as a double has, and some. */
const kept = 64;

/**
 * The gap between two places.
 *
 * @param {Place} from
 * @param {Place} to
 * @returns {{ logTiles: number, direction: import("./anchor.js").Point }} natural logarithm of the
 *   distance in tiles of zoom 0, -Infinity for none; the direction is of length 1, y downwards
 */
export function gapBetween(from, to) {
  const bits = BigInt(Math.max(from.zoom, to.zoom)) + 84n;
  const part = (/** @type {"re" | "im"} */ of) =>
    (binaryOf(to[of], bits) ?? 0n) - (binaryOf(from[of], bits) ?? 0n);
  const across = part("re");
  const down = -part("im");
  const length = Math.max(bitsOf(across), bitsOf(down));
  const drop = BigInt(Math.max(0, length - kept));
  const x = Number(across >> drop);
  const y = Number(down >> drop);
  const distance = Math.hypot(x, y);
  if (distance === 0) return { logTiles: -Infinity, direction: { x: 0, y: 0 } };
  // Of the plane a tile of zoom 0 is 4 wide.
  const logTiles = Math.log(distance) + Number(drop - bits - 2n) * Math.LN2;
  return { logTiles, direction: { x: x / distance, y: y / distance } };
}

/** @param {bigint} whole */
function bitsOf(whole) {
  return (whole < 0n ? -whole : whole).toString(16).length * 4;
}
