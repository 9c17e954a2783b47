// @ts-check
/** The set that the page shows: the Mandelbrot set, or the Julia set that its link names. */

import { countFrom } from "./anchor.js";
import { parseDecimal } from "./decimal.js";

/**
 * @typedef {object} ShownSet
 * @property {readonly string[]} parameters `name=value` of every request and link; none for the Mandelbrot set
 * @property {number} deepest the last zoom; Infinity for the server's own
 * @property {{ re: string, im: string, width: number, height: number }} home
 *   the middle of the whole set, and its size in sides of the world
 */

/** @type {ShownSet} */
const mandelbrot = {
  parameters: [],
  deepest: Infinity,
  home: { re: "-0.7", im: "0", width: 2.5 / 4, height: 2.25 / 4 },
};

/** Julia sets are computed in doubles alone: with two pixels for one of the page, down to this zoom. */
const deepestOfJulia = 39;

/**
 * Reads which set a hash names. What makes no sense is the Mandelbrot set: an old or mistyped link still
 * opens.
 *
 * @param {string} hash
 * @returns {ShownSet}
 */
export function readSet(hash) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const c = parameters.get("c") ?? "";
  const parts = c.split(",");
  if (parameters.get("set") !== "julia" || parts.length !== 2) return mandelbrot;
  if (parts.some((part) => parseDecimal(part) === null)) return mandelbrot;
  const [re, im] = parts.map(Number);
  if (Math.hypot(re ?? 0, im ?? 0) > 2) return mandelbrot;
  return {
    parameters: ["set=julia", `c=${c}`],
    deepest: deepestOfJulia,
    home: { re: "0", im: "0", width: 3.4 / 4, height: 2.4 / 4 },
  };
}

/**
 * Has the map count from the world of this set.
 *
 * @param {ShownSet} set
 */
export function enter({ parameters }) {
  countFrom(parameters.length === 0 ? "mandelbrot" : "julia");
}

/**
 * Whether two are the same set.
 *
 * @param {ShownSet} one
 * @param {ShownSet} other
 * @returns {boolean}
 */
export function sameSet(one, other) {
  return one.parameters.join("&") === other.parameters.join("&");
}
