/** A part of a tile's file, enlarged to a tile of its own: what a parent knows of its child. */

import { decode } from "fast-png";
import { encodePng } from "./encode.ts";

/** Which part: of 2^levels parts along each side, counted from the upper left. */
export interface Part {
  readonly levels: number;
  readonly column: number;
  readonly row: number;
}

/**
 * Cuts a part out of an indexed PNG, as {@link encodePng} writes them for tiles, and enlarges it to the
 * whole's size. Every pixel becomes a square: nothing is invented.
 *
 * @throws {TypeError} when the file has no palette, or does not divide into such parts
 *
 * @example
 * ```ts
 * import { encodePng, enlargePng } from "./mod.ts";
 * const colours = Uint8Array.of(0, 0, 0, 255, 255, 255);
 * const indices = Uint8Array.of(0, 1, 1, 1);
 * const whole = encodePng({ kind: "indexed", width: 2, height: 2, indices, colours });
 * const corner = enlargePng(whole, { levels: 1, column: 0, row: 0 });
 * console.assert(corner.length > 50);
 * ```
 */
export function enlargePng(
  png: Uint8Array,
  { levels, column, row }: Part,
): Uint8Array<ArrayBuffer> {
  const { width, height, depth, data, palette } = decode(png);
  const factor = 2 ** levels;
  if (palette === undefined || width % factor !== 0 || height % factor !== 0) {
    throw new TypeError(
      `Cannot enlarge 1/${factor} of a picture of ${width} x ${height} as it ` +
        (palette === undefined ? "has no palette" : "does not divide so"),
    );
  }
  const rowBytes = Math.ceil(width * depth / 8);
  const mask = 2 ** depth - 1;
  const indices = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const from = rowBytes * (row * height / factor + Math.floor(y / factor));
    for (let x = 0; x < width; x++, i++) {
      // The leftmost pixel stands in the highest bits of its byte.
      const bit = depth * (column * width / factor + Math.floor(x / factor));
      indices[i] = data[from + (bit >> 3)]! >> (8 - depth - (bit & 7)) & mask;
    }
  }
  const colours = Uint8Array.from(palette.flatMap((colour) => colour.slice(0, 3)));
  return encodePng({ kind: "indexed", width, height, indices, colours });
}
