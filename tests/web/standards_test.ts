/** TileJSON and TMS: what map clients are told, and tiles counted from the bottom. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import { appOver, bytesOf, CountedWorkers, problemOf } from "./fixtures.ts";

interface TileJson {
  readonly tilejson: string;
  readonly tiles: readonly string[];
  readonly scheme: string;
  readonly minzoom: number;
  readonly maxzoom: number;
  readonly bounds: readonly number[];
  readonly deepest_zoom: number;
}

/** Asks for the TileJSON; whoever computes for it fails the test. */
async function tileJson(
  query = "",
  headers: HeadersInit = {},
  deepest = 40,
): Promise<TileJson> {
  const response = await appOver(new CountedWorkers(), { deepest })
    .request(`/tiles.json${query}`, { headers });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.match(response.headers.get("vary") ?? "", /X-Forwarded-Host/);
  return await response.json() as TileJson;
}

Deno.test("TileJSON says where the tiles are, and hands parameters on to them", async () => {
  const plain = await tileJson();
  assert.equal(plain.tilejson, "3.0.0");
  assert.deepEqual(plain.tiles, ["http://localhost/tiles/{z}/{x}/{y}.png"]);
  assert.deepEqual([plain.scheme, plain.minzoom, plain.maxzoom], ["xyz", 0, 30]);
  assert.equal(plain.deepest_zoom, 40);
  assert.deepEqual((await tileJson("", {}, 9)).maxzoom, 9);
  const query = "?palette=ff0000,00ff00&shading=bands&iterations=9&v=1&scheme=tms";
  const told = await tileJson(query);
  assert.deepEqual(told.tiles, [`http://localhost/tiles/{z}/{x}/{y}.png${query}`]);
  assert.equal(told.scheme, "tms");
});

Deno.test("TileJSON refuses what its tiles would refuse, and knows who has it", async () => {
  const app = appOver(new CountedWorkers());
  for (const query of ["scheme=wmts", "palette=none", "iterations=0", "re=1", "v=1&v=2"]) {
    await problemOf(app.request(`/tiles.json?${query}`), 400);
  }
  await problemOf(app.request("/tiles.json", { method: "PUT" }), 405);
  const etag = (await app.request("/tiles.json")).headers.get("etag") ?? assert.fail("no tag");
  const again = await app.request("/tiles.json", { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
});

Deno.test("behind a proxy the tiles are where the proxy is", async () => {
  const base = async (headers: HeadersInit) =>
    (await tileJson("", headers)).tiles[0]!.replace("/tiles/{z}/{x}/{y}.png", "");
  const proxy = { "x-forwarded-proto": "https", "x-forwarded-host": "maps.example:8443" };
  assert.equal(await base(proxy), "https://maps.example:8443");
  assert.equal(
    await base({ ...proxy, "x-forwarded-prefix": "/sets/m/" }),
    "https://maps.example:8443/sets/m",
  );
  assert.equal(await base({ "x-forwarded-proto": "https, http" }), "https://localhost");
  assert.equal(await base({ "x-forwarded-host": "[2001:db8::1]:80" }), "http://[2001:db8::1]:80");
  for (
    const [name, value] of [
      ["proto", "javascript"],
      ["host", 'evil.example/"><'],
      ["host", "a b"],
      ["prefix", "//evil.example"],
      ["prefix", "nothing"],
    ]
  ) {
    assert.equal(await base({ [`x-forwarded-${name}`]: value! }), "http://localhost", value);
  }
});

Deno.test("a tile counted from the bottom is the same answer", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers);
  const wanted = await app.request("/tiles/3/2/3.npy?iterations=50");
  const etag = wanted.headers.get("etag");
  const bytes = await bytesOf(wanted);
  for (const path of ["/tms/3/2/4.npy?", "/tiles/3/2/4.npy?scheme=tms&"]) {
    const response = await app.request(`${path}iterations=50`);
    assert.equal(response.headers.get("etag"), etag, path);
    assert.deepEqual(await bytesOf(response), bytes);
  }
  const other = await bytesOf(app.request("/tiles/3/2/4.npy?iterations=50&scheme=xyz"));
  assert.notDeepEqual(other, bytes);
  await problemOf(app.request("/tms/3/2/8.png"), 404);
  await problemOf(app.request("/tms/3/2/4.png?scheme=xyz"), 400);
  await problemOf(app.request("/tiles/3/2/4.png?scheme=zyx"), 400);
  await problemOf(app.request("/render.png?scheme=tms&re=0&im=0&span=1&width=1&height=1"), 400);
});
