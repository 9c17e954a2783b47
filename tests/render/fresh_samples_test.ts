/** Tests of samples just computed: copied once, and their memory given back when nobody holds them. */

import assert from "node:assert/strict";
import { FreshSamples } from "../../src/render/cache/fresh_samples.ts";
import type { Sampled } from "../../src/render/mod.ts";

function freshSamples() {
  const seen = { copies: 0, disposals: 0 };
  const samples: Sampled = {
    ...{ width: 1, height: 1, iterations: 9, counts: 64, fractions: 0 },
    ...{ milliseconds: 3, frames: 1, steps: 9 },
    arithmetic: { kind: "double" },
    [Symbol.dispose]: () => seen.disposals++,
  };
  const fresh = new FreshSamples(samples, ({ width, height, iterations, arithmetic }) => {
    assert.equal(seen.disposals, 0, "what is copied is still there");
    const bytes = new Uint8Array(++seen.copies);
    return { width, height, iterations, fractions: false, bytes, arithmetic };
  });
  return { fresh, seen };
}

Deno.test("samples are copied once, however many ask, and can be had after they are gone", () => {
  const { fresh, seen } = freshSamples();
  const saved = fresh.save();
  fresh.release();
  assert.equal(fresh.save(), saved);
  assert.deepEqual(seen, { copies: 1, disposals: 1 });
});

Deno.test("their memory is given back once, when the last of the holders has released it", () => {
  for (const makerFirst of [true, false]) {
    const { fresh, seen } = freshSamples();
    const lent = fresh.lend();
    const [first, second] = [() => fresh.release(), () => lent[Symbol.dispose]()];
    if (makerFirst) first();
    else second();
    // Whoever borrows may dispose twice, as of all samples.
    if (!makerFirst) second();
    assert.equal(seen.disposals, 0);
    if (makerFirst) second();
    else first();
    assert.equal(seen.disposals, 1);
  }
});
