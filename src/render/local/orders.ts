/** What crosses between the renderer and its workers: plain data. Addresses are bytes in shared memory. */

import type { OrbitSlice, PlacedReference } from "../../fractal/mod.ts";
import type { FrameRequest, Notes, PictureOutput } from "../frame_renderer.ts";
import type { WireFrame } from "../frame_wire.ts";

/** What a worker is started with. */
export interface StartArgument {
  readonly direct: WebAssembly.Module;
  readonly perturbed: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** This worker's own memory: the kernels' scratch, one after the other, and some to warm up with. */
  readonly scratch: number;
  /** What all workers have made for exact counts: u64 steps, then u64 microseconds. */
  readonly exactTally: SharedArrayBuffer;
  /** How far to step back behind other threads, as Linux counts: 0 for not at all, 19 at most. */
  readonly niceness: number;
}

/** Where a grid of samples lies. */
export interface Placed {
  readonly width: number;
  readonly height: number;
  readonly iterations: number;
  /** Address of width * height u32, row by row. */
  readonly counts: number;
  /** Address of width * height f32, row by row; 0 when there are none. */
  readonly fractions: number;
  /** Whether the rows lie upside down, row 0 last; default false. */
  readonly flipped?: boolean;
}

/** A grid to be sampled, cut into batches. */
export interface SampleOrder extends Placed {
  /**
   * Real parts of the columns and imaginary parts of the rows, plane units; or their differences from
   * the reference.
   */
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  /** The c of a Julia set; default: the points are the Mandelbrot set's. */
  readonly c?: { readonly re: number; readonly im: number };
  readonly shape: BatchShape;
  /** Address of two i64, to which every batch adds: steps of single pixels made, and skipped. */
  readonly tally: number;
  /** How it is perturbed; without it the points are doubles. */
  readonly perturbed?: Perturbed;
}

/** What perturbation takes. */
export interface Perturbed {
  readonly reference: PlacedReference;
  /** Whether BLA tables may skip steps. */
  readonly skips: boolean;
  /** Whether each pixel is iterated alone, the slow way; default: by the compiled kernel. */
  readonly alone?: boolean;
}

/** How a grid is cut: batches of this many columns and rows; less at the edges. */
export interface BatchShape {
  readonly columns: number;
  readonly rows: number;
}

/** A file to be made of samples. */
export interface Finish extends Pick<FrameRequest, "output" | "factor" | "iterations"> {
  /** What the picture's notes say, where it has some. */
  readonly notes?: Notes & { readonly frame: WireFrame };
}

/** A picture to be made of samples. */
export interface Painting extends Finish {
  readonly output: PictureOutput;
}

/** A search that has gone on, and the compute time that it took, milliseconds. */
export interface TimedSearch<S> {
  readonly search: S;
  readonly milliseconds: number;
}

/** Steps of a reference orbit, and the compute time that they took, milliseconds. */
export interface TimedSlice {
  readonly slice: OrbitSlice;
  readonly milliseconds: number;
}
