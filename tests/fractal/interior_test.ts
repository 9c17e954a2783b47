// Tests of frames that lie inside the set as a whole: said of none that does not.

import assert from "node:assert/strict";
import { escapeTime, exactEscapeTime, pathOf } from "../../src/fractal/mod.ts";
import { liesInside } from "../../src/fractal/interior.ts";
import { Exact, type Frame, frameOfView, pointOf } from "../../src/plane/mod.ts";
import { randomFrom } from "../plane/random.ts";

function viewAt(re: Exact, im: Exact, span: Exact): Frame {
  return frameOfView({ re, im, span, width: 8, height: 8 });
}

Deno.test("no frame that is said to lie inside has a point that is not", () => {
  const random = randomFrom(81);
  let inside = 0;
  for (let i = 0; i < 4000; i++) {
    const re = Exact.of(2.2 * random() - 1.5);
    const im = Exact.of(1.4 * random() - 0.7);
    const frame = viewAt(re, im, Exact.powerOfTwo(-4 - Math.floor(20 * random())));
    if (!liesInside(frame)) continue;
    inside++;
    for (const [column, row] of [[0, 0], [7, 0], [0, 7], [7, 7], [3, 4]] as const) {
      const point = pointOf(frame, column, row);
      assert.match(exactEscapeTime(point, 9).orbit, /cardioid|disk/);
      assert.equal(escapeTime(point.re.toDouble(), point.im.toDouble(), 500), 500);
    }
  }
  assert.ok(inside > 300, `${inside} lie inside`);
});

Deno.test("deep inside nothing is iterated, and next to the border everything is", () => {
  const deep = Exact.parse("1e-900");
  const kind = (re: string, im: string) =>
    pathOf(viewAt(Exact.parse(re), Exact.parse(im), deep), 1000).arithmetic;
  assert.equal(kind("-0.1", "0.1"), "interior");
  assert.equal(kind("-1.1", "0.05"), "interior");
  assert.equal(kind("0.25", "0"), "perturbation", "the cusp");
  assert.equal(kind("-0.75", "0"), "perturbation", "where the two touch");
  assert.equal(kind("-1.25", "0"), "perturbation");
  assert.equal(kind("-1.755", "0"), "perturbation", "inside another component");
  assert.equal(kind("0.5", "0.5"), "perturbation");
});
