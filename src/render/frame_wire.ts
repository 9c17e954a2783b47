/** Frames and requests for them as text. */

import { FORMATS } from "../image/mod.ts";
import { Exact, type FractalSet, fractionOf, Frame, MANDELBROT, nameOfSet } from "../plane/mod.ts";
import type { FrameRequest } from "./frame_renderer.ts";

/** A frame as plain data: its exact numbers as `numerator/denominator`, in hexadecimal. */
export interface WireFrame {
  readonly width: number;
  readonly height: number;
  readonly re: string;
  readonly im: string;
  readonly step: string;
  /** The name of the set, as {@link nameOfSet} gives it; default: the Mandelbrot set. */
  readonly set?: string;
}

const JULIA = /^julia\/([^/]*\/[^/]*)\/([^/]*\/[^/]*)$/;
const FRACTION = /^(-?)([0-9a-f]+)\/([0-9a-f]+)$/;

/** A frame as plain data. */
export function frameToWire({ width, height, re, im, step, set }: Frame): WireFrame {
  return {
    ...{ width, height, re: fractionOf(re), im: fractionOf(im), step: fractionOf(step) },
    ...(set.id !== MANDELBROT.id && { set: nameOfSet(set) }),
  };
}

/**
 * The frame again.
 *
 * @throws {SyntaxError} when a number is no fraction
 * @throws {RangeError} when it is no frame
 */
export function frameFromWire({ width, height, re, im, step, set }: WireFrame): Frame {
  return new Frame({
    ...{ width, height, re: exactOf(re), im: exactOf(im), step: exactOf(step) },
    set: setOf(set),
  });
}

/**
 * A request as JSON.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { frameOfTile, TileAddress } from "../plane/mod.ts";
 * import { frameRequestFromJson, frameRequestToJson } from "./mod.ts";
 * const frame = frameOfTile(TileAddress.of(2, 1n, 1n), 256);
 * const json = frameRequestToJson({ frame, factor: 1, iterations: 99, output: { format: "npy" } });
 * assert.equal(frameRequestFromJson(json).iterations, 99);
 * ```
 */
export function frameRequestToJson({ frame, ...request }: FrameRequest): string {
  return JSON.stringify({ frame: frameToWire(frame), ...request });
}

/**
 * The request again, from a text that {@link frameRequestToJson} wrote.
 *
 * @throws {SyntaxError} when it is none, or its format is not known here
 * @throws {RangeError} when its frame is none
 */
export function frameRequestFromJson(text: string): FrameRequest {
  const { frame, ...request } = JSON.parse(text) as
    & Omit<FrameRequest, "frame">
    & { readonly frame: WireFrame };
  const { format } = request.output;
  if (!Object.hasOwn(FORMATS, format)) throw new SyntaxError(`Cannot render as ${format}`);
  return { frame: frameFromWire(frame), ...request };
}

/** The set of such a name. */
function setOf(name: string = MANDELBROT.id): FractalSet {
  const [, re, im] = JULIA.exec(name) ?? [];
  if (re !== undefined) return { id: "julia", c: { re: exactOf(re), im: exactOf(im!) } };
  if (name === MANDELBROT.id) return MANDELBROT;
  throw new SyntaxError(`Cannot read ${name} as a set`);
}

function exactOf(text: string): Exact {
  const [, sign, numerator, denominator] = FRACTION.exec(text) ?? [];
  if (numerator === undefined) throw new SyntaxError(`Cannot read ${text} as a fraction`);
  const value = Exact.of(BigInt(`0x${numerator}`)).dividedBy(Exact.of(BigInt(`0x${denominator}`)));
  return sign === "-" ? value.negated() : value;
}
