/** The workers' entry: the kernel and the colours behind the pool's door. Works without permission. */

import {
  advanceCycle,
  advanceNucleus,
  advanceOrbit,
  countAlone,
  type CycleSearch,
  type ExactEscape,
  exactEscapeTime,
  type ExactOptions,
  type NucleusSearch,
  type Orbit,
  type PlacedReference,
  type ReferenceShape,
  settledEscapeTime,
} from "../../fractal/mod.ts";
import { enlargePng, type Part, type Picture } from "../../image/mod.ts";
import { Exact } from "../../plane/mod.ts";
import {
  type BytesAndNumbers,
  currentTask,
  type Pool,
  serve,
  stepBack,
  Transferred,
} from "../../pool/mod.ts";
import { batchAt } from "./batches.ts";
import { coloured, encoded, finish } from "./finish.ts";
import { Kernels } from "./kernels.ts";
import type {
  Finish,
  Painting,
  Placed,
  SampleOrder,
  StartArgument,
  TimedSearch,
  TimedSlice,
} from "./orders.ts";

let kernels: Kernels;
let memory: WebAssembly.Memory;
let exactTally: BigInt64Array;

const service = serve({
  async start(argument: StartArgument) {
    if (argument.niceness > 0) await stepBack(argument.niceness);
    memory = argument.memory;
    exactTally = new BigInt64Array(argument.exactTally);
    kernels = await Kernels.start(argument);
  },
  parallelFor: {
    /** Fills in how long each pixel takes to escape, and adds the batch's steps to the frame's. */
    sample: (order: SampleOrder) => {
      const { width, iterations, counts, fractions, tally, perturbed, c } = order;
      const kernel = kernels.of(perturbed);
      const sums = new BigInt64Array(memory.buffer, tally, 2);
      return (number: number, stopped: () => boolean) => {
        const { fromColumn, toColumn, fromRow, toRow } = batchAt(order, number);
        const offset = 4 * (fromRow * width + fromColumn);
        const { made, skipped } = kernel.sample({
          columns: order.columns.subarray(fromColumn, toColumn),
          rows: order.rows.subarray(fromRow, toRow),
          iterations,
          counts: counts + offset,
          fractions: fractions === 0 ? 0 : fractions + offset,
          stride: width,
          ...(perturbed && { perturbed }),
          ...(c && { c }),
        }, stopped);
        Atomics.add(sums, 0, BigInt(made));
        Atomics.add(sums, 1, BigInt(skipped));
      };
    },
  },
  functions: {
    /** Iterates a reference's orbit for about so many milliseconds. */
    orbit: (orbit: Orbit, length: number, milliseconds: number): Transferred<TimedSlice> => {
      const began = performance.now();
      const slice = advanceOrbit(orbit, length, milliseconds);
      const timed = { slice, milliseconds: performance.now() - began };
      return new Transferred(timed, [slice.points.buffer]);
    },
    /** Goes on with the search for a nucleus for about so many milliseconds. */
    nucleus: (search: NucleusSearch, milliseconds: number): TimedSearch<NucleusSearch> =>
      timed(() => advanceNucleus(search, milliseconds)),
    /** The same for a cycle. */
    cycle: (search: CycleSearch, milliseconds: number): TimedSearch<CycleSearch> =>
      timed(() => advanceCycle(search, milliseconds)),
    /** Builds the tables of a reference whose points are in place. */
    finishReference: (at: number, shape: ReferenceShape, reach: number) =>
      kernels.finishReference(at, shape, reach),
    /** Counts one point exactly, each coordinate a numerator and a denominator; c is that of a Julia set. */
    exact: (point: FractionPoint, iterations: number, c?: FractionPoint): ExactEscape =>
      tallied((options) =>
        settledEscapeTime(pointAt(...point), iterations, {
          ...options,
          ...(c && { c: pointAt(...c) }),
        })
      ),
    /** The same with so many bits, and without a second opinion. */
    countExactly: (re: Fraction, im: Fraction, iterations: number, bits: number): number =>
      tallied((options) => exactEscapeTime(pointAt(re, im), iterations, { ...options, bits }))
        .count,
    /** Counts points by perturbation the slow way. */
    countAlone: (
      reference: PlacedReference,
      points: readonly (readonly [x: number, y: number])[],
      iterations: number,
    ): number[] => {
      const task = currentTask();
      const stopped = () => task.stopped;
      return countAlone(memory, { reference, iterations }, { points, stopped });
    },
    /** Makes a file of samples; the numbers are the milliseconds that its colours and its encoding took. */
    finish: async (samples: Placed, order: Finish): Promise<Transferred<BytesAndNumbers>> => {
      const { bytes, colour, encode } = await finish(memory, samples, order);
      return new Transferred({ bytes, numbers: [colour, encode] }, [bytes.buffer]);
    },
    /** Colours samples of a band: one byte a pixel where the factor is 1, else three. */
    pixels: (samples: Placed, order: Painting) => {
      const picture = coloured(memory, samples, order);
      return moved(picture.kind === "indexed" ? picture.indices : picture.pixels);
    },
    /** Encodes pixels that were coloured band by band. */
    encode: async (picture: Picture, order: Painting) => moved(await encoded(picture, order)),
    /** Enlarges a part of a tile's file. */
    enlarge: (png: Uint8Array, part: Part) => moved(enlargePng(png, part)),
  },
});

function timed<S>(advance: () => S): TimedSearch<S> {
  const began = performance.now();
  const search = advance();
  return { search, milliseconds: performance.now() - began };
}

type Fraction = [numerator: bigint, denominator: bigint];
type FractionPoint = readonly [re: Fraction, im: Fraction];

function pointAt(re: Fraction, im: Fraction): { re: Exact; im: Exact } {
  return { re: quotient(re), im: quotient(im) };
}

function quotient([numerator, denominator]: Fraction): Exact {
  return Exact.of(numerator).dividedBy(Exact.of(denominator));
}

/** Counts a point exactly until the task is stopped, and adds what that took to what all have made. */
function tallied<T>(count: (options: Pick<ExactOptions, "stopped" | "made">) => T): T {
  const task = currentTask();
  const began = performance.now();
  try {
    return count({
      stopped: () => task.stopped,
      made: (steps) => Atomics.add(exactTally, 0, BigInt(steps)),
    });
  } finally {
    const microseconds = Math.round(1000 * (performance.now() - began));
    Atomics.add(exactTally, 1, BigInt(microseconds));
  }
}

/** The type by which the pool knows what it may ask for. */
export type RenderService = typeof service;

/** The workers as a pool. */
export type RenderPool = Awaited<ReturnType<typeof Pool.start<RenderService>>>;

function moved(bytes: Uint8Array<ArrayBuffer>): Transferred<Uint8Array<ArrayBuffer>> {
  return new Transferred(bytes, [bytes.buffer]);
}
