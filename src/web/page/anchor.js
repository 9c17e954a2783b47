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
