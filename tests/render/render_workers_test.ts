// Tests of the workers behind a rendering: samples are the oracle's, and memory comes back.

import assert from "node:assert/strict";
import { paintIndexed } from "../../src/image/mod.ts";
import { defaultPalette } from "../../src/image/mod.ts";
import { columnsOf, frameOfTile, frameOfView, rowsOf, TileAddress } from "../../src/plane/mod.ts";
import { OverBudgetError, type RenderWorkers } from "../../src/render/mod.ts";
import { TestKernel } from "../fractal/sampler.ts";
import { HEAVY, heavyView, oracleCounts, same, TILES } from "./frames.ts";
import { sharedWorkers } from "./shared_workers.ts";

/** A small memory: what is not given back is missed at once. */
const SMALL = 32 * 2 ** 20;

/** Milliseconds after which a test that hangs fails instead. */
const PATIENCE = 20_000;

/**
 * Everything is there: four pictures of a quarter of the memory each can be held at once. One that is
 * not given back would leave the fourth waiting until the patience ends.
 */
async function assertAllThere(workers: RenderWorkers): Promise<void> {
  const width = 1024;
  const frame = frameOfView({
    ...heavyView(),
    width,
    height: Math.floor(workers.mostSamples / width),
  });
  const signal = AbortSignal.timeout(PATIENCE);
  const options = { iterations: 1, fractions: true, signal };
  const held = await Promise.all([1, 2, 3, 4].map(() => workers.sample(frame, options)));
  for (const samples of held) samples[Symbol.dispose]();
  assert.equal(workers.counters.pending, 0);
}

Deno.test("samples are the oracle's, in any shape, with fractions and without", async () => {
  const workers = await sharedWorkers({ memoryBytes: SMALL });
  for (const address of TILES) {
    for (const fractions of [true, false]) {
      for (const [size, iterations] of [[256, 255], [67, 3000], [1, 9]] as const) {
        const frame = frameOfTile(address, size);
        using samples = await workers.sample(frame, { iterations, fractions });
        assert.equal(samples.fractions === 0, !fractions);
        const counts = workers.copyCounts(samples);
        assert.ok(same(counts, oracleCounts(frame, iterations)), `${address}, ${size}`);
      }
    }
  }
  await assertAllThere(workers);
});

Deno.test("fractions are those of the kernel", async () => {
  const workers = await sharedWorkers({ memoryBytes: SMALL });
  const kernel = await TestKernel.start();
  const frame = frameOfTile(TileAddress.of(8, 97n, 119n), 256);
  using samples = await workers.sample(frame, { iterations: 900, fractions: true });
  const look = { palette: defaultPalette, shading: "smooth" } as const;
  const grid = kernel.grid({ columns: columnsOf(frame), rows: rowsOf(frame) }, 900);
  const here = paintIndexed({ ...grid, width: 256, height: 256, iterations: 900 }, look);
  const { width, height, iterations, counts, fractions } = samples;
  const there = await workers.pixels({ width, height, iterations, counts, fractions }, {
    ...{ output: { format: "png", look }, factor: 1, iterations },
  });
  assert.ok(same(here.indices, there));
});

Deno.test("an aborted sample settles soon and gives its memory back", async () => {
  const workers = await sharedWorkers({ memoryBytes: SMALL });
  const frame = frameOfView(heavyView(512));
  for (let round = 0; round < 3; round++) {
    const controller = new AbortController();
    await assert.rejects(
      workers.sample(frame, {
        iterations: HEAVY,
        fractions: true,
        signal: controller.signal,
        onProgress: (share) => {
          assert.ok(share < 1, "there is more to do");
          controller.abort(new Error("enough"));
        },
      }),
      { message: "enough" },
    );
  }
  await assert.rejects(
    workers.sample(frame, { iterations: 9, fractions: true, signal: AbortSignal.abort() }),
    { name: "AbortError" },
  );
  await assertAllThere(workers);
});

Deno.test("who waits for memory can give up", async () => {
  const workers = await sharedWorkers({ workers: 1, memoryBytes: SMALL });
  const width = 1024;
  const height = Math.floor(workers.mostSamples / width);
  const frame = frameOfView({ ...heavyView(), width, height });
  const options = { iterations: 1, fractions: true };
  const held = await Promise.all([1, 2, 3, 4].map(() => workers.sample(frame, options)));
  const controller = new AbortController();
  const fifth = workers.sample(frame, { ...options, signal: controller.signal });
  controller.abort();
  await assert.rejects(fifth, { name: "AbortError" });
  for (const samples of held) samples[Symbol.dispose]();
  await assertAllThere(workers);
});

Deno.test("a sample over its budget fails and gives its memory back", async () => {
  const workers = await sharedWorkers({ memoryBytes: SMALL });
  await assert.rejects(
    workers.sample(frameOfView(heavyView()), { iterations: HEAVY, fractions: true, budget: 30 }),
    OverBudgetError,
  );
  await assertAllThere(workers);
});

Deno.test("a frame that does not fit at all is refused", async () => {
  const workers = await sharedWorkers({ workers: 1, memoryBytes: SMALL });
  const frame = frameOfView({ ...heavyView(), width: 4096, height: 4096 });
  await assert.rejects(workers.sample(frame, { iterations: 1, fractions: true }), {
    name: "RangeError",
    message: /^Cannot allocate /,
  });
});
