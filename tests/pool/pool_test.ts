// Tests of the pool: right results, and every promise settles, whatever the workers do.

import assert from "node:assert/strict";
import {
  OverBudgetError,
  Pool,
  RemoteError,
  type Service,
  WorkerLostError,
} from "../../src/pool/mod.ts";
import { MAILBOX } from "../../src/pool/parallel/task_flags.ts";
import type { BatchArgument } from "./fixtures/bad_worker.ts";
import { Flag } from "./fixtures/flag.ts";
import {
  assertFull,
  assertSquares,
  batchesOf,
  DEATHS,
  startPool,
  turns,
  watch,
} from "./fixtures/bad_pool.ts";

Deno.test("calls give the functions' results, in their types", async () => {
  await using pool = await startPool();
  const square: number = await pool.apply("square", [12]);
  assert.equal(square, 144);
  assert.equal(await pool.apply("later", [1]), 2);
  const moved: Uint8Array = await pool.apply("moved", [5]);
  assert.equal(moved.join(), "7,7,7,7,7");
  const many = await Promise.all(Array.from({ length: 200 }, (_, i) => pool.apply("square", [i])));
  assert.ok(many.every((value, i) => value === i * i));
  assert.deepEqual(pool.counters, { alive: 2, lost: 0, leakedThreads: 0, pending: 0 });
  // @ts-expect-error: it takes a number
  await pool.apply("square", ["12"]);
  // @ts-expect-error: there is no such function
  await assert.rejects(pool.apply("cube", [3]), { name: "RemoteError", remoteName: /Reference/ });
});

Deno.test("buffers can be moved to a worker", async () => {
  await using pool = await startPool(1);
  const bytes = new Uint8Array(9);
  const length = await pool.apply("lengthOf", [bytes], { transfer: [bytes.buffer] });
  assert.deepEqual([length, bytes.length], [9, 0]);
});

Deno.test("a loop does every batch once and gives what it took", async () => {
  await using pool = await startPool();
  const { batches, argument, squares } = batchesOf(1000);
  let last = 0;
  const milliseconds = await pool.parallelFor("square", argument, {
    batches,
    onProgress: (done) => {
      assert.ok(done >= last && done <= batches);
      last = done;
    },
  });
  assertSquares(squares);
  assert.equal(last, batches);
  assert.ok(milliseconds >= 0);
  assert.equal(await pool.parallelFor("square", argument, { batches: 0 }), 0);
  assert.equal(pool.counters.pending, 0);
});

Deno.test("what a function throws arrives with its name, message and stack", async () => {
  await using pool = await startPool(1);
  const refused = pool.apply("refuse", ["no such thing"]);
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof RemoteError);
    assert.equal(error.name, "RemoteError");
    assert.equal(error.remoteName, "RangeError");
    assert.equal(error.message, "RangeError: no such thing");
    assert.match(error.remoteStack, /refuse.*bad_worker\.ts/);
    return true;
  });
  await assert.rejects(pool.apply("refuseWithText", ["just text"]), {
    name: "RemoteError",
    message: "Error: just text",
  });
  assert.equal(await pool.apply("square", [3]), 9);
  assert.equal(pool.counters.lost, 0);
});

Deno.test("what cannot be cloned is a TypeError here, a RemoteError there", async () => {
  await using pool = await startPool(1);
  const uncloneable = (() => 1) as unknown as number;
  await assert.rejects(pool.apply("square", [uncloneable]), {
    name: "TypeError",
    message: /^Cannot send the arguments of square: /,
  });
  const argument = { squares: uncloneable } as unknown as BatchArgument;
  await assert.rejects(pool.parallelFor("square", argument, { batches: 3 }), {
    name: "TypeError",
    message: /^Cannot send the arguments of square: /,
  });
  await assert.rejects(pool.apply("uncloneable", []), {
    name: "RemoteError",
    remoteName: "DataCloneError",
  });
  assert.equal(await pool.apply("square", [3]), 9);
  assert.deepEqual(pool.counters, { alive: 1, lost: 0, leakedThreads: 0, pending: 0 });
});

Deno.test("a batch that throws is done on another worker", async () => {
  await using pool = await startPool();
  const { batches, argument, squares } = batchesOf(100);
  await pool.parallelFor("fallSick", argument, { batches });
  assertSquares(squares);
  assert.equal(pool.counters.lost, 0);
});

Deno.test("a batch that always throws fails its loop alone", async () => {
  for (const size of [1, 2]) {
    await using pool = await startPool(size);
    const good = batchesOf(50);
    const [bad, done] = await Promise.allSettled([
      pool.parallelFor("refuse", undefined as never, { batches: 20 }),
      pool.parallelFor("square", good.argument, { batches: good.batches }),
    ]);
    assert.equal(done.status, "fulfilled");
    assertSquares(good.squares);
    assert.ok(bad.status === "rejected" && bad.reason instanceof RemoteError);
    assert.match(bad.reason.message, /^RangeError: cannot do batch \d+$/);
    assert.deepEqual(pool.counters, { alive: size, lost: 0, leakedThreads: 0, pending: 0 });
  }
});

Deno.test("a call whose worker dies is made again", async () => {
  await using pool = await startPool();
  for (const [i, death] of DEATHS.entries()) {
    assert.equal(await pool.apply("die", [death, new Flag().buffer, 1]), "alive", death);
    assert.equal(pool.counters.lost, i + 1);
  }
  await assertFull(pool);
});

Deno.test("a call that a dying worker had not begun does not count as tried", async () => {
  for (const death of DEATHS) {
    await using pool = await startPool(1);
    // Both go to the one worker; each takes one worker with it, and is then done.
    const calls = [1, 2].map(() => pool.apply("die", [death, new Flag().buffer, 1]));
    assert.deepEqual(await Promise.all(calls), ["alive", "alive"], death);
    assert.equal(pool.counters.lost, 2);
  }
});

Deno.test("a call that kills two workers fails, and its neighbours do not", async () => {
  for (const death of DEATHS) {
    await using pool = await startPool(1);
    const deadly = new Flag();
    const [died, ...squares] = await Promise.allSettled([
      pool.apply("die", [death, deadly.buffer, Infinity]),
      ...[1, 2, 3].map((x) => pool.apply("square", [x])),
    ]);
    assert.ok(died.status === "rejected" && died.reason instanceof WorkerLostError, death);
    assert.match(died.reason.message, /^A worker died over die: /);
    assert.equal(deadly.count, 2, death);
    assert.deepEqual(
      squares.map((result) => result.status === "fulfilled" && result.value),
      [1, 4, 9],
      death,
    );
    assert.equal(pool.counters.lost, 2);
    assert.equal(await pool.apply("square", [5]), 25);
    assert.equal(pool.counters.alive, 1);
  }
});

Deno.test("a batch whose worker dies is done again", async () => {
  await using pool = await startPool();
  for (const [i, death] of DEATHS.entries()) {
    const { batches, argument, squares } = batchesOf(40);
    await pool.parallelFor("die", { ...argument, death, deadly: 17, deaths: 1 }, { batches });
    assertSquares(squares);
    // What was thrown asynchronously kills after the batch, and may be reported after the loop.
    for (let round = 0; pool.counters.lost <= i && round < 10_000; round++) {
      await pool.apply("square", [round]);
    }
    assert.equal(pool.counters.lost, i + 1, death);
    await assertFull(pool);
  }
});

Deno.test("a batch that kills two workers fails its loop", async () => {
  await using pool = await startPool();
  for (const death of ["report", "close", "exit"] as const) {
    const { batches, argument, entered } = batchesOf(40);
    const order = { ...argument, death, deadly: 3, deaths: Infinity };
    await assert.rejects(pool.parallelFor("die", order, { batches }), {
      name: "WorkerLostError",
      message: /^A worker died over die: /,
    });
    assert.equal(entered.count, 2, "it is tried twice");
  }
  await assertFull(pool);
  assert.equal(pool.counters.lost, 6);
});

Deno.test("a loop survives the death of all workers at once", async () => {
  await using pool = await startPool();
  const { batches, argument, squares } = batchesOf(30);
  await pool.parallelFor("dieTogether", argument, { batches });
  assertSquares(squares);
  await assertFull(pool);
  assert.equal(pool.counters.lost, 2);
});

Deno.test("a worker that leaves with a batch in its hands is noticed", async () => {
  const module = new URL("./fixtures/quitter_worker.ts", import.meta.url);
  type Quitter = Service<Record<never, never>, { any: (argument: null) => () => void }>;
  await using pool = await Pool.start<Quitter>(module, { size: 1 });
  let done = 0;
  await pool.parallelFor("any", null, { batches: 10, onProgress: (now) => done = now });
  assert.equal(done, 10);
});

Deno.test("an aborted loop stops between batches, and settles when no worker is at it", async () => {
  await using pool = await startPool();
  const { batches, argument, entered, release } = batchesOf(10);
  const controller = new AbortController();
  const loop = pool.parallelFor("hold", argument, { batches, signal: controller.signal });
  const state = watch(loop);
  await entered.reached(2);
  controller.abort(new Error("enough"));
  await turns();
  assert.equal(state.settled, false, "two workers are still at it");
  release.raise();
  await assert.rejects(loop, { message: "enough" });
  assert.equal(entered.count, 2, "no further batch was begun");
  await assertFull(pool);
});

Deno.test("a long batch can see that it is to stop, and then is not done", async () => {
  await using pool = await startPool();
  const { batches, argument, entered, squares } = batchesOf(10);
  const controller = new AbortController();
  const loop = pool.parallelFor("listen", argument, { batches, signal: controller.signal });
  await entered.reached(2);
  controller.abort();
  await assert.rejects(loop, { name: "AbortError" });
  assert.ok(squares.every((square) => square === -1));
  const early = AbortSignal.abort();
  await assert.rejects(pool.parallelFor("listen", argument, { batches, signal: early }), {
    name: "AbortError",
  });
  await assertFull(pool);
});

Deno.test("a call can be aborted while it waits and while it runs", async () => {
  await using pool = await startPool(1);
  const entered = new Flag();
  const release = new Flag();
  const running = new AbortController();
  const waiting = new AbortController();
  const held = pool.apply("hold", [entered.buffer, release.buffer], { signal: running.signal });
  const counted = new Flag();
  const die = () =>
    pool.apply("die", ["report", counted.buffer, Infinity], { signal: waiting.signal });
  // One in the worker's mailbox; and one in the queue, for the mailbox is full.
  const inMailbox = die();
  const squares = Array.from({ length: MAILBOX }, (_, i) => pool.apply("square", [i]));
  const inLine = die();
  await entered.reached(1);
  assert.equal(pool.counters.pending, MAILBOX + 3);
  waiting.abort();
  await assert.rejects(inMailbox, { name: "AbortError" });
  await assert.rejects(inLine, { name: "AbortError" });
  assert.equal(pool.counters.pending, MAILBOX + 1);
  running.abort(new Error("no patience"));
  await assert.rejects(held, { message: "no patience" });
  assert.equal(pool.counters.pending, MAILBOX + 1, "the worker is still at it");
  release.raise();
  assert.deepEqual(await Promise.all(squares), squares.map((_, i) => i * i));
  assert.equal(counted.count, 0, "what was aborted in the queue is never begun");
  assert.deepEqual(pool.counters, { alive: 1, lost: 0, leakedThreads: 0, pending: 0 });
});

Deno.test("an abandoned call is not made again", async () => {
  await using pool = await startPool(1);
  const controller = new AbortController();
  const entered = new Flag();
  const release = new Flag();
  const call = pool.apply("holdAndDie", [entered.buffer, release.buffer], {
    signal: controller.signal,
  });
  await entered.reached(1);
  controller.abort();
  await assert.rejects(call, { name: "AbortError" });
  release.raise();
  assert.equal(await pool.apply("square", [6]), 36);
  assert.deepEqual([entered.count, pool.counters.lost], [1, 1]);
});

Deno.test("a call that is aborted in a worker's mailbox is not begun", async () => {
  await using pool = await startPool(1);
  const controller = new AbortController();
  const counted = new Flag();
  const release = new Flag();
  const held = pool.apply("hold", [new Flag().buffer, release.buffer]);
  const call = pool.apply("die", ["report", counted.buffer, Infinity], {
    signal: controller.signal,
  });
  controller.abort();
  await assert.rejects(call, { name: "AbortError" });
  release.raise();
  assert.equal(await held, "released");
  assert.equal(await pool.apply("square", [6]), 36);
  assert.deepEqual([counted.count, pool.counters.lost], [0, 0]);
});

Deno.test("a loop over its budget is stopped", async () => {
  await using pool = await startPool();
  const { batches, argument, entered } = batchesOf(5000);
  await assert.rejects(
    pool.parallelFor("dawdle", argument, { batches, budget: 50 }),
    (error) => error instanceof OverBudgetError && /more than 50 ms/.test(error.message),
  );
  // At 2 ms a batch, some 25 of them and what two workers did before they were stopped.
  assert.ok(entered.count > 0 && entered.count < 1000, `${entered.count} batches were done`);
  const enough = batchesOf(10);
  await pool.parallelFor("square", enough.argument, { batches: 10, budget: 10_000 });
  assertSquares(enough.squares);
});

Deno.test("a worker stays with a loop as long as nothing else waits for it", async () => {
  await using pool = await startPool(1);
  const { batches, argument, release: visits } = batchesOf(60);
  const began = performance.now();
  // At 2 ms a batch.
  await pool.parallelFor("dawdle", argument, { batches });
  const most = 1 + Math.floor((performance.now() - began) / 200);
  assert.ok(visits.count <= most, `${visits.count} visits, at most ${most} expected`);
});

Deno.test("a listener that throws fails its loop", async () => {
  await using pool = await startPool();
  const { batches, argument } = batchesOf(100);
  const onProgress = () => {
    throw new Error("bad listener");
  };
  await assert.rejects(pool.parallelFor("square", argument, { batches, onProgress }), {
    message: "bad listener",
  });
  await assertFull(pool);
});
