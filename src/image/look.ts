/** What changes only colours, never a sample: a palette and a way of shading. */

import type { Palette } from "./palette.ts";

/**
 * `smooth` colours by the count and its fraction; `bands` by the whole count alone, so that every
 * count is one flat colour.
 */
export type Shading = "smooth" | "bands";

/** How samples become colours. Plain data: it crosses to a worker as it is. */
export interface Look {
  readonly palette: Palette;
  readonly shading: Shading;
}

/** Every shading, the default first. */
export const shadings: readonly Shading[] = ["smooth", "bands"];

/**
 * Reads a shading.
 *
 * @throws {SyntaxError} when there is none of that name, saying which there are
 */
export function parseShading(text: string): Shading {
  const shading = shadings.find((name) => name === text);
  if (shading !== undefined) return shading;
  throw new SyntaxError(
    `Cannot use shading ${JSON.stringify(text.slice(0, 40))} as it is not one of ${
      shadings.join(", ")
    }`,
  );
}
