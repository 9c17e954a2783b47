/** The table of sets. */

import type { FractalSet } from "../../plane/mod.ts";
import type { Formula } from "./formula.ts";
import { julia } from "./julia.ts";
import { mandelbrot } from "./mandelbrot.ts";

/** Names of sets, the default first. */
export const setNames: readonly FractalSet["id"][] = ["mandelbrot", "julia"];

/** The formula of a set. */
export function formulaOf(set: FractalSet): Formula {
  switch (set.id) {
    case "mandelbrot":
      return mandelbrot;
    case "julia":
      return julia(set.c);
  }
}
