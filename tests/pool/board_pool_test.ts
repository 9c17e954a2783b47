// Tests of sweeps that stand on a pool's board: they are done, stopped and lost as all others are.

import assert from "node:assert/strict";
import { Pool, type PoolOptions, RemoteError } from "../../src/pool/mod.ts";
import type { BoardService, BoardStart } from "./fixtures/board_worker.ts";
import { Flag } from "./fixtures/flag.ts";

const MODULE = new URL("./fixtures/board_worker.ts", import.meta.url);

async function startPool(options: PoolOptions = { size: 2 }) {
  const results = new Float64Array(new SharedArrayBuffer(8 * 1000));
  const entered = new Flag();
  const release = new Flag();
  const start: BoardStart = {
    results: results.buffer,
    entered: entered.buffer,
    release: release.buffer,
  };
  const pool = await Pool.start<BoardService>(MODULE, {
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

Deno.test("many at once, more than the board holds, are all done; orders by message among them", async () => {
  await using set = await startPool();
  const { pool, results } = set;
  const large = new Float64Array(20_000).fill(1);
  const sweeps = Array.from({ length: 60 }, (_, i) => {
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
  assert.deepEqual(await Promise.all(sweeps), sweeps.map((_, i) => [String(i)]));
  assert.ok(results.slice(3, 20).every((result) => result === 2));
  assert.equal(pool.counters.pending, 0);
});

Deno.test("a batch whose worker dies is done by another, and so is a last call", async () => {
  await using set = await startPool();
  const { pool, results, entered } = set;
  await pool.parallelFor("dieOnce", numbersOf(20), { batches: 20 });
  assertDoubled(results, 20);
  assert.equal(pool.counters.lost, 1);
  assert.ok(entered.count >= 20);
});

Deno.test("a last call whose worker dies is made by another", async () => {
  await using set = await startPool();
  const { pool, results, entered } = set;
  const { value } = await pool.parallelForThenCall("double", numbersOf(20), {
    batches: 20,
    last: { name: "dieOnce", args: ["still here"] },
  });
  assertDoubled(results, 20);
  assert.deepEqual([value, entered.count, pool.counters.lost], ["still here", 2, 1]);
});

Deno.test("what throws is the caller's error, and an abort settles when the workers have left", async () => {
  await using set = await startPool();
  const { pool, results, entered, release } = set;
  await assert.rejects(pool.parallelFor("refuse", numbersOf(3), { batches: 3 }), RemoteError);
  const controller = new AbortController();
  const { signal } = controller;
  const sweep = pool.parallelFor("hold", numbersOf(9), { batches: 9, signal });
  await entered.reached(2);
  controller.abort(new Error("enough"));
  release.raise();
  await assert.rejects(sweep, { message: "enough" });
  await pool.parallelFor("double", numbersOf(40), { batches: 40 });
  assertDoubled(results, 40);
});

Deno.test("while a worker that was given up runs on, its sweep's place is nobody else's", async () => {
  await using set = await startPool({ size: 1, grace: 20 });
  const { pool, results, entered, release } = set;
  let stray: Promise<void> | undefined;
  const controller = new AbortController();
  const { signal } = controller;
  const sweep = pool.parallelFor("hold", numbersOf(900), {
    batches: 900,
    signal,
    onLeakedThread: (ended) => stray = ended,
  });
  await entered.reached(1);
  controller.abort(new Error("enough"));
  await assert.rejects(sweep, { message: "enough" });
  assert.ok(stray !== undefined);
  const next = pool.parallelFor("doubleLater", numbersOf(900), { batches: 900 });
  await entered.reached(2);
  // The stray finishes its batch and looks for another one.
  release.raise();
  await stray;
  release.raise();
  await next;
  assertDoubled(results, 900);
});

Deno.test("a task that is nearly done for long holds nobody up", async () => {
  await using set = await startPool();
  const { pool, entered, release } = set;
  const promised = pool.parallelForThenCall("double", numbersOf(2), {
    batches: 2,
    last: { name: "promise", args: ["kept"] },
  });
  const other = pool.parallelFor("hold", numbersOf(1), { batches: 1 });
  await entered.reached(1);
  release.raise();
  assert.equal((await promised).value, "kept");
  await other;
});
