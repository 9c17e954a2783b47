/** The seam between a request and whoever computes it. */

import type { ExactEscape } from "../fractal/mod.ts";
import type { Exact, Frame } from "../plane/mod.ts";
import type { FileOptions, PaintOrder, Placed } from "./local/orders.ts";
import type { Picture } from "../image/mod.ts";

/** What a frame's samples depend on besides the frame, and what bounds the work. */
export interface SampleOptions {
  /** The count of a point that does not escape. */
  readonly iterations: number;
  /**
   * The frame of which this one is a band: its reference is chosen, so that all bands of a picture have
   * the same. Default: the frame itself.
   */
  readonly parentFrame?: Frame;
  /** Whether perturbation may skip steps by its tables; default: yes. Tests and benchmarks say no. */
  readonly skips?: boolean;
  /** Whether fractions are wanted too (pictures) or counts alone (arrays). */
  readonly fractions: boolean;
  readonly signal?: AbortSignal;
  /** Compute time, milliseconds of all cores together. */
  readonly budget?: number;
  /** Told the share of the frame that is done, 0 to 1, now and then. */
  readonly onProgress?: (share: number) => void;
  /** A picture to be made as well, by the worker that ends the frame, before anybody is told. */
  readonly picture?: PictureWish;
}

/** A picture to be made of samples. */
export interface PictureWish extends Omit<PaintOrder, "samples"> {
  readonly options: FileOptions;
  /** Whether the samples are of its mirror image below or above the real axis; default false. */
  readonly flipped?: boolean;
}

/** Samples in shared memory, theirs until disposed of. */
export interface Sampled extends Placed, Disposable {
  /** Compute time it took, milliseconds of all cores together, a new reference orbit included. */
  readonly milliseconds: number;
  /** Steps that were made for it: none for points that are known to be inside the set. */
  readonly steps: number;
  readonly arithmetic: Arithmetic;
  /** The picture that was wished for, where it came with the samples; else it is to be painted. */
  readonly file?: PaintedFile;
}

/** How samples were computed. */
export type Arithmetic =
  | { readonly kind: "double" }
  /** Not at all: the whole frame is inside the set. */
  | { readonly kind: "interior" }
  | PerturbationArithmetic;

/** Differences from a reference orbit. */
export interface PerturbationArithmetic {
  readonly kind: "perturbation";
  /** Bits behind the point of the reference orbit, and its points as far as they are needed. */
  readonly bits: number;
  readonly length: number;
  /** Whether differences had an exponent of their own at first. */
  readonly wide: boolean;
  /** Steps of single pixels that were made, and that tables skipped. */
  readonly made: number;
  readonly skipped: number;
  /** Milliseconds that the orbit took; 0 when it was there. */
  readonly orbit: number;
  /** What came of a comparison with exact arithmetic, where there was one. */
  readonly checked?: Checked;
}

/**
 * `recomputed`: the comparison failed, and the samples were made again the slow way. `unchecked`: they look
 * suspicious, and a comparison would have taken longer than it may.
 */
export type Checked = "passed" | "unchecked" | "recomputed";

/** Computes the samples of a frame. */
export interface Sampler {
  /** The frame must not have more than `mostSamples` pixels. */
  readonly mostSamples: number;
  sample(frame: Frame, options: SampleOptions): Promise<Sampled>;
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

/** Carries samples out of shared memory and back. */
export interface SampleMemory {
  save(samples: Sampled): SavedSamples;
  /** Waits for memory if need be. */
  place(saved: SavedSamples, signal?: AbortSignal): Promise<Sampled>;
}

/** Counts single points exactly. */
export interface Oracle {
  /**
   * Counts the point re + i im.
   *
   * @param options.budget compute time, milliseconds
   * @throws {OverBudgetError} when it takes longer
   */
  exact(
    point: { readonly re: Exact; readonly im: Exact },
    iterations: number,
    options?: { readonly signal?: AbortSignal; readonly budget?: number },
  ): Promise<ExactEscape>;
}

/** A picture's file, and the milliseconds that its colours and its encoding took. */
export interface PaintedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly colour: number;
  readonly encode: number;
}

/** Colours samples and encodes pictures, off the thread that answers. */
export interface Painter {
  paint(order: PaintOrder, options: FileOptions, signal?: AbortSignal): Promise<PaintedFile>;
  pixels(order: PaintOrder, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  encode(
    picture: Picture,
    options: FileOptions,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>>;
  npy(samples: Placed, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Copies counts out of shared memory, row 0 first. */
  copyCounts(samples: Placed): Uint32Array<ArrayBuffer>;
}
