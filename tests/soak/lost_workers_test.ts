// Tests of lost workers: however many die, the pool is full, and no memory is missing.

import assert from "node:assert/strict";
import { frameOfTile } from "../../src/plane/mod.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import { oracleCounts, same, TILES } from "../render/frames.ts";
import { WorkerWatch } from "../render/worker_watch.ts";

/** Workers that die in the test: more than there is scratch memory for, were it not given back. */
const DEATHS = 12;

/** Milliseconds after which a test that hangs fails instead. */
const PATIENCE = 60_000;

Deno.test("workers that die one after the other are all replaced, and lend their memory on", async () => {
  using watch = new WorkerWatch();
  await using workers = await RenderWorkers.start({ workers: 2, memoryBytes: 32 * 2 ** 20 });
  const frame = frameOfTile(TILES[2]!, 64);
  const expected = oracleCounts(frame, 300);
  const signal = AbortSignal.timeout(PATIENCE);
  for (let death = 1; death <= DEATHS; death++) {
    // Ended from outside: neither Deno nor the worker reports it.
    watch.started.at(-1)!.terminate();
    while (workers.counters.lost < death || workers.counters.alive < 2) {
      using samples = await workers.sample(frame, { iterations: 300, fractions: false, signal });
      assert.ok(same(workers.copyCounts(samples), expected), `after death ${death}`);
    }
  }
  assert.equal(watch.started.length, 2 + DEATHS);
  assert.deepEqual(workers.counters, { alive: 2, lost: DEATHS, leakedThreads: 0, pending: 0 });
});
