/** The mapping from counts to the colour wheel rises, without a jump or a kink, and stays in use. */

import assert from "node:assert/strict";
import { wheelPosition } from "../../src/image/mod.ts";
import { seeded } from "./fixtures.ts";

Deno.test("its values are those of the formula", () => {
  // mu = 15: r = 4, 0.6 x 2 + 0.3 x 4 - 1. mu = 255: r = 16, 0.6 x 4 + 0.3 x 16 - 1.
  assert.ok(Math.abs(wheelPosition(0) - -0.1) < 1e-15);
  assert.ok(Math.abs(wheelPosition(15) - 1.4) < 1e-15);
  assert.ok(Math.abs(wheelPosition(255) - 6.2) < 1e-14);
  assert.ok(Math.abs(wheelPosition(-3) - -1) < 1e-15);
});

Deno.test("more iterations are further around, from far outside to the deepest counts", () => {
  let last = -Infinity;
  for (let mu = -12; mu < 5e6; mu += mu < 100 ? 1 / 64 : mu / 500) {
    const position = wheelPosition(mu);
    assert.ok(position > last, `mu ${mu}`);
    last = position;
  }
});

Deno.test("it is continuous and so is its slope", () => {
  const random = seeded(1);
  const places = [0, ...Array.from({ length: 2000 }, () => 4e6 * random() ** 6 - 6 * random())];
  const h = 1e-4;
  for (const mu of places) {
    const before = (wheelPosition(mu) - wheelPosition(mu - h)) / h;
    const after = (wheelPosition(mu + h) - wheelPosition(mu)) / h;
    assert.ok(before <= 0.3001 && after <= 0.3001, `slope at ${mu}`);
    // The second derivative is largest at 0: below 0.2. Differences lose digits to large positions.
    assert.ok(Math.abs(after - before) < 0.2 * h + 1e-8 + 1e-11 * mu, `kink at ${mu}`);
  }
});

Deno.test("every octave of counts gets colour, and more the deeper it is", () => {
  let last = 0;
  for (let mu = 4; mu < 5e6; mu *= 2) {
    const turns = wheelPosition(2 * mu) - wheelPosition(mu);
    assert.ok(turns > last, `octave from ${mu}`);
    last = turns;
  }
  // 1 / slope, the slope being (0.3 / sqrt(r) + 0.3) / (2 r): 9.96, 74.7, 869.7.
  const turn = (mu: number) => 1 / (wheelPosition(mu + 0.5) - wheelPosition(mu - 0.5));
  assert.deepEqual([5, 200, 20_000].map((mu) => Math.round(turn(mu))), [10, 75, 870]);
});
