// Tests of the kernel: its counts are the oracle's, on every pixel.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { MOST_ITERATIONS, MOST_PIXELS, MOST_SIDE } from "../../src/fractal/mod.ts";
import {
  columnsOf,
  cornerGrid,
  Exact,
  frameOfView,
  rowsOf,
  stepLog2,
} from "../../src/plane/mod.ts";
import places from "../data/places.json" with { type: "json" };
import { integerIn, randomFrom } from "../plane/random.ts";
import { delicateGrids, tilePiece } from "./grids.ts";
import { COUNTS, POINTS } from "./lesson_points.ts";
import { assertOracle, type Grid, TestKernel } from "./sampler.ts";

/** Around the lengths of the kernel's blocks, around the seed's 255, and long ones. */
const LIMITS = [1, 2, 7, 8, 9, 31, 32, 33, 255, 256, 257, 1000, 50_000];

/** Steps that the oracle may need for one grid: about a tenth of a second. */
const MOST_STEPS = 3e7;

/** The finest step at which counts are those of doubles: 2^-46. */
const FINEST = -46;

const test = await TestKernel.start();

/** Compares one batch with the oracle, with fractions and without; returns its pixels. */
function compare(grid: Grid, iterations: number): number {
  const { counts } = test.batch(grid, iterations);
  const pixels = assertOracle(grid, iterations, counts);
  const alone = test.batch(grid, iterations, { fractions: false }).counts;
  assert.ok(same(alone, counts), "counts do not depend on fractions");
  return pixels;
}

function same(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

Deno.test("the lesson's points have the lesson's counts, one by one and together", () => {
  for (const [i, [re, im]] of POINTS.entries()) {
    const point = { columns: Float64Array.of(re), rows: Float64Array.of(im) };
    assert.equal(test.batch(point, 255).counts[0], COUNTS[i]);
  }
  const columns = Float64Array.from(POINTS, ([re]) => re);
  const rows = Float64Array.from(POINTS, ([, im]) => im);
  const { counts } = test.batch({ columns, rows }, 255);
  assert.deepEqual(POINTS.map((_, i) => counts[16 * i]), COUNTS, "the diagonal");
});

Deno.test("the lesson's window is the lesson's, every byte", () => {
  const grid = cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 1600 });
  for (const fractions of [false, true]) {
    const { counts } = test.grid(grid, 255, fractions);
    assert.equal(counts.reduce((sum, count) => sum + count, 0), 134_331_139);
    assert.equal(counts.reduce((low, count) => Math.min(low, count)), 17);
    assert.equal(counts.reduce((high, count) => Math.max(high, count)), 255);
    assert.equal(counts.filter((count) => count === 255).length, 11_061);
    assert.equal(
      createHash("sha256").update(Uint8Array.from(counts)).digest("hex"),
      "bf75a95214de2b2b3e69cd39ef241533a6aa850e01458104dfafb10762b6b6e7",
    );
  }
});

Deno.test("over a million pixels at the set's edge, zoom 0 to 40, equal the oracle", () => {
  const random = randomFrom(2026);
  let pixels = 0;
  for (let round = 0; round <= 81; round++) {
    const z = round % 41;
    for (const limit of LIMITS) {
      const most = Math.min(integerIn(random, 1024, MOST_PIXELS), MOST_STEPS / limit);
      pixels += compare(tilePiece(random, z, most), limit);
    }
  }
  assert.ok(pixels >= 1_000_000, `${pixels} pixels`);
});

Deno.test("delicate points equal the oracle", () => {
  for (const grid of delicateGrids(randomFrom(5))) {
    const many = grid.columns.length * grid.rows.length;
    for (const limit of LIMITS) {
      if (many * limit <= MOST_STEPS) compare(grid, limit);
    }
  }
});

Deno.test("points whose squares overflow escape at once", () => {
  const far = Float64Array.of(1e60, 1e100, -1e154, 2e154, 1e200, -1e308, Infinity, 0, 1, -0.5);
  for (const limit of [1, 9, 1000]) compare({ columns: far, rows: far }, limit);
});

Deno.test("the places that doubles reach equal the oracle at their own iterations", () => {
  const seen: string[] = [];
  for (const { name, re, im, span, iterations } of places.places) {
    const side = name === "border-3e7" ? 32 : 64;
    const frame = frameOfView({
      re: Exact.parse(re),
      im: Exact.parse(im),
      span: Exact.parse(span),
      width: side,
      height: side,
    });
    if (stepLog2(frame) < FINEST) continue;
    seen.push(name);
    compare({ columns: columnsOf(frame), rows: rowsOf(frame) }, iterations);
  }
  assert.deepEqual(seen, ["whole-set", "benchmark-4e6", "cusp-1e5", "border-3e7"]);
});

Deno.test("a limit of 2^31 - 1 is counted like any other", () => {
  const grid = cornerGrid({ x: 1, y: 1, size: 1, pixdim: 9 });
  assertOracle(grid, 2 ** 31 - 1, test.batch(grid, 2 ** 31 - 1).counts);
  const inside = { columns: Float64Array.of(0, -1, -0.1), rows: Float64Array.of(0) };
  assert.equal(test.batch(inside, 2 ** 31 - 1).counts.join(), "2147483647,2147483647,2147483647");
});

Deno.test("batches of every shape up to the largest, and none larger", () => {
  const random = randomFrom(11);
  const line = (count: number) => Float64Array.from({ length: count }, () => 3 * random() - 2);
  assert.equal(test.kernel.mostPixels, MOST_PIXELS);
  const shapes = [[MOST_SIDE, 1], [1, MOST_PIXELS], [64, 64], [4095, 1], [1365, 3], [3, 1365]];
  for (const [width = 0, height = 0] of shapes) {
    compare({ columns: line(width), rows: line(height) }, 40);
  }
  for (const [width, height] of [[MOST_SIDE + 1, 1], [2, MOST_PIXELS], [65, 64]] as const) {
    assert.throws(() => test.batch({ columns: line(width), rows: line(height) }, 40), {
      name: "RangeError",
      message: new RegExp(`^Cannot sample ${width} x ${height} pixels`),
    });
  }
});

Deno.test("a batch that is stopped leaves early, and the next one is right", () => {
  // Orbits on the real axis between -2 and the fixed cycles wander for ever.
  const wandering = {
    columns: Float64Array.from({ length: 48 }, (_, i) => -1.9 - i / 1000),
    rows: Float64Array.of(0),
  };
  const next = tilePiece(randomFrom(3), 6, 1000);
  for (const after of [1, 2, 5]) {
    let asked = 0;
    const began = performance.now();
    test.batch(wandering, 2 ** 31 - 1, { stopped: () => ++asked === after });
    const elapsed = performance.now() - began;
    assert.equal(asked, after, "it is not asked again");
    assert.ok(elapsed < 500, `${elapsed} ms until it was asked the last time`);
    compare(next, 3000);
  }
});

Deno.test("a batch that is not stopped goes on where it paused", () => {
  const border = places.places.find(({ name }) => name === "border-3e7")!;
  const frame = frameOfView({
    re: Exact.parse(border.re),
    im: Exact.parse(border.im),
    span: Exact.parse(border.span),
    width: 64,
    height: 16,
  });
  const grid = { columns: columnsOf(frame), rows: rowsOf(frame) };
  let asked = 0;
  const { counts, steps } = test.batch(grid, border.iterations, {
    stopped: () => {
      asked++;
      return false;
    },
  });
  assert.ok(asked > 3, `it was asked ${asked} times`);
  assertOracle(grid, border.iterations, counts);
  const sum = counts.reduce((sum, count) => sum + count, 0);
  assert.ok(steps > sum / 100 && steps < 1.1 * sum, `${steps} steps for counts of ${sum}`);
});

Deno.test("the steps it tells are those of the orbits", () => {
  // No orbit here is cut short, and none goes on after its count: counts are all there is to do.
  const grid = cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 64 });
  const { counts, steps } = test.batch(grid, 255, { fractions: false });
  const sum = counts.reduce((sum, count) => sum + count, 0);
  assert.ok(steps >= 0.95 * sum && steps <= 1.2 * sum, `${steps} steps for counts of ${sum}`);
  const inside = cornerGrid({ x: -0.1, y: 0.1, size: 0.2, pixdim: 8 });
  assert.equal(test.batch(inside, 1000).steps, 0, "the cardioid needs none");
});

Deno.test("the steps it says that lanes made are a little more than the orbits needed", () => {
  const grid = cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 64 });
  for (const fractions of [false, true]) {
    const { steps } = test.batch(grid, 255, { fractions });
    const { made } = test.kernel;
    assert.ok(made > 1.1 * steps && made < 2 * steps, `${made} made, ${steps} needed`);
  }
  const inside = cornerGrid({ x: -0.1, y: 0.1, size: 0.2, pixdim: 8 });
  test.batch(inside, 1000);
  assert.equal(test.kernel.made, 0, "the cardioid needs none");
});

Deno.test("what the batch before left behind changes no sample", async () => {
  const wild = cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 60 });
  const long = cornerGrid({ x: -0.7456, y: 0.0982, size: 1e-4, pixdim: 60 });
  const short = cornerGrid({ x: 0.5, y: 0.7, size: 0.3, pixdim: 60 });
  for (const iterations of [3, 7, 40, 1000]) {
    for (const grid of [wild, short, long]) {
      const fresh = (await TestKernel.start()).batch(grid, iterations);
      for (const before of [long, short, wild]) {
        test.batch(before, 1000);
        const { counts, fractions } = test.batch(grid, iterations);
        assert.deepEqual(counts, fresh.counts);
        assert.deepEqual(fractions, fresh.fractions);
      }
    }
  }
});

Deno.test("a single row's pixels may all leave at once, however many there are", () => {
  for (let width = 1; width <= 40; width++) {
    const columns = Float64Array.from({ length: width }, (_, i) => 0.9 + i / 64);
    compare({ columns, rows: Float64Array.of(0.6) }, 100);
  }
});

/** Points so near -2, the tip of the set, that their orbits go one by one, with a test at every step. */
const TIP: Grid = {
  columns: Float64Array.of(-2, -2 + 1e-9, -2 + 3e-9, -2 - 1e-9),
  rows: Float64Array.of(0, 1e-9, -0),
};

Deno.test("orbits at the tip equal the oracle, however often a batch pauses", () => {
  for (const limit of [1, 63, 64, 65, 1000, 500_000]) compare(TIP, limit);
});

Deno.test("orbits at the tip can be stopped, and its very point ends at once", () => {
  let asked = 0;
  const columns = TIP.columns.subarray(1, 3);
  const rows = TIP.rows.subarray(0, 1);
  const { steps } = test.batch({ columns, rows }, 1_000_000_000, { stopped: () => ++asked === 5 });
  assert.equal(asked, 5);
  assert.equal(steps, 0, "neither of the two is done");
  const tip = { columns: TIP.columns.subarray(0, 1), rows: TIP.rows.subarray(0, 1) };
  const { counts, fractions } = test.batch(tip, MOST_ITERATIONS, { stopped: () => assert.fail() });
  assert.deepEqual([counts[0], fractions[0]], [MOST_ITERATIONS, 0]);
});
