// @ts-check
/**
 * Reads the location files of other programs, and the text chunks of this server's pictures: where to
 * look, as decimal text. Neither a browser nor Deno is needed; both use it.
 *
 *     .kfr    Kalles Fraktaler: lines such as `Re: -0.75`, `Zoom: 1e50`, `Iterations: 1000`
 *     .toml   Fraktaler-3 (`location.real = "-0.75"`) and rust-fractal (`real = "-0.75"`)
 *     .png    this server's own: the text chunks re, im, span, iterations, supersample, palette, shading,
 *              set, c
 *
 * Those programs' zoom z shows a view 4/z high. Kalles Fraktaler draws the imaginary axis downwards
 * unless it says otherwise: it shows the same place the other way up.
 */

import { parseDecimal, readDecimal, usualLimits } from "./decimal.js";
import { decodeText, rowsOf } from "./location_text.js";
import { requireNoOtherParam } from "./location_params.js";

/** @typedef {import("./decimal.js").DecimalLimits} DecimalLimits */
/** @typedef {import("./location_text.js").Row} Row */
/**
 * @typedef {object} Location
 * @property {string} re decimal text
 * @property {string} im decimal text
 * @property {{ readonly of: "width" | "height", readonly size: string }} span of the view, decimal text
 * @property {number} [iterations] as many as the file asks for, which a server may not allow
 * @property {string} [supersample]
 * @property {string} [palette]
 * @property {string} [shading]
 * @property {string} [set] `julia`; the Mandelbrot set where it is missing
 * @property {string} [c] of a Julia set, two decimals with a comma between
 * @property {{ readonly width: number, readonly height: number }} [pixels] of the picture it came from
 */

/** Longest text chunk of a picture that is read, bytes. */
const longestChunk = 1_000_000;

const pngSignature = "\x89PNG\r\n\x1a\n";

/** No limits: for numbers that have been read before. */
const unlimited = { digits: Infinity, exponent: Infinity };

/** A number in a file has more digits, or a larger exponent, than a limit allows. */
export class LocationLimitError extends SyntaxError {
  /**
   * @param {string} message
   * @param {keyof DecimalLimits} limit
   */
  constructor(message, limit) {
    super(message);
    this.limit = limit;
  }
}

/**
 * Reads a location from the bytes of a file, whatever it is called.
 *
 * @param {Uint8Array} bytes
 * @param {DecimalLimits} [limits] of its numbers
 * @returns {Location}
 * @throws {SyntaxError} when it is none of the three, has no place in it, or asks for what is not drawn here
 * @throws {LocationLimitError} when a number is longer than the limits allow
 */
export function readLocation(bytes, limits = usualLimits) {
  if (latin1(bytes.subarray(0, 8)) === pngSignature) return ofPicture(bytes, limits);
  const rows = rowsOf(decodeText(bytes));
  const { re, im, zoom, iterations } = placeIn(rows);
  if (re === undefined || im === undefined || zoom === undefined) {
    throw new SyntaxError(
      "Cannot find a place in this file: it is no .kfr, .toml or PNG with real part, imaginary part and zoom",
    );
  }
  requireNoOtherParam(rows);
  return {
    re: decimal("real part", re, limits),
    im: decimal("imaginary part", im, limits),
    span: { of: "height", size: fourOver(decimal("zoom", zoom, limits)) },
    ...iterationsOf(iterations),
  };
}

/**
 * A location with no more iterations than are allowed.
 *
 * @param {Location} location
 * @param {number} most
 * @returns {{ location: Location, asked?: number }} how many it asks for, when that is more
 */
export function withIterationsWithin(location, most) {
  const { iterations = 0 } = location;
  return iterations <= most
    ? { location }
    : { location: { ...location, iterations: most }, asked: iterations };
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
  const { digits, exponent } = known(span);
  const mantissa = String(digits).slice(0, 17);
  const power = exponent + String(digits).length - mantissa.length;
  const log2 = Math.log2(Number(mantissa)) + power * Math.log2(10);
  // A pixel is 2^(-6 - zoom) wide. A hair more, so that a span rounded in its text is not a level off.
  return Math.max(0, Math.floor(Math.log2(pixels) - 6 - log2 + 1e-4));
}

/**
 * The texts of a place. The first of several rows with one key counts.
 *
 * @param {readonly Row[]} rows
 */
function placeIn(rows) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const { key, value } of rows) {
    const name = key.toLowerCase();
    if (!texts.has(name)) texts.set(name, value);
  }
  // Fraktaler-3 leaves out what is as it is in a new file.
  const isFraktaler3 = texts.get("program")?.toLowerCase() === "fraktaler-3";
  const [re, im, zoom] = isFraktaler3 ? ["0", "0", "1"] : [];
  return {
    re: texts.get("re") ?? texts.get("location.real") ?? texts.get("real") ?? re,
    im: texts.get("im") ?? texts.get("location.imag") ?? texts.get("imag") ?? im,
    zoom: texts.get("zoom") ?? texts.get("location.zoom") ?? zoom,
    iterations: texts.get("iterations") ?? texts.get("bailout.iterations"),
  };
}

/**
 * @param {Uint8Array} png
 * @param {DecimalLimits} limits
 * @returns {Location}
 */
function ofPicture(png, limits) {
  const text = textOf(png);
  const re = text.get("re");
  const im = text.get("im");
  const span = text.get("span");
  if (re === undefined || im === undefined || span === undefined) {
    throw new SyntaxError("Cannot find a place in this picture: it has no text re, im and span");
  }
  const c = text.get("set") === "julia" ? text.get("c") : undefined;
  const others = [...text].filter(([key]) => c === undefined || key !== "set");
  requireNoOtherParam(others.map(([key, value]) => ({ key, value })));
  const size = decimal("span", span, limits);
  if (known(size).digits <= 0n) {
    throw new SyntaxError("Cannot use this picture's span: it must be above 0");
  }
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const supersample = text.get("supersample");
  const palette = text.get("palette");
  const shading = text.get("shading");
  return {
    re: decimal("real part", re, limits),
    im: decimal("imaginary part", im, limits),
    span: { of: "width", size },
    pixels: { width: view.getUint32(16), height: view.getUint32(20) },
    ...iterationsOf(text.get("iterations")),
    ...(supersample !== undefined && { supersample }),
    ...(palette !== undefined && { palette }),
    ...(shading !== undefined && { shading }),
    ...(c !== undefined && { set: "julia", c }),
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
    if (type === "tEXt" && length <= longestChunk) {
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
 * @param {string | undefined} text such as 1000, 1_000 or 1e10
 * @returns {{ iterations?: number }} nothing where there is none; exact up to 2^53
 * @throws {SyntaxError} when it is no whole number above 0
 */
function iterationsOf(text) {
  if (text === undefined) return {};
  const plain = withoutUnderscores(text);
  const number = parseDecimal(plain);
  const iterations = Number(plain);
  if (number === null || !isWhole(number) || !(iterations >= 1 && iterations < Infinity)) {
    throw new SyntaxError(`Cannot read the iterations ${quoted(text)} as a whole number above 0`);
  }
  return { iterations };
}

/** @param {{ digits: bigint, exponent: number }} number */
function isWhole({ digits, exponent }) {
  return exponent >= 0 || digits % 10n ** BigInt(-exponent) === 0n;
}

/**
 * @param {string} what
 * @param {string} text
 * @param {DecimalLimits} limits
 * @returns {string} without underscores
 */
function decimal(what, text, limits) {
  const plain = withoutUnderscores(text);
  const number = readDecimal(plain, limits);
  if (!("fault" in number)) return plain;
  const start = `Cannot read the ${what} ${quoted(text)}`;
  if (number.fault === "form") throw new SyntaxError(`${start} as a decimal number`);
  const why = number.fault === "digits"
    ? `it has ${number.count} digits and the limit is ${limits.digits}`
    : `its exponent must be within -${limits.exponent} and ${limits.exponent}`;
  throw new LocationLimitError(`${start} as ${why}`, number.fault);
}

/**
 * As TOML has them: between two digits.
 *
 * @param {string} text
 */
function withoutUnderscores(text) {
  return text.replace(/(\d)_(?=\d)/g, "$1");
}

/** @param {string} text */
function quoted(text) {
  return `"${text.length <= 40 ? text : `${text.slice(0, 37)}...`}"`;
}

/**
 * @param {string} text of a number that has been read before
 * @returns {{ digits: bigint, exponent: number }}
 */
function known(text) {
  const number = readDecimal(text, unlimited);
  return "fault" in number ? { digits: 0n, exponent: 0 } : number;
}

/**
 * @param {string} zoom
 * @returns {string} 4/zoom, to 17 digits
 */
function fourOver(zoom) {
  const number = known(zoom);
  if (number.digits <= 0n) {
    throw new SyntaxError(`Cannot read the zoom ${quoted(zoom)} as a number above 0`);
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
  const { digits, exponent } = known(text);
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
