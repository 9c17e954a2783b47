// @ts-check
/// <reference lib="dom" />
/** The server's settings, as it writes them into the page. */

/**
 * @typedef {object} Settings
 * @property {number} deepest the last zoom
 * @property {number} iterationsLimit
 * @property {readonly import("./palette.js").NamedPalette[]} palettes the default first
 * @property {readonly string[]} [set] parameters of another set than the Mandelbrot set
 * @property {string} [version] of the server
 * @property {string} basePath what stands before every path: empty, or `/somewhere` without a slash at its end
 */

/**
 * Reads the settings the server has written into the page.
 *
 * @param {Document} page
 * @returns {Settings}
 */
export function readSettings(page) {
  return JSON.parse(page.getElementById("settings")?.textContent ?? "");
}
