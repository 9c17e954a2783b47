/** The Mandelbrot set: z_0 = c = the point. */

import { MANDELBROT, WORLD } from "../../plane/mod.ts";
import { liesInside } from "../interior.ts";
import type { Formula } from "./formula.ts";

export const mandelbrot: Formula = {
  set: MANDELBROT,
  window: WORLD,
  symmetry: "real axis",
  deepestStepLog2: -Infinity,
  liesInside,
  orbitOf: (re, im) => ({ zRe: re, zIm: im, cRe: re, cIm: im }),
};
