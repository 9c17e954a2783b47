/** How samples were computed: a part of every answer's facts. */

/** How samples were computed. */
export type Arithmetic =
  | { readonly kind: "double" }
  /** Not at all: the whole frame is inside the set. */
  | { readonly kind: "interior" }
  | PerturbationArithmetic;

/** Differences from a reference orbit. */
export interface PerturbationArithmetic {
  readonly kind: "perturbation";
  /** Bits behind the point of the reference orbit, and its points as far as they are needed. */
  readonly bits: number;
  readonly length: number;
  /** Whether differences were floatexp at first: doubles with an exponent of their own. */
  readonly wide: boolean;
  /** Steps of single pixels that were made, and that BLA tables skipped. */
  readonly made: number;
  readonly skipped: number;
  /** Milliseconds that the orbit took; 0 when it was there. */
  readonly orbit: number;
  /** What came of a comparison with exact arithmetic, where there was one. */
  readonly checked?: Checked;
}

/**
 * `recomputed`: the comparison failed, and the samples were made again the slow way. `unchecked`: they look
 * suspicious, and a comparison would have taken longer than it may.
 */
export type Checked = "passed" | "unchecked" | "recomputed";

/** The arithmetic of two bands of a frame together; of their checks the one that says more. */
export function together(one: Arithmetic, next: Arithmetic): Arithmetic {
  if (one.kind !== "perturbation" || next.kind !== "perturbation") return next;
  const checked = (["recomputed", "unchecked", "passed"] as const)
    .find((either) => either === one.checked || either === next.checked);
  return {
    ...next,
    made: one.made + next.made,
    skipped: one.skipped + next.skipped,
    orbit: one.orbit + next.orbit,
    ...(checked && { checked }),
  };
}
