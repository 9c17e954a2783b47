// @ts-check
/**
 * Where the map's own numbers lie in the world: all arithmetic between the two stands here.
 *
 * The map counts in doubles from an anchor, a tile of the world; one unit is that tile's side. Tile
 * l/x/y of the map under the anchor K/AX/AY is, exactly,
 *
 *     zoom = K + l        X = (AX << l) + x        Y = (AY << l) + y
 *
 * and the world itself is the tile 0/0/0, whose re runs from -2.5 to 1.5 and im from 2 down to -2.
 */

import { binaryOf, decimalOf, trimmed } from "./decimal.js";

/** @typedef {{ readonly zoom: number, readonly x: bigint, readonly y: bigint }} Tile */
/** @typedef {{ readonly x: number, readonly y: number }} Point In anchor tiles, y downwards. */
/** @typedef {{ readonly re: string, readonly im: string }} Coordinates Decimal text, exact. */

/** The anchor of a map that counts from the whole world.
 * @type {Tile} */
export const world = { zoom: 0, x: 0n, y: 0n };

/**
 * Binary places kept of a map's own number. Its doubles have 53 bits and matter down to a thousandth
 * of a pixel at zoom 64, 2^-82 of a unit.
 */
const unitBits = 84n;

/** A map at rest shows tiles this many levels below its anchor, give or take. */
const resting = 12;
/** From here on its numbers have too few bits below the pixel, and up to here too few levels above. */
const tooDeep = 22;
const tooShallow = 6;

/**
 * @typedef {object} Reanchoring an anchor that follows the view, and how the map's numbers change
 * @property {Tile} anchor the new one
 * @property {number} levels D: every zoom of the map becomes `zoom - D`
 * @property {Point} shift S: a tile x of zoom l becomes `x - S 2^(l - max(D, 0))`
 */

/**
 * The anchor that a map should change to; null while the one it has is good.
 *
 * @param {Tile} anchor
 * @param {Point} centre of the view
 * @param {number} zoom the map's own
 * @returns {Reanchoring | null}
 */
export function reanchoringAt(anchor, centre, zoom) {
  const levels = zoom > tooDeep
    ? Math.round(zoom) - resting
    : zoom < tooShallow
    ? -Math.min(anchor.zoom, resting - Math.round(zoom))
    : 0;
  if (levels === 0) return null;
  const by = BigInt(Math.abs(levels));
  const zoomAfter = anchor.zoom + levels;
  if (levels > 0) {
    const shift = { x: Math.floor(centre.x * 2 ** levels), y: Math.floor(centre.y * 2 ** levels) };
    const x = (anchor.x << by) + BigInt(shift.x);
    const y = (anchor.y << by) + BigInt(shift.y);
    return { anchor: { zoom: zoomAfter, x, y }, levels, shift };
  }
  const x = anchor.x >> by;
  const y = anchor.y >> by;
  const shift = { x: Number((x << by) - anchor.x), y: Number((y << by) - anchor.y) };
  return { anchor: { zoom: zoomAfter, x, y }, levels, shift };
}

/**
 * How far tiles of one zoom are moved by a change of anchor, in tiles of that zoom.
 *
 * @param {Reanchoring} reanchoring
 * @param {number} zoom the map's own, before
 * @returns {Point}
 */
export function shiftAt({ levels, shift }, zoom) {
  const scale = 2 ** (zoom - Math.max(levels, 0));
  return { x: shift.x * scale, y: shift.y * scale };
}

/**
 * A point of the map after a change of anchor. Exact on the way down, as every step is one in binary.
 *
 * @param {Reanchoring} reanchoring
 * @param {Point} point
 * @returns {Point}
 */
export function movedBy({ levels, shift }, { x, y }) {
  const scale = 2 ** levels;
  return levels > 0
    ? { x: x * scale - shift.x, y: y * scale - shift.y }
    : { x: (x - shift.x) * scale, y: (y - shift.y) * scale };
}

/**
 * The anchor for a map that begins at a place: the tile some levels above the view that holds its
 * middle, or the nearest of the world. Null when the coordinates are no decimal numbers.
 *
 * @param {Coordinates & { readonly zoom: number }} place
 * @returns {Tile | null}
 */
export function anchorAt({ re, im, zoom: depth }) {
  const zoom = Math.max(0, depth - resting);
  const bits = BigInt(zoom) + unitBits;
  const real = binaryOf(re, bits);
  const imaginary = binaryOf(im, bits);
  if (real === null || imaginary === null) return null;
  const last = (1n << BigInt(zoom)) - 1n;
  const within = (/** @type {bigint} */ tile) => tile < 0n ? 0n : tile > last ? last : tile;
  const x = within((real + (5n << (bits - 1n))) >> (unitBits + 2n));
  const y = within(((2n << bits) - imaginary) >> (unitBits + 2n));
  return { zoom, x, y };
}

/**
 * The world's tile that the map calls `z/x/y`.
 *
 * @param {Tile} anchor
 * @param {Point & { readonly z: number }} coords whole numbers
 * @returns {Tile}
 */
export function tileAt(anchor, { x, y, z }) {
  const level = BigInt(z);
  return {
    zoom: anchor.zoom + z,
    x: (anchor.x << level) + BigInt(x),
    y: (anchor.y << level) + BigInt(y),
  };
}

/**
 * Whether there is such a tile, no deeper than `deepest`.
 *
 * @param {Tile} tile
 * @param {number} deepest
 * @returns {boolean}
 */
export function isInWorld({ zoom, x, y }, deepest) {
  if (zoom < 0 || zoom > deepest) return false;
  const side = 1n << BigInt(zoom);
  return x >= 0n && x < side && y >= 0n && y < side;
}

/**
 * Decimal places that tell apart points 2^-14 of a pixel from each other at a zoom.
 *
 * @param {number} zoom of the world
 * @returns {number}
 */
export function placesAt(zoom) {
  return Math.ceil((zoom + 20) * Math.log10(2));
}

/**
 * The point of the plane at a point of the map, with as many places as the zoom needs.
 *
 * @param {Tile} anchor
 * @param {Point} point
 * @param {number} zoom of the world
 * @returns {Coordinates}
 */
export function coordinatesAt(anchor, point, zoom) {
  const bits = unitBits + BigInt(anchor.zoom);
  const x = (anchor.x << unitBits) + unitsOf(point.x);
  const y = (anchor.y << unitBits) + unitsOf(point.y);
  // re = 4 X - 5/2 and im = 2 - 4 Y, in units of 2^-bits.
  const re = 4n * x - (5n << (bits - 1n));
  const im = (2n << bits) - 4n * y;
  const places = placesAt(zoom);
  return { re: decimalOf(re, bits, places), im: decimalOf(im, bits, places) };
}

/**
 * The point of the map at a point of the plane; null when the coordinates are no decimal numbers.
 *
 * @param {Tile} anchor
 * @param {Coordinates} coordinates
 * @returns {Point | null}
 */
export function pointAt(anchor, { re, im }) {
  const bits = unitBits + BigInt(anchor.zoom);
  const real = binaryOf(re, bits);
  const imaginary = binaryOf(im, bits);
  if (real === null || imaginary === null) return null;
  // X = (re + 5/2) / 4 and Y = (2 - im) / 4, then less the anchor.
  const x = real + (5n << (bits - 1n)) - (anchor.x << (unitBits + 2n));
  const y = (2n << bits) - imaginary - (anchor.y << (unitBits + 2n));
  const unit = 2 ** Number(unitBits + 2n);
  return { x: Number(x) / unit, y: Number(y) / unit };
}

/**
 * The world's corners in the map's numbers: what a map may centre on.
 *
 * @param {Tile} anchor
 * @returns {{ left: number, right: number, top: number, bottom: number }}
 */
export function worldEdges(anchor) {
  const side = 1n << BigInt(anchor.zoom);
  return {
    left: Number(-anchor.x),
    right: Number(side - anchor.x),
    top: Number(-anchor.y),
    bottom: Number(side - anchor.y),
  };
}

/**
 * The point of the world that is nearest to a point of the map.
 *
 * @param {Point} point
 * @param {Tile} anchor
 * @returns {Point}
 */
export function withinWorld({ x, y }, anchor) {
  const { left, right, top, bottom } = worldEdges(anchor);
  return { x: Math.min(Math.max(x, left), right), y: Math.min(Math.max(y, top), bottom) };
}

/**
 * The width in the plane of so many pixels of the screen, of which a tile has 256: pixels / 2^(zoom + 6).
 *
 * @param {number} pixels a whole number
 * @param {number} zoom of the world
 * @returns {string} decimal text, rounded to 17 digits, as exact as a double
 */
export function spanOf(pixels, zoom) {
  const bits = BigInt(zoom) + 6n;
  // The first digit stands behind at most this many zeros.
  const zeros = Math.max(0, Math.floor((zoom + 6) * Math.log10(2) - Math.log10(pixels)));
  return trimmed(decimalOf(BigInt(pixels), bits, zeros + 17));
}

/**
 * @param {number} value a map's own number
 * @returns {bigint} in units of 2^-unitBits; exact, as scaling a double by a power of two is
 */
function unitsOf(value) {
  return BigInt(Math.round(value * 2 ** Number(unitBits)));
}
