// Tests of the oracle: the lesson's own numbers, and what a count means.

import assert from "node:assert/strict";
import { escapeTime, smoothEscapeTime } from "../../src/fractal/mod.ts";
import { COUNTS, POINTS } from "./lesson_points.ts";

Deno.test("the lesson's points have the lesson's counts", () => {
  assert.equal(escapeTime(0.0965, -0.638, 255), 17);
  assert.deepEqual(POINTS.map(([re, im]) => escapeTime(re, im, 255)), COUNTS);
});

Deno.test("the count is the first n beyond radius 2, and the limit when there is none", () => {
  const cases: [re: number, im: number, iterations: number, count: number][] = [
    [0, 0, 100, 100],
    [-2, 0, 100, 100], // stays at radius 2, which is not beyond it
    [2, 0, 100, 1], // 2, 6
    [2.5, 0, 100, 0],
    [0, 2.5, 100, 0],
    [1, 0, 100, 2], // 1, 2, 5: 2 itself is not beyond
    [1, 0, 2, 2],
    [0.25, 0, 5000, 5000],
    [1e200, 1e200, 9, 0],
    [0, 1, 77, 77], // i, i - 1, -i, i - 1, ...
  ];
  for (const [re, im, iterations, count] of cases) {
    assert.equal(escapeTime(re, im, iterations), count, `${re} + ${im}i`);
    assert.equal(escapeTime(re, -im, iterations), count, `${re} - ${im}i`);
  }
});

Deno.test("the smooth count lies around the count and grows without a step", () => {
  assert.equal(smoothEscapeTime(0, 0, 50), 50);
  let last = smoothEscapeTime(0.5, 0.35, 1000);
  let crossed = 0;
  for (let i = 1; i <= 20_000; i++) {
    const re = 0.5 + i * 7.5e-5;
    const smooth = smoothEscapeTime(re, 0.35, 1000);
    const count = escapeTime(re, 0.35, 1000);
    assert.ok(smooth > count - 1 && smooth < count + 2, `${smooth} for ${count}`);
    if (count !== escapeTime(re - 7.5e-5, 0.35, 1000)) crossed++;
    assert.ok(Math.abs(smooth - last) < 0.01, `from ${last} to ${smooth} at ${re}`);
    last = smooth;
  }
  assert.ok(crossed > 2, `${crossed} steps of the count were crossed`);
});
