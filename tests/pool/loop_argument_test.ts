// Tests of what parallelFor is given: it reaches every worker, and every worker has its own.

import assert from "node:assert/strict";
import { Pool, type PoolOptions } from "../../src/pool/mod.ts";
import type { DoublingService, DoublingStart } from "./fixtures/doubling_worker.ts";
import { Flag } from "./fixtures/flag.ts";

const MODULE = new URL("./fixtures/doubling_worker.ts", import.meta.url);

async function startPool(options: PoolOptions = { size: 2 }) {
  const results = new Float64Array(new SharedArrayBuffer(8 * 1000));
  const entered = new Flag();
  const release = new Flag();
  const start: DoublingStart = {
    results: results.buffer,
    entered: entered.buffer,
    release: release.buffer,
  };
  const pool = await Pool.start<DoublingService>(MODULE, {
    ...options,
    startArgument: () => start,
  });
  return {
    ...{ pool, results, entered, release },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function numbersOf(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => i + 0.25);
}

function assertDoubled(results: Float64Array, count: number): void {
  const doubled = numbersOf(count).map((n) => 2 * n);
  assert.deepEqual(results.slice(0, count), doubled);
  results.fill(0);
}

Deno.test("numbers reach every batch, and texts the last call", async () => {
  await using set = await startPool();
  const { pool, results } = set;
  for (const count of [1, 2, 40, 1000]) {
    await pool.parallelFor("double", numbersOf(count), { batches: count });
    assertDoubled(results, count);
    const texts = ["", "naïve", "海馬 \u{1F40E}", "\ud800 alone", "x".repeat(10_000)];
    const { value } = await pool.parallelForThenCall("double", numbersOf(count), {
      batches: count,
      last: { name: "echo", args: texts },
    });
    assert.deepEqual(value, texts);
    assertDoubled(results, count);
  }
});

Deno.test("every worker has an argument of its own", async () => {
  await using set = await startPool();
  await set.pool.parallelFor("scribble", numbersOf(40), { batches: 40 });
  assert.deepEqual(set.results.slice(0, 40), new Float64Array(40));
});

Deno.test("many at once are all done, calls among them", async () => {
  await using set = await startPool();
  const { pool, results } = set;
  const large = new Float64Array(20_000).fill(1);
  const loops = Array.from({ length: 60 }, (_, i) => {
    const last = { name: "echo" as const, args: [String(i)] };
    if (i % 7 === 3) return pool.apply("echo", [String(i)]);
    if (i % 5 === 2) {
      return pool.parallelForThenCall("note", { value: i }, { batches: 3, last }).then((
        { value },
      ) => value);
    }
    return pool.parallelForThenCall("double", large, { batches: 20, last }).then(({ value }) =>
      value
    );
  });
  assert.deepEqual(await Promise.all(loops), loops.map((_, i) => [String(i)]));
  assert.ok(results.slice(3, 20).every((result) => result === 2));
  assert.equal(pool.counters.pending, 0);
});

Deno.test("a worker that was given up and runs on does no harm to the next parallelFor", async () => {
  await using set = await startPool({ size: 1, grace: 20 });
  const { pool, results, entered, release } = set;
  let leaked: Promise<void> | undefined;
  const controller = new AbortController();
  const { signal } = controller;
  const loop = pool.parallelFor("hold", numbersOf(900), {
    batches: 900,
    signal,
    onLeakedThread: (ended) => leaked = ended,
  });
  await entered.reached(1);
  controller.abort(new Error("enough"));
  await assert.rejects(loop, { message: "enough" });
  assert.ok(leaked !== undefined);
  const next = pool.parallelFor("doubleLater", numbersOf(900), { batches: 900 });
  await entered.reached(2);
  // The leaked thread finishes its batch and looks for another one.
  release.raise();
  await leaked;
  release.raise();
  await next;
  assertDoubled(results, 900);
});
