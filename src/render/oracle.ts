/** Single points, counted by exact arithmetic. */

import type { ExactEscape } from "../fractal/mod.ts";
import type { FractalSet, Point } from "../plane/mod.ts";

/** A point of a set; default: of the Mandelbrot set. */
export interface ExactPoint extends Point {
  readonly set?: FractalSet;
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
    point: ExactPoint,
    iterations: number,
    options?: { readonly signal?: AbortSignal; readonly budget?: number },
  ): Promise<ExactEscape>;
}
