// The perturbation kernel in one thread: a frame in, counts out, and places to try it on.

import {
  advanceNucleus,
  advanceOrbit,
  differencesOf,
  exactEscapeTime,
  exactPoint,
  mayBeWithin,
  nucleusPointOf,
  nucleusReach,
  nucleusSearch,
  orbitOf,
  type OrbitSlice,
  PERTURBED_SCRATCH_BYTES,
  PerturbedKernel,
  perturbedModule,
  type PerturbedSteps,
  referenceBytes,
  type ReferencePoint,
  referencePointOf,
  sampleAlone,
  writeNearZeroPoints,
  writePoints,
} from "../../src/fractal/mod.ts";
import { columnsOf, Exact, type Frame, frameOfView, pointOf, rowsOf } from "../../src/plane/mod.ts";
import places from "../data/places.json" with { type: "json" };
import { integerIn } from "../plane/random.ts";

const PAGE = 65536;

/** A frame's samples, and what they took. */
export interface PerturbedSamples {
  readonly counts: Uint32Array;
  readonly fractions: Float32Array;
  readonly steps: PerturbedSteps;
  readonly point: ReferencePoint;
  /** Points of the reference's orbit, and whether that had escaped; the point has a period if it returns to 0. */
  readonly length: number;
  readonly ended: boolean;
}

/** How a frame is sampled. */
export interface PerturbedOptions {
  readonly iterations: number;
  /** Default: as the reference says. */
  readonly skips?: boolean;
  /** Whether each pixel goes alone, the slow way. */
  readonly alone?: boolean;
  /** Another reference than the frame's own. */
  readonly point?: ReferencePoint;
}

/** A kernel with a memory of its own, in which every frame overwrites the one before. */
export class PerturbedSampler {
  readonly kernel: PerturbedKernel;
  readonly #memory: WebAssembly.Memory;
  /** Whose reference lies in memory. */
  #inMemory: OrbitSlice | undefined;

  private constructor(kernel: PerturbedKernel, memory: WebAssembly.Memory) {
    this.kernel = kernel;
    this.#memory = memory;
  }

  /** @param given another compiled kernel than the committed one */
  static async start(given?: WebAssembly.Module): Promise<PerturbedSampler> {
    const memory = new WebAssembly.Memory({ initial: 1024, maximum: 1024, shared: true });
    const module = given ?? perturbedModule;
    return new PerturbedSampler(await PerturbedKernel.start(module, memory, PAGE), memory);
  }

  sample(frame: Frame, options: PerturbedOptions): PerturbedSamples {
    const { skips = (options.point ?? referencePointOf(frame)).skips } = options;
    return this.prepare(frame, options)(skips);
  }

  /**
   * Computes the frame's reference; what it returns samples the frame, with skips or without, and writes
   * the reference into memory only when another frame has been there meanwhile.
   */
  prepare(
    frame: Frame,
    { iterations, point: asked = referencePointOf(frame), alone = false }: Omit<
      PerturbedOptions,
      "skips"
    >,
  ): (skips: boolean) => PerturbedSamples {
    const { slice, point } = settled(asked, iterations);
    const { orbit, nearZero } = slice;
    const at = align(PAGE + PERTURBED_SCRATCH_BYTES);
    const { length, period } = orbit;
    const shape = { length, nearZero: nearZero.length, floatexp: point.floatexp, period };
    const bytes = referenceBytes(shape);
    const differences = differencesOf(frame, point);
    const exact = exactPoint(point);
    const { width, height } = frame;
    const counts = align(at + bytes);
    const fractions = counts + 4 * width * height;
    const columns = columnsOf(differences);
    const rows = rowsOf(differences);
    return (skips) => {
      if (this.#inMemory !== slice) {
        writePoints(this.#memory, { at, from: 1 }, slice.points);
        writeNearZeroPoints(this.#memory, { at, length: orbit.length }, nearZero);
        const laidOut = this.kernel.finishReference(at, shape, point.reach);
        if (laidOut !== bytes) throw new RangeError(`${laidOut} bytes are laid out, not ${bytes}`);
        this.#inMemory = slice;
      }
      const batch = {
        columns,
        rows,
        reference: {
          at,
          x: exact.re.toDouble(),
          y: exact.im.toDouble(),
          unit: point.floatexp ? point.reach : 0,
        },
        iterations,
        skips,
        counts,
        fractions,
        stride: width,
      };
      const steps = alone ? sampleAlone(this.#memory, batch) : this.kernel.sample(batch);
      const { buffer } = this.#memory;
      return {
        counts: new Uint32Array(buffer, counts, width * height).slice(),
        fractions: new Float32Array(buffer, fractions, width * height).slice(),
        steps,
        point,
        length: orbit.length,
        ended: orbit.ended,
      };
    };
  }
}

/** The orbit of a point for so many iterations, or that of a nucleus nearby where it does not end for long. */
function settled(
  point: ReferencePoint,
  iterations: number,
): { readonly slice: OrbitSlice; readonly point: ReferencePoint } {
  const slice = advanceOrbit(orbitOf(point.re, point.im, point.bits), iterations);
  const { surveys, approaches } = slice.orbit.course;
  const within = nucleusReach(point);
  for (const survey of surveys) {
    for (const approach of approaches) {
      if (approach.index > survey || !mayBeWithin(approach, within)) continue;
      const { state, period, orbit } = advanceNucleus(nucleusSearch(point, approach, within));
      if (state !== "found") continue;
      const { re, im } = orbit;
      const nucleus = nucleusPointOf(point, { re, im, period });
      return { slice: advanceOrbit(orbitOf(re, im, point.bits), period), point: nucleus };
    }
  }
  return { slice, point };
}

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}

/** A place to look at. */
export interface DeepPlace {
  readonly name: string;
  readonly re: Exact;
  readonly im: Exact;
  readonly span: Exact;
  readonly iterations: number;
}

/** The listed places that doubles cannot reach. */
export function deepPlaces(): DeepPlace[] {
  return places.places
    .map(({ name, re, im, span, iterations }) => ({
      name,
      re: Exact.parse(re),
      im: Exact.parse(im),
      span: Exact.parse(span),
      iterations,
    }))
    .filter(({ span }) => span.log2Floor() < -42);
}

/** A square view of a place. */
export function viewOf({ re, im, span }: DeepPlace, side: number): Frame {
  return frameOfView({ re, im, span, width: side, height: side });
}

/** How counts compare with exact arithmetic at some pixels. */
export interface Verdict {
  readonly equal: number;
  /** The largest relative difference of the others. */
  readonly worst: number;
}

/** Compares counts of a frame with the oracle's at `pixels` pixels. */
export function judge(
  frame: Frame,
  { counts, iterations }: { counts: Uint32Array; iterations: number },
  { random, pixels }: { random: () => number; pixels: number },
): Verdict {
  const bits = -frame.step.log2Floor() + 256;
  let equal = 0;
  let worst = 0;
  for (let k = 0; k < pixels; k++) {
    const i = integerIn(random, 0, frame.width - 1);
    const j = integerIn(random, 0, frame.height - 1);
    const { count } = exactEscapeTime(pointOf(frame, i, j), iterations, { bits });
    const found = counts[j * frame.width + i]!;
    if (found === count) equal++;
    else worst = Math.max(worst, Math.abs(found - count) / count);
  }
  return { equal, worst };
}
