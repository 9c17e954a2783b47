// Tests of lost workers: what dies in the midst of a frame does not spoil it.

import assert from "node:assert/strict";
import { frameOfView } from "../../src/plane/mod.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import { HEAVY, heavyView, oracleCounts, same } from "./frames.ts";
import { WorkerWatch } from "./worker_watch.ts";

Deno.test("workers that die in the midst of a frame leave its samples right", async () => {
  using watch = new WorkerWatch();
  await using workers = await RenderWorkers.start({ workers: 2, memoryBytes: 32 * 2 ** 20 });
  const frame = frameOfView(heavyView(64));
  let deaths = 0;
  const onProgress = () => {
    if (deaths++ < 2) watch.started.at(-1)!.terminate();
  };
  using samples = await workers.sample(frame, { iterations: HEAVY, fractions: true, onProgress });
  assert.ok(same(workers.copyCounts(samples), oracleCounts(frame, HEAVY)));
  assert.ok(workers.counters.lost > 0);
});
