// Tests of the guard: what it looks at, and what it says. That it finds a kernel out is a test in soak.

import assert from "node:assert/strict";
import { exactPoint, ownReferenceOf, referencePointOf } from "../../src/fractal/mod.ts";
import { Exact, frameOfView } from "../../src/plane/mod.ts";
import { type Looked, verdictOn } from "../../src/render/local/guard.ts";
import type { Sampled } from "../../src/render/mod.ts";
import { spoiledViews } from "../fractal/spoiled_kernel.ts";
import { nowhere } from "./frames.ts";

Deno.test("a suspicious frame is checked as far as the budget goes, and what fails is disposed of", async () => {
  const { frame, iterations } = spoiledViews.find(({ id }) => id.startsWith("nest"))!;
  const point = referencePointOf(frame());
  const { width, height } = frame();
  const counts = new Uint32Array(width * height).fill(18260);
  let disposed = 0;
  const samples: Sampled = {
    ...nowhere(frame(), iterations),
    arithmetic: {
      ...{
        kind: "perturbation",
        bits: 1,
        length: 16188,
        wide: true,
        made: 1,
        skipped: 0,
        orbit: 0,
      },
    },
    [Symbol.dispose]: () => disposed++,
  };
  const asked: string[] = [];
  const lookedBy = (answer: () => Promise<unknown>, budget?: number): Looked => ({
    ...{ frame: frame(), counts, budget, signal: undefined },
    reference: {
      ...{ inside: false, point, at: 0, x: 0, y: 0, unit: 0, length: 16188, escaped: true },
      ...{ milliseconds: 0, proving: 0, [Symbol.dispose]: () => {} },
    },
    memory: new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true }),
    pool: {
      apply: ((name: string) => {
        asked.push(name);
        return answer();
      }) as Looked["pool"]["apply"],
    },
  });
  assert.equal(await verdictOn(samples, lookedBy(() => Promise.resolve(9), 20)), "unchecked");
  assert.deepEqual(asked, []);
  assert.equal(await verdictOn(samples, lookedBy(() => Promise.resolve(18260))), "passed");
  assert.deepEqual(asked.splice(0), Array(4).fill("countExactly"));
  // A single pixel may be chaos; two are none.
  const few = (wrong: number) => () => Promise.resolve(wrong-- > 0 ? 9 : 18260);
  assert.equal(await verdictOn(samples, lookedBy(few(1))), "passed");
  assert.equal(asked.splice(0).length, 12);
  assert.equal(await verdictOn(samples, lookedBy(few(2))), "wrong");
  assert.equal(asked.splice(0).length, 4);
  assert.equal(disposed, 0);
  const gone = new DOMException("Gone", "AbortError");
  await assert.rejects(verdictOn(samples, lookedBy(() => Promise.reject(gone))), gone);
  assert.equal(disposed, 1);
});

Deno.test("a frame is made again from its own centre, or from -2 where that is its reference", () => {
  const span = Exact.parse("1e-300");
  const at = (re: string) =>
    frameOfView({ re: Exact.parse(re), im: Exact.parse("0"), span, width: 9, height: 9 });
  const aside = at("-1.98");
  const [given, own] = [referencePointOf(aside), ownReferenceOf(aside, referencePointOf(aside))];
  assert.ok(exactPoint(own).re.minus(Exact.parse("-1.98")).log2Floor() < -given.bits);
  assert.equal(own.bits, 1024 + given.bits);
  assert.equal(own.skips, false);
  const near = at("-2");
  const known = exactPoint(ownReferenceOf(near, referencePointOf(near)));
  assert.ok(known.re.compare(Exact.of(-2)) === 0 && known.im.isZero());
});
