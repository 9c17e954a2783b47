// FractalSet: which set a frame's points are sampled for. Plain data; what a set is like stands in fractal.

import type { Exact } from "./exact.ts";

/** A point of the plane, exactly. */
export interface Point {
  readonly re: Exact;
  readonly im: Exact;
}

/** The Mandelbrot set, or the Julia set of a point c. */
export type FractalSet =
  | { readonly id: "mandelbrot" }
  | { readonly id: "julia"; readonly c: Point };

/** The set that is meant where none is named. */
export const MANDELBROT: FractalSet = { id: "mandelbrot" };

/** Names of sets, the default first. */
export const SET_IDS: readonly FractalSet["id"][] = ["mandelbrot", "julia"];

/** A name for a set and for nothing else: `mandelbrot`, or `julia/` and c as exact fractions. */
export function nameOfSet(set: FractalSet): string {
  return set.id === "mandelbrot" ? set.id : `julia/${fractionOf(set.c.re)}/${fractionOf(set.c.im)}`;
}

/** The square that a set's one tile of zoom 0 shows: its upper left corner. The side is 4 for every set. */
export interface Window {
  readonly left: Exact;
  readonly top: Exact;
}

/** In hexadecimal: of many digits a decimal takes far longer. */
export function fractionOf(value: Exact): string {
  const [numerator, denominator] = value.toFraction();
  return `${numerator.toString(16)}/${denominator.toString(16)}`;
}
