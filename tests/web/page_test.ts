/** The explorer page's pure parts: coordinates, links, addresses, palettes. */

import assert from "node:assert/strict";
import {
  anchorAt,
  bitsFor,
  coordinatesOf,
  isInWorld,
  movedBy,
  placesAt,
  pointUnder,
  reanchoringAt,
  shiftAt,
  spanOf,
  spotAt,
  spotOf,
  tileAt,
  withinWorld,
  world,
} from "../../src/web/page/anchor.js";
import { curlCommand, quoted } from "../../src/web/page/curl.js";
import { binaryOf, decimalOf, parseDecimal, trimmed } from "../../src/web/page/decimal.js";
import { defaultLook, parseIterations } from "../../src/web/page/look.js";
import { magnification, powerOfTwo } from "../../src/web/page/magnification.js";
import { gradientOf, parsePalette } from "../../src/web/page/palette.js";
import { hashOf, readHash } from "../../src/web/page/place.js";
import { renderUrl, tileUrl } from "../../src/web/page/requests.js";

const settings = {
  deepest: 40,
  iterationsLimit: 5_000_000,
  palettes: [{ name: "classic", stops: ["#000764", "#ffb317"] }, {
    name: "magma",
    stops: ["#000"],
  }],
  basePath: "",
};
const usual = defaultLook(settings);

const bits = bitsFor(30_000);
type Tile = typeof world;

/** The point of the plane at a point of the map. */
function coordinatesAt(anchor: Tile, point: { x: number; y: number }, zoom: number) {
  return coordinatesOf(spotAt(anchor, point, bits), zoom);
}

/** And back. */
function pointAt(anchor: Tile, coordinates: { re: string; im: string }) {
  const spot = spotOf(coordinates, bits);
  return spot && pointUnder(anchor, spot);
}

Deno.test("decimals are read exactly or not at all", () => {
  assert.deepEqual(parseDecimal("-0.75"), { digits: -75n, exponent: -2 });
  assert.deepEqual(parseDecimal(".5"), { digits: 5n, exponent: -1 });
  assert.deepEqual(parseDecimal("+12."), { digits: 12n, exponent: 0 });
  assert.deepEqual(parseDecimal("-1.25e-3"), { digits: -125n, exponent: -5 });
  const none = [
    "",
    ".",
    "-",
    "e5",
    "1e",
    "0x1",
    "1,5",
    " 1",
    "NaN",
    "Infinity",
    "1e99999",
    "−1",
    "1 ",
  ];
  for (const text of [...none, "1".repeat(20_011)]) assert.equal(parseDecimal(text), null, text);
});

Deno.test("binary fractions round to the nearest, up at a half, on both sides of zero", () => {
  assert.equal(binaryOf("0.75", 2n), 3n);
  assert.equal(binaryOf("2e1", 1n), 40n);
  assert.equal(binaryOf("0.5", 0n), 1n);
  assert.equal(binaryOf("-0.5", 0n), 0n);
  assert.equal(binaryOf("-0.6", 0n), -1n);
  assert.equal(binaryOf("-1.5", 0n), -1n);
  assert.equal(binaryOf("?", 0n), null);
  assert.equal(decimalOf(-3n, 2n, 4), "-0.7500");
  assert.equal(decimalOf(-1n, 20n, 3), "0.000");
  assert.equal(decimalOf(5n, 0n, 0), "5");
  assert.equal(decimalOf(1n, 64n, 25), "0.0000000000000000000542101");
});

Deno.test("trimming takes only zeros that say nothing", () => {
  const cases = [["-0.50", "-0.5"], ["2.000", "2"], ["10", "10"], ["1.5e-10", "1.5e-10"]] as const;
  for (const [text, short] of cases) assert.equal(trimmed(text), short);
});

Deno.test("the map's corner is the world's corner and its middle is the world's middle", () => {
  assert.deepEqual(coordinatesAt(world, { x: 0, y: 0 }, 0), { re: "-2.5000000", im: "2.0000000" });
  assert.deepEqual(coordinatesAt(world, { x: 1, y: 1 }, 0), { re: "1.5000000", im: "-2.0000000" });
  assert.deepEqual(pointAt(world, { re: "-0.5", im: "0" }), { x: 0.5, y: 0.5 });
  assert.equal(pointAt(world, { re: "x", im: "0" }), null);
  const outside = spotOf({ re: "9e999", im: "-0.5" }, bits) ?? assert.fail("no spot");
  assert.deepEqual(pointUnder(world, withinWorld(outside)), { x: 1, y: 0.625 });
});

Deno.test("coordinates come back to the same point within 2^-14 of a pixel, at every zoom", () => {
  for (let zoom = 0; zoom <= 40; zoom++) {
    const pixel = 2 ** -(zoom + 8);
    for (const point of [{ x: 1 / 3, y: Math.SQRT1_2 }, { x: Math.PI / 4, y: 0.1 }]) {
      const coordinates = coordinatesAt(world, point, zoom);
      assert.equal(coordinates.re.split(".")[1]?.length, placesAt(zoom));
      const back = pointAt(world, coordinates);
      assert.ok(back !== null);
      assert.ok(Math.abs(back.x - point.x) <= pixel * 2 ** -14 + 2 ** -54);
      assert.ok(Math.abs(back.y - point.y) <= pixel * 2 ** -14 + 2 ** -54);
    }
  }
});

Deno.test("a view written down and read again is written down the same", () => {
  // A thousand doubles that look random, the same every time.
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 0x7fffffff) / 0x7fffffff;
  for (let i = 0; i < 1000; i++) {
    const once = coordinatesAt(world, { x: next(), y: next() }, 40);
    const point = pointAt(world, once);
    assert.ok(point !== null);
    const twice = coordinatesAt(world, point, 40);
    const again = pointAt(world, twice);
    assert.ok(again !== null);
    assert.deepEqual(coordinatesAt(world, again, 40), twice);
  }
});

Deno.test("a deep anchor names the same places as the world", () => {
  const anchor = { zoom: 200, x: 3n ** 126n, y: (1n << 199n) + 12345n };
  const place = coordinatesAt(anchor, { x: 0.3, y: 0.7 }, 205);
  const point = pointAt(anchor, place);
  assert.ok(point !== null && Math.abs(point.x - 0.3) < 1e-6 && Math.abs(point.y - 0.7) < 1e-6);
  assert.ok(Math.abs(Number(place.im)) < 1e-50 && place.im.length >= 68);
  assert.deepEqual(tileAt(anchor, { x: 5, y: 6, z: 3 }), {
    zoom: 203,
    x: anchor.x * 8n + 5n,
    y: anchor.y * 8n + 6n,
  });
});

Deno.test("an anchor follows the view, and every tile keeps its address", () => {
  const start = { zoom: 300, x: 3n ** 189n, y: 5n ** 129n };
  for (const zoom of [1, 2, 5, 23, 24, 31, 40]) {
    for (const centre of [{ x: 0.7, y: -3.3 }, { x: -1000.25, y: 12.5 }]) {
      const change = reanchoringAt(start, centre, zoom);
      assert.ok(change !== null);
      assert.equal(zoom - change.levels, 12);
      for (const l of [zoom - 1, zoom]) {
        const side = 2 ** l;
        const x = Math.floor(centre.x * side);
        const y = Math.floor(centre.y * side);
        const shift: { x: number; y: number } = shiftAt(change, l);
        const after: { x: number; y: number; z: number } = {
          x: x - shift.x,
          y: y - shift.y,
          z: l - change.levels,
        };
        assert.deepEqual(tileAt(change.anchor, after), tileAt(start, { x, y, z: l }));
      }
      // The same spot lies under the same part of the same tile.
      const { x, y } = pointUnder(change.anchor, spotAt(start, centre, bits));
      const scale = 2 ** change.levels;
      const drop = Math.max(change.levels, 0);
      assert.equal(x, (centre.x - change.shift.x / 2 ** drop) * scale);
      assert.equal(y, (centre.y - change.shift.y / 2 ** drop) * scale);
    }
  }
  for (const zoom of [6, 12, 22]) assert.equal(reanchoringAt(start, { x: 0, y: 0 }, zoom), null);
  assert.equal(reanchoringAt(world, { x: 0.5, y: 0.5 }, 0), null);
  const top = reanchoringAt({ zoom: 3, x: 5n, y: 2n }, { x: 0.5, y: 0.5 }, 4);
  assert.deepEqual(top?.anchor, world);
});

Deno.test("a link's anchor holds its centre, at zoom 30,000 as well", () => {
  const deep = { re: `-0.${"743643887037158704".repeat(503)}`, im: `0.${"13182".repeat(1800)}` };
  for (const zoom of [0, 11, 12, 300, 30_000]) {
    const anchor = anchorAt(spotOf(deep, bits) ?? assert.fail("no spot"), zoom);
    assert.equal(anchor.zoom, Math.max(0, zoom - 12));
    const point = pointAt(anchor, deep);
    assert.ok(point !== null && point.x >= 0 && point.x < 1 && point.y >= 0 && point.y < 1);
    const again = coordinatesAt(anchor, point, zoom);
    assert.ok(deep.re.startsWith(again.re.slice(0, -2)) && again.re.length > zoom * 0.3);
  }
  const corner = spotOf({ re: "1.5", im: "-2" }, bits) ?? assert.fail("no spot");
  assert.deepEqual(anchorAt(corner, 14), { zoom: 2, x: 3n, y: 3n });
});

Deno.test("a spot keeps its digits from every anchor, and shows as many as a zoom needs", () => {
  const digits = "743643887037158704".repeat(17).slice(0, 306);
  const place = { re: `-0.${digits}`, im: `0.${digits}` };
  const spot = spotOf(place, bits) ?? assert.fail("no spot");
  assert.deepEqual(coordinatesOf(spot, 0), { re: "-0.7436439", im: "0.7436439" });
  assert.equal(placesAt(996), 306);
  assert.deepEqual(coordinatesOf(spot, 996), place);
  assert.equal(trimmed(coordinatesOf(spot, 30_000).re), place.re);
  for (let zoom = 0; zoom <= 990; zoom += 11) {
    const anchor = anchorAt(spot, zoom);
    const { x, y } = pointUnder(anchor, spot);
    // A double is all the map has, and no more than rounding away from the spot.
    const near = spotAt(anchor, { x, y }, bits);
    const gap = 1n << (bits - BigInt(anchor.zoom) - 53n);
    assert.ok(near.x - spot.x <= gap && spot.x - near.x <= gap, `${zoom}`);
    assert.ok(near.y - spot.y <= gap && spot.y - near.y <= gap, `${zoom}`);
    // There and back by pixels of the deepest view that the anchor is for.
    const way = { x: 123 * 2 ** -30, y: -45 * 2 ** -30 };
    const away = movedBy(spot, anchor, way);
    assert.notDeepEqual(
      coordinatesOf(away, anchor.zoom + 22),
      coordinatesOf(spot, anchor.zoom + 22),
    );
    assert.deepEqual(movedBy(away, anchor, { x: -way.x, y: -way.y }), spot);
  }
});

Deno.test("tiles are the world's own and no others", () => {
  const deep = tileAt(world, { x: 2 ** 40 - 1, y: 2 ** 33 + 1, z: 40 });
  assert.deepEqual(deep, { zoom: 40, x: 1099511627775n, y: 8589934593n });
  assert.ok(isInWorld(deep, 40));
  assert.ok(!isInWorld(deep, 39));
  assert.ok(isInWorld(tileAt(world, { x: 0, y: 0, z: 0 }), 40));
  for (const [x, y] of [[-1, 0], [0, -1], [4, 0], [0, 4]] as const) {
    assert.ok(!isInWorld(tileAt(world, { x, y, z: 2 }), 40), `${x}/${y}`);
  }
});

Deno.test("a span is exact where a double is and never fewer than 16 good digits", () => {
  assert.equal(spanOf(1280, 0), "20");
  assert.equal(spanOf(1280, 9), "0.0390625");
  for (const zoom of [17, 40, 300]) {
    const exact = 1279 * 2 ** -(zoom + 6);
    assert.ok(Math.abs(Number(spanOf(1279, zoom)) / exact - 1) < 1e-15);
  }
});

Deno.test("a hash holds place and look, and only what is not usual", () => {
  const place = { re: "-0.7436000", im: "0.1318", zoom: 9 };
  assert.equal(hashOf(place, usual, settings), "#re=-0.7436&im=0.1318&zoom=9");
  const look = { palette: "ff0000,00ff00", shading: "bands", iterations: 300 } as const;
  const hash = hashOf(place, look, settings);
  assert.equal(
    hash,
    "#re=-0.7436&im=0.1318&zoom=9&iterations=300&palette=ff0000,00ff00&shading=bands",
  );
  const back = { place: { ...place, re: "-0.7436" }, look };
  assert.deepEqual(readHash(hash, settings), back);
  assert.deepEqual(readHash(encodeURI(hash).replaceAll(",", "%2C"), settings), back);
});

Deno.test("what a hash does not say, or says wrongly, is as usual", () => {
  const nowhere = [
    "",
    "#",
    "#re=1",
    "#re=1&im=2",
    "#re=1&im=2&zoom=",
    "#re=1&im=2&zoom=-1",
    "#re=1&im=2&zoom=1.5",
    "#re=NaN&im=2&zoom=1",
    "#re=1&im=&zoom=1",
    "#%%%",
    "#re=1&im=1e99999&zoom=4",
  ];
  for (const hash of nowhere) {
    assert.deepEqual(readHash(hash, settings), { place: null, look: usual }, hash);
  }
  const odd = readHash("#re=0&im=0&zoom=999&palette=nope&shading=x&iterations=5000001", settings);
  assert.deepEqual(odd, { place: { re: "0", im: "0", zoom: 40 }, look: usual });
});

Deno.test("iterations are whole and within the server's limit", () => {
  assert.equal(parseIterations("5000000", settings), 5_000_000);
  for (const text of ["0", "-1", "1.5", "1e3", "", "auto", "5000001", "9".repeat(400)]) {
    assert.equal(parseIterations(text, settings), null, text);
  }
});

Deno.test("palettes are known names or 2 to 16 hex colours", () => {
  const { palettes } = settings;
  assert.equal(parsePalette("magma", palettes), "magma");
  assert.equal(parsePalette(" #F00, 00ff00 0af", palettes), "ff0000,00ff00,00aaff");
  for (
    const text of ["", "Magma", "ff0000", "ff0000,00ff0", "red,blue", "000,".repeat(16) + "000"]
  ) {
    assert.equal(parsePalette(text, palettes), null, text);
  }
  assert.equal(gradientOf("classic", palettes), "linear-gradient(to right, #000764, #ffb317)");
  assert.equal(
    gradientOf("ff0000,00ff00", palettes),
    "linear-gradient(to right, #ff0000, #00ff00, #ff0000)",
  );
});

Deno.test("a tile's address says only what is not usual", () => {
  const tile = { zoom: 40, x: 1099511627775n, y: 0n };
  assert.equal(
    tileUrl(tile, { look: usual, settings, retina: false }),
    "/tiles/40/1099511627775/0.png?fallback=parent",
  );
  const look = { palette: "magma", shading: "bands", iterations: 77 } as const;
  assert.equal(
    tileUrl(tile, { look, settings: { ...settings, basePath: "/m" }, retina: true }),
    "/m/tiles/40/1099511627775/0@2x.png?iterations=77&palette=magma&shading=bands&fallback=parent",
  );
});

Deno.test("a render is the window's own pixels, up to 4096 a side", () => {
  const place = { re: "-0.70000", im: "0.0", zoom: 2 };
  const on = (width: number, height: number, density: number) =>
    renderUrl(place, { width, height, density }, { look: usual, settings });
  assert.equal(
    on(1280, 800, 1),
    "/render.png?re=-0.7&im=0&span=5&width=1280&height=800&supersample=2",
  );
  assert.equal(on(390, 844, 3), "/render.png?re=-0.7&im=0&span=1.5234375&width=1170&height=2532");
  assert.match(on(3840, 2160, 2), /&width=4096&height=2304&supersample=2$/);
});

Deno.test("a command survives any shell quoting", async () => {
  assert.equal(quoted("it's"), `'it'\\''s'`);
  const url = `http://h/render.png?re=-0.5&palette=ff0000,00ff00&x=$HOME'"\`\\ *`;
  assert.equal(curlCommand("http://h/?a&b"), "curl -o mandelbrot.png 'http://h/?a&b'");
  const digits = "1".repeat(9000);
  const long = curlCommand(`http://h/m/render.png?re=-0.${digits}&im=0.5&palette=ff0000,00ff00`);
  assert.equal(
    long,
    "curl -o mandelbrot.png -H 'content-type: application/json' -d " +
      `'{"re":"-0.${digits}","im":"0.5","palette":"ff0000,00ff00"}' 'http://h/m/render.png'`,
  );
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `printf %s ${quoted(url)}`] })
    .output();
  assert.equal(new TextDecoder().decode(stdout), url);
});

Deno.test("a zoom in words", () => {
  const words = [
    [0, "the whole set"],
    [1, "2 times"],
    [13, "8,192 times"],
    [17, "131 thousand times"],
    [20, "1.05 million times"],
    [40, "1.1 trillion times"],
    [100, "10³⁰ times"],
    [2000, "10⁶⁰² times"],
  ] as const;
  for (const [zoom, said] of words) assert.equal(magnification(zoom), said);
  assert.equal(powerOfTwo(17), "2¹⁷");
});
