// @ts-check
/** What the picture looks like: palette, shading, iterations; and how a request says so. */

import { parsePalette } from "./palette.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {"smooth" | "bands"} Shading */
/**
 * @typedef {object} Look
 * @property {string} palette a name, or hex colours with commas between
 * @property {Shading} shading
 * @property {number | "auto"} iterations
 */

/**
 * What the server shows by default: the first of its palettes, smooth, iterations by depth.
 *
 * @param {Settings} settings
 * @returns {Look}
 */
export function defaultLook({ palettes }) {
  return { palette: palettes[0]?.name ?? "", shading: "smooth", iterations: "auto" };
}

/**
 * Reads a look. What is missing or makes no sense is as in the default look: an old or mistyped link
 * still opens.
 *
 * @param {URLSearchParams} parameters
 * @param {Settings} settings
 * @returns {Look}
 */
export function readLook(parameters, settings) {
  const look = defaultLook(settings);
  const palette = parsePalette(parameters.get("palette") ?? "", settings.palettes);
  if (palette !== null) look.palette = palette;
  if (parameters.get("shading") === "bands") look.shading = "bands";
  const iterations = parseIterations(parameters.get("iterations") ?? "", settings);
  if (iterations !== null) look.iterations = iterations;
  return look;
}

/**
 * Reads a number of iterations; null when it is not one the server takes.
 *
 * @param {string} text
 * @param {Settings} settings
 * @returns {number | null}
 */
export function parseIterations(text, { iterationsLimit }) {
  if (!/^\d{1,15}$/.test(text)) return null;
  const iterations = Number(text);
  return iterations >= 1 && iterations <= iterationsLimit ? iterations : null;
}

/**
 * A look as the parameters of a request, and the set, only what differs from the default, always in one order:
 * equal pictures have equal addresses, and caches know them again.
 *
 * @param {Look} look
 * @param {Settings} settings
 * @returns {string[]} `name=value`, needing no escapes
 */
export function lookParameters(look, settings) {
  const usual = defaultLook(settings);
  const unusual = /** @type {const} */ (["iterations", "palette", "shading"])
    .filter((name) => look[name] !== usual[name])
    .map((name) => `${name}=${look[name]}`);
  return [...unusual, ...settings.set ?? []];
}

/**
 * Whether two looks are the same.
 *
 * @param {Look} one
 * @param {Look} other
 * @returns {boolean}
 */
export function sameLook(one, other) {
  return one.palette === other.palette && one.shading === other.shading &&
    one.iterations === other.iterations;
}
