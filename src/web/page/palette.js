// @ts-check
/** Palettes as the page knows them: the server's named ones, and any list of hex colours. */

/** @typedef {{ readonly name: string, readonly stops: readonly string[] }} NamedPalette */

/** How many colours the server takes in a list. */
const fewest = 2;
const most = 16;

/**
 * The palette a text means, in the one way the server writes it: a known name, or six lower-case hex
 * digits a colour with commas between; null when it means neither.
 *
 * @param {string} text
 * @param {readonly NamedPalette[]} palettes
 * @returns {string | null}
 */
export function parsePalette(text, palettes) {
  if (palettes.some(({ name }) => name === text)) return text;
  const colours = text.trim().split(/[\s,]+/);
  if (colours.length < fewest || colours.length > most) return null;
  const digits = colours.map(sixDigits);
  return digits.includes(null) ? null : digits.join(",");
}

/**
 * Whether a palette is a list of colours rather than a name.
 *
 * @param {string} palette
 * @returns {boolean}
 */
export function isList(palette) {
  return palette.includes(",");
}

/**
 * A palette as a CSS gradient. A list closes on its first colour, as the server draws it.
 *
 * @param {string} palette
 * @param {readonly NamedPalette[]} palettes
 * @returns {string}
 */
export function gradientOf(palette, palettes) {
  const listed = palette.split(",").map((digits) => `#${digits}`);
  const stops = isList(palette)
    ? [...listed, ...listed.slice(0, 1)]
    : palettes.find(({ name }) => name === palette)?.stops ?? [];
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/**
 * @param {string} colour three or six hex digits, with or without `#`
 * @returns {string | null}
 */
function sixDigits(colour) {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour)?.[1]?.toLowerCase() ?? null;
  return digits?.length === 3 ? digits.replaceAll(/./g, "$&$&") : digits;
}
