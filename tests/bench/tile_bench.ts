/** Tiles from the request to their bytes, taken apart; and a heavy one with one worker and with two. */

import { defaultPalette, type Look } from "../../src/image/mod.ts";
import { Exact, tileAt } from "../../src/plane/mod.ts";
import {
  AutoIterations,
  CachingRenderer,
  FileCache,
  ObservedRenderer,
  renderTile,
  RenderWorkers,
} from "../../src/render/mod.ts";
import { emptyStore, MemoryStore } from "../../src/store/mod.ts";
import { createApp, DEFAULT_LIMITS } from "../../src/web/mod.ts";
import places from "../data/places.json" with { type: "json" };
import { inTurns, median } from "./clock.ts";

/** Where the time of light tiles goes: medians over all of them, milliseconds. */
export interface LightTiles {
  readonly tiles: string;
  /** From the request to the last byte, one worker. */
  readonly elapsed: number;
  /** As the worker timed them in that very request. */
  readonly compute: number;
  readonly colour: number;
  readonly encode: number;
  /** What a request takes beyond the three parts, where one follows the other. */
  readonly overhead: number;
  /** The same for each tile of a screen that is asked for at once: until the last is there. */
  readonly ofMany: number;
  /** A request for a single pixel: all that is not work, measured as it is. */
  readonly onePixel: number;
}

/** A heavy tile's time by the number of workers: medians of the rounds, milliseconds. */
export interface HeavyTile {
  readonly tile: string;
  readonly iterations: number;
  readonly one: number;
  readonly two: number;
  /** How many times as fast two workers are: the median of each round's one / two. */
  readonly ratio: number;
  /** What the machine has to give: two workers that share nothing, a tile each, against one. */
  readonly limit: number;
}

/** Along the upper edge of the set, zoom 4: nothing here is the mirror image of anything else. */
const LIGHT = { z: 4, x: [3, 4, 5, 6, 7, 8, 9], y: [5, 6, 7], iterations: 255 };
const SIDE = 256;
const LOOK: Look = { palette: defaultPalette, shading: "smooth" };

/** Rounds before the clock, for the compilers of both threads. */
const WARM_UPS = 8;

/** Bytes for remembered samples, far more than the bench computes at a time. */
const MEMORY = 2 ** 26;

/**
 * Takes light tiles apart. The app is the one that is served, with its memory for samples; every round
 * has another number of iterations, so that nothing is remembered. One request follows the other: the
 * worker and this thread sleep in turns, and wake up with cold caches, as on a server that is not busy.
 * Then all are asked for at once, as a map does: this thread works while the worker does.
 *
 * 2026-11-28, two shared Zen 3 cores, one run after the other: painting in the worker that ends the
 * samples, counting there, and storing after the answer took the overhead from 3.0 - 3.7 ms to 1.7 - 2.0.
 * Setting headers on the answer that is there, reading a map's query once, making no spans that nobody
 * hears, and reading an answer's headers later took it to 0.79 - 0.84 of what it then was (both versions
 * in turns in one process, three runs).
 *
 * Answers by shared memory, headers set one by one, and signals listened to once the order is posted
 * took it to 0.88 - 0.92 of what it then was, 0.97 ms in the quietest of four runs (in turns in one
 * process); over HTTP the difference drowns.
 *
 * Readable names for hashes, one promise for a race, one regular expression for all routes, and what is
 * stored, learnt and counted left for after the answer took it to 0.84 of that (1200 requests of each in
 * turns; against itself 1.00). Orders by a board in shared memory, and each thread woken before the other
 * one has written what it is woken for, together with that: to 0.66 - 0.71.
 *
 * What is left is cold memory. Six milliseconds after they were used, even if this thread spins for that
 * time, 16 KiB are in no cache any more: 0.16 to 0.18 us a line instead of 0.006. Nothing else ran in the
 * virtual machine; presumably its neighbours take the caches. So the app takes 0.3 ms back to back and
 * 0.7 to 1.0 after 6 ms of rest, with workers that answer at once, however many requests it has had before
 * (200 to 30,000) and whatever V8 is told of its compilers. Cold, in us: a `Response` of 7 headers 123, a
 * SHA-256 60, the first `setImmediate` 65. From the request to the order it is now 340 in some thirty parts,
 * from there to the worker's work 130, from its paint to this thread's hearing 70, from there to the answer
 * 210. A message there and back around 5 ms of work takes 0.43 to 0.48 ms with
 * nothing else in the process, and 0.17 to 0.19 by `Atomics.wait` and `waitAsync`; moved, copied or by
 * shared memory, 30 kB with a message make no difference.
 *
 * Lost: ports with `receiveMessageOnPort` and a bell in shared memory, 5 ms back; a loop that keeps this
 * thread awake; `crypto.hash` for `createHash`, as slow cold; coordinates in shared memory instead of in
 * the order, no difference; orders as JSON in shared memory; orders without a promise where there is room
 * for the samples; the length of an answer noted beside its context instead of in it, 5 us.
 */
export async function benchLightTiles(rounds = 20): Promise<LightTiles> {
  await using local = await RenderWorkers.start({ workers: 1 });
  const stores = { memory: new MemoryStore(MEMORY), disk: emptyStore };
  const workers = new ObservedRenderer(new CachingRenderer(local, stores));
  const app = createApp({
    renderer: { frames: workers, auto: new AutoIterations(workers) },
    oracle: local,
    files: new FileCache(emptyStore),
    limits: { ...DEFAULT_LIMITS, concurrency: 2 },
    maxAge: 60,
    enlarge: () => Promise.reject(new Error("Nobody asks")),
    state: () => Promise.reject(new Error("Nobody asks")),
    report: (error) => {
      throw error;
    },
  });
  const times = {
    ...{ elapsed: [], compute: [], colour: [], encode: [], overhead: [], onePixel: [] },
    ofMany: [],
  };
  const note = (found: Partial<Record<keyof typeof times, number>>) => {
    for (const [name, ms] of Object.entries(found)) {
      (times[name as keyof typeof times] as number[]).push(ms);
    }
  };
  const get = async (path: string) => {
    const began = performance.now();
    const response = await app.request(path);
    await response.arrayBuffer();
    const elapsed = performance.now() - began;
    if (response.status !== 200) throw new Error(`The answer to ${path} is ${response.status}`);
    return { elapsed, timing: response.headers.get("server-timing") ?? "" };
  };
  const { z, x: columns, y: rows } = LIGHT;
  for (let round = -WARM_UPS; round < rounds; round++) {
    const iterations = LIGHT.iterations + 2 * (WARM_UPS + round);
    const pathsOf = (iterations: number) =>
      columns.flatMap((x) => rows.map((y) => `/tiles/${z}/${x}/${y}.png?iterations=${iterations}`));
    for (const path of pathsOf(iterations)) {
      const { elapsed, timing } = await get(path);
      const [compute, colour, encode] = partsOf(timing);
      if (round < 0) continue;
      note({ elapsed, compute, colour, encode, overhead: elapsed - compute - colour - encode });
    }
    for (const x of columns) {
      const view = `re=${-0.7 - x / 100}&im=0.3&span=0.001&width=1&height=1`;
      const { elapsed } = await get(`/render.png?${view}&iterations=${iterations}`);
      if (round >= 0) note({ onePixel: elapsed });
    }
    const began = performance.now();
    const screen = await Promise.all(pathsOf(iterations + 1).map(get));
    const elapsed = performance.now() - began;
    const work = screen.flatMap(({ timing }) => partsOf(timing)).reduce((sum, ms) => sum + ms);
    if (round >= 0) note({ ofMany: (elapsed - work) / screen.length });
  }
  const number = columns.length * rows.length;
  const tiles = `${number} tiles of zoom ${z}, ${LIGHT.iterations} iterations and more`;
  const medians = Object.fromEntries(
    Object.entries(times).map(([name, values]) => [name, median(values)]),
  ) as Record<keyof typeof times, number>;
  return { tiles, ...medians };
}

/** The milliseconds of compute, colour and encode in a Server-Timing header. */
function partsOf(timing: string): [compute: number, colour: number, encode: number] {
  const parts = [...timing.matchAll(/(?:compute|colour|encode);dur=([\d.]+)/g)];
  const [compute, colour, encode] = parts.map(([, ms]) => Number(ms));
  if (compute === undefined || colour === undefined || encode === undefined) {
    throw new Error(`Cannot find three parts in ${timing}`);
  }
  if (compute === 0) throw new Error("Cannot time a tile that was remembered");
  return [compute, colour, encode];
}

/**
 * Renders a heavy tile with one worker and with two, in turns, and with two pools of one worker at once:
 * two cores of a shared machine seldom give twice as much as one.
 *
 * 2026-11-28, two shared cores, twelve rounds: 16 batches at least and 64 batches at least end alike.
 */
export async function benchHeavyTile(rounds = 7): Promise<HeavyTile> {
  const place = places.places.find(({ name }) => name === "border-3e7")!;
  const address = tileAt(place.tile_zoom, Exact.parse(place.re), Exact.parse(place.im));
  await using one = await RenderWorkers.start({ workers: 1 });
  await using other = await RenderWorkers.start({ workers: 1 });
  await using two = await RenderWorkers.start({ workers: 2 });
  const { iterations } = place;
  const renderBy = (workers: RenderWorkers) => () =>
    renderTile({ frames: workers, auto: new AutoIterations(workers) }, {
      address,
      size: SIDE,
      iterations,
      output: { format: "png", look: LOOK },
    });
  const ways = {
    one: renderBy(one),
    two: renderBy(two),
    each: () => Promise.all([renderBy(one)(), renderBy(other)()]),
  };
  await inTurns(1, ways);
  const times = await inTurns(rounds, ways);
  const ratioTo = (others: readonly number[], tiles: number) =>
    median(times.one.map((ms, round) => tiles * ms / others[round]!));
  return {
    ...{ tile: `${address}`, iterations, one: median(times.one), two: median(times.two) },
    ratio: ratioTo(times.two, 1),
    limit: ratioTo(times.each, 2),
  };
}

/** The findings as tables for people. */
export function tileTables(light: LightTiles, heavy: HeavyTile): string {
  const parts = ["compute", "colour", "encode", "overhead", "elapsed"] as const;
  return [
    `${light.tiles}, one worker`,
    ...parts.map((part) => part.padEnd(12) + light[part].toFixed(2).padStart(8) + " ms"),
    "of many".padEnd(12) + light.ofMany.toFixed(2).padStart(8) + " ms of overhead, all at once",
    "one pixel".padEnd(12) + light.onePixel.toFixed(2).padStart(8) + " ms, /render.png",
    "",
    `tile ${heavy.tile}, ${heavy.iterations} iterations`,
    "one worker".padEnd(12) + heavy.one.toFixed(0).padStart(8) + " ms",
    "two workers".padEnd(12) + heavy.two.toFixed(0).padStart(8) + " ms" +
    heavy.ratio.toFixed(2).padStart(8) + " times as fast; two cores with a tile each: " +
    heavy.limit.toFixed(2),
  ].join("\n") + "\n";
}

if (import.meta.main) {
  const tables = tileTables(await benchLightTiles(), await benchHeavyTile());
  await Deno.stdout.write(new TextEncoder().encode(tables));
}
