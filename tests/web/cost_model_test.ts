/** The cost model: what was measured near goes before what is alike, and that before a guess. */

import assert from "node:assert/strict";
import { TileAddress } from "../../src/plane/mod.ts";
import { CostModel, type Work } from "../../src/web/admission/cost_model.ts";

function tile(z: number, x: bigint, y: bigint, iterations: Work["iterations"] = 1000): Work {
  return { z, address: TileAddress.of(z, x, y), samples: 65_536, iterations };
}

Deno.test("where nothing was measured, cost grows with samples, iterations and depth", () => {
  const costs = new CostModel();
  const usual = costs.predict(tile(9, 7n, 7n));
  assert.ok(usual > 1 && usual < 100, `${usual} ms`);
  assert.ok(costs.predict(tile(9, 7n, 7n, 4000)) > usual);
  assert.ok(costs.predict({ ...tile(9, 7n, 7n), samples: 4 * 65_536 }) > usual);
  const auto = (z: number) => costs.predict(tile(z, 7n, 7n, "auto"));
  assert.ok(auto(90) > auto(9));
});

Deno.test("what tiles nearby took is believed first, then what tiles alike took", () => {
  const costs = new CostModel();
  costs.learn(tile(9, 4n, 4n), 800);
  assert.equal(costs.predict(tile(9, 7n, 7n)), 800);
  assert.equal(costs.predict({ ...tile(9, 7n, 7n), samples: 65_536 / 4 }), 200);
  // Far away, but about as deep.
  assert.equal(costs.predict(tile(9, 400n, 7n)), 800);
  costs.learn(tile(9, 400n, 4n), 4);
  assert.equal(costs.predict(tile(9, 7n, 7n)), 800);
  assert.equal(costs.predict(tile(9, 401n, 4n)), 4);
  for (let n = 0; n < 50; n++) costs.learn(tile(9, 4n, 4n), 16);
  assert.ok(Math.abs(costs.predict(tile(9, 4n, 4n)) - 16) < 0.01);
  // Neither as deep nor with as many iterations: a guess again.
  assert.deepEqual(
    [tile(40, 4n, 4n), tile(9, 4n, 4n, 9)].map((work) => costs.predict(work)),
    [tile(40, 4n, 4n), tile(9, 4n, 4n, 9)].map((work) => new CostModel().predict(work)),
  );
});
