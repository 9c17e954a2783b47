// Tests of Julia sets: the kernel's counts and fractions are the oracle's, for every c and at every zoom.

import assert from "node:assert/strict";
import {
  countSmoothly,
  countSteps,
  exactEscapeTime,
  formulaOf,
  pathOf,
} from "../../src/fractal/mod.ts";
import {
  columnsOf,
  Exact,
  type FractalSet,
  type Frame,
  frameOfTile,
  frameOfView,
  pointOf,
  rowsOf,
  tileAt,
} from "../../src/plane/mod.ts";
import { integerIn, randomFrom } from "../plane/random.ts";
import { TestKernel } from "./sampler.ts";

const test = await TestKernel.start();

/** Discs, dendrites, dust, parabolic and irrational ones, |c| = 2, and c that doubles only round. */
const CS = [
  ["0", "0"],
  ["-0.8", "0.156"],
  ["-1", "0"],
  ["0", "1"],
  ["0.25", "0"],
  ["-2", "0"],
  ["0", "2"],
  ["1.2", "-1.6"],
  ["0.285", "0.01"],
  ["-0.7269", "0.1889"],
  ["1.99999999", "0.0000001"],
  ["-0.390540870218400050", "-0.586787907346968727"],
] as const;

function setOf([re, im]: readonly [string, string]): FractalSet {
  return { id: "julia", c: { re: Exact.parse(re), im: Exact.parse(im) } };
}

/** Compares a frame with the oracle, counts alone and with fractions; returns the counts. */
function compare(frame: Frame, iterations: number): Uint32Array {
  const { orbitOf } = formulaOf(frame.set);
  const columns = columnsOf(frame);
  const rows = rowsOf(frame);
  const { cRe: re, cIm: im } = orbitOf(0, 0);
  const { counts, fractions } = test.batch({ columns, rows }, iterations, { c: { re, im } });
  const alone = test.batch({ columns, rows }, iterations, { c: { re, im }, fractions: false });
  assert.deepEqual(alone.counts, counts, "counts do not depend on fractions");
  for (const [j, y] of rows.entries()) {
    for (const [i, x] of columns.entries()) {
      const start = orbitOf(x, y);
      const pixel = j * columns.length + i;
      const count = countSteps(start, iterations);
      assert.equal(counts[pixel], count, `z = ${x} + ${y}i, c = ${re} + ${im}i`);
      if (count === iterations) {
        assert.equal(fractions[pixel], 0);
      } else if (start.zRe ** 2 + start.zIm ** 2 <= 36) {
        const smooth = countSmoothly(start, iterations);
        assert.ok(Math.abs(count + fractions[pixel]! - smooth) < 1e-3, `${smooth}`);
      }
    }
  }
  return counts;
}

Deno.test("counts are the oracle's for many c, at all zooms that doubles have", () => {
  const random = randomFrom(20261201);
  let escaped = 0;
  for (const c of CS) {
    const set = setOf(c);
    const { window } = formulaOf(set);
    for (let zoom = 0; zoom <= 40; zoom += 4) {
      const size = integerIn(random, 3, 40);
      // Near a point of the orbit of 0, where something happens for most c.
      const re = Exact.of(-1.9 + 3.8 * random());
      const address = tileAt(zoom, re, Exact.of(random() / 2 ** integerIn(random, 0, 8)), window);
      const iterations = [1, 7, 255, 1000][integerIn(random, 0, 3)]!;
      const counts = compare(frameOfTile(address, size, { window, set }), iterations);
      escaped += counts.filter((count) => count < iterations).length;
    }
    const whole = { re: Exact.of(0), im: Exact.of(0), span: Exact.of(4.5), width: 60, height: 60 };
    const counts = compare(frameOfView({ ...whole, set }), 300);
    escaped += counts.filter((count) => count < 300).length;
  }
  assert.ok(escaped > 10_000, "there was something to compare");
});

Deno.test("the Julia set of 0 is the unit disc", () => {
  const set = setOf(["0", "0"]);
  const frame = frameOfView({
    ...{ re: Exact.of(0), im: Exact.of(0), span: Exact.of(3), width: 63, height: 63, set },
  });
  const counts = compare(frame, 500);
  for (const [pixel, count] of counts.entries()) {
    const { re, im } = pointOf(frame, pixel % 63, Math.floor(pixel / 63));
    const inside = re.times(re).plus(im.times(im)).compare(Exact.of(1)) <= 0;
    assert.equal(count === 500, inside);
  }
});

Deno.test("a real c has counts that are the same above and below the axis, bit for bit", () => {
  for (const c of CS.filter(([, im]) => im === "0")) {
    const set = setOf(c);
    assert.equal(formulaOf(set).symmetry, "real axis");
    const at = { re: Exact.of(0.1), im: Exact.of(0), span: Exact.of(2.5), width: 40, height: 40 };
    const counts = compare(frameOfView({ ...at, set }), 400);
    for (let row = 0; row < 20; row++) {
      const mirrored = counts.subarray((39 - row) * 40, (40 - row) * 40);
      assert.deepEqual(counts.subarray(row * 40, (row + 1) * 40), mirrored);
    }
  }
  assert.equal(formulaOf(setOf(["0", "1"])).symmetry, "none");
});

Deno.test("a Julia set ends where doubles do, and has none of its c beyond radius 2", () => {
  const set = setOf(["-0.8", "0.156"]);
  const { window } = formulaOf(set);
  const tile = (zoom: number) =>
    frameOfTile(tileAt(zoom, Exact.of(0.1), Exact.of(0.1), window), 256, { window, set });
  assert.deepEqual(pathOf(tile(40), 50_000), { arithmetic: "double" });
  assert.throws(() => pathOf(tile(41), 100), RangeError);
  assert.throws(() => formulaOf(setOf(["2", "0.0000001"])), /outside radius 2/);
});

Deno.test("exact arithmetic counts a Julia set's points as doubles do, but where those are cut", () => {
  const random = randomFrom(7);
  let equal = 0;
  for (let n = 0; n < 300; n++) {
    const [re, im] = CS[n % CS.length]!;
    const c = { re: Exact.parse(re), im: Exact.parse(im) };
    const point = { re: Exact.of(3 * random() - 1.5), im: Exact.of(3 * random() - 1.5) };
    const { orbitOf } = formulaOf({ id: "julia", c });
    const exact = exactEscapeTime(point, 60, { c }).count;
    if (exact === countSteps(orbitOf(point.re.toDouble(), point.im.toDouble()), 60)) equal++;
  }
  assert.ok(equal >= 298, `${equal} of 300`);
  const zero = { re: Exact.of(0), im: Exact.of(0) };
  assert.equal(
    exactEscapeTime({ re: Exact.of(1), im: Exact.of(0) }, 100, { c: zero }).orbit,
    "cycle",
  );
  assert.equal(exactEscapeTime({ re: Exact.parse("1.1"), im: zero.im }, 100, { c: zero }).count, 3);
});
