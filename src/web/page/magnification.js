// @ts-check
/** How deep a zoom is, in words. */

import { superscript } from "./scale.js";

const names = ["", " thousand", " million", " billion", " trillion"];

/**
 * How many times larger than at zoom 0: `131 thousand times` at zoom 17, `10³⁰ times` at zoom 100.
 *
 * @param {number} zoom
 * @returns {string}
 */
export function magnification(zoom) {
  if (zoom === 0) return "the whole set";
  const times = 2 ** zoom;
  if (times < 10_000) return `${times.toLocaleString("en")} times`;
  const thousands = Math.floor(Math.log10(times) / 3);
  const name = names[thousands];
  if (name === undefined) return `10${superscript(Math.round(zoom * Math.log10(2)))} times`;
  return `${Number((times / 1000 ** thousands).toPrecision(3))}${name} times`;
}

/**
 * A zoom as a power of two: `2¹⁷`.
 *
 * @param {number} zoom
 * @returns {string}
 */
export function powerOfTwo(zoom) {
  return `2${superscript(zoom)}`;
}
