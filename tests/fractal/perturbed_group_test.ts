// Tests of pixels in step: what a pixel's count is does not depend on who goes with it.

import assert from "node:assert/strict";
import { exactEscapeTime, referencePointOf } from "../../src/fractal/mod.ts";
import { Exact, Frame, pointOf } from "../../src/plane/mod.ts";
import { deepPlaces, PerturbedSampler } from "./perturbed_sampler.ts";

Deno.test("a pixel has the same count in a group and alone, and it is the exact one", async () => {
  const sampler = await PerturbedSampler.start();
  // At the edge of the small copy of the set in the middle of this place. Its orbits come back next to 0
  // again and again; one of a group may have left while its neighbours still agree in all digits but a few.
  const { re, im } = deepPlaces().find(({ name }) => name === "seahorse-1e31")!;
  const step = Exact.powerOfTwo(-112);
  const left = re.minus(step.times(Exact.of(66)));
  const frame = new Frame({ step, re: left, im, width: 16, height: 4 });
  const point = referencePointOf(new Frame({ ...frame, re, width: 256, height: 256 }));
  const iterations = 98_304;
  const { counts } = sampler.sample(frame, { iterations, point });
  assert.ok(new Set(counts).size > 20, "there is something to see");
  const differing: string[] = [];
  for (const [k, count] of counts.entries()) {
    const pixel = pointOf(frame, k % 16, k >> 4);
    const one = new Frame({ ...frame, ...pixel, width: 1, height: 1 });
    const alone = sampler.sample(one, { iterations, point }).counts[0];
    if (alone === count) continue;
    const exact = exactEscapeTime(pixel, iterations, { bits: 400 }).count;
    differing.push(`${count}, alone ${alone}, exactly ${exact}`);
  }
  assert.ok(differing.length <= 2, `${differing.length} of 64 differ: ${differing.join("; ")}`);
});
