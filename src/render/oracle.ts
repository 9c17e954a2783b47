/** Single points, counted by exact arithmetic. */

import type { ExactEscape } from "../fractal/mod.ts";
import type { Exact } from "../plane/mod.ts";

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
