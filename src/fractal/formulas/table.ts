/** The table of sets. */

import type { FractalSet } from "../../plane/mod.ts";
import type { Formula } from "./formula.ts";
import { julia } from "./julia.ts";
import { mandelbrot } from "./mandelbrot.ts";

/** The formula of a set. */
export function formulaOf(set: FractalSet): Formula {
  switch (set.id) {
    case "mandelbrot":
      return mandelbrot;
    case "julia":
      return julia(set.c);
  }
}

/**
 * The deepest zoom at which tiles of `size` by `size` pixels can be computed; Infinity where there is none.
 * At zoom z a pixel is 2^(2 - z) / size wide.
 */
export function deepestZoomOf(set: FractalSet, size: number): number {
  return Math.floor(2 - Math.log2(size) - formulaOf(set).deepestStepLog2);
}
