/** Samples of frames in this process: what they depend on, where they lie, what is made of them. */

import type { Frame } from "../../plane/mod.ts";
import type { Arithmetic } from "../arithmetic.ts";
import type { FrameOptions } from "../frame_renderer.ts";
import type { Finish, Placed } from "./orders.ts";

/** What a frame's samples depend on besides the frame, and what bounds the work. */
export interface SampleOptions extends FrameOptions {
  /** The count of a point that does not escape. */
  readonly iterations: number;
  /**
   * The frame of which this one is a band: its reference is chosen, so that all bands of a picture have
   * the same. Default: the frame itself.
   */
  readonly parentFrame?: Frame | undefined;
  /** Whether fractions are wanted too (pictures) or counts alone (arrays). */
  readonly fractions: boolean;
  /** Compute time, milliseconds of all cores together. */
  readonly budget?: number | undefined;
  /** A file to be made as well, by the worker that ends the frame. */
  readonly finish?: Finish | undefined;
  /** Whether the file is of the frame's mirror image below or above the real axis; default false. */
  readonly flipped?: boolean;
}

/** Samples in shared memory, valid until they are disposed of. */
export interface Sampled extends Placed, Disposable {
  /** Compute time it took, milliseconds of all cores together, a new reference orbit included. */
  readonly milliseconds: number;
  /** Whether they were computed for this call, and not remembered: 1 or 0. */
  readonly frames: 0 | 1;
  /** Steps that were made for it: none for points that are known to be inside the set. */
  readonly steps: number;
  readonly arithmetic: Arithmetic;
  /** The file that was wanted, where it came with the samples; else it has yet to be made. */
  readonly file?: FinishedFile;
}

/** Samples the points of a frame. */
export type SampleFrame = (frame: Frame, options: SampleOptions) => Promise<Sampled>;

/** A file, and the milliseconds that its colours and its encoding took. */
export interface FinishedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly colour: number;
  readonly encode: number;
}

/** Samples outside of shared memory. */
export interface SavedSamples {
  readonly width: number;
  readonly height: number;
  readonly iterations: number;
  /** Whether there are fractions. */
  readonly fractions: boolean;
  readonly arithmetic: Arithmetic;
  /** width * height u32 counts and, if there are fractions, as many f32, in the machine's byte order. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}
