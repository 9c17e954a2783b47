/** Pictures to PNG files, the same bytes on every machine. */

import { encode as encodeByFastPng } from "fast-png";
import imagescript from "imagescript/png/node.js";
import { withText } from "./png_text.ts";
import type { IndexedPicture, Picture, TrueColourPicture } from "./picture.ts";

/** Notes by keyword. */
export type PngText = Readonly<Record<string, string>>;

/** Options of {@link encodePng}. */
export interface PngOptions {
  /** Notes by keyword, written as text chunks. None by default. */
  readonly text?: PngText;
}

/** Deflate levels, 0 to 9. Both deflates are JavaScript: no platform's zlib touches the bytes. */
const indexedLevel = 3;
const trueColourLevel = 1;

/** How the codec's untyped `encode` is called. */
type TrueColourEncoder = (
  pixels: Uint8Array,
  options: { width: number; height: number; channels: 3 | 4; level: number },
) => Uint8Array<ArrayBuffer>;

const encodeByImagescript: TrueColourEncoder = imagescript.encode;

/**
 * A picture as a PNG file. An indexed one keeps only the colours it uses and takes 1, 2, 4 or 8 bits
 * a pixel accordingly, so that a tile of one colour is about a hundred bytes.
 *
 * @throws {TypeError} when the arrays do not fit width x height, or a pixel has no colour
 * @throws {SyntaxError} when a text or its keyword cannot be written
 *
 * @example
 * ```ts
 * import { encodePng } from "./mod.ts";
 * const colours = Uint8Array.of(0, 0, 0, 255, 255, 255);
 * const png = encodePng({ kind: "indexed", width: 2, height: 1, indices: Uint8Array.of(0, 1), colours });
 * console.assert(png[1] === 0x50 && png.length < 100);
 * ```
 */
export function encodePng(picture: Picture, { text }: PngOptions = {}): Uint8Array<ArrayBuffer> {
  const png = picture.kind === "indexed" ? encodeIndexed(picture) : encodeTrueColour(picture);
  if (text === undefined) return png;
  return withText(png, text);
}

function encodeTrueColour(picture: TrueColourPicture): Uint8Array<ArrayBuffer> {
  const { width, height, channels, pixels } = picture;
  checkLength(picture, pixels.length, width * height * channels);
  return encodeByImagescript(pixels, { width, height, channels, level: trueColourLevel });
}

function encodeIndexed(picture: IndexedPicture): Uint8Array<ArrayBuffer> {
  const { width, height, indices } = picture;
  checkLength(picture, indices.length, width * height);
  const { palette, numbers } = usedColours(picture);
  const depth = palette.length <= 2 ? 1 : palette.length <= 4 ? 2 : palette.length <= 16 ? 4 : 8;
  const data = depth === 8 ? renumbered(indices, numbers) : packed(picture, numbers, depth);
  const png = encodeByFastPng(
    { width, height, channels: 1, depth, data, palette },
    { zlib: { level: indexedLevel } },
  );
  return new Uint8Array(png);
}

/** The colours that occur, each once, and for every old number its new one. */
function usedColours({ indices, colours }: IndexedPicture): {
  palette: number[][];
  numbers: Uint8Array;
} {
  const used = new Uint8Array(256);
  for (let i = 0; i < indices.length; i++) used[indices[i]!] = 1;
  const numbers = new Uint8Array(256);
  const palette: number[][] = [];
  const known = new Map<number, number>();
  for (let index = 0; index < 256; index++) {
    if (used[index] === 0) continue;
    if (3 * index + 2 >= colours.length) {
      throw new TypeError(`Cannot encode colour ${index} as there are ${colours.length / 3}`);
    }
    const red = colours[3 * index]!;
    const green = colours[3 * index + 1]!;
    const blue = colours[3 * index + 2]!;
    const key = (red << 16) | (green << 8) | blue;
    let number = known.get(key);
    if (number === undefined) {
      number = palette.push([red, green, blue]) - 1;
      known.set(key, number);
    }
    numbers[index] = number;
  }
  return { palette, numbers };
}

function renumbered(indices: Uint8Array, numbers: Uint8Array): Uint8Array {
  const data = new Uint8Array(indices.length);
  for (let i = 0; i < data.length; i++) data[i] = numbers[indices[i]!]!;
  return data;
}

/** Pixels of less than a byte: the leftmost in the highest bits, every row from a new byte. */
function packed(picture: IndexedPicture, numbers: Uint8Array, depth: 1 | 2 | 4): Uint8Array {
  const { width, height, indices } = picture;
  const rowBytes = Math.ceil(width * depth / 8);
  const data = new Uint8Array(rowBytes * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const bit = column * depth;
      data[row * rowBytes + (bit >> 3)]! |= numbers[indices[i]!]! << (8 - depth - (bit & 7));
    }
  }
  return data;
}

function checkLength(picture: Picture, found: number, expected: number): void {
  if (found !== expected) {
    throw new TypeError(
      `Cannot encode ${picture.width} x ${picture.height} pixels as they need ${expected} bytes` +
        ` and there are ${found}`,
    );
  }
}
