/** Encoders compiled to WASM: started when first asked for, and given up when they have grown. */

import type { Picture } from "./picture.ts";

/** How an encoder of @jsquash is started with its module, and how it is called. */
export interface WasmCodec<Options> {
  readonly module: WebAssembly.Module;
  readonly init: (module: WebAssembly.Module) => Promise<unknown>;
  readonly encode: (pixels: ImageData, options: Options) => Promise<ArrayBuffer>;
  readonly options: Options;
}

/**
 * Pixels from which an encoder's memory is given back afterwards. WASM's never shrinks; a tile's is not
 * worth a start of some milliseconds.
 */
const LARGE = 2 ** 20;

/** One encoder with the same options for all pictures. It needs no permission. */
export class WasmEncoder<Options> {
  readonly #codec: WasmCodec<Options>;
  #isStarted = false;

  constructor(codec: WasmCodec<Options>) {
    this.#codec = codec;
  }

  /**
   * The picture's file.
   *
   * @throws {TypeError} when the arrays do not fit width x height
   */
  async encode(picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
    const { width, height } = picture;
    const data = rgbaOf(picture);
    const { module, init, encode, options } = this.#codec;
    if (!this.#isStarted) await init(module);
    this.#isStarted = false;
    const bytes = await encode(new ImageData(data, width, height), options);
    // One that threw, or has grown, is started anew.
    this.#isStarted = width * height < LARGE;
    return new Uint8Array(bytes);
  }
}

/** Four bytes a pixel, opaque unless the picture says otherwise. */
function rgbaOf(picture: Picture): Uint8ClampedArray<ArrayBuffer> {
  const { width, height } = picture;
  const count = width * height;
  const data = new Uint8ClampedArray(4 * count).fill(255);
  const { source, stride } = picture.kind === "indexed"
    ? { source: picture.indices, stride: 1 }
    : { source: picture.pixels, stride: picture.channels };
  if (source.length !== stride * count) {
    throw new TypeError(
      `Cannot encode ${width} x ${height} pixels as they need ${stride * count} bytes` +
        ` and there are ${source.length}`,
    );
  }
  for (let i = 0; i < count; i++) {
    const [from, at, channels] = picture.kind === "indexed"
      ? [picture.colours, 3 * source[i]!, 3]
      : [source, stride * i, stride];
    for (let channel = 0; channel < channels; channel++) {
      data[4 * i + channel] = from[at + channel]!;
    }
  }
  return data;
}
