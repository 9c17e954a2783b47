// @ts-check
/** The addresses the page asks for: a tile, and the picture of a whole view. */

import { spanOf } from "./anchor.js";
import { trimmed } from "./decimal.js";
import { lookParameters } from "./look.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./look.js").Look} Look */

/** Longest side of a picture to ask for, in pixels. */
const longestSide = 4096;

/**
 * The address of a tile: where it cannot be had now, what a kept ancestor shows of it will do.
 *
 * @param {import("./anchor.js").Tile} tile
 * @param {{ look: Look, settings: Settings, retina: boolean }} how
 *   retina: with two pixels for one of the page, each way
 * @returns {string}
 */
export function tileUrl({ zoom, x, y }, { look, settings, retina }) {
  const path = `${settings.basePath}/tiles/${zoom}/${x}/${y}${retina ? "@2x" : ""}.png`;
  return `${path}?${[...lookParameters(look, settings), "fallback=parent"].join("&")}`;
}

/**
 * The address of what is on screen as one picture, in the screen's own pixels up to
 * {@link longestSide} of them. Screens with coarse pixels get four samples to each.
 *
 * @param {import("./place.js").Place} place
 * @param {{ width: number, height: number, density: number }} screen
 *   in pixels of the page; density: the screen's pixels for one of them
 * @param {{ look: Look, settings: Settings }} how
 * @returns {string}
 */
export function renderUrl(place, { width, height, density }, { look, settings }) {
  const scale = Math.min(density, longestSide / Math.max(width, height));
  const parameters = [
    `re=${trimmed(place.re)}`,
    `im=${trimmed(place.im)}`,
    `span=${spanOf(width, place.zoom)}`,
    `width=${Math.max(1, Math.round(width * scale))}`,
    `height=${Math.max(1, Math.round(height * scale))}`,
    ...(scale < 1.5 ? ["supersample=2"] : []),
    ...lookParameters(look, settings),
  ];
  return `${settings.basePath}/render.png?${parameters.join("&")}`;
}
