// Tests of the world: edges that neighbours share, and the tile a point lies in.

import assert from "node:assert/strict";
import {
  Exact,
  frameOfTile,
  OutsideWorldError,
  pointOf,
  TileAddress,
  tileAt,
  tileBounds,
  WORLD,
} from "../../src/plane/mod.ts";
import { assertValue } from "./fraction.ts";
import { bitsOf, randomFrom } from "./random.ts";

const ZOOMS = [1, 2, 3, 7, 20, 40, 45, 64, 200, 3000, 30_000];

Deno.test("zoom 0 is the whole world", () => {
  const bounds = tileBounds(TileAddress.of(0, 0n, 0n));
  for (const edge of ["left", "right", "top", "bottom"] as const) {
    assert.equal(bounds[edge].compare(WORLD[edge]), 0);
  }
  assert.deepEqual(
    [WORLD.left, WORLD.right, WORLD.top, WORLD.bottom].map((edge) => edge.toDouble()),
    [-2.5, 1.5, 2, -2],
  );
});

Deno.test("edges are the formula's, and neighbours share them", () => {
  const random = randomFrom(41);
  for (const z of ZOOMS) {
    const side = 1n << BigInt(z);
    const x = bitsOf(random, z) % (side - 1n);
    const y = bitsOf(random, z) % (side - 1n);
    const bounds = tileBounds(TileAddress.of(z, x, y));
    assertValue(bounds.left, [8n * x - 5n * side, 2n * side]);
    assertValue(bounds.top, [2n * side - 4n * y, side]);
    const right = tileBounds(TileAddress.of(z, x + 1n, y));
    const below = tileBounds(TileAddress.of(z, x, y + 1n));
    assert.equal(bounds.right.compare(right.left), 0);
    assert.equal(bounds.bottom.compare(below.top), 0);
    assert.equal(bounds.top.compare(right.top), 0);
  }
});

Deno.test("the last column and the next tile's first are one step apart", () => {
  for (const z of ZOOMS) {
    for (const size of [256, 300, 512]) {
      const here = frameOfTile(TileAddress.of(z, 0n, 0n), size);
      const right = frameOfTile(TileAddress.of(z, 1n, 0n), size);
      const below = frameOfTile(TileAddress.of(z, 0n, 1n), size);
      assert.equal(pointOf(here, size - 1, 0).re.plus(here.step).compare(right.re), 0);
      assert.equal(pointOf(here, 0, size - 1).im.minus(here.step).compare(below.im), 0);
    }
  }
});

Deno.test("a tile owns its left and top edge and what is inside", () => {
  const random = randomFrom(42);
  for (const z of [0, ...ZOOMS]) {
    for (let i = 0; i < 10; i++) {
      const address = TileAddress.of(z, bitsOf(random, z), bitsOf(random, z));
      const { left, right, top, bottom } = tileBounds(address);
      const tiny = Exact.powerOfTwo(-z - 300);
      assert.deepEqual(tileAt(z, left, top), address);
      assert.deepEqual(tileAt(z, right.minus(tiny), bottom.plus(tiny)), address);
      const frame = frameOfTile(address, 3);
      const { re, im } = pointOf(frame, 2, 0);
      assert.deepEqual(tileAt(z, re, im), address);
      assert.deepEqual(tileAt(z + 5, re, im).parent(5), address);
    }
  }
});

Deno.test("a point outside the world has no tile", () => {
  const inside = Exact.of(0);
  const tiny = Exact.parse("1e-5000");
  const outside: [re: Exact, im: Exact][] = [
    [WORLD.right, inside],
    [WORLD.left.minus(tiny), inside],
    [inside, WORLD.bottom],
    [inside, WORLD.top.plus(tiny)],
    [Exact.parse("1e20000"), inside],
    [inside, Exact.of(-1e300)],
  ];
  for (const [re, im] of outside) {
    assert.throws(() => tileAt(8, re, im), (error: unknown) => {
      assert.ok(error instanceof OutsideWorldError);
      assert.match(error.message, /^Cannot find the tile of .* as the world spans /);
      return true;
    });
  }
  for (const z of [-1, 1.5, NaN]) assert.throws(() => tileAt(z, inside, inside), RangeError);
});
