// Tests of the proof that a point is inside the set: it says so of nothing that escapes.

import assert from "node:assert/strict";
import { escapeTime, hasAttractingCycle } from "../../src/fractal/mod.ts";
import { randomFrom } from "../plane/random.ts";
import { edgePoint } from "./grids.ts";

Deno.test("centres of components have their cycle, and points a little off too", () => {
  const centres: readonly (readonly [re: number, im: number])[] = [
    ...[[0, 0], [-1, 0], [-0.12256116687665361, 0.74486176661974424], [-1.7548776662466927, 0]],
    ...[[-1.3107026413368328, 0], [0.28227139076691388, 0.53006061757852530]],
  ] as const;
  for (const [re, im] of centres) {
    for (const off of [0, 1e-6, 1e-3]) {
      assert.equal(hasAttractingCycle(re + off, im + off), true, `${re} ${im} ${off}`);
    }
  }
});

Deno.test("what escapes has none, however late", () => {
  const random = randomFrom(3);
  let outside = 0;
  for (let i = 0; i < 2000; i++) {
    const { re, im } = edgePoint(random);
    const near = 2e-3 * (random() - 0.5);
    if (!hasAttractingCycle(re + near, im)) continue;
    outside += Number(escapeTime(re + near, im, 200_000) < 200_000);
  }
  assert.equal(outside, 0);
  // The necks between components, where counts are pi over the distance; the tips, where none attracts.
  for (const [re, im] of [[-0.75, 1e-5], [0.25 + 1e-9, 0], [-2, 0], [0, 1], [3, 4]] as const) {
    assert.equal(hasAttractingCycle(re, im), false, `${re} ${im}`);
  }
});

Deno.test("nearly all of the set is said to be inside", () => {
  let [inside, said] = [0, 0];
  for (let row = 0; row < 60; row++) {
    for (let column = 0; column < 60; column++) {
      const [re, im] = [-2 + column / 24, row / 48];
      if (escapeTime(re, im, 5000) < 5000) continue;
      inside++;
      said += Number(hasAttractingCycle(re, im));
    }
  }
  assert.ok(inside > 500 && said > 0.95 * inside, `${said} of ${inside}`);
});
