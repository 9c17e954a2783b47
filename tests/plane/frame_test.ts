// Tests of frames: coordinates against the formulas in plain fractions, and parts against the whole.

import assert from "node:assert/strict";
import {
  bandOf,
  columnsOf,
  Exact,
  Frame,
  frameOfTile,
  frameOfView,
  pointOf,
  rowsOf,
  stepLog2,
  TileAddress,
} from "../../src/plane/mod.ts";
import {
  add,
  assertNearest,
  assertValue,
  decimal,
  divide,
  type Fraction,
  multiply,
  negate,
} from "./fraction.ts";
import { bitsOf, digits, integerIn, randomFrom } from "./random.ts";

/** The contract's formula for a tile's pixel, over the one denominator 2^(z+1) N. */
function tilePoint(
  { z, x, y }: TileAddress,
  size: number,
  { i, j }: { i: number; j: number },
): { re: Fraction; im: Fraction } {
  const side = 2n ** BigInt(z);
  const n = BigInt(size);
  const d = 2n * side * n;
  return {
    re: [-5n * side * n + 4n * (2n * (x * n + BigInt(i)) + 1n), d],
    im: [4n * side * n - 4n * (2n * (y * n + BigInt(j)) + 1n), d],
  };
}

/** Addresses worth a look at zoom z: random ones, the corners, and the tiles beside both axes. */
function addressesAt(random: () => number, z: number): TileAddress[] {
  const side = 2n ** BigInt(z);
  const xs = [0n, side - 1n, (side * 5n) / 8n, bitsOf(random, z)];
  const ys = [side - 1n, 0n, side / 2n, bitsOf(random, z)];
  return xs.map((x, k) => TileAddress.of(z, x, ys[k] ?? 0n));
}

Deno.test("a tile's pixels are where the contract puts them", () => {
  const random = randomFrom(51);
  for (const z of [...Array(70).keys(), 100, 400, 1000]) {
    for (const size of [1, 7, 256, 300, 512]) {
      for (const address of addressesAt(random, z)) {
        const frame = frameOfTile(address, size);
        const [columns, rows] = [columnsOf(frame), rowsOf(frame)];
        for (let k = 0; k < 4; k++) {
          const [i, j] = [integerIn(random, 0, size - 1), integerIn(random, 0, size - 1)];
          const expected = tilePoint(address, size, { i, j });
          const point = pointOf(frame, i, j);
          assertValue(point.re, expected.re);
          assertValue(point.im, expected.im);
          assertNearest(columns[i] ?? NaN, expected.re);
          assertNearest(rows[j] ?? NaN, expected.im);
        }
      }
    }
  }
});

Deno.test("every column and row of a tile is its exact point rounded once", () => {
  const random = randomFrom(52);
  // From zoom 45 on a tile's coordinates need more than 53 bits: both paths are met.
  for (const z of [0, 1, 20, 40, 43, 44, 45, 46, 52, 60, 120, 1070, 1100]) {
    for (const size of [256, 300]) {
      for (const address of addressesAt(random, z)) {
        const frame = frameOfTile(address, size);
        const expected = Array.from({ length: size }, (_, k) => pointOf(frame, k, k));
        assert.deepEqual([...columnsOf(frame)], expected.map(({ re }) => re.toDouble()));
        assert.deepEqual([...rowsOf(frame)], expected.map(({ im }) => im.toDouble()));
      }
    }
  }
});

Deno.test("points that Python's fractions give", () => {
  const tiles: [
    z: number,
    x: bigint,
    y: bigint,
    size: number,
    i: number,
    j: number,
    re: number,
    im: number,
  ][] = [
    [0, 0n, 0n, 256, 0, 0, -2.4921875, 1.9921875],
    [3, 2n, 5n, 256, 17, 200, -1.4658203125, -0.8916015625],
    [40, 274877906944n, 123456789n, 256, 255, 1, -1.4999999999963691, 1.999550866818005],
    [
      60,
      384307168202282325n,
      164703072086692425n,
      512,
      311,
      2,
      -1.1666666666666667,
      1.4285714285714286,
    ],
    [100, 2n ** 100n / 3n, 2n ** 99n, 256, 0, 0, -1.1666666666666667, -6.162975822039155e-33],
    [5, 7n, 9n, 300, 11, 299, -1.6202083333333333, 0.7502083333333334],
  ];
  for (const [z, x, y, size, i, j, re, im] of tiles) {
    const frame = frameOfTile(TileAddress.of(z, x, y), size);
    assert.deepEqual([columnsOf(frame)[i], rowsOf(frame)[j]], [re, im]);
  }
  const views: [
    view: string,
    width: number,
    height: number,
    i: number,
    j: number,
    re: number,
    im: number,
  ][] = [
    ["-0.7436 0.1318 0.004", 1200, 800, 0, 0, -0.7455983333333334, 0.13313166666666668],
    ["-0.7436 0.1318 0.004", 1200, 800, 777, 333, -0.7430083333333334, 0.13202166666666668],
    ["1e-310 5e-324 3e-320", 7, 3, 0, 2, 9.9999999987144e-311, -4.28e-321],
    [
      "-1.759817130804847813610825010561798238243999999999999999999800 -0.01259331079984538 4e-14",
      641,
      479,
      640,
      1,
      -1.7598171308048278,
      -0.012593310799830528,
    ],
  ];
  for (const [view, width, height, i, j, re, im] of views) {
    const frame = frameOfView({ ...parsed(view), width, height });
    assert.deepEqual([columnsOf(frame)[i], rowsOf(frame)[j]], [re, im]);
  }
});

function parsed(view: string): { re: Exact; im: Exact; span: Exact } {
  const [re = "", im = "", span = ""] = view.split(" ");
  return { re: Exact.parse(re), im: Exact.parse(im), span: Exact.parse(span) };
}

Deno.test("a view's pixels are where the contract puts them", () => {
  const random = randomFrom(53);
  for (let k = 0; k < 200; k++) {
    const re = `-1.${digits(random, integerIn(random, 1, 60))}`;
    const im = `0.${digits(random, integerIn(random, 1, 60))}`;
    const span = `1.${digits(random, 6)}`;
    const exponent = -integerIn(random, 0, 50);
    const [width, height] = [integerIn(random, 1, 300), integerIn(random, 1, 300)];
    const frame = frameOfView({
      re: Exact.parse(re),
      im: Exact.parse(im),
      span: Exact.parse(`${span}e${exponent}`),
      width,
      height,
    });
    const step = divide(decimal(span, exponent), [BigInt(width), 1n]);
    const [i, j] = [integerIn(random, 0, width - 1), integerIn(random, 0, height - 1)];
    const right = multiply(step, [BigInt(2 * i + 1 - width), 2n]);
    const down = multiply(step, [BigInt(2 * j + 1 - height), 2n]);
    const expected = { re: add(decimal(re), right), im: add(decimal(im), negate(down)) };
    assertValue(frame.step, step);
    assertValue(pointOf(frame, i, j).re, expected.re);
    assertValue(pointOf(frame, i, j).im, expected.im);
    assertNearest(columnsOf(frame)[i] ?? NaN, expected.re);
    assertNearest(rowsOf(frame)[j] ?? NaN, expected.im);
  }
});

Deno.test("the view of a tile is the tile", () => {
  const address = TileAddress.of(9, 201n, 77n);
  const tile = frameOfTile(address, 256);
  const middle = pointOf(frameOfTile(address, 1), 0, 0);
  const view = frameOfView({ ...middle, span: Exact.powerOfTwo(-7), width: 256, height: 256 });
  assert.deepEqual(columnsOf(view), columnsOf(tile));
  assert.deepEqual(rowsOf(view), rowsOf(tile));
});

Deno.test("the samples of a pixel lie evenly around its centre", () => {
  const view = { ...parsed("-0.7436 0.1318 0.004"), width: 30, height: 21 };
  const whole = frameOfView(view);
  for (const supersample of [1, 2, 3, 4]) {
    const frame = frameOfView({ ...view, supersample });
    assert.deepEqual([frame.width, frame.height], [30 * supersample, 21 * supersample]);
    assert.equal(frame.step.times(Exact.of(supersample)).compare(whole.step), 0);
    for (const [i, j] of [[0, 0], [29, 20], [7, 13]] as const) {
      const first = pointOf(frame, i * supersample, j * supersample);
      const last = pointOf(frame, (i + 1) * supersample - 1, (j + 1) * supersample - 1);
      const centre = pointOf(whole, i, j);
      assert.equal(first.re.plus(last.re).compare(centre.re.plus(centre.re)), 0);
      assert.equal(first.im.plus(last.im).compare(centre.im.plus(centre.im)), 0);
    }
  }
});

Deno.test("bands and slices are parts of the whole, bit for bit", () => {
  const random = randomFrom(54);
  const frames = [
    frameOfTile(TileAddress.of(6, 11n, 40n), 64),
    frameOfTile(TileAddress.of(50, 2n ** 49n + 3n, 5n), 64),
    frameOfTile(TileAddress.of(500, 2n ** 499n, 2n ** 499n - 1n), 64),
    frameOfView({ ...parsed("-0.7436 0.1318 0.004"), width: 90, height: 64 }),
    frameOfView({ ...parsed("0.1 0 1e-30"), width: 64, height: 65, supersample: 3 }),
  ];
  for (const frame of frames) {
    const [columns, rows] = [columnsOf(frame), rowsOf(frame)];
    for (let k = 0; k < 30; k++) {
      const from = integerIn(random, 0, 62);
      const to = integerIn(random, from + 1, 64);
      assert.deepEqual(columnsOf(frame, from, to), columns.slice(from, to));
      assert.deepEqual(rowsOf(frame, from, to), rows.slice(from, to));
      const band = bandOf(frame, from, to);
      assert.deepEqual([band.width, band.height], [frame.width, to - from]);
      assert.deepEqual(rowsOf(band), rows.slice(from, to));
      assert.deepEqual(columnsOf(band), columns);
      if (to - from > 1) {
        assert.deepEqual(rowsOf(bandOf(band, 1, to - from)), rows.slice(from + 1, to));
      }
    }
  }
});

Deno.test("a mirrored tile has the same columns, and the rows negated from the other end", () => {
  const random = randomFrom(55);
  for (const z of [1, 2, 8, 40, 44, 47, 60, 200, 1050, 1500]) {
    for (const size of [255, 256, 512]) {
      for (const address of addressesAt(random, z)) {
        const frame = frameOfTile(address, size);
        const mirrored = frameOfTile(address.mirror(), size);
        assert.deepEqual(columnsOf(mirrored), columnsOf(frame));
        assert.deepEqual(rowsOf(mirrored), rowsOf(frame).reverse().map((im) => -im));
      }
    }
  }
});

Deno.test("whether a step is at least 2^-46 is decided exactly", () => {
  const tile = (z: number, size: number) => stepLog2(frameOfTile(TileAddress.of(z, 0n, 0n), size));
  assert.deepEqual([tile(40, 256), tile(41, 256), tile(40, 512)], [-46, -47, -47]);
  assert.equal(tile(40, 257), -47);
  const view = (span: Exact) =>
    stepLog2(frameOfView({ re: span, im: span, span, width: 100, height: 1 }));
  const border = Exact.powerOfTwo(-46).times(Exact.of(100));
  assert.equal(view(border), -46);
  assert.equal(view(border.minus(Exact.parse("1e-3000"))), -47);
  assert.equal(view(border.plus(Exact.parse("1e-3000"))), -46);
});

Deno.test("what is no frame, or not within one, is refused", () => {
  const address = TileAddress.of(0, 0n, 0n);
  for (const size of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => frameOfTile(address, size), { name: "RangeError" });
    for (const name of ["width", "height", "supersample"]) {
      const view = { ...parsed("0 0 1"), width: 4, height: 4, [name]: size };
      assert.throws(() => frameOfView(view), {
        name: "RangeError",
        message: `Cannot make a frame with ${name} ${size}: it must be a positive integer`,
      });
    }
  }
  for (const span of ["0", "-1"]) {
    assert.throws(() => frameOfView({ ...parsed(`0 0 ${span}`), width: 4, height: 4 }), {
      name: "RangeError",
      message: /must be above 0$/,
    });
  }
  const zero = Exact.of(0);
  assert.throws(() => new Frame({ width: 0, height: 1, step: Exact.of(1), re: zero, im: zero }));
  assert.throws(() => new Frame({ width: 1, height: 1, step: zero, re: zero, im: zero }));
  const frame = frameOfTile(address, 4);
  for (const [from, to] of [[-1, 2], [0, 5], [2, 2], [3, 1], [0.5, 2], [0, NaN]] as const) {
    for (const take of [columnsOf, rowsOf, bandOf]) {
      assert.throws(() => take(frame, from, to), { name: "RangeError", message: /0 to 4$/ });
    }
  }
  assert.throws(() => pointOf(frame, 4, 0), RangeError);
  assert.throws(() => pointOf(frame, 0, -1), RangeError);
});

/** Milliseconds of the fastest of so many runs: what the code takes when nobody disturbs it. */
function fastest(runs: number, work: () => void): number {
  let best = Infinity;
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

Deno.test("coordinates are quick: shallow tiles, zoom 30,000, and 20,000 digits", () => {
  const random = randomFrom(56);
  const coordinates = (frame: Frame) => [columnsOf(frame), rowsOf(frame)];
  const shallow = TileAddress.of(20, bitsOf(random, 20), bitsOf(random, 20));
  // Measured: 0.02 ms.
  assert.ok(fastest(300, () => void coordinates(frameOfTile(shallow, 512))) < 0.2);
  const deep = TileAddress.of(30_000, bitsOf(random, 30_000), bitsOf(random, 30_000));
  // Measured: 0.3 ms.
  assert.ok(fastest(20, () => void coordinates(frameOfTile(deep, 256))) < 10);
  const long = parsed(`-0.${digits(random, 19_000)} 0.${digits(random, 18_000)} 7e-17000`);
  // Measured: 10 ms.
  assert.ok(
    fastest(3, () => void coordinates(frameOfView({ ...long, width: 1200, height: 800 }))) < 300,
  );
});
