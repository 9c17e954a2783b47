// Tests of the slow way: its samples are exact arithmetic's and the kernel's.

import assert from "node:assert/strict";
import { ownReferenceOf, referencePointOf } from "../../src/fractal/mod.ts";
import { Exact } from "../../src/plane/mod.ts";
import { randomFrom } from "../plane/random.ts";
import { deepPlaces, judge, PerturbedSampler, viewOf } from "./perturbed_sampler.ts";
import { spoiledViews } from "./spoiled_kernel.ts";

const sampler = await PerturbedSampler.start();

Deno.test("one pixel after the other gives what the kernel gives, from the frame's own reference too", () => {
  for (const place of deepPlaces().filter(({ iterations }) => iterations < 40_000)) {
    const { iterations, name } = place;
    const frame = viewOf(place, 16);
    const kernel = sampler.sample(frame, { iterations, skips: false });
    const own = ownReferenceOf(frame, referencePointOf(frame));
    assert.ok(own.bits > kernel.point.bits && own.key !== kernel.point.key);
    for (const point of [kernel.point, own]) {
      const alone = sampler.sample(frame, { iterations, point, alone: true });
      assert.equal(alone.steps.skipped, 0);
      const equal = [...kernel.counts.keys()].filter((i) => alone.counts[i] === kernel.counts[i]);
      assert.ok(equal.length >= 254, `${name}: ${equal.length} of 256`);
      const off = equal.map((i) => Math.abs(alone.fractions[i]! - kernel.fractions[i]!)).sort();
      assert.ok(off[128]! < 1e-4, `${name}: fractions are ${off[128]} off in the mean`);
    }
  }
});

Deno.test("one pixel after the other is exact around minibrots and in points of the boundary", () => {
  for (const { id, iterations, pixels, side, frame } of spoiledViews) {
    const { counts } = sampler.sample(frame(), { iterations, alone: true });
    for (const [i, j, count] of pixels) {
      assert.equal(counts[j! * side + i!], count, `${id}: ${i} ${j}`);
    }
  }
  const random = randomFrom(81);
  for (const [re, im] of [["-2", "0"], ["0", "1"], ["0.25", "0"]] as const) {
    for (const digits of [20, 250, 400, 700]) {
      const span = Exact.parse(`1e-${digits}`);
      const place = { name: re, re: Exact.parse(re), im: Exact.parse(im), span, iterations: 2000 };
      // In the middle of an odd number of pixels lies the point itself.
      const frame = viewOf(place, 9);
      const { counts } = sampler.sample(frame, { iterations: 2000, alone: true });
      const verdict = judge(frame, { counts, iterations: 2000 }, { random, pixels: 12 });
      assert.equal(verdict.equal, 12, `${re} + ${im} i at 1e-${digits}`);
    }
  }
});
