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

for (const name of ["past-double-1e14", "deep-1e77", "double-spiral-1e1000"]) {
  for (const skips of [false, true]) {
    Deno.test(`at ${name} ${skips ? "with" : "without"} skips a pixel is the same wherever a batch ends`, async () => {
      const sampler = await PerturbedSampler.start();
      const { re, im, span, iterations } = deepPlaces().find((place) => place.name === name)!;
      const step = span.timesPowerOfTwo(-6);
      // Two groups side by side, a group alone, and parts of groups on the right and at the bottom.
      const frame = new Frame({ step, re, im, width: 14, height: 5 });
      const point = referencePointOf(new Frame({ ...frame, width: 64, height: 64 }));
      const { counts, fractions } = sampler.sample(frame, { iterations, point, skips });
      assert.ok(new Set(fractions).size > 20, "there is something to see");
      const differing: string[] = [];
      for (const [k, count] of counts.entries()) {
        const one = new Frame({
          ...frame,
          ...pointOf(frame, k % 14, Math.floor(k / 14)),
          width: 1,
          height: 1,
        });
        const alone = sampler.sample(one, { iterations, point, skips });
        const same = alone.counts[0] === count &&
          Math.abs(alone.fractions[0]! - fractions[k]!) < 1e-3;
        if (!same) {
          differing.push(
            `${k}: ${count} + ${fractions[k]}, alone ${alone.counts[0]} + ${alone.fractions[0]}`,
          );
        }
      }
      assert.deepEqual(differing, []);
    });
  }
}
