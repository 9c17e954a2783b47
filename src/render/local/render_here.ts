/** frame -> samples -> picture -> file in this process: at once, or band by band. */

import { FORMATS, indexedColours, type Picture } from "../../image/mod.ts";
import { bandOf } from "../../plane/mod.ts";
import { type Arithmetic, together } from "../arithmetic.ts";
import type { FrameOptions, FrameRequest, RenderedFrame } from "../frame_renderer.ts";
import { frameToWire } from "../frame_wire.ts";
import type { Finish, Painting, Placed } from "./orders.ts";
import type { FinishedFile, Sampled, SampleFrame } from "./samples.ts";

/** What makes files of samples in shared memory. */
export interface Finisher {
  /** Samples that fit the memory at once. */
  readonly mostSamples: number;
  finish(samples: Placed, order: Finish, signal?: AbortSignal): Promise<FinishedFile>;
  /** Colours samples: one byte a pixel where the factor is 1, else three. */
  pixels(samples: Placed, order: Painting, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  encode(picture: Picture, order: Painting, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Copies counts out of shared memory, row 0 first. */
  copyCounts(samples: Placed): Uint32Array<ArrayBuffer>;
}

/** Samples frames, and makes files of the samples. */
export interface Source {
  readonly sample: SampleFrame;
  readonly workers: Finisher;
}

/** Renders a frame by such workers. */
export async function renderHere(
  source: Source,
  request: FrameRequest,
  options: FrameOptions = {},
): Promise<RenderedFrame> {
  const { sample, workers } = source;
  const { frame, iterations, budget } = request;
  if (frame.width * frame.height > workers.mostSamples) {
    return await renderInBands(source, request, options);
  }
  const finish = finishOf(request);
  const fractions = needsFractions(request);
  using samples = await sample(frame, { iterations, fractions, budget, finish, ...options });
  // The worker that ends the frame has made the file, unless the samples were remembered.
  const file = samples.file ?? await workers.finish(placedOf(samples), finish, options.signal);
  const { milliseconds: compute, frames, steps, arithmetic } = samples;
  return { ...file, compute, frames, steps, arithmetic };
}

/** A picture whose samples do not fit the memory at once: band by band, and encoded at the end. */
async function renderInBands(
  { sample, workers }: Source,
  request: FrameRequest,
  { signal, onProgress }: FrameOptions,
): Promise<RenderedFrame> {
  const { frame, factor, iterations, output, budget = Infinity } = request;
  const finish = finishOf(request);
  const fractions = needsFractions(request);
  const rows = Math.max(factor, factor * Math.floor(workers.mostSamples / frame.width / factor));
  const width = frame.width / factor;
  const height = frame.height / factor;
  const channels = !("look" in output) ? 4 : factor === 1 ? 1 : 3;
  const pixels = new Uint8Array(width * height * channels);
  let [compute, frames, steps] = [0, 0, 0];
  let arithmetic: Arithmetic = { kind: "double" };
  for (let from = 0; from < frame.height; from += rows) {
    const to = Math.min(frame.height, from + rows);
    using samples = await sample(bandOf(frame, from, to), {
      ...{ iterations, fractions, signal, parentFrame: frame },
      budget: Math.max(1, budget - compute),
      onProgress: (share) => onProgress?.((from + share * (to - from)) / frame.height),
    });
    const placed = placedOf(samples);
    const band = "look" in output
      ? await workers.pixels(placed, { ...finish, output }, signal)
      : new Uint8Array(workers.copyCounts(placed).buffer);
    pixels.set(band, from / factor * width * channels);
    compute += samples.milliseconds;
    frames += samples.frames;
    steps += samples.steps;
    arithmetic = together(arithmetic, samples.arithmetic);
  }
  const facts = { compute, colour: 0, encode: 0, frames, steps, arithmetic };
  if (!("look" in output)) {
    const counts = new Uint32Array(pixels.buffer);
    return { bytes: FORMATS[output.format].encode(counts, { width, height }), ...facts };
  }
  const colours = indexedColours(output.look.palette);
  const picture: Picture = factor === 1
    ? { kind: "indexed", width, height, indices: pixels, colours }
    : { kind: "true colour", width, height, channels: 3, pixels };
  return { bytes: await workers.encode(picture, { ...finish, output }, signal), ...facts };
}

/** Whether the output depends on samples' fractions. */
function needsFractions({ output }: FrameRequest): boolean {
  return FORMATS[output.format].fractions === true && "look" in output &&
    output.look.shading === "smooth";
}

/** What the workers are to make of the samples. */
function finishOf({ frame, output, factor, iterations, notes }: FrameRequest): Finish {
  return {
    ...{ output, factor, iterations },
    ...(notes && { notes: { ...notes, frame: frameToWire(frame) } }),
  };
}

/** Of samples only what a worker has to know. */
function placedOf(
  { width, height, iterations, counts, fractions, flipped = false }: Sampled,
): Placed {
  return { width, height, iterations, counts, fractions, flipped };
}
