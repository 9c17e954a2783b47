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
  Kernel,
  type NucleusSearch,
  type Orbit,
  PERTURBED_SCRATCH_BYTES,
  PerturbedKernel,
  type PlacedReference,
  type ReferenceShape,
  sampleAlone,
  SCRATCH_BYTES,
  settledEscapeTime,
  warmUp,
  warmUpPerturbed,
} from "../../fractal/mod.ts";
import {
  encodeNpy,
  encodePicture,
  enlargePng,
  paintAveraged,
  paintIndexed,
  type Part,
  type Picture,
  type PictureOptions,
  type Samples,
} from "../../image/mod.ts";
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
import type {
  FileOptions,
  PaintOrder,
  Placed,
  SampleOrder,
  StartArgument,
  TimedSearch,
  TimedSlice,
} from "./orders.ts";
import { textOfTile } from "../place_text.ts";

let kernel: Kernel;
let perturbedKernel: PerturbedKernel;
let memory: WebAssembly.Memory;
let exactTally: BigInt64Array;

const service = serve({
  async start(argument: StartArgument) {
    if (argument.niceness > 0) await stepBack(argument.niceness);
    memory = argument.memory;
    exactTally = new BigInt64Array(argument.exactTally);
    kernel = await Kernel.start(argument.direct, memory, argument.scratch);
    const next = argument.scratch + SCRATCH_BYTES;
    perturbedKernel = await PerturbedKernel.start(argument.perturbed, memory, next);
    const rest = next + PERTURBED_SCRATCH_BYTES;
    warmUp(kernel, rest);
    warmUpPerturbed(perturbedKernel, memory, rest);
  },
  parallelFor: {
    /** Fills in how long each pixel takes to escape, and adds the batch's steps to the frame's. */
    sample: (order: SampleOrder) => {
      return (number: number, stopped: () => boolean) => {
        const { fromColumn, toColumn, fromRow, toRow } = batchAt(order, number);
        const columns = order.columns.subarray(fromColumn, toColumn);
        const rows = order.rows.subarray(fromRow, toRow);
        const { width, iterations, counts, fractions, perturbed, c } = order;
        const offset = 4 * (fromRow * width + fromColumn);
        const batch = {
          ...{ columns, rows, iterations, ...(c && { c }) },
          counts: counts + offset,
          fractions: fractions === 0 ? 0 : fractions + offset,
        };
        const steps = perturbed === undefined
          ? { made: kernel.sample(batch, stopped), skipped: 0 }
          : perturbed.alone
          ? sampleAlone(memory, { ...batch, ...perturbed, stride: width }, stopped)
          : perturbedKernel.sample({ ...batch, ...perturbed, stride: width }, stopped);
        const sums = new BigInt64Array(memory.buffer, order.tally, 2);
        Atomics.add(sums, 0, BigInt(steps.made));
        Atomics.add(sums, 1, BigInt(steps.skipped));
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
      perturbedKernel.finishReference(at, shape, reach),
    /** Counts one point exactly, each coordinate a numerator and a denominator. */
    exact: (re: Fraction, im: Fraction, iterations: number): ExactEscape =>
      tallied((options) => settledEscapeTime(pointAt(re, im), iterations, options)),
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
    /** Colours samples and encodes the picture: a file, and the milliseconds that either took. */
    paint,
    /** Colours samples: one byte a pixel where the factor is 1, else three. */
    pixels: (order: PaintOrder) => {
      const picture = coloured(order);
      return moved(picture.kind === "indexed" ? picture.indices : picture.pixels);
    },
    /** Encodes pixels that were coloured band by band. */
    encode: async (picture: Picture, options: FileOptions) =>
      moved(await encodePicture(picture, noted(options))),
    /** Enlarges a part of a tile's file. */
    enlarge: (png: Uint8Array, part: Part) => moved(enlargePng(png, part)),
    /** The counts as a NumPy file. */
    npy: (samples: Placed) => {
      const { counts } = view(samples);
      if (samples.flipped) {
        return moved(encodeNpy(turnOver(counts.slice(), samples.width), samples));
      }
      return moved(encodeNpy(counts, samples));
    },
  },
});

function timed<S>(advance: () => S): TimedSearch<S> {
  const began = performance.now();
  const search = advance();
  return { search, milliseconds: performance.now() - began };
}

type Fraction = [numerator: bigint, denominator: bigint];

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

async function paint(
  order: PaintOrder,
  options: FileOptions,
): Promise<Transferred<BytesAndNumbers>> {
  const began = performance.now();
  const picture = coloured(order);
  const painted = performance.now();
  const bytes = await encodePicture(picture, noted(options));
  const numbers = [painted - began, performance.now() - painted];
  return new Transferred({ bytes, numbers }, [bytes.buffer]);
}

/** What a picture notes of itself; a tile's notes are written here, as its parent has other work. */
function noted({ format, text = {}, tile }: FileOptions): PictureOptions {
  return { format, text: tile === undefined ? text : textOfTile(tile) };
}

/** Colours samples. Colours lie closer than samples: what is upside down is turned once it is coloured. */
function coloured({ samples, look, factor }: PaintOrder): Picture {
  const { flipped = false } = samples;
  if (factor === 1) {
    const picture = paintIndexed(view(samples), look);
    if (flipped) turnOver(picture.indices, picture.width);
    return picture;
  }
  const width = samples.width / factor;
  const height = samples.height / factor;
  const pixels = paintAveraged(view(samples), factor, look);
  if (flipped) turnOver(pixels, 3 * width);
  return { kind: "true colour", channels: 3, width, height, pixels };
}

/** Turns a grid upside down, where it lies. */
function turnOver<T extends Uint8Array | Uint32Array>(grid: T, width: number): T {
  for (let upper = 0, lower = grid.length - width; upper < lower; upper += width, lower -= width) {
    const row = grid.slice(upper, upper + width);
    grid.copyWithin(upper, lower, lower + width);
    grid.set(row, lower);
  }
  return grid;
}

function view({ width, height, iterations, counts, fractions }: Placed): Samples {
  return {
    width,
    height,
    iterations,
    counts: new Uint32Array(memory.buffer, counts, width * height),
    fractions: fractions === 0
      ? new Float32Array(width * height)
      : new Float32Array(memory.buffer, fractions, width * height),
  };
}

function moved(bytes: Uint8Array<ArrayBuffer>): Transferred<Uint8Array<ArrayBuffer>> {
  return new Transferred(bytes, [bytes.buffer]);
}
