/** One tile from the request to its bytes, taken apart; and a heavy one with one worker and with two. */

import {
  compileKernel,
  Kernel,
  MOST_PIXELS,
  SCRATCH_BYTES,
  warmUp,
} from "../../src/fractal/mod.ts";
import {
  defaultPalette,
  encodePng,
  type IndexedPicture,
  type Look,
  paintIndexed,
  type Samples,
} from "../../src/image/mod.ts";
import { columnsOf, Exact, frameOfTile, rowsOf, TileAddress, tileAt } from "../../src/plane/mod.ts";
import { batchAt, batchCount, batchShape } from "../../src/render/batches.ts";
import { AutoIterations, FileCache, renderTile, RenderWorkers } from "../../src/render/mod.ts";
import { emptyStore } from "../../src/store/mod.ts";
import { createApp, DEFAULT_LIMITS } from "../../src/web/mod.ts";
import places from "../data/places.json" with { type: "json" };
import { best, inTurns, median } from "./clock.ts";

/** Where the time of a light tile goes: medians, milliseconds. */
export interface LightTile {
  readonly tile: string;
  /** From the request to the last byte, one worker. */
  readonly elapsed: number;
  /** The same work by the same functions without request, worker and messages. */
  readonly compute: number;
  readonly colour: number;
  readonly encode: number;
  /** What a request takes beyond the three parts, as the workers timed them in that very request. */
  readonly overhead: number;
  /** A request for a single pixel: all that is not work, measured as it is. */
  readonly onePixel: number;
}

/** A heavy tile's time by the number of workers: the best of the rounds, milliseconds. */
export interface HeavyTile {
  readonly tile: string;
  readonly iterations: number;
  readonly one: number;
  readonly two: number;
  /** one / two. */
  readonly ratio: number;
}

const LIGHT = { address: TileAddress.of(3, 2n, 3n), iterations: 255 };
const ONE_PIXEL = "/render.png?re=-0.7&im=0.3&span=0.001&width=1&height=1&iterations=9";
const SIDE = 256;
const LOOK: Look = { palette: defaultPalette, shading: "smooth" };

/** Rounds before the clock, for the compilers of both threads. */
const WARM_UPS = 6;

/**
 * Times in a row of one thing in a round: a thread that only had its turn now and then would be measured
 * with cold caches, as a server under use does not have them.
 */
const BURST = 10;

/** Takes a light tile apart: bursts of requests and of the bare work, in turns. */
export async function benchLightTile(rounds = 20): Promise<LightTile> {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = createApp({
    renderer: { workers, auto: new AutoIterations(workers) },
    oracle: workers,
    files: new FileCache(emptyStore),
    limits: { ...DEFAULT_LIMITS, concurrency: 2 },
    maxAge: 60,
    enlarge: () => Promise.reject(new Error("Nobody asks")),
    state: () => Promise.reject(new Error("Nobody asks")),
    report: (error) => {
      throw error;
    },
  });
  const path = `/tiles/${LIGHT.address}.png?iterations=${LIGHT.iterations}`;
  const work = await BareWork.start();
  let samples: Samples;
  let picture: IndexedPicture;
  const get = async (path: string) => {
    const response = await app.request(path);
    if (response.status !== 200) throw new Error(`The answer to ${path} is ${response.status}`);
    await response.arrayBuffer();
    return response.headers.get("server-timing") ?? "";
  };
  let round = -WARM_UPS;
  // Overhead is what a request takes beyond the three parts as the workers timed them in that request.
  const overheads: number[] = [];
  const requests = {
    elapsed: async () => {
      const began = performance.now();
      const timing = await get(path);
      const all = performance.now() - began;
      if (round >= 0) overheads.push(all - partsOf(timing));
    },
  };
  const pixels = { onePixel: () => get(ONE_PIXEL) };
  const parts = {
    compute: () => samples = work.sample(),
    colour: () => picture = paintIndexed(samples, LOOK),
    encode: () => encodePng(picture),
  };
  const times: Record<string, number[]> = {};
  for (; round < rounds; round++) {
    for (const ways of [requests, pixels, parts]) {
      const burst = await inTurns<string>(BURST, ways);
      if (round < 0) continue;
      for (const [name, ms] of Object.entries(burst)) (times[name] ??= []).push(...ms);
    }
  }
  const of = (name: string) => median(times[name]!);
  const [elapsed, compute] = [of("elapsed"), of("compute")];
  const [colour, encode] = [of("colour"), of("encode")];
  const overhead = median(overheads);
  return { tile: path, elapsed, compute, colour, encode, overhead, onePixel: of("onePixel") };
}

/** The milliseconds of compute, colour and encode in a Server-Timing header. */
function partsOf(timing: string): number {
  const parts = [...timing.matchAll(/(?:compute|colour|encode);dur=([\d.]+)/g)];
  if (parts.length !== 3) throw new Error(`Cannot find three parts in ${timing}`);
  return parts.reduce((sum, [, ms]) => sum + Number(ms), 0);
}

/** Renders a heavy tile with one worker and with two, in turns. */
export async function benchHeavyTile(rounds = 5): Promise<HeavyTile> {
  const place = places.places.find(({ name }) => name === "border-3e7")!;
  const address = tileAt(place.tile_zoom, Exact.parse(place.re), Exact.parse(place.im));
  await using one = await RenderWorkers.start({ workers: 1 });
  await using two = await RenderWorkers.start({ workers: 2 });
  const { iterations } = place;
  const renderBy = (workers: RenderWorkers) => () =>
    renderTile({ workers, auto: new AutoIterations(workers) }, {
      address,
      size: SIDE,
      iterations,
      output: { format: "png", look: LOOK },
    });
  const ways = { one: renderBy(one), two: renderBy(two) };
  await inTurns(1, ways);
  const times = await inTurns(rounds, ways);
  const [alone, together] = [best(times.one), best(times.two)];
  return { tile: `${address}`, iterations, one: alone, two: together, ratio: alone / together };
}

/** The findings as tables for people. */
export function tileTables(light: LightTile, heavy: HeavyTile): string {
  const parts = ["compute", "colour", "encode", "overhead", "elapsed"] as const;
  return [
    `${light.tile}, one worker`,
    ...parts.map((part) => part.padEnd(12) + light[part].toFixed(2).padStart(8) + " ms"),
    "one pixel".padEnd(12) + light.onePixel.toFixed(2).padStart(8) + " ms, /render.png",
    "",
    `tile ${heavy.tile}, ${heavy.iterations} iterations`,
    "one worker".padEnd(12) + heavy.one.toFixed(0).padStart(8) + " ms",
    "two workers".padEnd(12) + heavy.two.toFixed(0).padStart(8) + " ms" +
    heavy.ratio.toFixed(2).padStart(8) + " times as fast",
  ].join("\n") + "\n";
}

/** The light tile's samples, by a kernel in this thread, in the batches of a rendering. */
class BareWork {
  readonly #kernel: Kernel;
  readonly #memory: WebAssembly.Memory;

  private constructor(kernel: Kernel, memory: WebAssembly.Memory) {
    this.#kernel = kernel;
    this.#memory = memory;
  }

  static async start(): Promise<BareWork> {
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 32, shared: true });
    const kernel = await Kernel.start(await compileKernel(), memory, PAGE);
    warmUp(kernel, SAMPLES);
    return new BareWork(kernel, memory);
  }

  sample(): Samples {
    const frame = frameOfTile(LIGHT.address, SIDE);
    const { iterations } = LIGHT;
    const columns = columnsOf(frame);
    const rows = rowsOf(frame);
    const order = { width: SIDE, height: SIDE, shape: batchShape(SIDE, SIDE, iterations) };
    for (let number = 0; number < batchCount(SIDE, SIDE, order.shape); number++) {
      const { fromColumn, toColumn, fromRow, toRow } = batchAt(order, number);
      const offset = 4 * (fromRow * SIDE + fromColumn);
      this.#kernel.sample({
        columns: columns.subarray(fromColumn, toColumn),
        rows: rows.subarray(fromRow, toRow),
        iterations,
        counts: SAMPLES + offset,
        fractions: FRACTIONS + offset,
      });
    }
    const { buffer } = this.#memory;
    return {
      width: SIDE,
      height: SIDE,
      iterations,
      counts: new Uint32Array(buffer, SAMPLES, SIDE * SIDE),
      fractions: new Float32Array(buffer, FRACTIONS, SIDE * SIDE),
    };
  }
}

const PAGE = 65536;

/** Behind the module's page and the kernel's scratch: counts, then fractions. */
const SAMPLES = PAGE + SCRATCH_BYTES;
const FRACTIONS = SAMPLES + 4 * Math.max(SIDE * SIDE, MOST_PIXELS);

if (import.meta.main) {
  const tables = tileTables(await benchLightTile(), await benchHeavyTile());
  await Deno.stdout.write(new TextEncoder().encode(tables));
}
