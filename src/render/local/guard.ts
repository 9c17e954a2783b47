/** Compares some pixels of perturbed frames with slower arithmetic, where they look wrong or it is cheap. */

import { differencesOf, pointsOf, type Suspicion, suspicionOf } from "../../fractal/mod.ts";
import { columnsOf, type Frame, pointOf, rowsOf, stepLog2 } from "../../plane/mod.ts";
import type { PerturbationArithmetic } from "../arithmetic.ts";
import type { HeldReference } from "./references.ts";
import type { Sampled } from "./samples.ts";
import type { RenderPool } from "./worker.ts";

/** A frame to be checked, and what it is checked with. */
export interface Looked {
  readonly frame: Frame;
  readonly reference: HeldReference;
  /** Its counts, row by row, where they lie. */
  readonly counts: Uint32Array;
  /** Where the reference lies. */
  readonly memory: WebAssembly.Memory;
  /** Compute time that the request may take, milliseconds; undefined: any. */
  readonly budget: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly pool: Pick<RenderPool, "apply">;
}

/** The result of a check. `unchecked`: the frame is suspicious, and to compare it would take too long. */
export type Verdict = "passed" | "wrong" | "unchecked";

/** Bits beyond those that tell two pixels apart: an exact orbit has no other to compare itself with. */
const GUARD_BITS = 192;

/** Pixels of a first look, and of a second one where a single one of them was off. */
const FIRST = 4;
const SECOND = 8;

/** What counts may be off by chaos: a thousandth, as the tests of perturbation have it, and a step. */
const TOLERANCE = 1e-3;

/** Pixels off from which on a frame is wrong: a single one may be chaos. */
const WRONG = 2;

/**
 * Milliseconds that a step takes: by the kernel (2 to 10 ns; 30 to 70 where z has an exponent), alone (12 to
 * 20 ns), and exactly with so many bits; and that it takes to ask for it.
 */
const STEP = 2e-6;
const STEP_WIDE = 2e-5;
/** And what a pixel takes besides, for BLA steps and rebasings. */
const PIXEL = 3e-4;
const STEP_ALONE = 1.5e-5;
const exactStep = (bits: number) => 1e-3 * (0.2 + 3e-4 * bits + 2.6e-7 * bits * bits);
const ASKING = 0.5;

/** Compute time of a look at a suspicious frame at most: milliseconds, and a share of the request's. */
const MOST_MILLISECONDS = 10_000;
const MOST_SHARE = 0.25;

/** What a look at any other frame may take, as a share of the frame itself. */
const SPOT_SHARE = 0.01;

/** Where a frame is looked at: points of Roberts' R2 sequence, which leave no part of it out. */
const ACROSS = 0.7548776662466927;
const DOWN = 0.5698402909980532;

/**
 * Looks whether a frame's samples are right, at a handful of its pixels: by exact arithmetic, if it looks
 * suspicious; else, where that takes next to nothing beside the frame itself, by perturbation the slow way,
 * as a kernel that loses z gives counts that look like any others. So with a frame that is inside as a
 * whole although its reference escapes, which is no rarity: exact orbits of that length would cost more than
 * the frame. Undefined where there was nothing to look at.
 *
 * What is compared depends on the frame and the budget alone, not on the clock. When it fails the samples
 * are disposed of.
 */
export async function verdictOn(samples: Sampled, looked: Looked): Promise<Verdict | undefined> {
  try {
    return await look(samples, looked);
  } catch (error) {
    samples[Symbol.dispose]();
    throw error;
  }
}

/** Gives samples on, with what came of the look; where they are wrong, what `again` makes in their stead. */
export async function settled(
  samples: Sampled,
  verdict: Verdict | undefined,
  again: () => Promise<Sampled>,
): Promise<Sampled> {
  const { arithmetic } = samples;
  if (verdict === undefined || arithmetic.kind !== "perturbation") return samples;
  if (verdict !== "wrong") return { ...samples, arithmetic: { ...arithmetic, checked: verdict } };
  samples[Symbol.dispose]();
  const anew = await again();
  const slow = anew.arithmetic as PerturbationArithmetic;
  return {
    ...anew,
    milliseconds: samples.milliseconds + anew.milliseconds,
    steps: samples.steps + anew.steps,
    arithmetic: { ...slow, orbit: arithmetic.orbit + slow.orbit, checked: "recomputed" },
  };
}

async function look(samples: Sampled, looked: Looked): Promise<Verdict | undefined> {
  const { arithmetic, iterations } = samples;
  if (arithmetic.kind !== "perturbation") return undefined;
  const { frame: { width, height }, counts, reference, memory } = looked;
  const { length, made, wide } = arithmetic;
  const points = pointsOf(memory, reference.at, length);
  const escaped = reference.escaped && length < iterations;
  const suspicion = suspicionOf({ width, height, counts, iterations, points, escaped });
  const comparison = comparisonFor(looked, {
    suspicion,
    iterations,
    milliseconds: made * (wide ? STEP_WIDE : STEP) + PIXEL * width * height,
  });
  const first = pixelsOf(looked, { from: 0, to: FIRST }).filter(within(comparison.first));
  if (first.length === 0) return suspicion && "unchecked";
  const off = await countOff(first, comparison);
  if (off === 0) return "passed";
  if (off >= WRONG) return "wrong";
  const second = pixelsOf(looked, { from: FIRST, to: FIRST + SECOND })
    .filter(within(comparison.second));
  if (second.length === 0) return "unchecked";
  return off + await countOff(second, comparison) >= WRONG ? "wrong" : "passed";
}

interface Pixel {
  readonly column: number;
  readonly row: number;
  readonly count: number;
}

/** Another way to count pixels. */
interface Comparison {
  /** Counts pixels up to the limit that each has. */
  readonly counts: (pixels: readonly Limited[]) => Promise<readonly number[]>;
  readonly iterations: number;
  /** What a first look and a second one may take, in steps of pixels. */
  readonly first: number;
  readonly second: number;
}

interface Limited extends Pixel {
  readonly limit: number;
}

function comparisonFor(
  looked: Looked,
  { suspicion, iterations, milliseconds }: {
    suspicion: Suspicion | undefined;
    iterations: number;
    /** What the frame took, as far as its steps tell. */
    milliseconds: number;
  },
): Comparison {
  const { budget = Infinity, counts } = looked;
  const most = Math.min(MOST_MILLISECONDS, MOST_SHARE * budget);
  const stays = suspicion === "flat" && counts[0] === iterations;
  if (suspicion !== undefined && !stays) {
    const steps = most / exactStep(bitsFor(looked.frame));
    const exact = (pixels: readonly Limited[]) => countExactly(looked, pixels);
    return { counts: exact, iterations, first: steps, second: steps };
  }
  const second = most / STEP_ALONE;
  const spot = Math.min(most, SPOT_SHARE * milliseconds - ASKING) / STEP_ALONE;
  const first = stays ? Math.min(second, WRONG * (iterations + 1)) : spot;
  return { counts: (pixels) => countAlone(looked, pixels), iterations, first, second };
}

function countExactly(
  { frame, signal, pool }: Looked,
  pixels: readonly Limited[],
): Promise<number[]> {
  const bits = bitsFor(frame);
  return Promise.all(pixels.map(({ column, row, limit }) => {
    const { re, im } = pointOf(frame, column, row);
    const point = [re.toFraction(), im.toFraction()] as const;
    return pool.apply("countExactly", [...point, limit, bits], signal && { signal });
  }));
}

function countAlone(
  { frame, reference: { point, at, x, y, unit }, signal, pool }: Looked,
  pixels: readonly Limited[],
): Promise<number[]> {
  const differences = differencesOf(frame, point);
  const points = pixels.map(({ column, row }) =>
    [
      columnsOf(differences, column, column + 1)[0]!,
      rowsOf(differences, row, row + 1)[0]!,
    ] as const
  );
  const limit = Math.max(...pixels.map(({ limit }) => limit));
  return pool.apply("countAlone", [{ at, x, y, unit }, points, limit], signal && { signal });
}

function pixelsOf(
  { frame: { width, height }, counts }: Looked,
  { from, to }: { from: number; to: number },
): Pixel[] {
  return Array.from({ length: to - from }, (_, i) => {
    const k = from + i + 1;
    const column = Math.floor(width * (ACROSS * k % 1));
    const row = Math.floor(height * (DOWN * k % 1));
    return { column, row, count: counts[row * width + column]! };
  });
}

/** Whether a pixel still fits into so many steps beside those before it that did. */
function within(steps: number): (pixel: Pixel) => boolean {
  let left = steps;
  return ({ count }) => {
    if (count + 1 > left) return false;
    left -= count + 1;
    return true;
  };
}

/** How many of these pixels have another count. */
async function countOff(
  pixels: readonly Pixel[],
  { counts, iterations }: Comparison,
): Promise<number> {
  const margins = pixels.map(({ count }) => 1 + Math.floor(TOLERANCE * count));
  // Beyond what it may be a count need not be known.
  const limited = pixels.map((pixel, i) => (
    { ...pixel, limit: Math.min(iterations, pixel.count + margins[i]! + 1) }
  ));
  const others = await counts(limited);
  return pixels.filter(({ count }, i) => Math.abs(others[i]! - count) > margins[i]!).length;
}

function bitsFor(frame: Frame): number {
  return GUARD_BITS - stepLog2(frame);
}
