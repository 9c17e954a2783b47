// @ts-check
/** A place and its look as the hash of a link, and back. */

import { parseDecimal, trimmed } from "./decimal.js";
import { lookParameters, readLook } from "./look.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./look.js").Look} Look */
/**
 * @typedef {object} Place the middle of the view
 * @property {string} re decimal text
 * @property {string} im decimal text
 * @property {number} zoom a whole number
 */

/**
 * The hash that leads to a place: `#re=-0.75&im=0.1&zoom=8`, and whatever of the look is not usual.
 *
 * @param {Place} place
 * @param {Look} look
 * @param {Settings} settings
 * @returns {string}
 */
export function hashOf(place, look, settings) {
  return "#" + [
    `re=${trimmed(place.re)}`,
    `im=${trimmed(place.im)}`,
    `zoom=${place.zoom}`,
    ...lookParameters(look, settings),
  ].join("&");
}

/**
 * Reads a hash. The place is null unless it is there in full: half a place is none. A zoom beyond the
 * server's deepest becomes the deepest, so that a link from a deeper server gets as near as it can.
 *
 * @param {string} hash with its `#`, or without
 * @param {Settings} settings
 * @returns {{ place: Place | null, look: Look }}
 */
export function readHash(hash, settings) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  return { place: readPlace(parameters, settings), look: readLook(parameters, settings) };
}

/**
 * @param {URLSearchParams} parameters
 * @param {Settings} settings
 * @returns {Place | null}
 */
function readPlace(parameters, { deepest }) {
  const re = parameters.get("re") ?? "";
  const im = parameters.get("im") ?? "";
  const zoom = parameters.get("zoom") ?? "";
  if (parseDecimal(re) === null || parseDecimal(im) === null || !/^\d{1,9}$/.test(zoom)) {
    return null;
  }
  return { re, im, zoom: Math.min(Number(zoom), deepest) };
}
