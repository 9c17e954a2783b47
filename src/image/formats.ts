/**
 * Formats of files, a row for each. To add one, write its encoder in a file of its own and a row here:
 * routes, endings, media types and documents follow from the table.
 */

import encodeByMozjpeg, { init as initMozjpeg } from "@jsquash/jpeg/encode.js";
import encodeByLibwebp, { init as initLibwebp } from "@jsquash/webp/encode.js";
import { encodePng, type PngOptions } from "./encode.ts";
import { type WasmCodec, WasmEncoder } from "./encoder.ts";
import { encodeNpy } from "./npy.ts";
import type { Picture } from "./picture.ts";
import { libwebp, mozjpeg } from "./wasm.js";

interface FormatRow {
  /** Endings of its files, the usual one first; none: it is for this program alone. */
  readonly endings: readonly string[];
  /** Its media type. */
  readonly type: string;
  /** Longest side of a file, samples. */
  readonly mostSide: number;
  /** Whether it needs samples' fractions, where the look is smooth; default: no. */
  readonly fractions?: boolean;
  /** Whether its files hold notes on their place; default: no. */
  readonly notes?: boolean;
}

/** A format of pictures: samples are coloured by a look, then encoded. */
interface PictureRow extends FormatRow {
  readonly kind: "picture";
  readonly encode: (
    picture: Picture,
    options: PngOptions,
  ) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}

/** A format of counts as they are, without a look. */
interface DataRow extends FormatRow {
  readonly kind: "data";
  readonly encode: typeof encodeNpy;
}

/** `init` takes the compiled module, as its documentation says; its types leave that out. */
type Init = WasmCodec<unknown>["init"];

/**
 * Without loss, for lossy WebP halves the resolution of colours, and filaments a pixel wide lose theirs.
 * Method 2 takes the time of a PNG (experiment render-1).
 */
const webp = new WasmEncoder({
  module: libwebp,
  init: initLibwebp as unknown as Init,
  encode: encodeByLibwebp,
  options: { lossless: 1, exact: 1, method: 2, quality: 0 },
});

/** In one scan, which takes half the time of a progressive file (experiment render-2). */
const jpeg = new WasmEncoder({
  module: mozjpeg,
  init: initMozjpeg as unknown as Init,
  encode: encodeByMozjpeg,
  options: { quality: 85, progressive: false },
});

/** PNG and WebP keep every pixel; JPEG is smaller and does not. */
const PICTURES = {
  png: {
    kind: "picture",
    endings: ["png"],
    type: "image/png",
    mostSide: 2 ** 31 - 1,
    fractions: true,
    notes: true,
    encode: encodePng,
  },
  webp: {
    kind: "picture",
    endings: ["webp"],
    type: "image/webp",
    mostSide: 16_383,
    fractions: true,
    encode: (picture) => webp.encode(picture),
  },
  jpeg: {
    kind: "picture",
    endings: ["jpeg", "jpg"],
    type: "image/jpeg",
    // JPEG has 16 bits for a side, of which the encoder keeps some values for itself.
    mostSide: 65_500,
    fractions: true,
    encode: (picture) => jpeg.encode(picture),
  },
} as const satisfies Record<string, PictureRow>;

const DATA = {
  npy: {
    kind: "data",
    endings: ["npy"],
    type: "application/octet-stream",
    mostSide: Infinity,
    encode: encodeNpy,
  },
  /** The u32 counts alone, row by row, in the machine's byte order. */
  counts: {
    kind: "data",
    endings: [],
    type: "application/octet-stream",
    mostSide: Infinity,
    encode: (counts) => new Uint8Array(counts.buffer as ArrayBuffer),
  },
} as const satisfies Record<string, DataRow>;

/** Formats of pictures, and of counts. */
export type PictureFormat = keyof typeof PICTURES;
export type DataFormat = keyof typeof DATA;
export type Format = PictureFormat | DataFormat;

/** Every format. */
export const FORMATS:
  & Readonly<Record<PictureFormat, PictureRow>>
  & Readonly<Record<DataFormat, DataRow>> = { ...PICTURES, ...DATA };

/** Whether files of a format are pictures, which have a look. */
export function isPictureFormat(format: Format): format is PictureFormat {
  return FORMATS[format].kind === "picture";
}

/** How a picture becomes a file. */
export interface PictureOptions extends PngOptions {
  readonly format: PictureFormat;
}

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
  const { width, height } = picture;
  const { mostSide, encode } = FORMATS[format];
  if (Math.max(width, height) > mostSide) {
    throw new RangeError(
      `Cannot write ${width} x ${height} pixels as ${format}: its sides are at most ${mostSide}`,
    );
  }
  return await encode(picture, options);
}
