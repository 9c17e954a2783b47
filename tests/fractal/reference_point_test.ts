// Tests of the choice of a reference: a function of the place alone, shared by neighbours and zooms.

import assert from "node:assert/strict";
import { differencesOf, exactPoint, pathOf, referencePointOf } from "../../src/fractal/mod.ts";
import {
  columnsOf,
  Exact,
  frameOfTile,
  frameOfView,
  pointOf,
  rowsOf,
  TileAddress,
  tileAt,
} from "../../src/plane/mod.ts";
import places from "../data/places.json" with { type: "json" };
import { integerIn, randomFrom } from "../plane/random.ts";

/** Pixels of a tile's side. */
const SIDE = 256;

/** A tile somewhere near the boundary, as deep as one likes. */
function tileAtZoom(z: number, random: () => number): TileAddress {
  let [x, y] = [0n, 0n];
  for (let bit = 0; bit < z; bit++) {
    x = 2n * x + BigInt(integerIn(random, 0, 1));
    y = 2n * y + BigInt(integerIn(random, 0, 1));
  }
  return TileAddress.of(z, x, y);
}

Deno.test("the four zooms below a tile, and all tiles of them, share one reference", () => {
  const random = randomFrom(61);
  for (const z of [44, 160, 1000, 3320]) {
    const top = tileAtZoom(z, random);
    const keys = new Set<string>();
    for (let levels = 4; levels <= 7; levels++) {
      for (let i = 0; i < 6; i++) {
        const side = 2 ** levels;
        const within = () => BigInt(integerIn(random, 0, side - 1));
        const tile = TileAddress.of(
          z + levels,
          top.x * BigInt(side) + within(),
          top.y * BigInt(side) + within(),
        );
        for (const size of [256, 512]) {
          keys.add(referencePointOf(frameOfTile(tile, size)).key);
        }
      }
    }
    assert.equal(keys.size, 1, [...keys].join(" "));
    const neighbour = TileAddress.of(z + 4, (top.x + 1n) * 16n, top.y * 16n);
    assert.ok(!keys.has(referencePointOf(frameOfTile(neighbour, 256)).key));
  }
});

Deno.test("a screen, and one that was panned by a tile to any side, have one reference", () => {
  // A screen of 1280 x 800 pixels with the place in its middle, and a ring of tiles around it.
  const [across, down] = [1280, 800];
  const shared = ["past-double-1e14", "deep-1e77", "underflow-4e318", "double-spiral-1e1000"];
  for (const { name, re, im, tile_zoom: z } of places.places) {
    if (!shared.includes(name)) continue;
    const pixels = { re: across / 2 + SIDE, im: down / 2 + SIDE };
    const pixel = Exact.powerOfTwo(2 - z).dividedBy(Exact.of(SIDE));
    const place = { re: Exact.parse(re), im: Exact.parse(im) };
    const [right, below] = [pixel.times(Exact.of(pixels.re)), pixel.times(Exact.of(pixels.im))];
    const first = tileAt(z, place.re.minus(right), place.im.plus(below));
    const last = tileAt(z, place.re.plus(right), place.im.minus(below));
    const keys = new Set<string>();
    let tiles = 0;
    for (let { y } = first; y <= last.y; y++) {
      for (let { x } = first; x <= last.x; x++) {
        keys.add(referencePointOf(frameOfTile(TileAddress.of(z, x, y), SIDE)).key);
        tiles++;
      }
    }
    assert.ok(tiles >= 7 * 5, `${name}: ${tiles} tiles`);
    assert.equal(keys.size, 1, name);
  }
});

Deno.test("no pixel is farther from its reference than the reach", () => {
  const random = randomFrom(62);
  for (const z of [45, 47, 300, 951, 955, 2000]) {
    const tile = tileAtZoom(z, random);
    const bounds = frameOfTile(tile, 256);
    const centre = pointOf(bounds, 128, 128);
    const frames = [
      bounds,
      frameOfTile(tile, 512),
      frameOfView({ ...centre, span: Exact.powerOfTwo(2 - z), width: 100, height: 3000 }),
      frameOfView({ ...centre, span: Exact.powerOfTwo(2 - z), width: 3000, height: 7 }),
    ];
    for (const frame of frames) {
      const point = referencePointOf(frame);
      const { re, im } = exactPoint(point);
      for (const i of [0, frame.width - 1]) {
        for (const j of [0, frame.height - 1]) {
          const pixel = pointOf(frame, i, j);
          const [x, y] = [pixel.re.minus(re), pixel.im.minus(im)];
          const square = x.times(x).plus(y.times(y));
          assert.ok(square.compare(Exact.powerOfTwo(2 * point.reach)) <= 0, `${z}: ${i}, ${j}`);
        }
      }
      const unit = point.floatexp ? Exact.powerOfTwo(-point.reach) : Exact.of(1);
      const differences = differencesOf(frame, point);
      const last = pointOf(frame, frame.width - 1, frame.height - 1);
      assert.equal(
        columnsOf(differences).at(-1),
        last.re.minus(re).times(unit).toDouble(),
        "a difference is rounded once",
      );
      assert.equal(rowsOf(differences).at(-1), last.im.minus(im).times(unit).toDouble());
    }
  }
});

Deno.test("steps may be skipped from one zoom on, by frames that reach no farther than its tiles", () => {
  const random = randomFrom(63);
  const below = tileAtZoom(101, random);
  const tile = TileAddress.of(102, 2n * below.x, 2n * below.y);
  for (const size of [256, 512]) {
    assert.equal(referencePointOf(frameOfTile(below, size)).skips, false);
    assert.equal(referencePointOf(frameOfTile(tile, size)).skips, true);
  }
  const centre = pointOf(frameOfTile(tile, 256), 128, 128);
  for (const [width, height] of [[100, 100], [200, 100], [100, 101]] as const) {
    const frame = frameOfView({ ...centre, span: Exact.powerOfTwo(2 - 102), width, height });
    assert.equal(referencePointOf(frame).skips, height <= width, `${width} x ${height}`);
  }
});

Deno.test("the path is chosen by the pixel step, and for long orbits by the iterations too", () => {
  const at = (z: number, size: number, iterations = 1000) =>
    pathOf(frameOfTile(TileAddress.of(z, 1n, 1n), size), iterations).arithmetic;
  assert.equal(at(40, 256), "double");
  assert.equal(at(41, 256), "perturbation");
  assert.equal(at(40, 512), "perturbation", "a retina tile's pixels are half as wide");
  // 2^-36 is more than 4 * 2^-53 times 16,384, and less than that times 65,536.
  assert.equal(at(30, 256, 16_384), "double");
  assert.equal(at(30, 256, 65_536), "perturbation", "rounding may add up to a quarter of a pixel");
  assert.equal(at(30, 256, 131_073), "double", "longer orbits need what doubles know of cycles");
  assert.equal(at(40, 256, 16_383), "double");
  const view = (span: string, width: number) =>
    pathOf(
      frameOfView({
        re: Exact.parse("-0.75"),
        im: Exact.parse("0.1"),
        span: Exact.parse(span),
        width,
        height: 9,
      }),
      1000,
    );
  assert.equal(view("1e-11", 64).arithmetic, "double");
  const deep = view("1e-400", 64);
  assert.ok(deep.arithmetic === "perturbation" && deep.reference.floatexp);
});
