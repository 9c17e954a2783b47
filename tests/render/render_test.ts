// Tests of the sentence: the same request gives the same bytes, however it is computed.

import assert from "node:assert/strict";
import { decode } from "fast-png";
import { defaultPalette, parsePalette } from "../../src/image/mod.ts";
import { Exact, frameOfTile, frameOfView, TileAddress, type View } from "../../src/plane/mod.ts";
import {
  AutoIterations,
  type FrameRenderer,
  type Output,
  OverBudgetError,
  renderTile,
  renderView,
} from "../../src/render/mod.ts";
import { HEAVY, heavyView, oracleCounts, same, TILES } from "./frames.ts";
import { sharedWorkers } from "./shared_workers.ts";

const SMOOTH: Output = { format: "png", look: { palette: defaultPalette, shading: "smooth" } };
const BANDS: Output = { format: "png", look: { palette: parsePalette("magma"), shading: "bands" } };
const ARRAY: Output = { format: "npy" };
const OUTPUTS: readonly Output[] = [SMOOTH, BANDS, ARRAY];

/** Memory in which a picture of a million samples does not fit at once. */
const SMALL = 32 * 2 ** 20;

/** Bytes before the numbers of a NumPy file. */
const NPY_HEADER = 128;

async function start(options: { workers?: number; memoryBytes?: number } = {}) {
  const workers = await sharedWorkers(options);
  return { frames: workers, auto: new AutoIterations(workers) };
}

function viewOf(width: number, height: number, supersample = 1): View {
  return {
    re: Exact.parse("-0.7436"),
    im: Exact.parse("0.1318"),
    span: Exact.parse("0.02"),
    width,
    height,
    supersample,
  };
}

Deno.test("one worker and two give the same bytes", async () => {
  const one = await start({ workers: 1 });
  const two = await start({ workers: 2 });
  for (const address of TILES) {
    for (const output of OUTPUTS) {
      const tile = { address, size: 256, iterations: "auto" as const, output };
      const [a, b] = await Promise.all([renderTile(one, tile), renderTile(two, tile)]);
      assert.equal(a.iterations, b.iterations);
      assert.ok(same(a.bytes, b.bytes), `${address} as ${output.format}`);
    }
  }
  const view = { view: viewOf(101, 67, 3), iterations: 700, output: SMOOTH };
  const [a, b] = await Promise.all([renderView(one, view), renderView(two, view)]);
  assert.ok(same(a.bytes, b.bytes));
});

Deno.test("whoever gives up while `auto` looks ends the look, and its time is counted", async () => {
  const renderer = await start();
  const { promise: looks, resolve: begin } = Promise.withResolvers<AbortSignal>();
  const frames: FrameRenderer = {
    render: async (request, options) => {
      begin(options!.signal!);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return await renderer.frames.render(request, options);
    },
  };
  const slow = { ...renderer, auto: new AutoIterations(frames) };
  const request = { iterations: "auto", output: SMOOTH } as const;
  const tile = { ...request, address: TILES[2]!, size: 256 };
  const gone = new AbortController();
  const ways = [
    renderTile(slow, tile, { signal: gone.signal }),
    renderView(slow, { ...request, view: viewOf(64, 64) }, { signal: gone.signal }),
  ];
  const signal = await looks;
  gone.abort(new Error("gone"));
  for (const way of ways) await assert.rejects(way, /gone/);
  assert.ok(signal.aborted);
  assert.ok((await renderTile(slow, tile)).elapsed >= 200);
});

Deno.test("an array holds the oracle's counts", async () => {
  const renderer = await start();
  for (const address of TILES) {
    const tile = { address, size: 256, iterations: 400, output: ARRAY };
    const { bytes, iterations, compute, elapsed } = await renderTile(renderer, tile);
    assert.equal(iterations, 400);
    assert.ok(compute > 0 && elapsed > 0);
    assert.equal(bytes.length, NPY_HEADER + 4 * 256 * 256);
    const counts = new Uint32Array(bytes.buffer, NPY_HEADER);
    assert.ok(same(counts, oracleCounts(frameOfTile(address, 256), 400)), `${address}`);
  }
});

Deno.test("a picture is as wide and high as was asked, in the right colours", async () => {
  const renderer = await start();
  const address = TileAddress.of(3, 2n, 3n);
  const { bytes } = await renderTile(renderer, {
    address,
    size: 512,
    iterations: 255,
    output: SMOOTH,
  });
  const picture = decode(bytes);
  assert.deepEqual([picture.width, picture.height, picture.channels], [512, 512, 1]);
  const supersampled = await renderView(renderer, {
    view: viewOf(90, 60, 2),
    iterations: 255,
    output: SMOOTH,
  });
  const { width, height, channels } = decode(supersampled.bytes);
  assert.deepEqual([width, height, channels], [90, 60, 3]);
  // Interior pixels are black, and only they are, with this palette.
  const counts = oracleCounts(frameOfTile(address, 512), 255);
  const black = picture.palette!.findIndex((colour) => colour.every((part) => part === 0));
  counts.forEach((count, i) => {
    if ((picture.data[i] === black) !== (count === 255)) assert.fail(`pixel ${i} counts ${count}`);
  });
});

Deno.test("a picture rendered in bands is the one rendered at once", async () => {
  const large = await start();
  const small = await start({ memoryBytes: SMALL });
  const asked = [
    { view: viewOf(1300, 1001), iterations: 300, output: SMOOTH },
    { view: viewOf(1300, 1001), iterations: 300, output: ARRAY },
    { view: viewOf(501, 400, 3), iterations: 300, output: SMOOTH },
    { view: viewOf(601, 500, 2), iterations: 300, output: BANDS },
  ];
  for (const wish of asked) {
    const frame = frameOfView(wish.view);
    assert.ok(frame.width * frame.height > small.frames.mostSamples, "it takes several bands");
    assert.ok(frame.width * frame.height <= large.frames.mostSamples, "it does not");
    const shares: number[] = [];
    const inBands = await renderView(small, wish, { onProgress: (share) => shares.push(share) });
    const atOnce = await renderView(large, wish);
    assert.ok(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1));
    assert.equal(shares.at(-1), 1);
    if (wish.output.format === "png") {
      const [a, b] = [decode(inBands.bytes), decode(atOnce.bytes)];
      assert.deepEqual([a.width, a.height, a.channels], [b.width, b.height, b.channels]);
      assert.deepEqual(a.palette, b.palette);
      assert.ok(same(a.data, b.data), "the same pixels");
    }
    assert.ok(same(inBands.bytes, atOnce.bytes), "the same file");
  }
});

Deno.test("a rendering can be aborted, at once or in bands, and the next one is right", async () => {
  const renderer = await start({ memoryBytes: SMALL });
  for (const side of [256, 1200]) {
    const controller = new AbortController();
    const wish = { view: heavyView(side), iterations: HEAVY, output: SMOOTH };
    await assert.rejects(
      renderView(renderer, wish, {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      }),
      { name: "AbortError" },
    );
  }
  const tile = { address: TILES[1]!, size: 256, iterations: 100, output: ARRAY };
  const { bytes } = await renderTile(renderer, tile);
  const counts = new Uint32Array(bytes.buffer, NPY_HEADER);
  assert.ok(same(counts, oracleCounts(frameOfTile(tile.address, 256), 100)));
});

Deno.test("the budget bounds all bands together", async () => {
  const renderer = await start({ memoryBytes: SMALL });
  const wish = { view: heavyView(1200), iterations: HEAVY, output: SMOOTH };
  await assert.rejects(renderView(renderer, wish, { budget: 200 }), OverBudgetError);
});

Deno.test("auto iterations stay below the limit", async () => {
  const renderer = await start();
  const wish = { address: TILES[3]!, size: 16, iterations: "auto" as const, output: ARRAY };
  const free = await renderTile(renderer, wish);
  assert.ok(free.iterations > 300);
  const bound = await renderTile(renderer, wish, { iterationsLimit: 300 });
  assert.equal(bound.iterations, 300);
  const counts = new Uint32Array(bound.bytes.slice(NPY_HEADER).buffer);
  assert.ok(same(counts, oracleCounts(frameOfTile(wish.address, 16), 300)));
});
