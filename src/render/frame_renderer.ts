/** The seam between a request and the engine that computes it: plain data in, bytes and facts out. */

import {
  type DataFormat,
  type Format,
  isPictureFormat,
  type Look,
  type PictureFormat,
} from "../image/mod.ts";
import type { Frame } from "../plane/mod.ts";
import type { Arithmetic } from "./arithmetic.ts";

/** A picture to be made of samples. */
export interface PictureOutput {
  readonly format: PictureFormat;
  readonly look: Look;
}

/** What is made of samples: a picture, or a file of the counts themselves. */
export type Output = PictureOutput | { readonly format: DataFormat };

/** A file of this format; the look is for pictures alone. */
export function outputOf(format: Format, look: Look): Output {
  return isPictureFormat(format) ? { format, look } : { format };
}

/**
 * A frame to be rendered: all that the bytes depend on, and what bounds the work. `frameRequestToJson`
 * writes it as a text for another process or machine.
 */
export interface FrameRequest {
  /** The grid of samples. */
  readonly frame: Frame;
  /** Samples of a pixel along each axis; a divisor of both sides of the frame. 1 for data. */
  readonly factor: number;
  /** The count of a point that does not escape. */
  readonly iterations: number;
  readonly output: Output;
  /** What a PNG's notes say besides; without it there are no notes. */
  readonly notes?: Notes;
  /** Compute time, milliseconds of all cores together; default: any. */
  readonly budget?: number;
}

/** How a picture's notes are written. */
export interface Notes {
  /** Whether `auto` chose the iterations and saw next to nothing escape within them. */
  readonly capped: boolean;
  /** Digits of the centre: all that it has, or as many as tell two pixels apart. */
  readonly digits: "all" | "pixel";
}

/** What stays on this side of the seam. */
export interface FrameOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the share that is done, 0 to 1, now and then. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** A frame's file, and how it was made. */
export interface RenderedFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Milliseconds of compute by all workers together. */
  readonly compute: number;
  /** Milliseconds that a worker took to colour and to encode; 0 where a picture came in bands. */
  readonly colour: number;
  readonly encode: number;
  /** Frames that were computed for it: bands of a large one, none where samples were remembered. */
  readonly frames: number;
  /** Steps that were made for it. */
  readonly steps: number;
  readonly arithmetic: Arithmetic;
}

/** Renders frames: in this process, on other machines, or by another renderer with something added. */
export interface FrameRenderer {
  /**
   * Renders a frame. Rejects with the signal's reason once that aborts.
   *
   * @throws {OverBudgetError} when it takes more than the budget
   * @throws {OrbitTooLongError} when there is not enough memory for its reference orbit
   */
  render(request: FrameRequest, options?: FrameOptions): Promise<RenderedFrame>;
}
