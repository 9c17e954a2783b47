// Tests of what deep tiles cost: one orbit for a region, within its memory, given up when nobody waits.

import assert from "node:assert/strict";
import { pathOf } from "../../src/fractal/mod.ts";
import { defaultPalette, type Look, parsePalette } from "../../src/image/mod.ts";
import { Exact, type Frame, frameOfTile, TileAddress, tileAt } from "../../src/plane/mod.ts";
import {
  AutoIterations,
  type FrameRenderer,
  type FrameRequest,
  OverBudgetError,
  type RenderedFrame,
  renderTile,
  RenderWorkers,
} from "../../src/render/mod.ts";
import { renderedCounts, tileOfPlace } from "./frames.ts";

const SIDE = 256;

/** Milliseconds within which work that was given up must have settled. */
const SOON = 200;

const SMOOTH: Look = { palette: defaultPalette, shading: "smooth" };
const BANDS: Look = { palette: parsePalette("magma"), shading: "bands" };

Deno.test("to pan by a tile, to zoom, or to change the palette costs no new orbit", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const auto = new AutoIterations(workers);
  const orbitOf = async (address: TileAddress, iterations: number | "auto", look = SMOOTH) => {
    const output = { format: "png", look } as const;
    const tile = { address, size: SIDE / 4, iterations, output };
    const { arithmetic } = await renderTile({ frames: workers, auto }, tile);
    assert.ok(arithmetic.kind === "perturbation");
    return arithmetic.orbit;
  };
  for (const name of ["seahorse-1e31", "underflow-4e318"]) {
    const { address, iterations } = tileOfPlace(name);
    assert.ok(await orbitOf(address, iterations) > 0, `${name}: the first tile pays`);
    assert.equal(await orbitOf(address, iterations, BANDS), 0, `${name}: another palette`);
    for (const tile of neighbours(address)) {
      assert.equal(await orbitOf(tile, iterations), 0, `${name}: ${tile}`);
    }
    assert.equal(await orbitOf(address.parent(1), iterations), 0, `${name}: a zoom above`);
    const edge = atEdge(address);
    const beyond = neighbours(edge).filter((tile) => reference(tile) !== reference(address));
    const others = new Map(beyond.map((tile) => [reference(tile), tile]));
    assert.ok(others.size > 0, `${name}: some of its neighbours have another reference`);
    for (const tile of others.values()) {
      assert.ok(await orbitOf(tile, iterations) > 0, `${name}: ${tile} pays once`);
      assert.equal(await orbitOf(tile, iterations), 0);
    }
  }
});

Deno.test("all tiles of a cold screen wait for one orbit, once", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const { address, iterations } = tileOfPlace("deep-1e50");
  const tiles = [address, ...neighbours(address)];
  const orbits = await Promise.all(tiles.map(async (tile) => {
    using samples = await workers.sample(frameOfTile(tile, SIDE / 4), {
      iterations,
      fractions: true,
    });
    assert.ok(samples.arithmetic.kind === "perturbation");
    return samples.arithmetic.orbit;
  }));
  assert.ok(orbits[0]! > 0);
  for (const orbit of orbits) assert.equal(orbit, orbits[0], "the same one");
  assert.equal(workers.referenceCounters.kept, 1);
});

Deno.test("the look at an ancestor that decides iterations takes the orbit of the tiles in it", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const auto = new AutoIterations(workers);
  const top = tileOfPlace("deep-1e77", 260).address;
  for (const levels of [3, 2, 1, 0]) {
    const address = TileAddress.of(260 + levels, top.x << BigInt(levels), top.y << BigInt(levels));
    const tile = {
      address,
      size: SIDE / 4,
      iterations: "auto",
      output: { format: "npy" },
    } as const;
    const { arithmetic } = await renderTile({ frames: workers, auto }, tile);
    assert.equal(arithmetic.kind, "perturbation");
    assert.equal(workers.referenceCounters.kept, 1, `${levels} levels below`);
  }
});

Deno.test("a long orbit is given up at once, and its workers are free", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  // So near i that it takes 16,000 steps to get away; a step takes some 100 us there.
  const frame = frameOfTile(tileAt(20_000, Exact.of(0), Exact.of(1)), SIDE);
  const options = { iterations: 1_000_000, fractions: true };
  for (let round = 0; round < 3; round++) {
    const controller = new AbortController();
    const { signal } = controller;
    const given = workers.sample(frame, { ...options, signal });
    const other = workers.sample(frame, { ...options, budget: 60 });
    // The other's budget is used up in the midst of the orbit, which goes on for the first.
    await assert.rejects(other, OverBudgetError);
    const began = performance.now();
    controller.abort(new Error("enough"));
    await assert.rejects(given, { message: "enough" });
    assert.ok(performance.now() - began < SOON, `${performance.now() - began} ms`);
    // A worker that was still at it would keep one of these two waiting.
    const free = [1, 2].map(() =>
      workers.sample(insideFrame(10), { iterations: 9, fractions: true })
    );
    for (const samples of await Promise.all(free)) samples[Symbol.dispose]();
    assert.ok(performance.now() - began < 2 * SOON, `${performance.now() - began} ms`);
    // The slice that was given up has come to its end as well.
    while (workers.counters.pending > 0 && performance.now() - began < 2 * SOON) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    assert.deepEqual(workers.counters, { alive: 2, lost: 0, leakedThreads: 0, pending: 0 });
    assert.deepEqual(workers.referenceCounters, { kept: 0, bytes: 0 });
  }
});

Deno.test("50 deep places are visited within the memory for references", async () => {
  const referenceBytes = 2 ** 18;
  await using workers = await RenderWorkers.start({ workers: 2, referenceBytes });
  const iterations = 5000;
  let points = 0;
  const frames = Array.from(
    { length: 50 },
    (_, i) => frameOfTile(tileOfPlace("double-spiral-1e1000", 64 * (i + 1)).address, SIDE / 4),
  );
  const first: Uint32Array[] = [];
  for (const frame of frames) {
    using samples = await workers.sample(frame, { iterations, fractions: false });
    assert.ok(samples.arithmetic.kind === "perturbation");
    points += samples.arithmetic.length;
    first.push(workers.copyCounts(samples));
    assert.ok(workers.referenceCounters.bytes <= referenceBytes);
  }
  assert.ok(16 * points > referenceBytes, "the orbits alone are more than that");
  assert.ok(workers.referenceCounters.kept < 50);
  // Four at a time, the other way round: all must come through the same memory.
  const again = frames.toReversed();
  for (let i = 0; i < again.length; i += 4) {
    await Promise.all(
      again.slice(i, i + 4).map(async (frame) => {
        using samples = await workers.sample(frame, { iterations, fractions: false });
        assert.deepEqual(workers.copyCounts(samples), first[frames.indexOf(frame)]);
      }),
    );
    assert.ok(workers.referenceCounters.bytes <= referenceBytes);
  }
});

Deno.test("auto gives a deep place what it deserves", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const auto = new AutoIterations(workers);
  const chosen = async (name: string) => {
    const { iterations, capped } = await auto.ofTile(tileOfPlace(name).address);
    assert.equal(capped, false);
    return iterations;
  };
  const busy = await chosen("deep-1e50");
  assert.ok(busy >= 180_000 && busy < 1e6, `${busy} where counts go to 190,000`);
  const calm = await chosen("deep-1e77");
  assert.ok(calm >= 600 && calm < 60_000, `${calm} where counts end at 550`);
});

Deno.test("auto asks for what is affordable, however deep and black", async () => {
  const renderer = new BlackRenderer();
  const auto = new AutoIterations(renderer);
  const asked: number[] = [];
  for (const zoom of [100, 1000, 10_000, 30_000]) {
    const chosen = await auto.ofTile(tileAt(zoom, Exact.parse("-1.5"), Exact.of(0)));
    asked.push(Math.max(...renderer.asked.splice(0)));
    assert.ok(chosen.iterations <= 1.5 * asked.at(-1)!, `${chosen.iterations} at ${zoom}`);
    assert.equal(chosen.capped, true);
  }
  // 0.25 ms a step of 30,000 bits: 120,000 are thirty seconds.
  assert.ok(asked[3]! >= 2000 && asked[3]! < 120_000, `${asked}`);
  assert.ok(asked[2]! > asked[3]!, `${asked}`);
});

/** Counts of which none has escaped. */
class BlackRenderer implements FrameRenderer {
  /** Iterations of every frame. */
  readonly asked: number[] = [];

  render({ frame: { width, height }, iterations }: FrameRequest): Promise<RenderedFrame> {
    this.asked.push(iterations);
    return Promise.resolve(renderedCounts(new Uint32Array(width * height).fill(iterations)));
  }
}

function insideFrame(zoom: number): Frame {
  return frameOfTile(tileAt(zoom, Exact.parse("-1.7549"), Exact.parse("0.001")), SIDE);
}

/** The eight tiles around a tile. */
function neighbours({ z, x, y }: TileAddress): TileAddress[] {
  const steps = [-1n, 0n, 1n];
  return steps.flatMap((down) => steps.map((right) => TileAddress.of(z, x + right, y + down)))
    .filter((tile) => tile.x !== x || tile.y !== y);
}

/** The last tile of the row, to the right, that has the tile's reference. */
function atEdge(tile: TileAddress): TileAddress {
  const next = TileAddress.of(tile.z, tile.x + 1n, tile.y);
  return reference(next) === reference(tile) ? atEdge(next) : tile;
}

function reference(tile: TileAddress): string {
  const path = pathOf(frameOfTile(tile, SIDE), 1000);
  return path.arithmetic === "perturbation" ? path.reference.key : "none";
}
