/** The oracle: the seed's loop in plain doubles, one point at a time. Every faster path must agree. */

import type { Start } from "./formulas/formula.ts";

/**
 * Counts how long a point takes to escape: the first n with |z_n| > 2, `iterations` when there is none.
 *
 *     z_0 = c,   re' = (re*re - im*im) + c_re,   im' = (re*im + im*re) + c_im
 *
 * in that order of rounding; the test is `re*re + im*im > 4`, the square root left out.
 *
 * @param re real part of c, plane units
 * @param im imaginary part of c, plane units
 * @param iterations the count of a point that does not escape
 *
 * @example
 * ```ts
 * import { escapeTime } from "./mod.ts";
 * console.assert(escapeTime(0.0965, -0.638, 255) === 17);
 * ```
 */
export function escapeTime(re: number, im: number, iterations: number): number {
  return countSteps({ zRe: re, zIm: im, cRe: re, cIm: im }, iterations);
}

/** The same for an orbit whose start and whose c are given apart: a Julia set's has z_0 = the point. */
export function countSteps({ zRe, zIm, cRe, cIm }: Start, iterations: number): number {
  for (let n = 0; n < iterations; n++) {
    if (zRe * zRe + zIm * zIm > 4) return n;
    const nextRe = (zRe * zRe - zIm * zIm) + cRe;
    zIm = (zRe * zIm + zIm * zRe) + cIm;
    zRe = nextRe;
  }
  return iterations;
}

/**
 * The count as a real number, continuous in c: n + 1 - log2(log2 |z_n|) for a |z_n| so large that c no
 * longer matters (here beyond 1e5). `iterations` for a point that does not escape.
 *
 * Source: the usual renormalised iteration count; see Linas Vepstas, "Renormalizing the Mandelbrot
 * Escape" (1997).
 */
export function smoothEscapeTime(re: number, im: number, iterations: number): number {
  return countSmoothly({ zRe: re, zIm: im, cRe: re, cIm: im }, iterations);
}

/** The same for an orbit whose start and whose c are given apart. */
export function countSmoothly(start: Start, iterations: number): number {
  if (countSteps(start, iterations) === iterations) return iterations;
  let { zRe, zIm } = start;
  const { cRe, cIm } = start;
  for (let n = 0;; n++) {
    const size = zRe * zRe + zIm * zIm;
    if (size > 1e10) return n + 1 - Math.log2(Math.log2(size) / 2);
    const nextRe = (zRe * zRe - zIm * zIm) + cRe;
    zIm = (zRe * zIm + zIm * zRe) + cIm;
    zRe = nextRe;
  }
}
