// @ts-check
/**
 * Reads the location files of other programs, and the text chunks of this server's pictures: where to
 * look, as decimal text. Neither a browser nor Deno is needed; both use it.
 *
 *     .kfr    Kalles Fraktaler: lines such as `Re: -0.75`, `Zoom: 1e50`, `Iterations: 1000`
 *     .toml   Fraktaler-3 (`location.real = "-0.75"`) and rust-fractal (`real = "-0.75"`)
 *     .png    this server's own: the text chunks re, im, span, iterations, supersample, palette, shading
 *
 * Those programs' zoom z shows a view 4/z high.
 */

import { parseDecimal } from "./decimal.js";

/**
 * @typedef {object} Location
 * @property {string} re decimal text
 * @property {string} im decimal text
 * @property {{ readonly of: "width" | "height", readonly size: string }} span of the view, decimal text
 * @property {number} [iterations]
 * @property {string} [supersample]
 * @property {string} [palette]
 * @property {string} [shading]
 * @property {{ readonly width: number, readonly height: number }} [pixels] of the picture it came from
 */

/** Larger than any location file; pictures have their text at the beginning. */
const longestText = 1_000_000;

const pngSignature = "\x89PNG\r\n\x1a\n";

/**
 * Reads a location from the bytes of a file, whatever it is called.
 *
 * @param {Uint8Array} bytes
 * @returns {Location}
 * @throws {SyntaxError} when it is none of the three, or has no place in it
 */
export function readLocation(bytes) {
  if (latin1(bytes.subarray(0, 8)) === pngSignature) return ofPicture(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, longestText));
  const pairs = pairsOf(text);
  const re = pairs.get("re") ?? pairs.get("location.real") ?? pairs.get("real");
  const im = pairs.get("im") ?? pairs.get("location.imag") ?? pairs.get("imag");
  const zoom = pairs.get("zoom") ?? pairs.get("location.zoom");
  const iterations = pairs.get("iterations") ?? pairs.get("bailout.iterations");
  if (re === undefined || im === undefined || zoom === undefined) {
    throw new SyntaxError(
      "Cannot find a place in this file: it is no .kfr, .toml or PNG with real part, imaginary part and zoom",
    );
  }
  return {
    re: decimal("real part", re),
    im: decimal("imaginary part", im),
    span: { of: "height", size: fourOver(zoom) },
    ...iterationsOf(iterations),
  };
}

/**
 * The width of a view as decimal text.
 *
 * @param {Location["span"]} span
 * @param {{ readonly width: number, readonly height: number }} pixels
 * @returns {string} rounded to 17 digits when it has to be worked out
 */
export function widthOf({ of, size }, { width, height }) {
  return of === "width" ? size : scaled(size, width, height);
}

/**
 * The largest zoom at which a span is not wider than so many pixels, of which a tile has 256.
 *
 * @param {string} span decimal text above 0
 * @param {number} pixels
 * @returns {number} from 0 up
 */
export function zoomOf(span, pixels) {
  const { digits, exponent } = parseDecimal(span) ?? { digits: 1n, exponent: 0 };
  const mantissa = String(digits).slice(0, 17);
  const power = exponent + String(digits).length - mantissa.length;
  const log2 = Math.log2(Number(mantissa)) + power * Math.log2(10);
  // A pixel is 2^(-6 - zoom) wide. A hair more, so that a span rounded in its text is not a level off.
  return Math.max(0, Math.floor(Math.log2(pixels) - 6 - log2 + 1e-4));
}

/**
 * `key: value` of a .kfr and `key = value` of TOML, as far as location files use it: sections, quotes,
 * comments. Keys in lower case, with their section before them.
 *
 * @param {string} text
 * @returns {Map<string, string>}
 */
function pairsOf(text) {
  const pairs = new Map();
  let section = "";
  for (const line of text.split(/\r?\n|\r/)) {
    const opened = /^\s*\[\s*([\w.-]+)\s*\]\s*(?:#.*)?$/.exec(line);
    if (opened !== null) section = `${opened[1]}.`;
    const [, key, quote, quoted, bare] =
      /^\s*([\w.-]+)\s*[:=]\s*(?:(["'])(.*?)\2|([^\s#"']+))\s*(?:#.*)?$/.exec(line) ?? [];
    if (key === undefined) continue;
    const name = (section + key).toLowerCase();
    if (!pairs.has(name)) pairs.set(name, (quote === undefined ? bare : quoted) ?? "");
  }
  return pairs;
}

/**
 * @param {Uint8Array} png
 * @returns {Location}
 */
function ofPicture(png) {
  const text = textOf(png);
  const re = text.get("re");
  const im = text.get("im");
  const span = text.get("span");
  if (re === undefined || im === undefined || span === undefined) {
    throw new SyntaxError("Cannot find a place in this picture: it has no text re, im and span");
  }
  const size = decimal("span", span);
  if (!(/[1-9]/.test(size.split(/[eE]/)[0] ?? "")) || size.startsWith("-")) {
    throw new SyntaxError("Cannot use this picture's span: it must be above 0");
  }
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const supersample = text.get("supersample");
  const palette = text.get("palette");
  const shading = text.get("shading");
  return {
    re: decimal("real part", re),
    im: decimal("imaginary part", im),
    span: { of: "width", size },
    pixels: { width: view.getUint32(16), height: view.getUint32(20) },
    ...iterationsOf(text.get("iterations")),
    ...(supersample !== undefined && { supersample }),
    ...(palette !== undefined && { palette }),
    ...(shading !== undefined && { shading }),
  };
}

/**
 * The tEXt chunks of a PNG that stand before its pixels: length, type, data, checksum.
 *
 * @param {Uint8Array} png
 * @returns {Map<string, string>}
 */
function textOf(png) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const text = new Map();
  let at = 8;
  while (at + 12 <= png.length) {
    const length = view.getUint32(at);
    const type = latin1(png.subarray(at + 4, at + 8));
    if (type === "IDAT" || at + 12 + length > png.length) break;
    if (type === "tEXt" && length <= longestText) {
      const [keyword = "", value = ""] = latin1(png.subarray(at + 8, at + 8 + length)).split("\0");
      text.set(keyword, value);
    }
    at += 12 + length;
  }
  return text;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
function latin1(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/**
 * @param {string | undefined} text
 * @returns {{ iterations?: number }} nothing when it is no whole number above 0
 */
function iterationsOf(text) {
  const iterations = Number(text);
  return Number.isSafeInteger(iterations) && iterations > 0 ? { iterations } : {};
}

/**
 * @param {string} what
 * @param {string} text
 * @returns {string}
 */
function decimal(what, text) {
  if (parseDecimal(text) === null) {
    const shown = text.length <= 40 ? text : `${text.slice(0, 37)}...`;
    throw new SyntaxError(`Cannot read the ${what} "${shown}" as a decimal number`);
  }
  return text;
}

/**
 * @param {string} zoom
 * @returns {string} 4/zoom, to 17 digits
 */
function fourOver(zoom) {
  const number = parseDecimal(zoom);
  if (number === null || number.digits <= 0n) {
    throw new SyntaxError(`Cannot read the zoom "${zoom.slice(0, 40)}" as a number above 0`);
  }
  const digits = String(number.digits).length;
  return written((4n * 10n ** BigInt(digits + 18)) / number.digits, -digits - 18 - number.exponent);
}

/**
 * @param {string} text
 * @param {number} numerator
 * @param {number} denominator
 * @returns {string} text * numerator / denominator, to 17 digits
 */
function scaled(text, numerator, denominator) {
  const { digits, exponent } = parseDecimal(text) ?? { digits: 0n, exponent: 0 };
  return written(
    (digits * BigInt(numerator) * 10n ** 20n) / BigInt(denominator),
    exponent - 20,
  );
}

/**
 * @param {bigint} digits above 0
 * @param {number} exponent
 * @returns {string} `d.ddde-dd` with at most 17 digits
 */
function written(digits, exponent) {
  const all = String(digits);
  const drop = Math.max(0, all.length - 17);
  const kept = drop === 0 ? digits : (digits + 10n ** BigInt(drop) / 2n) / 10n ** BigInt(drop);
  const text = String(kept).replace(/0+$/, "");
  const power = exponent + drop + String(kept).length - 1;
  const fraction = text.length > 1 ? `.${text.slice(1)}` : "";
  return `${text.slice(0, 1)}${fraction}${power === 0 ? "" : `e${power}`}`;
}
