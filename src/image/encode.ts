/** Pictures to PNG files, the same bytes on every machine. */

import { zlibSync } from "fflate";
import imagescript from "imagescript/png/node.js";
import { chunkOf } from "./png_chunk.ts";
import { withText } from "./png_text.ts";
import type { IndexedPicture, Picture, TrueColourPicture } from "./picture.ts";

/** What {@link encodePng} can be told. */
export interface PngOptions {
  /** Notes by keyword, written as text chunks. None by default. */
  readonly text?: Readonly<Record<string, string>>;
}

/**
 * Deflate levels, 0 to 9. Both deflates are JavaScript: no platform's zlib touches the bytes. Level 1 for
 * tiles saves no time that can be measured, and a smaller hash table (fflate's `mem`) 0 to 5 % (2026-11-28).
 */
const indexedLevel = 3;
const trueColourLevel = 1;

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The header's colour type of an indexed picture; compression, filter and interlace are 0. */
const INDEXED = 3;

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
export function encodePng(picture: Picture, options: PngOptions = {}): Uint8Array<ArrayBuffer> {
  const png = picture.kind === "indexed" ? encodeIndexed(picture) : encodeTrueColour(picture);
  return options.text === undefined ? png : withText(png, options.text);
}

function encodeTrueColour(picture: TrueColourPicture): Uint8Array<ArrayBuffer> {
  const { width, height, channels, pixels } = picture;
  checkLength(picture, pixels.length, width * height * channels);
  return encodeByImagescript(pixels, { width, height, channels, level: trueColourLevel });
}

/**
 * fast-png writes the very same bytes one at a time: chunk by chunk is 0.72 of its time (2026-11-28, a
 * smooth tile).
 */
function encodeIndexed(picture: IndexedPicture): Uint8Array<ArrayBuffer> {
  const { width, height, indices } = picture;
  checkLength(picture, indices.length, width * height);
  const { palette, numbers } = usedColours(picture);
  const count = palette.length / 3;
  const depth = count <= 2 ? 1 : count <= 4 ? 2 : count <= 16 ? 4 : 8;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, INDEXED], 8);
  const rows = depth === 8 ? renumbered(picture, numbers) : packed(picture, numbers, depth);
  return joined([
    SIGNATURE,
    chunkOf("IHDR", header),
    chunkOf("PLTE", palette),
    chunkOf("IDAT", zlibSync(rows, { level: indexedLevel })),
    chunkOf("IEND"),
  ]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The colours that occur, each once, three bytes each, and for every old number its new one. */
function usedColours({ indices, colours }: IndexedPicture): {
  palette: Uint8Array;
  numbers: Uint8Array;
} {
  const used = new Uint8Array(256);
  for (let i = 0; i < indices.length; i++) used[indices[i]!] = 1;
  const numbers = new Uint8Array(256);
  const palette: number[] = [];
  const known = new Map<number, number>();
  for (let index = 0; index < 256; index++) {
    if (used[index] === 0) continue;
    if (3 * index + 2 >= colours.length) {
      throw new TypeError(`Cannot encode colour ${index} as there are ${colours.length / 3}`);
    }
    const [red = 0, green = 0, blue = 0] = colours.subarray(3 * index, 3 * index + 3);
    const colour = red << 16 | green << 8 | blue;
    let number = known.get(colour);
    if (number === undefined) {
      number = known.size;
      known.set(colour, number);
      palette.push(red, green, blue);
    }
    numbers[index] = number;
  }
  return { palette: Uint8Array.from(palette), numbers };
}

/** Rows of a byte a pixel, each behind its filter, 0: none helps where numbers are no amounts. */
function renumbered({ width, height, indices }: IndexedPicture, numbers: Uint8Array): Uint8Array {
  const rows = new Uint8Array((1 + width) * height);
  for (let row = 0, i = 0, at = 0; row < height; row++) {
    at++;
    for (let column = 0; column < width; column++) rows[at++] = numbers[indices[i++]!]!;
  }
  return rows;
}

/** Rows of less than a byte a pixel, each behind its filter: the leftmost in the highest bits. */
function packed(picture: IndexedPicture, numbers: Uint8Array, depth: 1 | 2 | 4): Uint8Array {
  const { width, height, indices } = picture;
  const rowBytes = 1 + Math.ceil(width * depth / 8);
  const rows = new Uint8Array(rowBytes * height);
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const bit = column * depth;
      rows[row * rowBytes + 1 + (bit >> 3)]! |= numbers[indices[i]!]! << (8 - depth - (bit & 7));
    }
  }
  return rows;
}

function checkLength(picture: Picture, found: number, expected: number): void {
  if (found !== expected) {
    throw new TypeError(
      `Cannot encode ${picture.width} x ${picture.height} pixels as they need ${expected} bytes` +
        ` and there are ${found}`,
    );
  }
}
