/** The sentence: a request names a frame; its samples are computed, coloured and encoded. */

import { formulaOf } from "../fractal/mod.ts";
import { FORMATS } from "../image/mod.ts";
import {
  type FractalSet,
  type Frame,
  frameOfTile,
  frameOfView,
  MANDELBROT,
  type TileAddress,
  type View,
} from "../plane/mod.ts";
import type { AutoIterations, AutoOptions, Chosen } from "./auto_iterations.ts";
import type {
  FrameOptions,
  FrameRenderer,
  Notes,
  Output,
  RenderedFrame,
} from "./frame_renderer.ts";

/** The count of a point that does not escape, or `auto`, which chooses it by the place. */
export type Iterations = number | "auto";

/** What does the work. */
export interface Renderer {
  readonly frames: FrameRenderer;
  readonly auto: AutoIterations;
}

/** What bounds a rendering. */
export interface RenderLimits extends FrameOptions {
  /** Compute time, milliseconds of all cores together. */
  readonly budget?: number;
  /** The most that `auto` may choose. */
  readonly iterationsLimit?: number;
}

/** A file, and what it took. */
export interface Rendered extends RenderedFrame {
  readonly iterations: number;
  /** Whether `auto` chose them and saw nothing, or next to nothing, escape within them. */
  readonly capped: boolean;
  /** Milliseconds of everything on the clock. */
  readonly elapsed: number;
}

/** Renders a tile of `size` * `size` pixels. */
export async function renderTile(
  { frames, auto }: Renderer,
  { address, size, set = MANDELBROT, ...rest }: {
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
  const frame = frameOfTile(address, size, { window: formulaOf(set).window, set });
  const choose = (options: AutoOptions) => auto.ofTile(address, { ...options, set });
  return await renderPlace(
    frames,
    { began, frame, factor: 1, digits: "pixel", choose, ...rest },
    limits,
  );
}

/** Renders a view; with `supersample` s, a picture's pixel is the average of s * s samples. */
export async function renderView(
  { frames, auto }: Renderer,
  { view, ...rest }: { view: View; iterations: Iterations; output: Output },
  limits: RenderLimits = {},
): Promise<Rendered> {
  const began = performance.now();
  const frame = frameOfView(view);
  const factor = view.supersample ?? 1;
  const choose = (options: AutoOptions) => auto.ofView(view, options);
  return await renderPlace(
    frames,
    { began, frame, factor, digits: "all", choose, ...rest },
    limits,
  );
}

/** A place of which a file is to be made. */
interface Place extends Pick<Notes, "digits"> {
  /** When it was asked for, as `performance.now` has it. */
  readonly began: number;
  readonly frame: Frame;
  readonly factor: number;
  readonly iterations: Iterations;
  readonly output: Output;
  /** Chooses iterations for it. */
  readonly choose: (options: AutoOptions) => Promise<Chosen>;
}

/** Iterations are chosen, if need be; the frame becomes samples, a picture and a file behind the seam. */
async function renderPlace(
  frames: FrameRenderer,
  { began, frame, factor, digits, iterations: wanted, output, choose }: Place,
  { budget, iterationsLimit: limit, signal, onProgress }: RenderLimits,
): Promise<Rendered> {
  const { iterations, capped, milliseconds } = wanted === "auto"
    ? await choose({ signal, budget, limit })
    : { iterations: wanted, capped: false, milliseconds: 0 };
  const request = {
    ...{ frame, factor, iterations, output },
    ...(FORMATS[output.format].notes && { notes: { capped, digits } }),
    // The choice is paid for out of the same budget.
    ...(budget !== undefined && { budget: Math.max(1, budget - milliseconds) }),
  };
  const file = await frames.render(request, { signal, onProgress });
  return { ...file, iterations, capped, elapsed: performance.now() - began };
}
