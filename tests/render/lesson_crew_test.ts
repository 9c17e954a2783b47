/** The lesson's pools: a worker that dies is replaced, however often. */

import assert from "node:assert/strict";
import { cornerGrid } from "../../src/plane/mod.ts";
import { BatchLog } from "../../src/lesson/batch_log.ts";
import { startCrew } from "../../src/lesson/crew.ts";
import { canvasOver, countBatch, sharedCanvas } from "../../src/lesson/workload.ts";
import { WorkerWatch } from "./worker_watch.ts";

/** Workers that die: more than there is kernel memory for, were it not given back. */
const DEATHS = 12;

Deno.test("the kernel memory of a worker that is gone is lent again", async () => {
  using watch = new WorkerWatch();
  const grid = {
    ...cornerGrid({ pixdim: 8, x: -0.75, y: 0, size: 2.5 }),
    escape: 50,
    side: 4,
  };
  const log = BatchLog.of(100 * DEATHS);
  const expected = sharedCanvas(50, 64);
  for (let batch = 0; batch < 4; batch++) countBatch(grid, batch, expected);
  await using pool = await startCrew(grid, log.buffer, 1);
  for (let death = 1; death <= DEATHS; death++) {
    watch.started.at(-1)!.terminate();
    while (pool.counters.lost < death) {
      const canvas = sharedCanvas(50, 64);
      await pool.parallelFor("kernelBatches", canvas.buffer, { batches: 4 });
      assert.deepEqual(canvasOver(canvas.buffer, 50), expected, `after death ${death}`);
    }
  }
  assert.equal(watch.started.length, 1 + DEATHS);
});
