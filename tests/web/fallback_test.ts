/** `?fallback=parent`: an ancestor's pixels where the tile itself cannot be computed now. */

import assert from "node:assert/strict";
import { enlargePng } from "../../src/image/mod.ts";
import {
  type FrameRenderer,
  OverBudgetError,
  type RenderedFrame,
  RenderWorkers,
} from "../../src/render/mod.ts";
import { MemoryStore } from "../../src/store/mod.ts";
import type { App } from "../../src/web/mod.ts";
import { appOver, bytesOf, CountedWorkers, HeldWorkers, problemOf } from "./fixtures.ts";

const LOOK = "iterations=300";
const TILE = `/tiles/5/11/13.png?${LOOK}`;
const WITH_FALLBACK = `${TILE}&fallback=parent`;

/** An app whose queue is full and stays so while `run` is under way; its store has this tile. */
async function whileFull(
  kept: string | undefined,
  run: (app: App, png: Uint8Array) => Promise<void>,
) {
  const store = new MemoryStore(2 ** 24);
  let png: Uint8Array = new Uint8Array();
  if (kept !== undefined) {
    await using workers = await RenderWorkers.start({ workers: 1 });
    png = await bytesOf(appOver(workers, {}, store).request(kept));
  }
  const held = new HeldWorkers();
  const app = appOver(held, { concurrency: 1, queue: 0 }, store);
  const inside = app.request("/tiles/9/0/0.npy?iterations=9");
  await held.entered;
  await run(app, png);
  held.release();
  await bytesOf(inside);
}

Deno.test("a full queue answers with the nearest kept ancestor's pixels, marked and short-lived", () =>
  whileFull(`/tiles/3/2/3.png?${LOOK}`, async (app, png) => {
    const response = await app.request(WITH_FALLBACK);
    assert.equal(response.headers.get("mandeltile-fallback"), "parent; levels=2");
    assert.equal(response.headers.get("cache-control"), "public, max-age=5");
    assert.equal(response.headers.get("content-type"), "image/png");
    assert.equal(response.headers.get("etag"), null);
    // Tile 5/11/13 is the fourth column and second row of the sixteenths of 3/2/3.
    const expected = enlargePng(png, { levels: 2, column: 3, row: 1 });
    assert.deepEqual(await bytesOf(response), expected);
    // And again: it is not taken for the tile.
    assert.deepEqual(await bytesOf(app.request(WITH_FALLBACK)), expected);
    await problemOf(app.request(TILE), 503);
    // Counted from below it is the same tile.
    const below = `/tms/5/11/18.png?${LOOK}&fallback=parent`;
    assert.deepEqual(await bytesOf(app.request(below)), expected);
    // And so it is in the standards' words.
    const wmts = new URLSearchParams({
      ...{ SERVICE: "WMTS", REQUEST: "GetTile", VERSION: "1.0.0", LAYER: "mandelbrot" },
      ...{ STYLE: "", FORMAT: "image/png", TILEMATRIXSET: "ComplexPlane", TILEMATRIX: "5" },
      ...{ TILEROW: "13", TILECOL: "11", iterations: "300" },
    });
    for (
      const path of [
        `/wmts?${wmts}`,
        `/wmts/tiles/default/ComplexPlane/5/13/11.png?${LOOK}`,
        `/ogc/map/tiles/ComplexPlane/5/13/11?${LOOK}`,
        `/ogc/map/tiles/WebMercatorQuad/5/13/11?f=png&${LOOK}`,
      ]
    ) {
      assert.equal((await app.request(path)).status, 503, path);
      const other = await app.request(`${path}&fallback=parent`);
      assert.equal(other.headers.get("mandeltile-fallback"), "parent; levels=2", path);
      assert.equal(other.headers.get("etag"), null);
      assert.deepEqual(await bytesOf(other), expected);
    }
    // Other formats have none.
    await problemOf(
      app.request(`/ogc/map/tiles/ComplexPlane/5/13/11?f=webp&${LOOK}&fallback=parent`),
      503,
    );
  }));

Deno.test("without a kept ancestor of the same look it is refused as ever", async () => {
  await whileFull(undefined, async (app) => {
    assert.equal((await problemOf(app.request(WITH_FALLBACK), 503)).limit, "queue");
  });
  await whileFull(`/tiles/3/2/3.png?${LOOK}&palette=magma`, async (app) => {
    await problemOf(app.request(WITH_FALLBACK), 503);
    const other = await app.request(`${WITH_FALLBACK}&palette=magma`);
    assert.equal(other.headers.get("mandeltile-fallback"), "parent; levels=2");
    await other.body?.cancel();
  });
});

/** Workers for whom everything is too dear. */
class DearWorkers extends HeldWorkers {
  override render(): Promise<RenderedFrame> {
    return Promise.reject(new OverBudgetError("Cannot go on: the budget is used up"));
  }
}

/** Others, who find everything too dear for a while. */
class MoodyWorkers extends CountedWorkers {
  dear = true;

  override render(...args: Parameters<FrameRenderer["render"]>): Promise<RenderedFrame> {
    return this.dear ? new DearWorkers().render() : this.workers!.render(...args);
  }
}

Deno.test("a budget used up falls back too, and what can be computed does not", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const store = new MemoryStore(2 ** 24);
  const app = appOver(workers, {}, store);
  const png = await bytesOf(app.request(`/tiles/4/5/6.png?${LOOK}`));
  const coarse = await appOver(new DearWorkers(), {}, store).request(WITH_FALLBACK);
  assert.equal(coarse.headers.get("mandeltile-fallback"), "parent; levels=1");
  assert.deepEqual(await bytesOf(coarse), enlargePng(png, { levels: 1, column: 1, row: 1 }));
  const whole = await app.request(WITH_FALLBACK);
  assert.equal(whole.headers.get("mandeltile-fallback"), null);
  assert.deepEqual(await bytesOf(whole), await bytesOf(app.request(TILE)));
});

Deno.test("the address that was answered coarsely is answered with the tile when it can be had", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const expected = await bytesOf(appOver(workers).request(TILE));
  const store = new MemoryStore(2 ** 24);
  await bytesOf(appOver(workers, {}, store).request(`/tiles/4/5/6.png?${LOOK}`));
  const moody = new MoodyWorkers(workers);
  const app = appOver(moody, {}, store);
  const coarse = await app.request(WITH_FALLBACK);
  assert.equal(coarse.headers.get("mandeltile-fallback"), "parent; levels=1");
  assert.notDeepEqual(await bytesOf(coarse), expected);
  moody.dear = false;
  for (const _ of ["computed", "kept"]) {
    const whole = await app.request(WITH_FALLBACK);
    assert.equal(whole.headers.get("mandeltile-fallback"), null);
    assert.notEqual(whole.headers.get("etag"), null);
    assert.deepEqual(await bytesOf(whole), expected);
  }
});

Deno.test("the workers enlarge as the thread that answers would", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const png = await bytesOf(appOver(workers).request(TILE));
  const part = { levels: 3, column: 5, row: 6 };
  const expected = enlargePng(png, part);
  assert.deepEqual(await workers.enlarge(png, part), expected);
});

Deno.test("fallback is for tiles, and to a parent alone", async () => {
  const app = appOver(new HeldWorkers());
  assert.equal((await problemOf(app.request(`${TILE}&fallback=child`), 400)).parameter, "fallback");
  for (const path of ["/ogc/map/tiles/ComplexPlane/5/13/11", "/ogc", "/tiles.json"]) {
    const problem = await problemOf(app.request(`${path}?fallback=child`), 400);
    assert.equal(problem.parameter, "fallback", path);
  }
  const capabilities = await app.request("/wmts/1.0.0/WMTSCapabilities.xml?fallback=child");
  assert.equal(capabilities.status, 400);
  assert.match(await capabilities.text(), /locator="fallback"/);
  const documents = [
    ["/wmts/1.0.0/WMTSCapabilities.xml", /TileCol}\.png\?fallback=parent"/],
    ["/ogc/map/tiles/ComplexPlane", /f=png&fallback=parent"/],
    ["/tiles.json", /{y}\.png\?fallback=parent"/],
  ] as const;
  for (const [path, address] of documents) {
    assert.match(await (await app.request(`${path}?fallback=parent`)).text(), address);
  }
  const view = "/render.png?re=0&im=0&span=1&width=8&height=8&fallback=parent";
  assert.equal((await problemOf(app.request(view), 400)).parameter, "fallback");
});
