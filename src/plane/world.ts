// The world: the square of the complex plane that the tiles divide, and which tile a point lies in.

import { Exact } from "./exact.ts";
import type { Window } from "./fractal_set.ts";
import { OutsideWorldError, TileAddress } from "./tile_address.ts";

/** Exact edges of a rectangle of the plane: left and right are real parts, top and bottom imaginary. */
export interface Bounds {
  readonly left: Exact;
  readonly right: Exact;
  readonly top: Exact;
  readonly bottom: Exact;
}

/** The side of the world is 2^2, so every tile edge is a dyadic number. */
export const WORLD_SIDE_LOG2 = 2;

/** The one tile of zoom 0: re from -2.5 to 1.5, im from 2 at the top to -2. */
export const WORLD: Bounds = {
  left: Exact.of(-2.5),
  right: Exact.of(1.5),
  top: Exact.of(2),
  bottom: Exact.of(-2),
};

/**
 * The edges of a tile, with side = 4 / 2^z:
 *
 *     left = -2.5 + x side     right  = left + side
 *     top  =  2.0 - y side     bottom = top - side
 */
export function tileBounds(address: TileAddress, window: Window = WORLD): Bounds {
  const sideLog2 = WORLD_SIDE_LOG2 - address.z;
  const edge = (index: bigint) => Exact.of(index).timesPowerOfTwo(sideLog2);
  return {
    left: window.left.plus(edge(address.x)),
    right: window.left.plus(edge(address.x + 1n)),
    top: window.top.minus(edge(address.y)),
    bottom: window.top.minus(edge(address.y + 1n)),
  };
}

/**
 * The tile at zoom z that the point re + im i lies in.
 *
 * A tile owns its left and its top edge. The right and the bottom edge of the world are therefore outside.
 *
 * @throws {RangeError} when z is not an integer from 0 up
 * @throws {OutsideWorldError} when the point lies outside the world
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Exact, tileAt } from "./mod.ts";
 * assert.equal(String(tileAt(2, Exact.of(-0.5), Exact.of(0))), "2/2/2");
 * ```
 */
export function tileAt(z: number, re: Exact, im: Exact, window: Window = WORLD): TileAddress {
  const right = re.minus(window.left);
  const down = window.top.minus(im);
  if (!isInside(right) || !isInside(down)) {
    const edge = (from: Exact, side: number) => from.plus(Exact.of(side)).toDecimal(3);
    throw new OutsideWorldError(
      `Cannot find the tile of ${re.toDecimal(17)} ${im.toDecimal(17)} as the world spans ` +
        `re ${edge(window.left, 0)} to ${edge(window.left, 4)} and im ${edge(window.top, 0)} to ` +
        `${edge(window.top, -4)}, its right and bottom edge excluded`,
    );
  }
  const perTile = z - WORLD_SIDE_LOG2;
  return TileAddress.of(
    z,
    right.timesPowerOfTwo(perTile).floor(),
    down.timesPowerOfTwo(perTile).floor(),
  );
}

/** Whether a distance from the left or the top edge is at least 0 and below the side. */
function isInside(distance: Exact): boolean {
  return distance.sign() >= 0 && (distance.isZero() || distance.log2Floor() < WORLD_SIDE_LOG2);
}
