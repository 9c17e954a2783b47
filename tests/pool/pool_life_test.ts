// Tests of a pool's life: sharing, closing, terminating, and workers that fail to start.

import assert from "node:assert/strict";
import { Pool, PoolClosedError, RemoteError } from "../../src/pool/mod.ts";
import type { BadService, BadStart } from "./fixtures/bad_worker.ts";
import { Flag } from "./fixtures/flag.ts";
import {
  assertFull,
  assertSquares,
  batchesOf,
  MODULE,
  startPool,
  turns,
  watch,
} from "./fixtures/bad_pool.ts";

Deno.test("two loops share the workers: a short one does not wait for a long one", async () => {
  await using pool = await startPool();
  const long = batchesOf(4000);
  const controller = new AbortController();
  const { signal } = controller;
  const slow = pool.parallelFor("dawdle", long.argument, { batches: long.batches, signal });
  await long.entered.reached(1);
  const short = batchesOf(8);
  await pool.parallelFor("dawdle", short.argument, { batches: short.batches });
  assertSquares(short.squares);
  const meanwhile = long.entered.count;
  assert.ok(meanwhile < long.batches / 4, `${meanwhile} batches of the long one came first`);
  controller.abort();
  await assert.rejects(slow, { name: "AbortError" });
});

Deno.test("neither loops nor calls wait behind a long call while another worker is free", async () => {
  await using pool = await startPool();
  const entered = new Flag();
  const release = new Flag();
  const held = pool.apply("hold", [entered.buffer, release.buffer]);
  await entered.reached(1);
  const { batches, argument, squares } = batchesOf(50);
  await Promise.all([
    pool.parallelFor("square", argument, { batches }),
    pool.apply("square", [4]),
  ]);
  assertSquares(squares);
  release.raise();
  assert.equal(await held, "released");
});

Deno.test("a call does not wait behind a long one once another worker is free", async () => {
  await using pool = await startPool();
  const [entered, release, later] = [new Flag(), new Flag(), new Flag()];
  const long = pool.apply("hold", [entered.buffer, release.buffer]);
  const short = pool.apply("hold", [entered.buffer, later.buffer]);
  await entered.reached(2);
  // Both workers are busy: each gets two of these into its mailbox.
  const squares = [1, 2, 3, 4].map((x) => pool.apply("square", [x]));
  later.raise();
  assert.equal(await short, "released");
  assert.deepEqual(await Promise.all(squares), [1, 4, 9, 16]);
  release.raise();
  assert.equal(await long, "released");
  assert.deepEqual(pool.counters, { alive: 2, lost: 0, leakedThreads: 0, pending: 0 });
});

Deno.test("close waits for what was taken and takes no more", async () => {
  const pool = await startPool();
  const { batches, argument, entered, release, squares } = batchesOf(6);
  const loop = pool.parallelFor("hold", argument, { batches });
  await entered.reached(2);
  const call = pool.apply("square", [7]);
  const closed = pool.close();
  const again = pool.close();
  const state = watch(closed);
  const refused = { name: "PoolClosedError", message: /closed/ };
  await assert.rejects(pool.apply("square", [1]), refused);
  await assert.rejects(pool.parallelFor("square", argument, { batches }), refused);
  await turns();
  assert.equal(state.settled, false);
  release.raise();
  await Promise.all([closed, again]);
  assert.equal(await call, 49);
  await loop;
  assertSquares(squares);
  assert.deepEqual(pool.counters, { alive: 0, lost: 0, leakedThreads: 0, pending: 0 });
});

Deno.test("a pool that is closing still replaces its dead", async () => {
  const pool = await startPool(1);
  const call = pool.apply("die", ["report", new Flag().buffer, 1]);
  await pool.close();
  assert.equal(await call, "alive");
});

Deno.test("terminate rejects everything at once", async () => {
  const pool = await startPool();
  const { batches, argument, entered, release } = batchesOf(10);
  const tasks: Promise<unknown>[] = [
    pool.parallelFor("hold", argument, { batches }),
    ...[1, 2, 3, 4, 5].map((x) => pool.apply("square", [x])),
  ];
  await entered.reached(2);
  const closing = pool.close();
  pool.terminate();
  const results = await Promise.allSettled(tasks);
  await closing;
  assert.ok(
    results.every(({ status, ...rest }) =>
      status === "rejected" && "reason" in rest && rest.reason instanceof PoolClosedError
    ),
  );
  assert.deepEqual(pool.counters, { alive: 0, lost: 0, leakedThreads: 2, pending: 0 });
  await assert.rejects(pool.apply("square", [1]), PoolClosedError);
  // A thread that is parked cannot be terminated.
  release.raise();
  assert.equal(await pool.join(), true);
  assert.equal(pool.counters.leakedThreads, 0);
});

Deno.test("a start that fails rejects the pool's start", async () => {
  const starts = new Flag();
  const argument: BadStart = { starts: starts.buffer, failFrom: 1 };
  await assert.rejects(
    Pool.start<BadService>(MODULE, { size: 2, startArgument: () => argument }),
    { name: "RemoteError", message: /^EvalError: start \d+ fails$/ },
  );
  assert.ok(starts.count >= 6, "it was tried a few times");
  await assert.rejects(
    Pool.start<BadService>(new URL("./fixtures/no_such_worker.js", import.meta.url), { size: 1 }),
    RemoteError,
  );
  await assert.rejects(
    Pool.start<BadService>(MODULE, { size: 2, startArgument: () => () => 1 }),
    RemoteError,
  );
  await assert.rejects(
    Pool.start<BadService>(MODULE, {
      size: 2,
      startArgument: () => {
        throw new RangeError("nothing left");
      },
    }),
    { message: "RangeError: nothing left" },
  );
  for (const size of [0, -1, 1.5, NaN]) {
    await assert.rejects(Pool.start<BadService>(MODULE, { size }), { name: "RangeError" });
  }
});

Deno.test("a worker that fails to start now and then is started again", async () => {
  const starts = new Flag();
  let given = 0;
  // Every second argument makes the start fail.
  const startArgument = (): BadStart => ({
    starts: starts.buffer,
    failFrom: ++given % 2 === 1 ? 0 : Infinity,
  });
  await using pool = await Pool.start<BadService>(MODULE, { size: 2, startArgument });
  await assertFull(pool);
  assert.ok(pool.counters.lost > 0);
});

Deno.test("when no worker can be replaced, what is under way fails", async () => {
  const starts = new Flag();
  const argument: BadStart = { starts: starts.buffer, failFrom: 2 };
  const pool = await Pool.start<BadService>(MODULE, { size: 1, startArgument: () => argument });
  const call = pool.apply("die", ["exit", new Flag().buffer, 1]);
  await assert.rejects(call, PoolClosedError);
  await assert.rejects(pool.apply("square", [1]), PoolClosedError);
});
