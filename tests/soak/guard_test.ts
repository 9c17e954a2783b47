// The guard finds a kernel out that is wrong, and what is answered is right.

import assert from "node:assert/strict";
import { defaultPalette } from "../../src/image/mod.ts";
import { type PerturbationArithmetic, RenderWorkers, type Sampled } from "../../src/render/mod.ts";
import { kernelThatLosesZ, spoiledViews } from "../fractal/spoiled_kernel.ts";
import { same } from "../render/frames.ts";

const look = { palette: defaultPalette, shading: "bands" } as const;
const picture = { output: { format: "png", look }, factor: 1 } as const;

function perturbation({ arithmetic }: Sampled): PerturbationArithmetic {
  assert.ok(arithmetic.kind === "perturbation");
  return arithmetic;
}

Deno.test("frames of a kernel that loses z are made again, and are right", async () => {
  await using good = await RenderWorkers.start({ workers: 2 });
  await using spoiled = await RenderWorkers.start({
    workers: 2,
    perturbed: await kernelThatLosesZ(),
  });
  // Large enough for a look to be next to nothing beside it; the other view takes the slow way half a minute.
  for (const { id, iterations, frame } of spoiledViews.filter(({ id }) => id.startsWith("nest"))) {
    const finish = { ...picture, iterations };
    const options = { iterations, fractions: true, finish };
    using right = await good.sample(frame(128), options);
    using samples = await spoiled.sample(frame(128), options);
    assert.notEqual(perturbation(right).checked, "recomputed", id);
    const { checked, skipped, bits } = perturbation(samples);
    assert.equal(checked, "recomputed", id);
    assert.equal(skipped, 0);
    assert.ok(bits > perturbation(right).bits);
    const [counts, expected] = [spoiled.copyCounts(samples), good.copyCounts(right)];
    const equal = counts.filter((count, i) => count === expected[i]).length;
    assert.ok(equal >= 0.999 * counts.length, `${id}: ${equal} of ${counts.length}`);
    // The first picture was painted of samples that were wrong.
    const { width, height, counts: at, fractions } = samples;
    const placed = { width, height, iterations, counts: at, fractions };
    const anew = await spoiled.finish(placed, finish);
    assert.ok(same(samples.file!.bytes, anew.bytes), id);
  }
  assert.equal(spoiled.counters.pending, 0);
});
