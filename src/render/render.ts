/** The sentence: a request names a frame; its pixels are sampled, coloured and encoded. */

import { formulaOf } from "../fractal/mod.ts";
import { encodeNpy, indexedColours, type Look, type PictureFormat } from "../image/mod.ts";
import {
  bandOf,
  type FractalSet,
  type Frame,
  frameOfTile,
  frameOfView,
  MANDELBROT,
  type TileAddress,
  type View,
} from "../plane/mod.ts";
import type { AutoIterations, AutoOptions, Chosen } from "./auto_iterations.ts";
import type { FileOptions, Placed } from "./local/orders.ts";
import { addressAsText, textOfView } from "./place_text.ts";
import type {
  Arithmetic,
  Painter,
  PerturbationArithmetic,
  Sampled,
  SampleOptions,
  Sampler,
} from "./sampler.ts";

/** Whatever changes a sample: the count of a point that does not escape. */
export type Iterations = number | "auto";

/** What is to come out. */
export type Output =
  | {
    readonly format: PictureFormat;
    readonly look: Look;
  }
  | { readonly format: "npy" };

/** Who does the work. */
export interface Renderer {
  readonly workers: Sampler & Painter;
  readonly auto: AutoIterations;
}

/** What bounds a rendering. */
export interface RenderLimits {
  readonly signal?: AbortSignal;
  /** Compute time, milliseconds of all cores together. */
  readonly budget?: number;
  /** The most that `auto` may choose. */
  readonly iterationsLimit?: number;
  /** Told the share that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** A file, and what it took. */
export interface Rendered {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  /** Whether `auto` chose them and saw nothing, or next to nothing, escape within them. */
  readonly capped: boolean;
  /** Milliseconds: of compute by all workers together, and of everything on the clock. */
  readonly compute: number;
  readonly elapsed: number;
  /** Milliseconds that a worker took to colour and to encode; 0 where a picture came in bands. */
  readonly colour: number;
  readonly encode: number;
  readonly arithmetic: Arithmetic;
}

/** Renders a tile of `size` * `size` pixels. */
export async function renderTile(
  { workers, auto }: Renderer,
  tile: {
    address: TileAddress;
    size: number;
    iterations: Iterations;
    output: Output;
    /** Default: the Mandelbrot set. */
    set?: FractalSet;
  },
  limits: RenderLimits = {},
): Promise<Rendered> {
  const began = performance.now();
  const { address, size, output, set = MANDELBROT } = tile;
  const { window } = formulaOf(set);
  const chosen = await chosenBy(
    tile.iterations,
    limits,
    (options) => auto.ofTile(address, { ...options, set }),
  );
  const { iterations, capped } = chosen;
  const frame = frameOfTile(address, size, { window, set });
  const notes = output.format === "png"
    ? { tile: { ...addressAsText(address, set), size, iterations, capped, look: output.look } }
    : {};
  return await renderFrame(workers, { began, frame, chosen, output, notes }, limits);
}

/** Renders a view; with `supersample` s, a picture's pixel is the average of s * s samples. */
export async function renderView(
  { workers, auto }: Renderer,
  view: { view: View; iterations: Iterations; output: Output },
  limits: RenderLimits = {},
): Promise<Rendered> {
  const began = performance.now();
  const chosen = await chosenBy(
    view.iterations,
    limits,
    (options) => auto.ofView(view.view, options),
  );
  const frame = frameOfView(view.view);
  const factor = view.view.supersample ?? 1;
  const { output } = view;
  const notes = output.format === "png" ? { text: textOfView(view.view, chosen, output.look) } : {};
  return await renderFrame(workers, { began, frame, factor, chosen, output, notes }, limits);
}

/** What is asked for, or what `auto` chooses. */
async function chosenBy(
  iterations: Iterations,
  { signal, budget, iterationsLimit }: RenderLimits,
  auto: (options: AutoOptions) => Promise<Chosen>,
): Promise<Chosen> {
  if (iterations !== "auto") return { iterations, capped: false, milliseconds: 0 };
  return await auto({
    ...(signal && { signal }),
    ...(budget !== undefined && { budget }),
    ...(iterationsLimit !== undefined && { limit: iterationsLimit }),
  });
}

interface FrameOrder {
  /** When it was asked for, as `performance.now` has it. */
  readonly began: number;
  readonly frame: Frame;
  /** Samples a pixel along each axis. */
  readonly factor?: number;
  readonly chosen: Chosen;
  readonly output: Output;
  /** What a picture tells of its place. */
  readonly notes: Pick<FileOptions, "text" | "tile">;
}

async function renderFrame(
  workers: Sampler & Painter,
  order: FrameOrder,
  limits: RenderLimits,
): Promise<Rendered> {
  const { began, frame, chosen: { iterations, capped, milliseconds } } = order;
  // What was looked at for its sake is paid for out of the same budget.
  const left = limits.budget === undefined
    ? limits
    : { ...limits, budget: Math.max(1, limits.budget - milliseconds) };
  const result = frame.width * frame.height <= workers.mostSamples
    ? await renderAtOnce(workers, order, left)
    : await renderInBands(workers, order, left);
  return { ...result, iterations, capped, elapsed: performance.now() - began };
}

type Part = Pick<Rendered, "bytes" | "compute" | "colour" | "encode" | "arithmetic">;

async function renderAtOnce(
  workers: Sampler & Painter,
  { frame, factor = 1, chosen: { iterations }, output, notes }: FrameOrder,
  limits: RenderLimits,
): Promise<Part> {
  const { signal } = limits;
  const options = sampleOptions(iterations, output, limits);
  if (output.format === "npy") {
    using samples = await workers.sample(frame, options);
    const { milliseconds: compute, arithmetic } = samples;
    const bytes = await workers.npy(placedOf(samples), signal);
    return { bytes, compute, colour: 0, encode: 0, arithmetic };
  }
  const picture = { look: output.look, factor, options: { format: output.format, ...notes } };
  using samples = await workers.sample(frame, { ...options, picture });
  const { milliseconds: compute, arithmetic } = samples;
  const file = samples.file ??
    await workers.paint({ ...picture, samples: placedOf(samples) }, picture.options, signal);
  return { ...file, compute, arithmetic };
}

/** Of samples only what a worker has to know. */
function placedOf(
  { width, height, iterations, counts, fractions, flipped = false }: Sampled,
): Placed {
  return { width, height, iterations, counts, fractions, flipped };
}

/** A picture whose samples do not fit the memory at once: band by band, and encoded at the end. */
async function renderInBands(
  workers: Sampler & Painter,
  { frame, factor = 1, chosen: { iterations }, output, notes }: FrameOrder,
  limits: RenderLimits,
): Promise<Part> {
  const { signal } = limits;
  const rows = Math.max(factor, factor * Math.floor(workers.mostSamples / frame.width / factor));
  const width = frame.width / factor;
  const height = frame.height / factor;
  const channels = output.format === "npy" ? 4 : factor === 1 ? 1 : 3;
  const pixels = new Uint8Array(width * height * channels);
  let compute = 0;
  let arithmetic: Arithmetic = { kind: "double" };
  for (let from = 0; from < frame.height; from += rows) {
    const to = Math.min(frame.height, from + rows);
    const options = sampleOptions(iterations, output, {
      ...limits,
      ...(limits.budget !== undefined && { budget: Math.max(1, limits.budget - compute) }),
      onProgress: (share) => limits.onProgress?.((from + share * (to - from)) / frame.height),
    });
    using samples = await workers.sample(bandOf(frame, from, to), {
      ...options,
      parentFrame: frame,
    });
    const placed = placedOf(samples);
    const band = output.format === "npy"
      ? new Uint8Array(workers.copyCounts(placed).buffer)
      : await workers.pixels({ samples: placed, look: output.look, factor }, signal);
    pixels.set(band, from / factor * width * channels);
    compute += samples.milliseconds;
    arithmetic = together(arithmetic, samples.arithmetic);
  }
  if (output.format === "npy") {
    const bytes = encodeNpy(new Uint32Array(pixels.buffer), { width, height });
    return { bytes, compute, colour: 0, encode: 0, arithmetic };
  }
  const picture = factor === 1
    ? {
      kind: "indexed" as const,
      width,
      height,
      indices: pixels,
      colours: indexedColours(output.look.palette),
    }
    : { kind: "true colour" as const, width, height, channels: 3 as const, pixels };
  const bytes = await workers.encode(picture, { format: output.format, ...notes }, signal);
  return { bytes, compute, colour: 0, encode: 0, arithmetic };
}

/** What is said of two bands together. */
function together(one: Arithmetic, next: Arithmetic): Arithmetic {
  if (one.kind !== "perturbation" || next.kind !== "perturbation") return next;
  return {
    ...next,
    made: one.made + next.made,
    skipped: one.skipped + next.skipped,
    orbit: one.orbit + next.orbit,
    ...checkedTogether(one, next),
  };
}

/** Of what came of two bands' checks the one that says more. */
function checkedTogether(
  { checked: one }: PerturbationArithmetic,
  { checked: next }: PerturbationArithmetic,
): Pick<PerturbationArithmetic, "checked"> {
  const checked = (["recomputed", "unchecked", "passed"] as const)
    .find((either) => either === one || either === next);
  return checked === undefined ? {} : { checked };
}

function sampleOptions(
  iterations: number,
  output: Output,
  { signal, budget, onProgress }: RenderLimits,
): SampleOptions {
  return {
    iterations,
    fractions: output.format !== "npy" && output.look.shading === "smooth",
    ...(signal && { signal }),
    ...(budget !== undefined && { budget }),
    ...(onProgress && { onProgress }),
  };
}
