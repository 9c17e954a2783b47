/** What crosses between the renderer and its workers: plain data. Addresses are bytes in shared memory. */

import type { Look } from "../image/mod.ts";

/** What a worker is started with. */
export interface StartArgument {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** This worker's own memory: the kernel's scratch, and behind it 8 KiB for samples to warm up with. */
  readonly scratch: number;
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
}

/** A grid to be sampled, as batches of whole rows or of parts of one row. */
export interface SampleOrder extends Placed {
  /** Real parts of the columns and imaginary parts of the rows, plane units. */
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  readonly shape: BatchShape;
}

/** How a grid is cut: batches of this many columns and rows; less at the edges. */
export interface BatchShape {
  readonly columns: number;
  readonly rows: number;
}

/** Samples to be coloured: each square of factor * factor of them becomes a pixel. */
export interface PaintOrder {
  readonly samples: Placed;
  readonly look: Look;
  readonly factor: number;
}
