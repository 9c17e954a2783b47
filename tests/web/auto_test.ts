/** `iterations=auto` in answers: what was chosen and whether it was capped, computed or kept. */

import assert from "node:assert/strict";
import { decode } from "fast-png";
import { Exact, tileAt, tileBounds } from "../../src/plane/mod.ts";
import { MemoryStore } from "../../src/store/mod.ts";
import { sharedWorkers } from "../render/shared_workers.ts";
import { appOver, bytesOf, endOfTurn } from "./fixtures.ts";

const HEADER = "mandeltile-iterations";

/** Beside the neck at -3/4, where at -3/4 + d i a point takes about pi / d steps to escape. */
const NECK = tileAt(28, Exact.parse("-0.75"), Exact.parse("5e-4"));

/** The same square, or so many tiles wide around its centre, as a render. */
function renderOf(pixels: number, ending = "png"): string {
  const { left, right, top, bottom } = tileBounds(NECK);
  const [re, im] = [[left, right], [top, bottom]].map(([a, b]) =>
    a!.plus(b!).timesPowerOfTwo(-1).toDecimal(60)
  );
  const span = right.minus(left).times(Exact.of(pixels)).timesPowerOfTwo(-8).toDecimal(60);
  const query = new URLSearchParams({ re: re!, im: im!, span });
  return `/render.${ending}?${query}&width=${pixels}&height=${pixels}`;
}

Deno.test("a cap is told by what was computed, and by all that is kept of it", async () => {
  const workers = await sharedWorkers();
  await using store = new MemoryStore(2 ** 24);
  const tile = `/tiles/${NECK}.png`;
  const limits = { iterations: 1000 };
  const first = appOver(workers, limits, store);
  const timings = [];
  for (const app of [first, first, first, appOver(workers, limits, store)]) {
    const response = await app.request(tile);
    assert.equal(response.headers.get(HEADER), "1000; capped");
    assert.match(response.headers.get("access-control-expose-headers") ?? "", /Mandeltile-Iter/);
    timings.push(response.headers.get("server-timing"));
    const { text } = decode(await bytesOf(response));
    assert.deepEqual([text.iterations, text.capped], ["1000", "yes"]);
    const headers = { "if-none-match": response.headers.get("etag")! };
    assert.equal((await app.request(tile, { headers })).status, 304);
    await endOfTurn();
  }
  assert.deepEqual(timings.slice(1), ["cache", "cache", "cache"]);
  const fixed = await first.request(`${tile}?iterations=1000`);
  assert.equal(fixed.headers.get(HEADER), "1000", "who asked for so many knows it");
  assert.equal(decode(await bytesOf(fixed)).text.capped, undefined);
});

Deno.test("a print of any size has what the map has, and twice as fine tiles too", async () => {
  const app = appOver(await sharedWorkers());
  const told = async (path: string) => {
    const response = await app.request(path);
    await response.body?.cancel();
    return response.headers.get(HEADER);
  };
  const tile = await told(`/tiles/${NECK}.npy`);
  assert.match(tile ?? "", /^\d+$/);
  assert.ok(Number(tile) > 6283, `${tile} where counts are 6,283`);
  assert.equal(await told(`/tiles/${NECK}@2x.npy`), tile);
  for (const pixels of [64, 100, 256]) assert.equal(await told(renderOf(pixels, "npy")), tile);
  const fine = `${renderOf(64)}&supersample=2`;
  assert.equal(await told(fine), tile, "samples within a pixel do not matter");
});

Deno.test("a render of a tile's square is the tile, count for count", async () => {
  const app = appOver(await sharedWorkers());
  const tile = await bytesOf(app.request(`/tiles/${NECK}.npy`));
  assert.deepEqual(await bytesOf(app.request(renderOf(256, "npy"))), tile);
});
