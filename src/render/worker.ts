/** The workers' entry: the kernel and the colours behind the pool's door. Needs no permission. */

import { Kernel, SCRATCH_BYTES, warmUp } from "../fractal/mod.ts";
import {
  encodeNpy,
  encodePng,
  paintAveraged,
  paintIndexed,
  type Picture,
  type PngOptions,
  type Samples,
} from "../image/mod.ts";
import { serve, Transferred } from "../pool/mod.ts";
import { batchAt } from "./batches.ts";
import type { PaintedFile } from "./sampler.ts";
import type { PaintOrder, Placed, SampleOrder, StartArgument } from "./orders.ts";

let kernel: Kernel;
let memory: WebAssembly.Memory;

const service = serve({
  async start(argument: StartArgument) {
    memory = argument.memory;
    kernel = await Kernel.start(argument.module, memory, argument.scratch);
    warmUp(kernel, argument.scratch + SCRATCH_BYTES);
  },
  sweeps: {
    /** Fills in how long each pixel takes to escape. */
    sample: (order: SampleOrder) => (number: number, stopped: () => boolean) => {
      const { fromColumn, toColumn, fromRow, toRow } = batchAt(order, number);
      const offset = 4 * (fromRow * order.width + fromColumn);
      kernel.sample({
        columns: order.columns.subarray(fromColumn, toColumn),
        rows: order.rows.subarray(fromRow, toRow),
        iterations: order.iterations,
        counts: order.counts + offset,
        fractions: order.fractions === 0 ? 0 : order.fractions + offset,
      }, stopped);
    },
  },
  functions: {
    /** Colours samples and encodes the picture. */
    png: (order: PaintOrder, options: PngOptions): Transferred<PaintedFile> => {
      const began = performance.now();
      const picture = paint(order);
      const coloured = performance.now();
      const bytes = encodePng(picture, options);
      const file = { bytes, colour: coloured - began, encode: performance.now() - coloured };
      return new Transferred(file, [bytes.buffer]);
    },
    /** Colours samples: one byte a pixel where the factor is 1, else three. */
    pixels: (order: PaintOrder) => {
      const picture = paint(order);
      return moved(picture.kind === "indexed" ? picture.indices : picture.pixels);
    },
    /** Encodes pixels that were coloured band by band. */
    encode: (picture: Picture, options: PngOptions) => moved(encodePng(picture, options)),
    /** The counts as a NumPy file. */
    npy: (samples: Placed) => moved(encodeNpy(view(samples).counts, samples)),
  },
});

/** The type by which the pool knows what it may ask for. */
export type RenderService = typeof service;

function paint({ samples, look, factor }: PaintOrder): Picture {
  if (factor === 1) return paintIndexed(view(samples), look);
  return {
    kind: "true colour",
    channels: 3,
    width: samples.width / factor,
    height: samples.height / factor,
    pixels: paintAveraged(view(samples), factor, look),
  };
}

function view({ width, height, iterations, counts, fractions }: Placed): Samples {
  return {
    width,
    height,
    iterations,
    counts: new Uint32Array(memory.buffer, counts, width * height),
    fractions: fractions === 0
      ? new Float32Array(width * height)
      : new Float32Array(memory.buffer, fractions, width * height),
  };
}

function moved(bytes: Uint8Array<ArrayBuffer>): Transferred<Uint8Array<ArrayBuffer>> {
  return new Transferred(bytes, [bytes.buffer]);
}
