/**
 * The soak: 64 connections that ask for anything, for ten minutes, or for as many seconds as
 * MANDELTILE_SOAK_SECONDS says. The server must shed what is too much, answer its monitors, stay
 * within its memory, and be as fast afterwards as it was before.
 */

import assert from "node:assert/strict";
import { type RunningServer, startServer } from "../e2e/server.ts";
import { load, type Tally } from "./load.ts";
import { residentBytes, watch } from "./monitor.ts";

const SECONDS = Number(Deno.env.get("MANDELTILE_SOAK_SECONDS") ?? 600);
const CONNECTIONS = 64;

/** Bounds of the server, MiB: for answers and samples, shared with the workers, for references. */
const CACHE = 64;
const SHARED = 128;
const REFERENCES = 64;

/** And what the process takes that has just started: the engine, its threads, the code. MiB. */
const MARGIN = 1.25;

/** Milliseconds that 99 of 100 looks of a monitor may take. */
const PATIENCE = 100;

/** Times that the tile is asked for before and after; the medians are compared. */
const TIMES = 15;
const SLOWER = 1.5;

const MEBIBYTE = 2 ** 20;

Deno.test(`${SECONDS} s of ${CONNECTIONS} connections that ask for anything`, async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "mandeltile_soak_" });
  await using server = await startServer([
    ...["--cache-memory", String(CACHE), "--cache-disk", "64", "--memory", String(SHARED)],
    ...["--reference-memory", String(REFERENCES), "--queue", "32", "--log", "off"],
  ], { XDG_CACHE_HOME: folder });
  const before = await timeOfTile(server, 0);
  const first = await residentBytes(server.url);
  const stop = new AbortController();
  const watched = watch(server.url, stop.signal);
  const loaded = load(server.url, { connections: CONNECTIONS, seed: 5, signal: stop.signal });
  const timer = setTimeout(() => stop.abort(), SECONDS * 1000);
  const [tally, { delays, memory }] = await Promise.all([loaded, watched]);
  clearTimeout(timer);
  const after = await timeOfTile(server, TIMES);
  report(tally, { before, after, first, delays, memory });

  await t.step("nothing went wrong but what was shed", () => {
    assert.deepEqual(tally.faults.slice(0, 5), []);
    assert.ok((tally.statuses.get(200) ?? 0) > SECONDS, "tiles came all the time");
    assert.ok((tally.statuses.get(400) ?? 0) > 0 && tally.hungUp > 0);
  });
  await t.step("its monitors were answered", () => {
    assert.ok(quantile(delays, 0.99) < PATIENCE, `${quantile(delays, 0.99)} ms`);
  });
  await t.step("memory stayed within its bounds", () => {
    const bound = MARGIN * (first + (CACHE + SHARED + REFERENCES) * MEBIBYTE);
    assert.ok(Math.max(...memory) < bound, `${Math.max(...memory)} of ${bound} bytes`);
  });
  await t.step("a tile takes as long as before", () => {
    assert.ok(after < SLOWER * before, `${before} ms before, ${after} ms after`);
  });
  await t.step("it ends when it is told to", async () => {
    assert.equal(await server.stop(), 0);
  });
  await Deno.remove(folder, { recursive: true });
});

/** Milliseconds that a tile takes which nobody has asked for: the median of neighbours. */
async function timeOfTile({ url }: RunningServer, from: number): Promise<number> {
  const times: number[] = [];
  for (let n = from; n < from + TIMES; n++) {
    const began = performance.now();
    const response = await fetch(`${url}tiles/16/27000/${31000 + n}.png?iterations=777`);
    assert.equal(response.status, 200);
    await response.arrayBuffer();
    times.push(performance.now() - began);
  }
  return quantile(times, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

function report(
  { statuses, hungUp, faults }: Tally,
  measured: {
    readonly before: number;
    readonly after: number;
    readonly first: number;
    readonly delays: readonly number[];
    readonly memory: readonly number[];
  },
): void {
  const { before, after, first, delays, memory } = measured;
  const counts = [...statuses].toSorted().map(([status, count]) => `${status}: ${count}`);
  const mebibytes = (bytes: number) => `${(bytes / MEBIBYTE).toFixed(0)} MiB`;
  const lines = [
    `answers ${counts.join(", ")}; hung up ${hungUp}; faults ${faults.length}`,
    `/healthz ${quantile(delays, 0.5).toFixed(1)} ms, 99 of 100 within ${
      quantile(delays, 0.99).toFixed(1)
    } ms`,
    `memory ${mebibytes(first)} at first, ${mebibytes(Math.max(...memory))} at most`,
    `a tile ${before.toFixed(1)} ms before, ${after.toFixed(1)} ms after`,
  ];
  Deno.stdout.writeSync(new TextEncoder().encode(`${lines.join("\n")}\n`));
}
