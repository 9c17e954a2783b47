/** Perturbation against the direct kernel, and the reference orbit against the products that it is made of. */

import {
  advanceOrbit,
  directModule,
  Kernel,
  MOST_PIXELS,
  orbitOf,
  SCRATCH_BYTES,
  warmUp,
} from "../../src/fractal/mod.ts";
import { columnsOf, Exact, frameOfView, rowsOf } from "../../src/plane/mod.ts";
import places from "../data/places.json" with { type: "json" };
import {
  type DeepPlace,
  deepPlaces,
  PerturbedSampler,
  viewOf,
} from "../fractal/perturbed_sampler.ts";
import { best, inTurns } from "./clock.ts";
import { perturbedLoops } from "./perturbed_loop.ts";

/** One place, one core. */
export interface PerturbedRow {
  readonly place: string;
  /** Mean count of its pixels. */
  readonly mean: number;
  /** Pixel iterations a second without skips, over those of the direct kernel. */
  readonly ofDirect: number;
  /** The same over those of the fastest loop that makes the step and nothing else. */
  readonly ofLimit: number;
  /** Iterations of a pixel over the steps that were made for it, with skips; and the time over that without. */
  readonly iterationsPerStep: number;
  readonly speedUp: number;
}

/** A step of an orbit, microseconds, and over the three products of its numbers. */
export interface OrbitRow {
  readonly bits: number;
  readonly step: number;
  readonly ofProducts: number;
}

/** What the benchmark found. */
export interface PerturbedBench {
  readonly rows: readonly PerturbedRow[];
  readonly orbits: readonly OrbitRow[];
}

const PAGE = 65536;

/**
 * Sides of the views, pixels, and pixel iterations of one at most without skips: about half a second. The
 * larger one is taken where it fits: 64 x 64 pixels of 500 iterations are over in 2 ms, before caches and
 * predictions are warm.
 */
const SIDES = [128, 64];
const MOST_ITERATIONS = 6e8;

/** Passes of a limit's loop: some ten milliseconds. */
const PASSES = 2000;

const BITS = [640, 1088, 2112, 8256, 33_024];

/** Measures all places and depths: the best of so many rounds, in each of which all have their turn. */
export async function benchPerturbed(rounds = 4): Promise<PerturbedBench> {
  const direct = await startDirect();
  const sampler = await PerturbedSampler.start();
  const ways: Record<string, () => void> = { direct: () => direct.run() };
  const steps = new Map<string, { made: number; skipped: number }>();
  const views = deepPlaces().map((place) => ({ place, view: prepare(sampler, place) }));
  for (const { place: { name }, view } of views) {
    ways[`${name} skips`] = () => steps.set(name, view(true));
    ways[`${name} plain`] = () => steps.set(`${name} plain`, view(false));
  }
  const loops = await perturbedLoops();
  const looped = new Map<string, number>();
  for (const loop of loops) {
    const name = `loop of ${loop.chains}`;
    ways[name] = () => looped.set(name, loop.run(PASSES));
  }
  const times = await inTurns(rounds, ways);
  const limitPerSecond = Math.max(
    ...[...looped].map(([name, steps]) => steps / best(times[name]!)),
  );
  const directPerSecond = direct.iterations / best(times.direct!);
  const rows = views.map(({ place }): PerturbedRow => {
    const { name } = place;
    const { made, skipped } = steps.get(name)!;
    const plain = best(times[`${name} plain`]!);
    const all = steps.get(`${name} plain`)!.made;
    return {
      place: name,
      mean: all / sideOf(place) ** 2,
      ofDirect: all / plain / directPerSecond,
      ofLimit: all / plain / limitPerSecond,
      iterationsPerStep: (made + skipped) / made,
      speedUp: plain / best(times[`${name} skips`]!),
    };
  });
  return { rows, orbits: await benchOrbits(rounds) };
}

/** The findings as a table for people. */
export function perturbedTable({ rows, orbits }: PerturbedBench): string {
  return [
    "one core".padEnd(24) + "mean count  of direct  of limit  iterations/step  faster by skips",
    ...rows.map(({ place, mean, ofDirect, ofLimit, iterationsPerStep, speedUp }) =>
      place.padEnd(24) + mean.toFixed(0).padStart(10) + ofDirect.toFixed(2).padStart(11) +
      ofLimit.toFixed(2).padStart(10) +
      iterationsPerStep.toFixed(1).padStart(17) + speedUp.toFixed(1).padStart(17)
    ),
    "",
    "orbit: bits".padEnd(24) + "us a step  of three products",
    ...orbits.map(({ bits, step, ofProducts }) =>
      String(bits).padEnd(24) + step.toFixed(2).padStart(9) + ofProducts.toFixed(2).padStart(19)
    ),
  ].join("\n") + "\n";
}

function sideOf({ iterations }: DeepPlace): number {
  return SIDES.find((side) => side ** 2 * iterations <= MOST_ITERATIONS) ?? SIDES.at(-1)!;
}

/** A place whose reference is in memory again at every run, ready to be sampled with skips or without. */
function prepare(
  sampler: PerturbedSampler,
  place: DeepPlace,
): (skips: boolean) => { made: number; skipped: number } {
  const side = sideOf(place);
  const iterations = Math.min(place.iterations, Math.floor(MOST_ITERATIONS / side ** 2));
  const prepared = sampler.prepare(viewOf(place, side), { iterations });
  return (skips) => prepared(skips).steps;
}

/** The direct kernel on a view where most pixels take tens of thousands of iterations. */
async function startDirect(): Promise<{ run: () => void; iterations: number }> {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
  const kernel = await Kernel.start(directModule, memory, PAGE);
  const samples = PAGE + SCRATCH_BYTES;
  warmUp(kernel, samples);
  const place = places.places.find(({ name }) => name === "border-3e7")!;
  const frame = frameOfView({
    re: Exact.parse(place.re),
    im: Exact.parse(place.im),
    span: Exact.parse(place.span),
    width: 64,
    height: 64,
  });
  const [columns, rows] = [columnsOf(frame), rowsOf(frame)];
  const run = () =>
    kernel.sample({
      columns,
      rows,
      iterations: place.iterations,
      counts: samples,
      fractions: samples + 4 * MOST_PIXELS,
    });
  return { run, iterations: run() };
}

async function benchOrbits(rounds: number): Promise<OrbitRow[]> {
  const ways: Record<string, () => void> = {};
  const stepsOf = (bits: number) => Math.ceil(3e6 / (200 + bits ** 2 / 4000));
  for (const bits of BITS) {
    const re = Exact.parse("-0.743643887037158704752").toFixedPoint(bits);
    const im = Exact.parse("0.13182590420531197049").toFixedPoint(bits);
    // Some way along its orbit a number has all its bits.
    const { orbit } = advanceOrbit(orbitOf(re, im, bits), 64);
    const steps = stepsOf(bits);
    ways[`${bits} orbit`] = () => advanceOrbit(orbit, orbit.length + steps);
    ways[`${bits} products`] = () => {
      const { x, y } = orbit;
      for (let i = 0; i < steps; i++) {
        const odd = x + BigInt(i);
        if (odd * odd + y * y === odd * y) throw new RangeError("x and y are not equal");
      }
    };
  }
  const times = await inTurns(rounds, ways);
  return BITS.map((bits) => {
    const step = 1000 * best(times[`${bits} orbit`]!) / stepsOf(bits);
    return {
      bits,
      step,
      ofProducts: best(times[`${bits} orbit`]!) / best(times[`${bits} products`]!),
    };
  });
}
