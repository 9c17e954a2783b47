/** Julia sets over HTTP: tiles, renders, arrays, notes, documents; each set has its own tags and caches. */

import assert from "node:assert/strict";
import { countSteps, formulaOf } from "../../src/fractal/mod.ts";
import { readLocation } from "../../src/web/mod.ts";
import {
  columnsOf,
  Exact,
  type FractalSet,
  frameOfTile,
  rowsOf,
  TileAddress,
} from "../../src/plane/mod.ts";
import { CachingRenderer, RenderWorkers } from "../../src/render/mod.ts";
import { emptyStore } from "../../src/store/mod.ts";
import { appOver, problemOf } from "./fixtures.ts";
import { readNpy } from "./npy_reader.ts";

const C = "-0.8,0.156";
const SET: FractalSet = {
  id: "julia",
  c: { re: Exact.parse("-0.8"), im: Exact.parse("0.156") },
};

const local = await RenderWorkers.start({ workers: 2 });
const workers = new CachingRenderer(local, { memory: emptyStore, disk: emptyStore });
const app = appOver(workers, {}, undefined, { oracle: local });
Deno.test.afterAll(() => local[Symbol.asyncDispose]());

async function bytesOf(target: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await app.request(target);
  assert.equal(response.status, 200, `${target}: ${await response.clone().text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The counts of an array, row by row. */
function countsOf(bytes: Uint8Array<ArrayBuffer>): number[] {
  const array = readNpy(bytes);
  return Array.from(
    { length: array.width * array.height },
    (_, pixel) => array.at(pixel % array.width, Math.floor(pixel / array.width)),
  );
}

Deno.test("an array of a tile has the oracle's counts", async () => {
  const { window, orbitOf } = formulaOf(SET);
  for (const [z, x, y] of [[0, 0, 0], [3, 2, 5], [7, 70, 61]] as const) {
    const target = `/tiles/${z}/${x}/${y}.npy?iterations=300&set=julia&c=${C}`;
    const counts = countsOf(await bytesOf(target));
    const address = TileAddress.of(z, BigInt(x), BigInt(y));
    const frame = frameOfTile(address, 256, { window, set: SET });
    const columns = columnsOf(frame);
    const expected = [...rowsOf(frame)].flatMap((im) =>
      [...columns].map((re) => countSteps(orbitOf(re, im), 300))
    );
    assert.deepEqual(counts, expected);
  }
});

Deno.test("tiles and renders of one place agree, and auto chooses for either alike", async () => {
  const tile = countsOf(await bytesOf(`/tiles/2/1/1.npy?set=julia&c=${C}`));
  // The tile's square: re from -1 to 0, im from 1 to 0.
  const view = "re=-0.5&im=0.5&span=1&width=256&height=256";
  const view2 = countsOf(await bytesOf(`/render.npy?${view}&set=julia&c=${C}`));
  assert.deepEqual(view2, tile);
});

Deno.test("sets have tags of their own, and another c is another set", async () => {
  const tagOf = async (query: string) =>
    (await app.request(`/tiles/1/0/0.png?iterations=100${query}`)).headers.get("etag");
  const tags = await Promise.all(
    ["", `&set=julia&c=${C}`, "&set=julia&c=0,0", "&set=julia&c=0,0.0"].map(tagOf),
  );
  assert.equal(new Set(tags).size, 3, "0.0 is 0");
  assert.equal(await tagOf("&set=mandelbrot"), tags[0]);
});

Deno.test("a picture notes its set, and opens again as what it is", async () => {
  for (const target of ["/tiles/3/2/5.png?", "/render.png?re=0&im=0&span=3&width=40&height=30&"]) {
    const png = await bytesOf(`${target}iterations=100&set=julia&c=${C}`);
    const { set, c, re, span } = readLocation(png);
    assert.deepEqual([set, c], ["julia", C], `${re} ${span.size}`);
  }
  const { set } = readLocation(await bytesOf("/tiles/3/2/5.png?iterations=100"));
  assert.equal(set, undefined);
});

Deno.test("what is no set is refused by name", async () => {
  const refused = async (query: string, status: number) =>
    await problemOf(app.request(`/tiles/3/2/5.png?${query}`), status);
  await refused("set=newton", 400);
  await refused("set=julia", 400);
  await refused("c=0,0", 400);
  await refused("set=julia&c=1", 400);
  await refused("set=julia&c=1,2,3", 400);
  assert.match(JSON.stringify(await refused("set=julia&c=2,1", 400)), /outside radius 2/);
  const deep = `/tiles/41/${2n ** 40n}/${2n ** 40n}.png?set=julia&c=${C}`;
  assert.match(JSON.stringify(await problemOf(app.request(deep), 404)), /40/);
  const view = `re=0.1&im=0.1&span=1e-20&width=64&height=64&set=julia&c=${C}`;
  await problemOf(app.request(`/render.png?${view}`), 404);
});

Deno.test("TileJSON, WMTS and OGC API Tiles offer it", async () => {
  const json = await (await app.request(`/tiles.json?set=julia&c=${C}`)).json();
  assert.deepEqual(json.world, { re: [-2, 2], im: [-2, 2] });
  assert.match(json.tiles[0], /set=julia&c=-0\.8,0\.156$/);
  const wmts = "/wmts?SERVICE=WMTS&VERSION=1.0.0";
  for (const [layer, query] of [["mandelbrot", ""], ["julia", `&set=julia&c=${C}`]] as const) {
    const text = await (await app.request(`${wmts}&REQUEST=GetCapabilities${query}`)).text();
    const layers = [...text.matchAll(/<ows:Identifier>(mandelbrot|julia)</g)].map(([, id]) => id);
    assert.deepEqual(layers, [layer]);
  }
  const tile = "STYLE=default&FORMAT=image/png&TILEMATRIX=3&TILEROW=5&TILECOL=2&iterations=100";
  const get = (layer: string, set: string, more = "") =>
    bytesOf(`${wmts}&REQUEST=GetTile&LAYER=${layer}&TILEMATRIXSET=${set}&${tile}${more}`);
  const plain = await bytesOf(`/tiles/3/2/5.png?iterations=100&set=julia&c=${C}`);
  assert.deepEqual(await get("julia", "JuliaPlane"), plain);
  assert.deepEqual(await get("julia", "WebMercatorQuad"), plain);
  const other = await bytesOf("/tiles/3/2/5.png?iterations=100&set=julia&c=0,1");
  assert.deepEqual(await get("julia", "JuliaPlane", "&c=0,1"), other);
  const wrong = `${wmts}&REQUEST=GetTile&LAYER=julia&TILEMATRIXSET=ComplexPlane&${tile}`;
  assert.equal((await app.request(wrong)).status, 400);
  const list = await (await app.request(`/ogc/map/tiles?set=julia&c=${C}`)).json();
  assert.equal(list.tilesets.length, 2);
  const ogc = `/ogc/map/tiles/JuliaPlane/3/5/2?f=png&iterations=100&set=julia&c=${C}`;
  assert.deepEqual(await bytesOf(ogc), plain);
});

Deno.test("/exact counts a point of a Julia set", async () => {
  const at = "re=0.3&im=0.7&iterations=500";
  const answer = await (await app.request(`/exact?${at}&set=julia&c=${C}`)).json();
  const { orbitOf } = formulaOf(SET);
  assert.deepEqual([answer.count, answer.orbit], [countSteps(orbitOf(0.3, 0.7), 500), "escapes"]);
  assert.notEqual((await (await app.request(`/exact?${at}`)).json()).count, answer.count);
});
