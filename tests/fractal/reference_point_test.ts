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
} from "../../src/plane/mod.ts";
import { integerIn, randomFrom } from "../plane/random.ts";

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
    for (let levels = 2; levels <= 5; levels++) {
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
    const neighbour = TileAddress.of(z + 2, (top.x + 1n) * 4n, top.y * 4n);
    assert.ok(!keys.has(referencePointOf(frameOfTile(neighbour, 256)).key));
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
      const unit = point.wide ? Exact.powerOfTwo(-point.reach) : Exact.of(1);
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

Deno.test("the path is chosen by the pixel step alone", () => {
  const at = (z: number, size: number) =>
    pathOf(frameOfTile(TileAddress.of(z, 1n, 1n), size)).arithmetic;
  assert.equal(at(40, 256), "double");
  assert.equal(at(41, 256), "perturbation");
  assert.equal(at(40, 512), "perturbation", "a retina tile's pixels are half as wide");
  const view = (span: string, width: number) =>
    pathOf(frameOfView({
      re: Exact.parse("-0.75"),
      im: Exact.parse("0.1"),
      span: Exact.parse(span),
      width,
      height: 9,
    }));
  assert.equal(view("1e-11", 64).arithmetic, "double");
  const deep = view("1e-400", 64);
  assert.ok(deep.arithmetic === "perturbation" && deep.reference.wide);
});
