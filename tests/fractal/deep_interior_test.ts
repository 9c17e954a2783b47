// Tests of nuclei and of proofs that frames are inside, against exact arithmetic and known components.

import assert from "node:assert/strict";
import {
  advanceCycle,
  advanceNucleus,
  advanceOrbit,
  type Approach,
  cycleSearch,
  exactEscapeTime,
  isProven,
  nucleusSearch,
  orbitOf,
  referencePointOf,
  wayToProve,
} from "../../src/fractal/mod.ts";
import {
  ONE,
  over,
  type Scaled,
  scaled,
  times,
  toDoubles,
  ZERO,
} from "../../src/fractal/scaled.ts";
import { Exact, type Frame, frameOfView, pointOf } from "../../src/plane/mod.ts";

/** A point in fixed point. */
function fixed(re: string, im: string, bits: number) {
  return { re: Exact.parse(re).toFixedPoint(bits), im: Exact.parse(im).toFixedPoint(bits), bits };
}

/** The approaches of a point's orbit of that length. */
function approachesOf(
  { re, im, bits }: { re: bigint; im: bigint; bits: number },
  length: number,
): readonly Approach[] {
  return advanceOrbit(orbitOf(re, im, bits), length).orbit.course.approaches;
}

/** A small copy of the set near a point: its nucleus, and its size and turn as a complex number. */
interface Copy {
  readonly period: number;
  readonly re: Exact;
  readonly im: Exact;
  readonly size: Scaled;
}

function copyNear(re: string, im: string, period: number): Copy {
  const bits = 1024;
  const origin = fixed(re, im, bits);
  const approach = approachesOf(origin, period).at(-1)!;
  assert.equal(approach.index, period);
  const search = advanceNucleus(nucleusSearch(origin, approach, -20));
  assert.equal(search.state, "found");
  const { orbit } = search;
  const last = approachesOf(orbit, period).at(-1)!;
  return {
    period,
    re: Exact.of(orbit.re).timesPowerOfTwo(-bits),
    im: Exact.of(orbit.im).timesPowerOfTwo(-bits),
    size: over(ONE, times(last.byZ, last.byC)),
  };
}

/** The view of a copy around its own point x + iy, `span` copies floatexp. */
function viewIn(
  { re, im, size }: Copy,
  { x, y, span }: { x: number; y: number; span: number },
): Frame {
  const away = times(size, scaled(x, y));
  const part = (value: number) => Exact.of(value).timesPowerOfTwo(away.exponent);
  const length = Exact.of(span * Math.hypot(size.x, size.y)).timesPowerOfTwo(size.exponent);
  return frameOfView({
    ...{ re: re.plus(part(away.x)), im: im.plus(part(away.y)) },
    ...{ span: length, width: 16, height: 16 },
  });
}

/** Whether the frame is proven to be inside, by its own reference's orbit of that length. */
function isInside(frame: Frame, length: number): boolean {
  const point = referencePointOf(frame);
  const approaches = approachesOf(point, length);
  return approaches.some((_, i) => {
    const way = wayToProve(frame, point, approaches.slice(0, i + 1));
    return way?.every(({ part, search }) => isProven({ part, search: advanceCycle(search) })) ??
      false;
  });
}

/** Copies of the set far apart in depth and period. */
const COPIES: readonly [Copy, Copy, Copy] = [
  copyNear("-1.7548776662466927", "0", 3),
  copyNear(
    "0.00001603101521853835572342639221985878",
    "0.99998062784111331453236213506788548922",
    143,
  ),
  copyNear(
    "0.28442257845189036222712982364562642896",
    "0.01030362252193530284032480176888478166",
    983,
  ),
];

Deno.test("Newton's method finds nuclei, whose orbits return to 0", () => {
  for (const { period, re, im } of COPIES) {
    const bits = 1024;
    const orbit = orbitOf(re.toFixedPoint(bits), im.toFixedPoint(bits), bits);
    const { points, orbit: { course } } = advanceOrbit(orbit, period);
    assert.equal(course.approaches.at(-1)!.index, period);
    assert.ok(Math.hypot(points.at(-2)!, points.at(-1)!) < 2 ** -700);
  }
  // The root of c^3 + 2 c^2 + c + 1.
  const { re } = COPIES[0]!;
  const value = re.plus(Exact.of(2)).times(re).plus(Exact.of(1)).times(re).plus(Exact.of(1));
  assert.ok(value.isZero() || value.log2Floor() < -900);
});

Deno.test("a nucleus that is too far is not found, nor where there is none", () => {
  const origin = fixed("-1.75", "0.001", 256);
  const approach = approachesOf(origin, 3).at(-1)!;
  assert.equal(advanceNucleus(nucleusSearch(origin, approach, -5)).state, "found");
  assert.equal(advanceNucleus(nucleusSearch(origin, approach, -9)).state, "lost");
  const outside = fixed("1", "1", 256);
  const first = approachesOf(outside, 1).at(-1)!;
  assert.equal(
    advanceNucleus(nucleusSearch(outside, { ...first, index: 9, byC: scaled(99) }, 2)).state,
    "lost",
  );
});

Deno.test("in slices a search is what it is at once", () => {
  const origin = fixed("-1.75", "0.001", 256);
  const approach = { ...approachesOf(origin, 3).at(-1)!, index: 300 };
  const begin = nucleusSearch(origin, approach, 2);
  let sliced = begin;
  while (sliced.state === "searching") sliced = advanceNucleus(sliced, 0);
  assert.deepEqual(sliced, advanceNucleus(begin));
  const [, { re, im, period }] = COPIES;
  const centre = { re: re.toFixedPoint(300), im: im.toFixedPoint(300), bits: 300 };
  const cycle = cycleSearch(centre, period, ZERO);
  let round = cycle;
  while (round.state === "searching") round = advanceCycle(round, 0);
  assert.equal(round.state, "found");
  assert.deepEqual(round, advanceCycle(cycle));
});

Deno.test("the disk of a cycle lies in its component", () => {
  // In the disk of period 2, of radius 1/4 around -1, the multiplier is 4 (c + 1).
  for (const [x, y] of [[0, 0], [0.1, 0], [0, -0.2], [-0.15, 0.15]] as const) {
    const bits = 128;
    const c = fixed(String(x - 1), String(y), bits);
    const { state, radius } = advanceCycle(cycleSearch(c, 2, scaled(0.01, 0.01)));
    assert.equal(state, "found", `${x}, ${y}`);
    const m = 4 * Math.hypot(x, y);
    const expected = (1 - m * m) / 16;
    const [found] = toDoubles(radius);
    assert.ok(Math.abs(found / expected - 1) < 0.01, `${found}, not ${expected}`);
    assert.ok(found < 0.25 - Math.hypot(x, y), "Koebe's disk is within it");
  }
});

Deno.test("nothing is proven by a multiple of the period, or by a cycle that repels", () => {
  const inside = fixed("-1.05", "0.01", 128);
  assert.equal(advanceCycle(cycleSearch(inside, 4, scaled(0.01))).state, "lost");
  assert.equal(advanceCycle(cycleSearch(inside, 1, scaled(-0.6))).state, "lost");
  const outside = fixed("-1.26", "0.05", 128);
  assert.equal(advanceCycle(cycleSearch(outside, 2, scaled(0))).state, "lost");
  const escaping = fixed("0.5", "0.6", 128);
  assert.equal(advanceCycle(cycleSearch(escaping, 7, scaled(0))).state, "lost");
});

Deno.test("views inside small copies are proven to be, in all their components", () => {
  for (const copy of COPIES.slice(1)) {
    const points = [[0, 0], [-0.3, 0], [0.05, 0.25], [-0.35, 0.35], [-1, 0], [-1.1, 0.05]] as const;
    for (const [x, y] of [...points, [-0.1226, 0.7449]] as const) {
      const view = viewIn(copy, { x, y, span: 0.01 });
      assert.ok(isInside(view, 12 * copy.period), `${copy.period}: ${x}, ${y}`);
    }
    assert.ok(isInside(viewIn(copy, { x: -0.1, y: 0, span: 0.2 }), 12 * copy.period), "in parts");
    assert.ok(isInside(viewIn(copy, { x: -0.3, y: 0.4, span: 1e-9 }), 12 * copy.period), "tiny");
  }
});

Deno.test("no view with a pixel that escapes is proven to be inside", () => {
  const borders = [[0.25, 0], [-0.75, 0], [-0.75, 0.02], [-1.25, 0], [-0.125, 0.6495], [0.3, 0.4]];
  for (const copy of COPIES.slice(1)) {
    for (const [x, y] of borders as [number, number][]) {
      for (const span of [0.3, 0.02]) {
        const view = viewIn(copy, { x, y, span });
        if (!isInside(view, 12 * copy.period)) continue;
        const bits = -view.step.log2Floor() + 256;
        const corners = [0, 15].flatMap((i) => [0, 15].map((j) => pointOf(view, i, j)));
        for (const corner of corners) {
          const { count } = exactEscapeTime(corner, 60 * copy.period, { bits });
          assert.equal(count, 60 * copy.period, `${copy.period}: ${x}, ${y}, ${span}`);
        }
      }
    }
    assert.ok(!isInside(viewIn(copy, { x: 0.25, y: 0, span: 0.1 }), 12 * copy.period), "the cusp");
    assert.ok(!isInside(viewIn(copy, { x: 0, y: 0, span: 1 }), 12 * copy.period), "all of it");
  }
});
