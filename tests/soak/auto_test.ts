/** `iterations=auto` where counts lie between a hundred thousand and five million: nothing is flat. */

import assert from "node:assert/strict";
import { Exact, TileAddress, tileAt } from "../../src/plane/mod.ts";
import {
  AutoIterations,
  type Rendered,
  renderTile,
  renderView,
  RenderWorkers,
} from "../../src/render/mod.ts";
import places from "../data/long_counts.json" with { type: "json" };

/** Pixels of a tile's side here: every count is that of a place in the tile of 256. */
const SIDE = 32;

Deno.test("places with long counts are not flat, and every header is true", async (t) => {
  await using workers = await RenderWorkers.start();
  assert.ok(places.places.length >= 10);
  for (const { name, re, im, z } of places.places) {
    await t.step(name, async () => {
      const address = tileAt(z, Exact.parse(re), Exact.parse(im));
      const tile = { address, size: SIDE, iterations: "auto", output: { format: "npy" } } as const;
      const made = await renderTile({ frames: workers, auto: new AutoIterations(workers) }, tile);
      const counts = countsOf(made).filter((count) => count < made.iterations);
      assert.ok(new Set(counts).size >= 10, `${new Set(counts).size} counts: it is flat`);
      assert.ok(counts.length > SIDE * SIDE / 64, `${counts.length} points escape`);
      const least = Math.min(...counts);
      assert.ok(least >= 100_000 && least <= 5_000_000, `${least}`);
      assert.equal(made.capped, false);
      await assertNeighboursAgree(workers, { address, made });
    });
  }
});

Deno.test("a small part of them that no look can see is said to be capped", async () => {
  await using workers = await RenderWorkers.start();
  // The neck is 10^-11 wide here, and its ancestor shows none of it.
  const address = tileAt(38, Exact.parse("-0.75"), Exact.parse("3e-6"));
  const tile = { address, size: SIDE, iterations: "auto", output: { format: "npy" } } as const;
  const made = await renderTile({ frames: workers, auto: new AutoIterations(workers) }, tile);
  assert.ok(countsOf(made).every((count) => count === made.iterations), "flat");
  assert.equal(made.capped, true);
});

/** Whatever is asked first, by whatever way: the tile's neighbours, its children, a print of it. */
async function assertNeighboursAgree(
  workers: RenderWorkers,
  { address, made }: { address: TileAddress; made: Rendered },
): Promise<void> {
  const { z, x, y } = address;
  const levels = z % 4;
  const first = levels === 0 ? address : address.parent(levels);
  const last = TileAddress.of(z, (first.x + 1n << BigInt(levels)) - 1n, y);
  const auto = new AutoIterations(workers);
  for (const tile of [last, first, TileAddress.of(z, x, y)]) {
    const { iterations, capped } = await auto.ofTile(tile);
    assert.deepEqual([iterations, capped], [made.iterations, made.capped], String(tile));
  }
  const step = Exact.powerOfTwo(-6 - z);
  const [re, im] = [x, y].map((n, i) => {
    const middle = Exact.of(2n * n + 1n).timesPowerOfTwo(1 - z);
    return i === 0 ? Exact.of(-2.5).plus(middle) : Exact.of(2).minus(middle);
  }) as [Exact, Exact];
  const view = { re, im, span: step.times(Exact.of(7)), width: 7, height: 3 };
  const output = { format: "npy" } as const;
  const print = await renderView({ frames: workers, auto }, { view, iterations: "auto", output });
  assert.deepEqual([print.iterations, print.capped], [made.iterations, made.capped], "a print");
}

function countsOf({ bytes }: Rendered): Uint32Array {
  return new Uint32Array(bytes.slice(bytes.length - 4 * SIDE * SIDE).buffer);
}
