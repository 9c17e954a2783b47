/** Computes the samples of frames by a pool of workers, in whichever arithmetic a frame needs. */

import { differencesOf, ownReferenceOf, pathOf, type ReferencePoint } from "../../fractal/mod.ts";
import { columnsOf, type Frame, rowsOf } from "../../plane/mod.ts";
import type { BytesAndNumbers } from "../../pool/mod.ts";
import type { Arithmetic } from "../arithmetic.ts";
import { batchCount, batchShape, perturbedShape } from "./batches.ts";
import { settled, type Verdict, verdictOn } from "./guard.ts";
import type { Perturbed, Placed, SampleOrder } from "./orders.ts";
import type { HeldReference, References } from "./references.ts";
import type { FinishedFile, Sampled, SampleOptions } from "./samples.ts";
import { disposalOf, type SharedSamples } from "./shared_samples.ts";
import type { RenderPool } from "./worker.ts";

/** Samples frames: in doubles, as differences from a reference orbit, or not at all. */
export class FrameSampler {
  readonly #pool: RenderPool;
  readonly #samples: SharedSamples;
  readonly #references: References;
  /** Compute time, milliseconds, and steps: added to as they are made. */
  readonly #computed: { milliseconds: number; iterations: number };

  constructor(
    pool: RenderPool,
    { samples, references, computed }: {
      samples: SharedSamples;
      references: References;
      computed: { milliseconds: number; iterations: number };
    },
  ) {
    this.#pool = pool;
    this.#samples = samples;
    this.#references = references;
    this.#computed = computed;
  }

  /** Samples a frame, which must not have more than `mostSamples` pixels. */
  async sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const path = pathOf(options.parentFrame ?? frame, options.iterations);
    switch (path.arithmetic) {
      case "interior":
        return await this.#fill(frame, options);
      case "double": {
        const shape = batchShape(frame.width, frame.height, options.iterations);
        const { set } = frame;
        const c = set.id === "julia"
          ? { re: set.c.re.toDouble(), im: set.c.im.toDouble() }
          : undefined;
        const grid = { columns: columnsOf(frame), rows: rowsOf(frame), shape, ...(c && { c }) };
        return await this.#compute(grid, options);
      }
      case "perturbation":
        return await this.#sampleDeep(frame, path.reference, options);
    }
  }

  /** Samples a frame by perturbation, compares some of them, and makes wrong ones again the slow way. */
  async #sampleDeep(frame: Frame, point: ReferencePoint, options: SampleOptions): Promise<Sampled> {
    const { iterations, signal, budget, parentFrame = frame } = options;
    let samples: Sampled;
    let verdict: Verdict | undefined;
    {
      const bounds = { frame: parentFrame, signal, budget };
      using reference = await this.#references.hold(point, iterations, bounds);
      if (reference.inside) return await this.#fill(frame, options, reference.milliseconds);
      samples = await this.#perturb(frame, { reference }, options);
      verdict = await verdictOn(samples, {
        ...{ frame, reference, signal, budget },
        counts: this.#samples.countsOf(samples),
        ...{ pool: this.#pool, memory: this.#samples.memory },
      });
    }
    return await settled(samples, verdict, async () => {
      const left = budget === undefined ? Infinity : Math.max(1, budget - samples.milliseconds);
      const own = ownReferenceOf(parentFrame, point);
      using reference = await this.#references.hold(own, iterations, { signal, budget: left });
      return await this.#perturb(frame, { reference, alone: true }, { ...options, budget: left });
    });
  }

  /** Samples of a frame as differences from a reference; `alone` is the slow way. */
  #perturb(
    frame: Frame,
    { reference, alone = false }: { readonly reference: HeldReference; readonly alone?: boolean },
    options: SampleOptions,
  ): Promise<Sampled> {
    const { iterations, budget } = options;
    const shape = perturbedShape(frame.width, frame.height, iterations);
    const differences = differencesOf(frame, reference.point);
    const columns = columnsOf(differences);
    const rows = rowsOf(differences);
    return this.#compute({ columns, rows, shape, reference, alone }, {
      ...options,
      budget: budget === undefined
        ? undefined
        : Math.max(1, budget - reference.milliseconds - reference.proving),
    });
  }

  /** Samples of a frame that is inside the set as a whole. */
  async #fill(
    { width, height }: Frame,
    options: SampleOptions,
    milliseconds = 0,
  ): Promise<Sampled> {
    const { iterations, fractions, signal } = options;
    const room = await this.#samples.filled({ width, height, iterations, fractions }, signal);
    options.onProgress?.(1);
    return {
      ...room.placed,
      milliseconds,
      frames: 1,
      steps: 0,
      arithmetic: { kind: "interior" },
      ...disposalOf(room),
    };
  }

  /** Lets the workers compute a grid's batches, and the one that ends it make the file. */
  async #compute(grid: Grid, options: SampleOptions): Promise<Sampled> {
    const { columns, rows, c, shape, reference, alone = false } = grid;
    const { iterations, fractions, signal } = options;
    const width = columns.length;
    const height = rows.length;
    const room = await this.#samples.room({ width, height, iterations, fractions }, signal);
    try {
      const { placed, tally } = room;
      const order: SampleOrder = {
        ...{ ...placed, columns, rows, shape, tally, ...(c && { c }) },
        ...(reference && { perturbed: { ...perturbedBy(reference), alone } }),
      };
      const onLeakedThread = (ended: Promise<void>) => room.keepUntil(ended);
      const { milliseconds, file } = await this.#batches(order, options, onLeakedThread);
      const steps = this.#samples.tallied(room);
      this.#computed.iterations += steps.made;
      return {
        ...placed,
        ...(file && { file }),
        milliseconds: milliseconds + (reference?.milliseconds ?? 0) + (reference?.proving ?? 0),
        frames: 1,
        steps: steps.made,
        arithmetic: arithmeticBy(reference, iterations, steps),
        ...disposalOf(room),
      };
    } catch (error) {
      this.#computed.iterations += this.#samples.tallied(room).made;
      room[Symbol.dispose]();
      throw error;
    }
  }

  async #batches(
    order: SampleOrder,
    { signal, budget, onProgress, finish, flipped = false }: SampleOptions,
    onLeakedThread: (ended: Promise<void>) => void,
  ): Promise<Pick<Sampled, "milliseconds" | "file">> {
    const { width, height, iterations, counts, fractions, shape } = order;
    const batches = batchCount(width, height, shape);
    const bounds = {
      ...{ batches, onLeakedThread },
      onWork: (milliseconds: number) => this.#computed.milliseconds += milliseconds,
      ...(signal && { signal }),
      ...(budget !== undefined && { budget }),
      ...(onProgress && { onProgress: (done: number) => onProgress(done / batches) }),
    };
    if (finish === undefined) {
      return { milliseconds: await this.#pool.parallelFor("sample", order, bounds) };
    }
    const samples: Placed = { width, height, iterations, counts, fractions, flipped };
    const last = { name: "finish" as const, args: [samples, finish] as const };
    const { milliseconds, value } = await this.#pool.parallelForThenCall("sample", order, {
      ...bounds,
      last,
    });
    return { milliseconds, file: finishedFile(value) };
  }
}

/** A grid's points, or their differences from a reference, and how it is cut. */
interface Grid extends Pick<SampleOrder, "columns" | "rows" | "shape" | "c"> {
  readonly reference?: HeldReference;
  readonly alone?: boolean;
}

/** What the worker's `finish` returned. */
export function finishedFile(
  { bytes, numbers: [colour = 0, encode = 0] }: BytesAndNumbers,
): FinishedFile {
  return { bytes, colour, encode };
}

function perturbedBy({ at, x, y, unit, point: { skips } }: HeldReference): Perturbed {
  return { reference: { at, x, y, unit }, skips };
}

/** The arithmetic of samples, by the reference that they had and the steps that were made. */
function arithmeticBy(
  reference: HeldReference | undefined,
  iterations: number,
  steps: { readonly made: number; readonly skipped: number },
): Arithmetic {
  if (reference === undefined) return { kind: "double" };
  const { point: { bits, floatexp: wide }, milliseconds } = reference;
  // The orbit may be longer, for the sake of other requests.
  const length = Math.min(reference.length, iterations);
  return { kind: "perturbation", bits, length, wide, ...steps, orbit: milliseconds };
}
