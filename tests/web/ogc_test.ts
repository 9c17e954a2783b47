/** OGC API Tiles: every link of every document leads somewhere, and tiles come as the client likes. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import { MemoryStore } from "../../src/store/mod.ts";
import { type App, DEFAULT_LIMITS } from "../../src/web/mod.ts";
import { appOver, bytesOf, CountedWorkers, problemOf } from "./fixtures.ts";

interface Link {
  readonly rel: string;
  readonly href: string;
  readonly type: string;
  readonly templated?: boolean;
}

type Document = Record<string, unknown>;

async function documentOf(app: App, path: string, headers: HeadersInit = {}): Promise<Document> {
  const response = await app.request(path, { headers });
  assert.equal(response.status, 200, path);
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.match(response.headers.get("vary") ?? "", /X-Forwarded-Prefix/);
  return await response.json() as Document;
}

/** All links of a document, those of its members too. */
function linksOf(value: unknown): Link[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Object.hasOwn(value, "href") ? [value as Link] : [];
  return [...own, ...Object.values(value).flatMap(linksOf)];
}

Deno.test("whoever follows links from the landing page finds every document and tiles", async () => {
  for (
    const [basePath, headers, base] of [
      ["", {}, "http://localhost"],
      ["/fractal", { "x-forwarded-host": "maps.example:81" }, "http://maps.example:81/fractal"],
    ] as const
  ) {
    const app = appOver(new CountedWorkers(), { basePath });
    const seen = new Set<string>();
    const templates = new Set<string>();
    const waiting = [`${base}/ogc`];
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      if (seen.has(url)) continue;
      seen.add(url);
      assert.ok(url.startsWith(`${base}/ogc`), url);
      for (
        const link of linksOf(await documentOf(app, basePath + url.slice(base.length), headers))
      ) {
        if (link.templated) templates.add(link.href);
        else if (link.rel !== "service-desc") waiting.push(link.href);
      }
    }
    assert.deepEqual(
      [...seen].map((url) => url.slice(base.length)).sort(),
      [
        "/ogc",
        "/ogc/conformance",
        "/ogc/map/tiles",
        "/ogc/map/tiles/ComplexPlane",
        "/ogc/map/tiles/WebMercatorQuad",
        "/ogc/tileMatrixSets",
        "/ogc/tileMatrixSets/ComplexPlane",
        "/ogc/tileMatrixSets/JuliaPlane",
        "/ogc/tileMatrixSets/WebMercatorQuad",
      ],
    );
    assert.equal(templates.size, 6);
    for (const template of templates) {
      const path = template.slice(base.length).replace("{tileMatrix}", "3")
        .replace("{tileRow}", "3").replace("{tileCol}", "2");
      const response = await app.request(basePath + path, { method: "HEAD" });
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("content-type"), `image/${/f=(\w+)/.exec(path)?.[1]}`);
    }
  }
});

Deno.test("the tile matrix sets are the known square and the plane", async () => {
  const app = appOver(new CountedWorkers());
  const known = await documentOf(app, "/ogc/tileMatrixSets/WebMercatorQuad");
  assert.equal(known.crs, "http://www.opengis.net/def/crs/EPSG/0/3857");
  const [first] = known.tileMatrices as Document[];
  // The values of OGC 17-083r4, annex D.1, to the digits given there.
  assert.ok(Math.abs(Number(first!.scaleDenominator) - 559082264.028717) < 1e-5);
  assert.ok(Math.abs(Number(first!.cellSize) - 156543.033928041) < 1e-9);
  const plane = await documentOf(app, "/ogc/tileMatrixSets/ComplexPlane");
  const matrices = plane.tileMatrices as Document[];
  assert.equal(matrices.length, 31);
  assert.deepEqual(
    [matrices[3]!.pointOfOrigin, matrices[3]!.cellSize, matrices[3]!.matrixWidth],
    [[-2.5, 2], 4 / 256 / 8, 8],
  );
  const crs = await app.request(new URL(String(plane.crs)).pathname);
  assert.match(await crs.text(), /^LOCAL_CS\["Complex plane"/);
  const tileset = await documentOf(app, "/ogc/tiles/ComplexPlane?iterations=60&palette=magma");
  assert.equal(tileset.deepest_zoom, DEFAULT_LIMITS.deepest);
  const items = linksOf(tileset).filter(({ rel }) => rel === "item");
  assert.ok(items.every(({ href }) => href.endsWith("&iterations=60&palette=magma")));
});

Deno.test("a tile comes as f or else Accept wants it, and is that of /tiles", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers, {}, new MemoryStore(2 ** 22));
  const path = "/ogc/map/tiles/ComplexPlane/3/3/2?iterations=60";
  const ask = (query: string, accept?: string) =>
    app.request(path + query, accept === undefined ? {} : { headers: { accept } });
  const cases = [
    ["", undefined, "png"],
    ["", "*/*", "png"],
    ["", "image/webp,image/png;q=0.5", "webp"],
    ["", "image/*;q=0.3, image/jpeg;q=0.9, image/webp;q=0", "jpeg"],
    ["", "image/avif,image/webp,image/apng,*/*;q=0.8", "webp"],
    ["&f=jpeg", undefined, "jpeg"],
    ["&f=png", "image/*", "png"],
  ] as const;
  // Twice, so that what is answered from memory answers the same.
  for (const [query, accept, format] of [...cases, ...cases]) {
    const response = await ask(query, accept);
    assert.equal(response.headers.get("content-type"), `image/${format}`, `${query} ${accept}`);
    assert.equal(response.headers.get("vary"), query === "" ? "Accept" : null);
    const same = await bytesOf(app.request(`/tiles/3/2/3.${format}?iterations=60`));
    assert.deepEqual(await bytesOf(response), same);
  }
  await problemOf(ask("", "text/html"), 406);
  await problemOf(ask("&f=png", "image/jpeg"), 406);
});

Deno.test("what is not there, or not a parameter, is refused", async () => {
  const nobody = new CountedWorkers();
  const app = appOver(nobody);
  for (
    const [path, status] of [
      ["/ogc/map/tiles/Mars", 404],
      ["/ogc/map/tiles/Mars/3/3/2", 404],
      ["/ogc/map/tiles/ComplexPlane/3/8/2", 404],
      ["/ogc/map/tiles/ComplexPlane/30001/8/2", 404],
      ["/ogc/map/tiles/ComplexPlane/3/x/2", 400],
      ["/ogc/map/tiles/ComplexPlane/3/3/2?f=npy", 400],
      ["/ogc/map/tiles/ComplexPlane/3/3/2?bbox=1", 400],
      ["/ogc/tileMatrixSets/Mars", 404],
      ["/ogc/crs/WebMercatorQuad", 404],
      ["/ogc?f=html", 400],
      ["/ogc/conformance?page=2", 400],
      ["/ogc/nothing", 404],
    ] as const
  ) {
    await problemOf(app.request(path), status);
  }
  assert.equal((await app.request("/ogc/tiles", { method: "POST" })).status, 405);
  assert.equal(nobody.calls, 0);
});

Deno.test("below a base path everything is there, and nothing is elsewhere", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers, { basePath: "/a/b" }, new MemoryStore(2 ** 22));
  for (const path of ["/", "/assets/explorer.js", "/healthz", "/tiles.json", "/lesson"]) {
    assert.equal((await app.request(`/a/b${path}`, { method: "HEAD" })).status, 200, path);
    for (const outside of [path, `/a${path}`, `/a/bc${path}`, `/A/B${path}`]) {
      const problem = await problemOf(app.request(outside), 404);
      assert.equal(problem.detail, `There is nothing at ${outside}`);
    }
  }
  const bare = await app.request("/a/b?v=1");
  assert.deepEqual([bare.status, bare.headers.get("location")], [308, "/a/b/?v=1"]);
  const page = await (await app.request("/a/b/")).text();
  assert.ok(page.includes('"basePath":"/a/b"'));
  const { tiles } = await (await app.request("/a/b/tiles.json?v=1")).json() as { tiles: string[] };
  assert.deepEqual(tiles, ["http://localhost/a/b/tiles/{z}/{x}/{y}.png?v=1"]);
  // The second time out of memory.
  for (const expected of [/compute/, /^cache$/]) {
    const response = await app.request("/a/b/tiles/3/2/3.png?iterations=20");
    assert.match(response.headers.get("server-timing") ?? "", expected);
    await bytesOf(response);
  }
});
