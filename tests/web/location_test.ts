/** Location files of other programs, and pictures that tell their place. */

import assert from "node:assert/strict";
import { Exact } from "../../src/plane/mod.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import { readLocation, widthOf, zoomOf } from "../../src/web/page/location.js";
import { appOver, bytesOf } from "./fixtures.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const place = { re: "-1.25066", im: "0.02012" };

Deno.test("Kalles Fraktaler: lines of key and value, 4/zoom high", () => {
  const text =
    "Re: -1.25066\r\nIm: 0.02012\r\nZoom: 1.6E400\r\nIterations: 5000\r\nColors: 1,2,3,\r\n";
  const span = { of: "height", size: "2.5e-400" };
  assert.deepEqual(readLocation(bytes(text)), { ...place, span, iterations: 5000 });
});

Deno.test("Fraktaler-3 and rust-fractal: TOML, with sections or without", () => {
  const span = { of: "height", size: "4e-50" };
  const texts = [
    `program = "fraktaler-3"\nlocation.real = "-1.25066"\nlocation.imag = "0.02012"\n` +
    `location.zoom = "1e50"\nbailout.iterations = 1000\n`,
    `# a comment\n[location]\nreal = '-1.25066' # here\nimag = '0.02012'\nzoom = "1e50"\n` +
    `[bailout]\niterations = 1000`,
    `image_width = 1920\nreal = "-1.25066"\nimag = "0.02012"\nzoom = "1e50"\niterations = 1000\n`,
  ];
  for (const text of texts) {
    assert.deepEqual(readLocation(bytes(text)), { ...place, span, iterations: 1000 }, text);
  }
});

Deno.test("what holds no place is refused, with the reason", () => {
  const wrong = [
    ["", /Cannot find a place/],
    ["Re: 1\nIm: 2", /Cannot find a place/],
    ["Re: 1\nIm: two\nZoom: 1", /imaginary part "two"/],
    ["Re: 1\nIm: 2\nZoom: 0", /zoom "0"/],
    ["Re: 1\nIm: 2\nZoom: -3", /zoom "-3"/],
    [`Re: ${"1".repeat(30_000)}\nIm: 2\nZoom: 3`, /real part "1{37}\.\.\."/],
  ] as const;
  for (const [text, why] of wrong) {
    assert.throws(() => readLocation(bytes(text)), { name: "SyntaxError", message: why });
  }
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 255, 255);
  assert.throws(() => readLocation(png), /this picture/);
});

Deno.test("pictures of /render and of tiles tell their place", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers);
  const digits = "-0.74364388703715870475219150611477412345678901234567890123456789";
  const query = `re=${digits}&im=0.1318&span=4e-3&width=40&height=30&palette=magma&shading=bands`;
  const picture = await bytesOf(app.request(`/render.png?${query}`));
  const found = readLocation(picture);
  assert.equal(found.re, digits, "every digit, though the pixels do not need them");
  const { iterations, ...rest } = found;
  assert.deepEqual(rest, {
    re: digits,
    im: "0.1318",
    span: { of: "width", size: "0.004" },
    pixels: { width: 40, height: 30 },
    palette: "magma",
    shading: "bands",
  });
  const again = `/render.png?${query}&iterations=${iterations}`;
  assert.deepEqual(await bytesOf(app.request(again)), picture);

  const tile = readLocation(await bytesOf(app.request("/tiles/3/2/3@2x.png")));
  assert.deepEqual([tile.re, tile.im, tile.span.size], ["-1.25", "0.25", "0.5"]);
  assert.deepEqual(tile.pixels, { width: 512, height: 512 });
  const deep = readLocation(await bytesOf(app.request("/tiles/40/274877906944/549755813887.png")));
  // The centre is half a tile right of -1.5 and above 0: to 10^-4 of a pixel.
  const off = Exact.parse(deep.re).minus(Exact.of(-1.5 + 2 ** -39));
  assert.ok(off.isZero() || off.log2Floor() < -46 - 12);
});

Deno.test("a view's width and the zoom that shows it", () => {
  assert.equal(widthOf({ of: "width", size: "1e-9" }, { width: 4, height: 3 }), "1e-9");
  assert.equal(widthOf({ of: "height", size: "3e-999" }, { width: 4, height: 3 }), "4e-999");
  assert.equal(widthOf({ of: "height", size: "4" }, { width: 1, height: 3 }), "1.3333333333333333");
  assert.equal(zoomOf("4", 256), 0);
  assert.equal(zoomOf("2", 256), 1);
  assert.equal(zoomOf("2.1", 256), 0);
  assert.equal(zoomOf("400", 256), 0);
  assert.equal(zoomOf("9.513808e-1001", 256), 3324);
});
