/** What is told of how samples were computed. */

import type { HeldReference } from "./references.ts";
import type { Arithmetic } from "../sampler.ts";

/** The arithmetic of samples, by the reference that they had and the steps that were made. */
export function arithmeticBy(
  { reference, iterations }: {
    readonly reference: HeldReference | undefined;
    readonly iterations: number;
  },
  steps: { readonly made: number; readonly skipped: number },
): Arithmetic {
  if (reference === undefined) return { kind: "double" };
  const { point: { bits, wide }, milliseconds } = reference;
  // It may be longer, for the sake of others: an answer tells of its own request alone.
  const length = Math.min(reference.length, iterations);
  return { kind: "perturbation", bits, length, wide, ...steps, orbit: milliseconds };
}
