/** What clients, caches and crawlers add to addresses or look for beside them. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import { appOver, problemOf } from "./fixtures.ts";

Deno.test("addresses as clients, caches and crawlers write them", async (t) => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers);
  const ask = async (target: string) => await app.request(target);
  const tile = "/tiles/3/2/3.png";
  const etag = (await ask(tile)).headers.get("etag");

  await t.step("names that others add to a tile's query change nothing", async () => {
    for (
      const query of ["_=17", "utm_source=x&utm_medium=y", "access_token=a", "key=", "api_key=b"]
    ) {
      const response = await ask(`${tile}?${query}`);
      assert.deepEqual([response.status, response.headers.get("etag")], [200, etag], query);
    }
    const ogc = "/ogc/map/tiles/WebMercatorQuad/3/3/2?f=png";
    assert.equal((await ask(`${ogc}&_=1`)).status, 200);
    assert.equal((await ask("/wmts/tiles/default/WebMercatorQuad/3/3/2.png?key=k")).status, 200);
    await problemOf(ask(`${tile}?utm=1`), 400);
    await problemOf(ask(`${tile}?palete=magma`), 400);
    const view = "re=0&im=0&span=4&width=8&height=8";
    await problemOf(ask(`/render.png?${view}&_=1`), 400);
  });

  await t.step("an ending in capitals is the same ending", async () => {
    assert.equal((await ask("/tiles/3/2/3.PNG")).headers.get("etag"), etag);
    assert.equal((await ask("/wmts/tiles/default/WebMercatorQuad/3/3/2.PNG")).status, 200);
  });

  await t.step("files beside a picture are not there", async () => {
    for (const file of ["3.png.aux.xml", "3.aux.xml", "3.png.ovr", "3.png.msk", "3.wld"]) {
      await problemOf(ask(`/tiles/3/2/${file}`), 404);
    }
    await problemOf(ask("/tiles/3/2/3.avif"), 406);
  });

  await t.step("a slash at the end leads to the path without it", async () => {
    for (const path of ["/docs", "/tiles.json", "/ogc", "/wmts"]) {
      const response = await ask(`${path}/?iterations=9`);
      assert.equal(response.status, 308, path);
      assert.equal(response.headers.get("location"), `${path}?iterations=9`);
    }
    for (const path of ["//evil.example/", "/\\evil.example/", "/%2f/evil.example//"]) {
      const location = (await ask(path)).headers.get("location");
      assert.ok(location === null || new URL(location, "http://here/").host === "here", path);
    }
    const below = appOver(workers, { basePath: "/fractal" });
    const response = await below.request("/fractal/docs/");
    assert.equal(response.headers.get("location"), "/fractal/docs");
  });

  await t.step("crawlers are asked to leave alone what is computed", async () => {
    const robots = await (await ask("/robots.txt")).text();
    assert.match(robots, /^User-agent: \*\nDisallow: \/tiles\n/);
    const icon = await ask("/favicon.ico");
    assert.deepEqual([icon.status, icon.headers.get("content-type")], [200, "image/svg+xml"]);
    await icon.body?.cancel();
  });
});
