// @ts-check
/**
 * Where the map's own numbers lie in the world: all arithmetic between the two stands here.
 *
 * The map counts in doubles from an anchor, a tile of the world; one unit is that tile's side. Tile
 * l/x/y of the map under the anchor K/AX/AY is, exactly,
 *
 *     zoom = K + l        X = (AX << l) + x        Y = (AY << l) + y
 *
 * and the world itself is the tile 0/0/0, whose re runs from -2.5 to 1.5 and im from 2 down to -2; of a
 * Julia set re from -2 to 2.
 */

import { binaryOf, decimalOf, trimmed } from "./decimal.js";

/** @typedef {{ readonly zoom: number, readonly x: bigint, readonly y: bigint }} Tile */
/** @typedef {{ readonly x: number, readonly y: number }} Point In anchor tiles, y downwards. */
/** @typedef {{ readonly re: string, readonly im: string }} Coordinates Decimal text, exact. */
/**
 * @typedef {object} Spot a point of the world to its last bit, whatever the anchor
 * @property {bigint} x in units of 2^-bits, of which the world is 2^bits wide
 * @property {bigint} y downwards
 * @property {bigint} bits
 */

/** How far left of 0 the world begins, in halves. */
const halvesLeft = { mandelbrot: 5n, julia: 4n };
let left = halvesLeft.mandelbrot;

/**
 * Chooses the world: before anything is read, and once.
 *
 * @param {keyof typeof halvesLeft} set
 */
export function countFrom(set) {
  left = halvesLeft[set];
}

/** The anchor of a map that counts from the whole world.
 * @type {Tile} */
export const world = { zoom: 0, x: 0n, y: 0n };

/**
 * Binary places kept of a map's own number. Its doubles have 53 bits and matter down to a thousandth
 * of a pixel at zoom 64, 2^-82 of a unit.
 */
const unitBits = 84n;
const unit = 2 ** Number(unitBits);

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
 * The anchor for a map that begins at a spot: the tile some levels above the view that holds its middle.
 *
 * @param {Spot} spot
 * @param {number} depth zoom of the view
 * @returns {Tile}
 */
export function anchorAt({ x, y, bits }, depth) {
  const zoom = Math.max(0, depth - resting);
  const drop = bits - BigInt(zoom);
  // The world's right and lower rim belong to its last tiles.
  const last = (1n << BigInt(zoom)) - 1n;
  return { zoom, x: least(x >> drop, last), y: least(y >> drop, last) };
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
 * Bits for the spots of a map: they tell apart the map's own numbers at any anchor.
 *
 * @param {number} deepest zoom
 * @returns {bigint}
 */
export function bitsFor(deepest) {
  return BigInt(deepest) + unitBits;
}

/**
 * The spot at coordinates, to the nearest unit; null when they are no decimal numbers.
 *
 * @param {Coordinates} coordinates
 * @param {bigint} bits
 * @returns {Spot | null}
 */
export function spotOf({ re, im }, bits) {
  const real = binaryOf(re, bits - 2n);
  const imaginary = binaryOf(im, bits - 2n);
  if (real === null || imaginary === null) return null;
  // X = (re + left/2) / 4 and Y = (2 - im) / 4.
  return { x: real + (left << (bits - 3n)), y: (1n << (bits - 1n)) - imaginary, bits };
}

/**
 * The point of the plane at a spot, with as many places as the zoom needs.
 *
 * @param {Spot} spot
 * @param {number} zoom of the world
 * @returns {Coordinates}
 */
export function coordinatesOf({ x, y, bits }, zoom) {
  const places = placesAt(zoom);
  // re = 4 X - left/2 and im = 2 - 4 Y.
  return {
    re: decimalOf(x - (left << (bits - 3n)), bits - 2n, places),
    im: decimalOf((1n << (bits - 1n)) - y, bits - 2n, places),
  };
}

/**
 * The spot at a point of the map; nothing is rounded.
 *
 * @param {Tile} anchor
 * @param {Point} point
 * @param {bigint} bits
 * @returns {Spot}
 */
export function spotAt(anchor, point, bits) {
  const down = bits - BigInt(anchor.zoom);
  return movedBy({ x: anchor.x << down, y: anchor.y << down, bits }, anchor, point);
}

/**
 * The spot so far from another; nothing is rounded.
 *
 * @param {Spot} spot
 * @param {Tile} anchor
 * @param {Point} way
 * @returns {Spot}
 */
export function movedBy({ x, y, bits }, anchor, way) {
  const down = bits - BigInt(anchor.zoom) - unitBits;
  return { x: x + (unitsOf(way.x) << down), y: y + (unitsOf(way.y) << down), bits };
}

/**
 * The point of the map at a spot, as near as doubles come.
 *
 * @param {Tile} anchor
 * @param {Spot} spot
 * @returns {Point}
 */
export function pointUnder(anchor, { x, y, bits }) {
  const drop = bits - BigInt(anchor.zoom) - unitBits;
  return {
    x: Number((x >> drop) - (anchor.x << unitBits)) / unit,
    y: Number((y >> drop) - (anchor.y << unitBits)) / unit,
  };
}

/**
 * The spot of the world that is nearest to a spot: what a map may centre on.
 *
 * @param {Spot} spot
 * @returns {Spot}
 */
export function withinWorld({ x, y, bits }) {
  const side = 1n << bits;
  const within = (/** @type {bigint} */ at) => at < 0n ? 0n : least(at, side);
  return { x: within(x), y: within(y), bits };
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
  return BigInt(Math.round(value * unit));
}

/**
 * @param {bigint} one
 * @param {bigint} other
 */
function least(one, other) {
  return one < other ? one : other;
}
