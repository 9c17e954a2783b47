// Tests of a loop's last call: made once, when all is done, and as hard to lose as a batch.

import assert from "node:assert/strict";
import { OverBudgetError, RemoteError } from "../../src/pool/mod.ts";
import {
  assertFull,
  assertSquares,
  batchesOf,
  startPool,
  turns,
  watch,
} from "./fixtures/bad_pool.ts";
import { Flag } from "./fixtures/flag.ts";

Deno.test("the last call comes once, after all batches, and its result comes back", async () => {
  await using pool = await startPool();
  for (const count of [0, 1, 2, 40, 1000]) {
    const { batches, argument, squares } = batchesOf(count);
    const called = new Flag();
    let progress = 0;
    const { milliseconds, value } = await pool.parallelForThenCall("square", argument, {
      batches,
      last: { name: "countSquares", args: [argument.squares, called.buffer] },
      onProgress: (done) => {
        assert.ok(done <= batches, "the call does not count as a batch");
        progress = done;
      },
    });
    assertSquares(squares);
    const counted: number = value;
    assert.deepEqual([counted, called.count, progress], [count, 1, count]);
    assert.ok(milliseconds >= 0);
  }
  await assertFull(pool);
});

Deno.test("the last call does not wait for another turn when its worker's slice is over", async () => {
  await using pool = await startPool(1);
  const long = batchesOf(1000);
  const controller = new AbortController();
  const { signal } = controller;
  const other = pool.parallelFor("dawdle", long.argument, { batches: long.batches, signal });
  await long.entered.reached(1);
  const short = batchesOf(1);
  const ended = pool.parallelForThenCall("hold", short.argument, {
    batches: short.batches,
    last: { name: "countSquares", args: [long.argument.squares, new Flag().buffer] },
  });
  await short.entered.reached(1);
  const before = long.squares.filter((square) => square >= 0).length;
  // Its one batch outlasts the slice of 20 ms; the long loop has open batches all the while.
  const end = performance.now() + 25;
  while (performance.now() < end) await turns();
  short.release.raise();
  assert.equal((await ended).value, before);
  controller.abort();
  await assert.rejects(other, { name: "AbortError" });
});

Deno.test("what is moved comes with the last call, and promises are waited for", async () => {
  await using pool = await startPool();
  const { batches, argument } = batchesOf(9);
  const moved = await pool.parallelForThenCall("square", argument, {
    batches,
    last: { name: "moved", args: [3] },
  });
  assert.equal(moved.value.join(), "7,7,7");
  const later = await pool.parallelForThenCall("square", argument, {
    batches,
    last: { name: "later", args: [6] },
  });
  assert.equal(later.value, 7);
});

Deno.test("a worker's answer counts though the worker ends right after it", async () => {
  await using pool = await startPool(1);
  for (const length of [3, 30_000, 2 ** 21]) {
    const { batches, argument } = batchesOf(2);
    const called = new Flag();
    const { value } = await pool.parallelForThenCall("square", argument, {
      batches,
      last: { name: "movedAtLast", args: [length, called.buffer] },
    });
    assert.deepEqual([value.length, value.at(-1), called.count], [length, 7, 1]);
  }
});

Deno.test("a last call whose worker dies is made by another", async () => {
  await using pool = await startPool();
  const { batches, argument, squares } = batchesOf(20);
  const entered = new Flag();
  const { value } = await pool.parallelForThenCall("square", argument, {
    batches,
    last: { name: "die", args: ["close", entered.buffer, 1] },
  });
  assertSquares(squares);
  assert.deepEqual([value, entered.count], ["alive", 2]);
  await assertFull(pool);
  assert.equal(pool.counters.lost, 1);
});

Deno.test("a last call over which two workers die fails its loop, and so does one that throws", async () => {
  await using pool = await startPool();
  const { batches, argument } = batchesOf(20);
  const entered = new Flag();
  const deadly = pool.parallelForThenCall("square", argument, {
    batches,
    last: { name: "die", args: ["report", entered.buffer, Infinity] },
  });
  await assert.rejects(deadly, { name: "WorkerLostError" });
  assert.equal(entered.count, 2);
  for (
    const last of [{ name: "refuse", args: ["no"] }, { name: "uncloneable", args: [] }] as const
  ) {
    await assert.rejects(
      pool.parallelForThenCall("square", argument, { batches, last }),
      RemoteError,
    );
  }
  await assertFull(pool);
});

Deno.test("an aborted last call settles when its worker has left, and a batch's abort prevents it", async () => {
  await using pool = await startPool();
  const { batches, argument } = batchesOf(4);
  const [entered, release] = [new Flag(), new Flag()];
  const controller = new AbortController();
  const loop = pool.parallelForThenCall("square", argument, {
    batches,
    signal: controller.signal,
    last: { name: "hold", args: [entered.buffer, release.buffer] },
  });
  const state = watch(loop);
  await entered.reached(1);
  controller.abort(new Error("enough"));
  await turns();
  assert.equal(state.settled, false, "a worker is still at it");
  release.raise();
  await assert.rejects(loop, { message: "enough" });

  const held = batchesOf(4);
  const called = new Flag();
  const early = new AbortController();
  const stopped = pool.parallelForThenCall("listen", held.argument, {
    batches: 4,
    signal: early.signal,
    last: { name: "countSquares", args: [held.argument.squares, called.buffer] },
  });
  await held.entered.reached(2);
  early.abort();
  await assert.rejects(stopped, { name: "AbortError" });
  assert.equal(called.count, 0);
  await assertFull(pool);
});

Deno.test("the last call is not in the budget, but a loop over its budget has none", async () => {
  await using pool = await startPool();
  const { batches, argument, entered } = batchesOf(1000);
  const called = new Flag();
  const last = {
    name: "countSquares" as const,
    args: [argument.squares, called.buffer] as [SharedArrayBuffer, SharedArrayBuffer],
  };
  await assert.rejects(
    pool.parallelForThenCall("dawdle", argument, { batches, budget: 50, last }),
    OverBudgetError,
  );
  assert.ok(entered.count < batches);
  assert.equal(called.count, 0);
});
