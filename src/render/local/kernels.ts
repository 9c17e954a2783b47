/** The engine: kernels that compute batches of samples, one for each arithmetic. */

import {
  Kernel,
  PERTURBED_SCRATCH_BYTES,
  PerturbedKernel,
  type PerturbedSteps,
  type ReferenceShape,
  sampleAlone,
  SCRATCH_BYTES,
  warmUp,
  warmUpPerturbed,
} from "../../fractal/mod.ts";
import type { Perturbed, StartArgument } from "./orders.ts";

/** The engine's name: another engine may give other samples, so it is part of the algorithm's version. */
export const ENGINE = "wasm";

/** A part of a grid. Addresses are bytes in the shared memory. */
export interface SampleBatch {
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  readonly iterations: number;
  /** Where the counts (u32) go, row by row; and the fractions (f32), 0 when only counts are wanted. */
  readonly counts: number;
  readonly fractions: number;
  /** Samples from one row of the whole grid to the next. */
  readonly stride: number;
  /** The c of a Julia set; default: the points are the Mandelbrot set's. */
  readonly c?: { readonly re: number; readonly im: number };
  /** How it is perturbed; without it the points are doubles. */
  readonly perturbed?: Perturbed;
}

/** Computes batches by one arithmetic. */
export interface BatchKernel {
  readonly name: string;
  /** Computes a batch; leaves it unfinished once `stopped` says so, which it asks every few milliseconds. */
  sample(batch: SampleBatch, stopped: () => boolean): PerturbedSteps;
}

/** A worker's kernels. */
export class Kernels {
  readonly #direct: BatchKernel;
  readonly #perturbed: BatchKernel;
  readonly #alone: BatchKernel;
  readonly #tables: PerturbedKernel;

  private constructor(kernel: Kernel, perturbed: PerturbedKernel, memory: WebAssembly.Memory) {
    this.#tables = perturbed;
    this.#direct = {
      name: "double",
      sample: (batch, stopped) => ({ made: kernel.sample(batch, stopped), skipped: 0 }),
    };
    this.#perturbed = {
      name: "perturbed",
      sample: ({ perturbed: how, ...batch }, stopped) =>
        perturbed.sample({ ...batch, ...how! }, stopped),
    };
    this.#alone = {
      name: "perturbed, each pixel alone",
      sample: ({ perturbed: how, ...batch }, stopped) =>
        sampleAlone(memory, { ...batch, ...how! }, stopped),
    };
  }

  /** Starts the compiled kernels and warms them up. */
  static async start({ direct, perturbed, memory, scratch }: StartArgument): Promise<Kernels> {
    const kernel = await Kernel.start(direct, memory, scratch);
    const next = scratch + SCRATCH_BYTES;
    const perturbedKernel = await PerturbedKernel.start(perturbed, memory, next);
    const rest = next + PERTURBED_SCRATCH_BYTES;
    warmUp(kernel, rest);
    warmUpPerturbed(perturbedKernel, memory, rest);
    return new Kernels(kernel, perturbedKernel, memory);
  }

  /** The kernel for samples that are perturbed in this way, or not at all. */
  of(perturbed: Perturbed | undefined): BatchKernel {
    if (perturbed === undefined) return this.#direct;
    return perturbed.alone === true ? this.#alone : this.#perturbed;
  }

  /** Builds the tables of a reference whose points are in place. */
  finishReference(at: number, shape: ReferenceShape, reach: number): number {
    return this.#tables.finishReference(at, shape, reach);
  }
}
