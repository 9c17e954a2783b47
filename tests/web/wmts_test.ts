/** WMTS: what the capabilities promise is there, both ways; refusals are exception reports. */

import assert from "node:assert/strict";
import { paletteNames } from "../../src/image/mod.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import { type App, DEFAULT_LIMITS } from "../../src/web/mod.ts";
import { appOver, bytesOf, CountedWorkers, HeldWorkers } from "./fixtures.ts";

const GET_CAPABILITIES = "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities";

const tile = {
  service: "WMTS",
  request: "GetTile",
  version: "1.0.0",
  layer: "mandelbrot",
  style: "magma",
  format: "image/png",
  tilematrixset: "WebMercatorQuad",
  tilematrix: "3",
  tilerow: "3",
  tilecol: "2",
};

function getTile(changes: Record<string, string | undefined> = {}): string {
  const given = Object.entries({ ...tile, ...changes }).filter(([, value]) => value !== undefined);
  return `/wmts?${new URLSearchParams(given as [string, string][])}`;
}

async function textOf(app: App, path: string, headers: HeadersInit = {}): Promise<string> {
  return new TextDecoder().decode(await bytesOf(app.request(path, { headers })));
}

/** Asks and expects an exception report. Resolves to its code and locator. */
async function exceptionOf(
  app: App,
  path: string,
  status: number,
): Promise<(string | undefined)[]> {
  const response = await app.request(path);
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.equal(response.headers.get("content-type"), "application/xml");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.match(
    text,
    /<ExceptionReport xmlns="http:\/\/www\.opengis\.net\/ows\/1\.1" version="1\.1\.0"/,
  );
  assert.match(text, /<ExceptionText>[^<>]+<\/ExceptionText>/);
  return /exceptionCode="(\w+)"(?: locator="([^"]*)")?/.exec(text)?.slice(1) ?? [];
}

Deno.test("tiles by key-value pairs and by resource are those of /tiles", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers);
  const wanted = await app.request("/tiles/3/2/3.png?palette=magma&iterations=60");
  const bytes = await bytesOf(wanted.clone());
  const paths = [
    `${getTile()}&iterations=60`,
    `${getTile({ tilematrixset: "ComplexPlane" })}&ITERATIONS=60`,
    getTile({ iterations: "60" }).replace(/\b(\w+)=/g, (name) => name.toUpperCase()),
    `${getTile({ iterations: "60" })}&map=some.map&_dc=123`,
    "/wmts/tiles/magma/WebMercatorQuad/3/3/2.png?iterations=60",
    "/wmts/tiles/magma/ComplexPlane/3/3/2.png?iterations=60&v=1",
  ];
  for (const path of paths) {
    const response = await app.request(path);
    assert.equal(response.headers.get("etag"), wanted.headers.get("etag"), path);
    assert.deepEqual(await bytesOf(response), bytes, path);
  }
  const etagOf = async (path: string) =>
    (await app.request(path, { method: "HEAD" })).headers.get("etag");
  for (const style of ["", "default", "classic"]) {
    assert.equal(await etagOf(getTile({ style })), await etagOf("/tiles/3/2/3.png"), style);
  }
  for (const format of ["webp", "jpeg"]) {
    const etag = await etagOf(`/tiles/3/2/3.${format}`);
    assert.equal(await etagOf(getTile({ style: "", format: `image/${format}` })), etag);
    assert.equal(await etagOf(`/wmts/tiles/classic/ComplexPlane/3/3/2.${format}`), etag);
  }
  const deep = { tilematrix: "3000", tilerow: "5", tilecol: String(2n ** 2999n), style: "" };
  assert.equal(await etagOf(getTile(deep)), await etagOf(`/tiles/3000/${2n ** 2999n}/5.png`));
});

Deno.test("the capabilities' addresses lead back here, through proxies too", async () => {
  const app = appOver(new CountedWorkers());
  const direct = await textOf(app, GET_CAPABILITIES);
  assert.equal(await textOf(app, "/wmts/1.0.0/WMTSCapabilities.xml"), direct);
  const asked = await textOf(app, `${GET_CAPABILITIES}&iterations=70&v=1`);
  const proxied = await textOf(app, GET_CAPABILITIES, {
    "x-forwarded-proto": "https",
    "x-forwarded-host": "maps.example",
    "x-forwarded-prefix": "/fractal",
  });
  for (
    const [text, base, end] of [
      [direct, "http://localhost", ""],
      [asked, "http://localhost", "?iterations=70&amp;v=1"],
      [proxied, "https://maps.example/fractal", ""],
    ] as const
  ) {
    const addresses = [...text.matchAll(/(?:xlink:href|template)="([^"]+)"/g)].map((m) => m[1]!);
    assert.equal(addresses.length, 6);
    assert.ok(addresses.every((address) => address.startsWith(`${base}/wmts`)), base);
    const templates = addresses.filter((address) => address.includes("{TileRow}"));
    assert.deepEqual(
      templates.map((template) => template.slice(template.lastIndexOf("."))),
      [".png", ".webp", ".jpeg"].map((ending) => ending + end),
    );
    for (const template of templates) {
      const path = template.slice(base.length).replaceAll("&amp;", "&")
        .replace("{Style}", "magma").replace("{TileMatrixSet}", "WebMercatorQuad")
        .replace("{TileMatrix}", "30").replace("{TileRow}", "7").replace("{TileCol}", "9");
      assert.equal((await app.request(path, { method: "HEAD" })).status, 200, path);
    }
  }
  const response = await app.request(GET_CAPABILITIES);
  assert.match(response.headers.get("vary") ?? "", /^Host, .*X-Forwarded-Host/);
  const had = { headers: { "if-none-match": response.headers.get("etag") ?? "" } };
  assert.equal((await app.request(GET_CAPABILITIES, had)).status, 304);
});

Deno.test("the capabilities count as far as clients can, and tell how deep it really is", async () => {
  for (const [deepest, told] of [[DEFAULT_LIMITS.deepest, 30], [7, 7]] as const) {
    const text = await textOf(appOver(new CountedWorkers(), { deepest }), GET_CAPABILITIES);
    const widths = [...text.matchAll(/<MatrixWidth>(\d+)</g)].map((match) => Number(match[1]));
    const expected = Array.from({ length: told + 1 }, (_, z) => 2 ** z);
    assert.deepEqual(widths, [...expected, ...expected]);
    assert.ok(text.includes(`<ows:Value>${deepest}</ows:Value>`));
    // The scale of GoogleMapsCompatible's first zoom, and an eighth of it (OGC 07-057r7, annex E.4).
    const scales = [...text.matchAll(/<ScaleDenominator>([^<]+)</g)].map((m) => Number(m[1]));
    assert.ok(Math.abs(scales[0]! - 559082264.0287178) < 1e-3, String(scales[0]));
    assert.ok(Math.abs(scales[3]! - 69885283.00358972) < 1e-4);
    const styles = [...text.matchAll(/<Style[^>]*><ows:Identifier>(\w+)</g)].map((m) => m[1]);
    assert.deepEqual(styles, paletteNames);
    assert.ok(text.indexOf("WebMercatorQuad") < text.indexOf("ComplexPlane"));
  }
});

Deno.test("what cannot be answered is an exception report with its status", async () => {
  const nobody = new CountedWorkers();
  const app = appOver(nobody);
  const cases: readonly [string, number, string, string | undefined][] = [
    ["/wmts", 400, "MissingParameterValue", "service"],
    ["/wmts?service=WMS&request=GetCapabilities", 400, "InvalidParameterValue", "service"],
    ["/wmts?service=WMTS", 400, "MissingParameterValue", "request"],
    ["/wmts?service=WMTS&request=GetMap", 400, "InvalidParameterValue", "request"],
    ["/wmts?service=WMTS&request=GetFeatureInfo", 501, "OperationNotSupported", "request"],
    [`${GET_CAPABILITIES}&AcceptVersions=2.0.0`, 400, "VersionNegotiationFailed", "acceptversions"],
    [`${GET_CAPABILITIES}&iterations=0`, 400, "InvalidParameterValue", "iterations"],
    [getTile({ version: "2.0.0" }), 400, "InvalidParameterValue", "version"],
    [getTile({ layer: "<julia>&\u0001" }), 400, "InvalidParameterValue", "layer"],
    [getTile({ style: "beige" }), 400, "InvalidParameterValue", "style"],
    [getTile({ format: "image/gif" }), 400, "InvalidParameterValue", "format"],
    [getTile({ tilematrixset: "Mars" }), 400, "InvalidParameterValue", "tilematrixset"],
    [getTile({ tilematrix: "30001" }), 400, "InvalidParameterValue", "tilematrix"],
    [getTile({ tilerow: "8" }), 400, "TileOutOfRange", "tilerow"],
    [getTile({ tilecol: "8" }), 400, "TileOutOfRange", "tilecol"],
    [getTile({ tilerow: "-1" }), 400, "InvalidParameterValue", "tilerow"],
    [getTile({ tilecol: "01" }), 400, "InvalidParameterValue", "tilecol"],
    [getTile({ tilematrix: "3.0" }), 400, "InvalidParameterValue", "tilematrix"],
    [`${getTile()}&Layer=mandelbrot`, 400, "InvalidParameterValue", "layer"],
    ...Object.keys(tile).filter((name) => name !== "service").map((name) =>
      [getTile({ [name]: undefined }), 400, "MissingParameterValue", name] as const
    ).map(([...row]) => row as [string, number, string, string]),
    ["/wmts/tiles/magma/WebMercatorQuad/3/8/2.png", 404, "TileOutOfRange", "tilerow"],
    ["/wmts/tiles/magma/Mars/3/3/2.png", 404, "InvalidParameterValue", "tilematrixset"],
    ["/wmts/tiles/magma/WebMercatorQuad/3/3/2.npy", 406, "InvalidParameterValue", undefined],
    [
      "/wmts/tiles/magma/WebMercatorQuad/3/3/2.png?palette=magma",
      400,
      "InvalidParameterValue",
      "style",
    ],
  ];
  for (const [path, status, code, locator] of cases) {
    assert.deepEqual(await exceptionOf(app, path, status), [code, locator], path);
  }
  assert.equal(nobody.calls, 0);
  assert.equal((await app.request("/wmts", { method: "POST" })).status, 405);
});

Deno.test("a full queue says when to come again", async () => {
  const held = new HeldWorkers();
  const app = appOver(held, { concurrency: 1, queue: 0 });
  const inside = app.request("/tiles/3/2/3.npy?iterations=9");
  await held.entered;
  const path = getTile({ iterations: "9" });
  assert.deepEqual(await exceptionOf(app, path, 503), ["NoApplicableCode", undefined]);
  assert.match((await app.request(path)).headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  held.release();
  await bytesOf(inside);
});
