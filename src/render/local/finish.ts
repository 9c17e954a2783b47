/** Samples -> picture -> file, in a worker. */

import {
  encodePicture,
  FORMATS,
  paintAveraged,
  paintIndexed,
  type Picture,
  type Samples,
} from "../../image/mod.ts";
import { frameFromWire } from "../frame_wire.ts";
import { textOfFrame } from "../place_text.ts";
import type { Finish, Painting, Placed } from "./orders.ts";
import type { FinishedFile } from "./samples.ts";

/** Makes a file of samples in this memory: coloured and encoded, or encoded as they are. */
export async function finish(
  memory: WebAssembly.Memory,
  samples: Placed,
  order: Finish,
): Promise<FinishedFile> {
  const { output } = order;
  const began = performance.now();
  if (!("look" in output)) {
    const counts = samplesIn(memory, samples).counts.slice();
    if (samples.flipped) turnOver(counts, samples.width);
    const bytes = FORMATS[output.format].encode(counts, samples);
    return { bytes, colour: 0, encode: performance.now() - began };
  }
  const painting = { ...order, output };
  const picture = coloured(memory, samples, painting);
  const painted = performance.now();
  const bytes = await encoded(picture, painting);
  return { bytes, colour: painted - began, encode: performance.now() - painted };
}

/** Encodes a picture with its notes. */
export async function encoded(
  picture: Picture,
  { output: { format, look }, notes, factor, iterations }: Painting,
): Promise<Uint8Array<ArrayBuffer>> {
  if (notes === undefined) return await encodePicture(picture, { format });
  const text = textOfFrame(frameFromWire(notes.frame), notes, { factor, iterations, look });
  return await encodePicture(picture, { format, text });
}

/** Colours samples. Colours lie closer than samples: what is flipped is turned over once it is coloured. */
export function coloured(
  memory: WebAssembly.Memory,
  placed: Placed,
  { output: { look }, factor }: Painting,
): Picture {
  const samples = samplesIn(memory, placed);
  const { flipped = false } = placed;
  if (factor === 1) {
    const picture = paintIndexed(samples, look);
    if (flipped) turnOver(picture.indices, picture.width);
    return picture;
  }
  const width = samples.width / factor;
  const height = samples.height / factor;
  const pixels = paintAveraged(samples, factor, look);
  if (flipped) turnOver(pixels, 3 * width);
  return { kind: "true colour", channels: 3, width, height, pixels };
}

/** The samples that lie there. */
function samplesIn(
  { buffer }: WebAssembly.Memory,
  { width, height, iterations, counts, fractions }: Placed,
): Samples {
  return {
    width,
    height,
    iterations,
    counts: new Uint32Array(buffer, counts, width * height),
    fractions: fractions === 0
      ? new Float32Array(width * height)
      : new Float32Array(buffer, fractions, width * height),
  };
}

/** Turns a grid upside down, where it lies. */
function turnOver<T extends Uint8Array | Uint32Array>(grid: T, width: number): void {
  for (let upper = 0, lower = grid.length - width; upper < lower; upper += width, lower -= width) {
    const row = grid.slice(upper, upper + width);
    grid.copyWithin(upper, lower, lower + width);
    grid.set(row, lower);
  }
}
