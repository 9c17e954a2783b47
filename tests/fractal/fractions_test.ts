// Tests of the fractions: with the count they are the smooth count, and continuous.

import assert from "node:assert/strict";
import { escapeTime, smoothEscapeTime } from "../../src/fractal/mod.ts";
import { cornerGrid } from "../../src/plane/mod.ts";
import { randomFrom } from "../plane/random.ts";
import { delicateGrids, edgePoint, tilePiece } from "./grids.ts";
import { TestKernel } from "./sampler.ts";

const test = await TestKernel.start();

/** The radius at which the kernel takes the fraction. */
const RADIUS = 256;

/** What the logarithms and the fraction itself lose by being floats. */
const ROUNDING = 1e-6;

/**
 * How far count + fraction may be from the limit for an infinite radius: 4e-6 where the set is.
 *
 * One more step makes log2 |z| into 2 log2 |z| + log2 |1 + c / z^2|. The second term is what the
 * formula leaves out: it changes the smooth count by about |c| / |z|^2 / (2 ln |z| ln 2), where |z| is at
 * least 256, and at least |c|. With |c| = 1.5 that is 3e-6; the terms after it are a millionth of that.
 */
function tolerance(re: number, im: number): number {
  const c = Math.hypot(re, im);
  const z = Math.max(RADIUS, c);
  return Math.max(4e-6, c / z / z / (2 * Math.log(z) * Math.LN2) + ROUNDING);
}

Deno.test("count and fraction are the smooth count", () => {
  const random = randomFrom(41);
  const grids = delicateGrids(random)
    .filter(({ columns, rows }) => [...columns, ...rows].every((side) => Math.abs(side) < 1e100));
  for (let z = 0; z <= 40; z++) grids.push(tilePiece(random, z, 2000));
  let escaped = 0;
  let worst = 0;
  for (const { columns, rows } of grids) {
    const { counts, fractions } = test.batch({ columns, rows }, 700);
    for (let i = 0; i < counts.length; i++) {
      const re = columns[i % columns.length]!;
      const im = rows[Math.floor(i / columns.length)]!;
      const fraction = fractions[i]!;
      if (counts[i] === 700) {
        assert.equal(fraction, 0, `${re} + ${im}i stays`);
        continue;
      }
      const difference = Math.abs(counts[i]! + fraction - smoothEscapeTime(re, im, 700));
      if (!(difference <= tolerance(re, im))) {
        assert.fail(`${re} + ${im}i: ${counts[i]} + ${fraction} is ${difference} off`);
      }
      if (Math.hypot(re, im) <= 1.5) worst = Math.max(worst, difference);
      escaped++;
    }
  }
  assert.ok(escaped > 10_000, `${escaped} pixels escaped`);
  assert.ok(worst > 0 && worst < 4e-6, `within radius 1.5 the worst is ${worst}`);
});

/** The definition: m is the first of 0, 4, 8, ... with |z_m| > 256. */
function fractionOf(re: number, im: number, count: number): number {
  let zRe = re;
  let zIm = im;
  for (let m = 0;; m++) {
    const size = zRe * zRe + zIm * zIm;
    if (m % 4 === 0 && size > RADIUS * RADIUS) {
      return m + 1 - Math.log2(Math.log2(size) / 2) - count;
    }
    const nextRe = (zRe * zRe - zIm * zIm) + re;
    zIm = (zRe * zIm + zIm * zRe) + im;
    zRe = nextRe;
  }
}

Deno.test("the fraction is taken at the first fourth index outside radius 256, alone and in a batch", () => {
  const window = cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 64 });
  const border = { columns: window.columns.map((re) => re - 0.8), rows: window.rows };
  for (const { columns, rows } of [window, border]) {
    const { counts, fractions } = test.batch({ columns, rows }, 3000);
    for (let i = 0; i < counts.length; i += 7) {
      if (counts[i] === 3000) continue;
      const re = columns[i % columns.length]!;
      const im = rows[Math.floor(i / columns.length)]!;
      const difference = Math.abs(fractions[i]! - fractionOf(re, im, counts[i]!));
      assert.ok(difference < 6e-7, `${re} + ${im}i is ${difference} off`);
      const alone = { columns: Float64Array.of(re), rows: Float64Array.of(im) };
      assert.equal(test.batch(alone, 3000).fractions[0], fractions[i], `${re} + ${im}i alone`);
    }
  }
});

Deno.test("nothing jumps where the count does", () => {
  const random = randomFrom(12);
  let steps = 0;
  while (steps < 400) {
    // Two neighbours among the doubles with different counts, between a point of the edge and one outside.
    const { re, im } = edgePoint(random);
    let left = re + 10 ** -(1 + 6 * random());
    let right = left + 0.3 * random();
    const limit = 1500;
    if (escapeTime(left, im, limit) === escapeTime(right, im, limit)) continue;
    for (let middle = (left + right) / 2; middle > left && middle < right;) {
      if (escapeTime(middle, im, limit) === escapeTime(left, im, limit)) left = middle;
      else right = middle;
      middle = (left + right) / 2;
    }
    const { counts, fractions } = test.batch({
      columns: Float64Array.of(left, right),
      rows: Float64Array.of(im),
    }, limit);
    const [first = 0, second = 0] = counts;
    // A step of one, and not so close to the set that neighbouring doubles are worlds apart.
    if (Math.abs(first - second) !== 1 || Math.max(first, second) > 200) continue;
    const jump = Math.abs(first + fractions[0]! - second - fractions[1]!);
    const allowed = tolerance(left, im) + tolerance(right, im);
    const slope = Math.abs(smoothEscapeTime(left, im, limit) - smoothEscapeTime(right, im, limit));
    assert.ok(jump <= allowed + slope, `${jump} between ${left} and ${right}, ${im}i`);
    steps++;
  }
});
