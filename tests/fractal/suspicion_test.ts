// Tests of suspicion: what it takes for one, and that good views give none.

import assert from "node:assert/strict";
import { advanceOrbit, orbitOf, suspicionOf } from "../../src/fractal/mod.ts";
import { integerIn, randomFrom } from "../plane/random.ts";
import { deepPlaces, PerturbedSampler, viewOf } from "./perturbed_sampler.ts";

const SIDE = 64;
const LIMIT = 5000;

function grid(
  countAt: (column: number, row: number) => number,
  length = 3000,
): Parameters<typeof suspicionOf>[0] {
  const counts = Uint32Array.from(
    { length: SIDE * SIDE },
    (_, i) => countAt(i % SIDE, Math.floor(i / SIDE)),
  );
  const points = new Float64Array(2 * length).fill(1);
  const escaped = length < LIMIT;
  return { width: SIDE, height: SIDE, iterations: LIMIT, counts, points, escaped };
}

Deno.test("one count all over is suspicious unless it is the reference's", () => {
  assert.equal(suspicionOf(grid(() => 700)), "flat");
  assert.equal(suspicionOf(grid(() => LIMIT)), "flat", "the reference escapes");
  assert.equal(suspicionOf(grid(() => 700, LIMIT)), "flat", "the reference stays");
  assert.equal(suspicionOf(grid(() => LIMIT, LIMIT)), undefined);
  assert.equal(suspicionOf(grid(() => 2999)), undefined);
  assert.equal(suspicionOf(grid((column, row) => column + row === 0 ? 701 : 700)), undefined);
});

Deno.test("blocks of one colour are suspicious, wherever some pixels of them are right", () => {
  const random = randomFrom(82);
  const blocks = Array.from({ length: SIDE * SIDE }, () => integerIn(random, 900, 990));
  const blockAt = (column: number, row: number) => blocks[SIDE * (row >> 1) + (column >> 2)]!;
  assert.equal(suspicionOf(grid(blockAt)), "blocks");
  const rightAt = (column: number, row: number) =>
    random() < 0.1 ? integerIn(random, 900, 990) : blockAt(column, row);
  assert.equal(suspicionOf(grid(rightAt)), "blocks");
  // The same blocks elsewhere, noise, and straight lines at borders of groups.
  assert.equal(suspicionOf(grid((column, row) => blockAt(column + 1, row))), undefined);
  assert.equal(suspicionOf(grid(() => integerIn(random, 900, 990))), undefined);
  assert.equal(suspicionOf(grid((column) => column < 16 ? 1 : column < 40 ? 2 : 3)), undefined);
});

Deno.test("many who leave where the reference is next to 0 are suspicious", () => {
  const frame = grid((column, row) => column < 16 ? 1585 : 1000 + column + row);
  assert.equal(suspicionOf(frame), undefined);
  frame.points.fill(1e-9, 2 * 1585, 2 * 1586);
  assert.equal(suspicionOf(frame), "near 0");
  assert.equal(suspicionOf({ ...frame, iterations: 1585 }), undefined, "those never left");
});

Deno.test("the listed places give no suspicion", async () => {
  const sampler = await PerturbedSampler.start();
  for (const place of deepPlaces()) {
    const { iterations, name } = place;
    for (const side of [SIDE, 37]) {
      const frame = viewOf(place, side);
      const { counts, point } = sampler.sample(frame, { iterations });
      const { points, orbit } = advanceOrbit(orbitOf(point.re, point.im, point.bits), iterations);
      const { width, height } = frame;
      const escaped = orbit.ended;
      const suspicion = suspicionOf({ width, height, iterations, counts, points, escaped });
      assert.equal(suspicion, undefined, name);
    }
  }
});
