/** The kernel against the oracle, and against a loop that only iterates: the WASM limit. */

import {
  directModule,
  escapeTime,
  Kernel,
  MOST_PIXELS,
  SCRATCH_BYTES,
  warmUp,
} from "../../src/fractal/mod.ts";
import { columnsOf, cornerGrid, Exact, frameOfView, rowsOf } from "../../src/plane/mod.ts";
import { batchAt, batchCount, batchShape } from "../../src/render/local/batches.ts";
import places from "../data/places.json" with { type: "json" };
import { best, inTurns } from "./clock.ts";
import { type LimitLoop, limitLoops } from "./limit_loop.ts";

/** One view in one mode, on one core. */
export interface KernelRow {
  readonly view: string;
  /** Counts and fractions, or counts alone. */
  readonly mode: "smooth" | "counts";
  readonly milliseconds: number;
  /** Steps that the orbits needed, and how many of them were made in a second. */
  readonly steps: number;
  readonly stepsPerSecond: number;
  /** stepsPerSecond over the limit's. */
  readonly ofLimit: number;
  /** Steps of all lanes, those made in vain included, and over the limit: how busy the lanes are kept. */
  readonly made: number;
  readonly madeOfLimit: number;
  /** The oracle's time over the kernel's; the oracle's is that of some rows, by their share of the counts. */
  readonly overOracle: number;
}

/** What the kernel's benchmark found. */
export interface KernelBench {
  /** Steps in a second of the best loop without escapes, and which one it is. */
  readonly limit: {
    readonly stepsPerSecond: number;
    readonly chains: number;
    readonly unrolled: number;
  };
  readonly rows: readonly KernelRow[];
}

interface View {
  readonly name: string;
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  readonly iterations: number;
  /** The oracle counts every row whose number this divides: for all it would take half a minute. */
  readonly oracleRows: number;
}

const PAGE = 65536;

/** Steps of each lane in one run of a limit loop, a multiple of 8: about 20 ms. */
const LIMIT_STEPS = 4_000_000;

const MODES = ["smooth", "counts"] as const;

/**
 * Measures every view in both modes: the best of so many rounds, in each of which all have their turn.
 *
 * 2026-11-28: two virtual processors may be one core. Work on the other one slows the limit's loop to 0.9
 * and steps with a test to 0.65, so the ratios are those of a machine that does nothing else.
 */
export async function benchKernel(rounds = 5): Promise<KernelBench> {
  const views = viewsToMeasure();
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
  const kernel = await startKernel(memory);
  const loops = await limitLoops();
  const sampled = new Map<string, Sampled>();
  const ways: Record<string, () => void> = {};
  for (const loop of loops) ways[nameOf(loop)] = () => loop.run(LIMIT_STEPS);
  for (const view of views) {
    for (const mode of MODES) {
      const name = `${view.name} ${mode}`;
      ways[name] = () => sampled.set(name, sampleAll(kernel, view, { mode }));
    }
    ways[`${view.name} oracle`] = () => countSome(view);
  }
  const shares = new Map(views.map((view) => [view.name, oracleShare(kernel, memory, view)]));
  const times = await inTurns(rounds, ways);
  const limit = loops
    .map((loop) => ({
      chains: loop.chains,
      unrolled: loop.unrolled,
      stepsPerSecond: 2000 * loop.chains * LIMIT_STEPS / best(times[nameOf(loop)]!),
    }))
    .reduce((a, b) => a.stepsPerSecond > b.stepsPerSecond ? a : b);
  const rows = views.flatMap(({ name: view }) =>
    MODES.map((mode): KernelRow => {
      const milliseconds = best(times[`${view} ${mode}`]!);
      const { steps, made } = sampled.get(`${view} ${mode}`)!;
      const stepsPerSecond = 1000 * steps / milliseconds;
      return {
        view,
        mode,
        milliseconds,
        steps,
        stepsPerSecond,
        ofLimit: stepsPerSecond / limit.stepsPerSecond,
        made,
        madeOfLimit: 1000 * made / milliseconds / limit.stepsPerSecond,
        overOracle: best(times[`${view} oracle`]!) / shares.get(view)! / milliseconds,
      };
    })
  );
  return { limit, rows };
}

/** The findings as a table for people. */
export function kernelTable({ limit, rows }: KernelBench): string {
  const lines = rows.map((row) =>
    row.view.padEnd(14) +
    row.mode.padEnd(8) +
    row.milliseconds.toFixed(1).padStart(9) +
    (row.steps / 1e6).toFixed(1).padStart(10) +
    (row.stepsPerSecond / 1e9).toFixed(3).padStart(9) +
    row.ofLimit.toFixed(2).padStart(9) +
    row.madeOfLimit.toFixed(2).padStart(7) +
    row.overOracle.toFixed(1).padStart(10)
  );
  return [
    `the limit: ${(limit.stepsPerSecond / 1e9).toFixed(3)} G steps/s, ${limit.chains} chains, ` +
    `${limit.unrolled} steps in a row`,
    "one core".padEnd(22) + "       ms   M steps     G/s  of limit   made  x oracle",
    ...lines,
  ].join("\n") + "\n";
}

function viewsToMeasure(): View[] {
  return [
    placed("border-3e7", { side: 256, oracleRows: 32 }),
    {
      name: "seed's window",
      ...cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 1600 }),
      iterations: 255,
      oracleRows: 4,
    },
    placed("whole-set", { side: 1024, oracleRows: 4 }),
  ];
}

function placed(
  name: string,
  { side, oracleRows }: { side: number; oracleRows: number },
): View {
  const place = places.places.find((place) => place.name === name)!;
  const frame = frameOfView({
    re: Exact.parse(place.re),
    im: Exact.parse(place.im),
    span: Exact.parse(place.span),
    width: side,
    height: side,
  });
  const { iterations } = place;
  return { name, columns: columnsOf(frame), rows: rowsOf(frame), iterations, oracleRows };
}

async function startKernel(memory: WebAssembly.Memory): Promise<Kernel> {
  const kernel = await Kernel.start(directModule, memory, PAGE);
  warmUp(kernel, SAMPLES);
  return kernel;
}

/** Behind the module's page and the kernel's scratch. */
const SAMPLES = PAGE + SCRATCH_BYTES;

/** Steps that a view's orbits needed, and that all lanes made. */
interface Sampled {
  readonly steps: number;
  readonly made: number;
}

/** Samples a view in the batches of a rendering. */
function sampleAll(
  kernel: Kernel,
  { columns, rows, iterations }: View,
  { mode, onBatch }: { mode: KernelRow["mode"]; onBatch?: (pixels: number) => void },
): Sampled {
  const [width, height] = [columns.length, rows.length];
  const shape = batchShape(width, height, iterations);
  let steps = 0;
  let made = 0;
  for (let number = 0; number < batchCount(width, height, shape); number++) {
    const { fromColumn, toColumn, fromRow, toRow } = batchAt({ width, height, shape }, number);
    steps += kernel.sample({
      columns: columns.subarray(fromColumn, toColumn),
      rows: rows.subarray(fromRow, toRow),
      iterations,
      counts: SAMPLES,
      fractions: mode === "smooth" ? SAMPLES + 4 * MOST_PIXELS : 0,
    });
    made += kernel.made;
    onBatch?.((toColumn - fromColumn) * (toRow - fromRow));
  }
  return { steps, made };
}

/** The share of a view's counts that lies in the rows which the oracle counts. */
function oracleShare(kernel: Kernel, memory: WebAssembly.Memory, view: View): number {
  let all = 0;
  sampleAll(kernel, view, {
    mode: "counts",
    onBatch: (pixels) => {
      for (const count of new Uint32Array(memory.buffer, SAMPLES, pixels)) all += count;
    },
  });
  return countSome(view) / all;
}

/** Counts some rows of a view with the oracle; the sum keeps the loop from being optimised away. */
function countSome({ columns, rows, iterations, oracleRows }: View): number {
  let sum = 0;
  for (let row = 0; row < rows.length; row += oracleRows) {
    for (const re of columns) sum += escapeTime(re, rows[row]!, iterations);
  }
  return sum;
}

function nameOf({ chains, unrolled }: LimitLoop): string {
  return `limit ${chains} x ${unrolled}`;
}

if (import.meta.main) {
  await Deno.stdout.write(new TextEncoder().encode(kernelTable(await benchKernel())));
}
