/** Pictures to files of every format that is offered, the same bytes on every machine. */

import encodeByMozjpeg, { init as initMozjpeg } from "@jsquash/jpeg/encode.js";
import encodeByLibwebp, { init as initLibwebp } from "@jsquash/webp/encode.js";
import { encodePng, type PngOptions } from "./encode.ts";
import { type WasmCodec, WasmEncoder } from "./encoder.ts";
import type { Picture } from "./picture.ts";
import { libwebp, mozjpeg } from "./wasm.js";

/** Formats of pictures. PNG and WebP keep every pixel; JPEG is for those who want fewer bytes. */
export type PictureFormat = "png" | "webp" | "jpeg";

/** How a picture becomes a file. */
export interface PictureOptions extends PngOptions {
  readonly format: PictureFormat;
}

/**
 * Longest side of a file, pixels: PNG has 31 bits for it, WebP 14, JPEG 16, of which its encoder keeps
 * some values for itself.
 */
export const MOST_SIDE: Readonly<Record<PictureFormat, number>> = {
  png: 2 ** 31 - 1,
  webp: 16_383,
  jpeg: 65_500,
};

/**
 * Without loss, for lossy WebP halves the resolution of colours, and filaments a pixel wide lose theirs.
 * Method 2 takes the time of a PNG, and 0.96 of its bytes for a smooth tile, 0.89 for a supersampled one;
 * method 4 six times as long for 0.82 of the latter (2026-11).
 */
const WEBP = { lossless: 1, exact: 1, method: 2, quality: 0 };

/**
 * 0.75 of a smooth tile's PNG, a fifth of a supersampled one's (2026-11). In one scan, which takes half
 * the time of a progressive file for 1.03 of its bytes.
 */
const JPEG = { quality: 85, progressive: false };

/** `init` takes the compiled module, as its documentation says; its types leave that out. */
type Init = WasmCodec<unknown>["init"];

const encoders = {
  webp: new WasmEncoder({
    module: libwebp,
    init: initLibwebp as unknown as Init,
    encode: encodeByLibwebp,
    options: WEBP,
  }),
  jpeg: new WasmEncoder({
    module: mozjpeg,
    init: initMozjpeg as unknown as Init,
    encode: encodeByMozjpeg,
    options: JPEG,
  }),
};

/**
 * A picture as a file. Notes are for PNG alone.
 *
 * @throws {TypeError} when the arrays do not fit width x height
 * @throws {RangeError} when the format cannot hold a picture of this size
 *
 * @example
 * ```ts
 * import { encodePicture } from "./mod.ts";
 * const colours = Uint8Array.of(0, 0, 0, 255, 255, 255);
 * const picture = { kind: "indexed", width: 2, height: 1, indices: Uint8Array.of(0, 1), colours } as const;
 * const jpeg = await encodePicture(picture, { format: "jpeg" });
 * console.assert(jpeg[0] === 0xff && jpeg[1] === 0xd8);
 * ```
 */
export async function encodePicture(
  picture: Picture,
  { format, ...options }: PictureOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (format === "png") return encodePng(picture, options);
  const { width, height } = picture;
  const most = MOST_SIDE[format];
  if (Math.max(width, height) > most) {
    throw new RangeError(
      `Cannot write ${width} x ${height} pixels as ${format}: its sides are at most ${most}`,
    );
  }
  return await encoders[format].encode(picture);
}
