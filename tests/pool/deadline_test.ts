// Tests of deadlines: the caller learns it at once, a task that stops keeps its worker, another loses it.

import assert from "node:assert/strict";
import {
  currentTask,
  DeadlineError,
  Pool,
  type PoolOptions,
  serve,
  WorkerLostError,
} from "../../src/pool/mod.ts";
import { MAILBOX } from "../../src/pool/parallel/task_flags.ts";
import { Flag } from "./fixtures/flag.ts";
import type { SlowService, SlowStart } from "./fixtures/slow_worker.ts";

const MODULE = new URL("./fixtures/slow_worker.ts", import.meta.url);

/** Milliseconds: shorter than anything that must not overrun, on a busy machine. */
const SHORT = 30;
/** Milliseconds that no test reaches unless it fails. */
const LONG = 20_000;

function startPool(options: PoolOptions = {}): Promise<SlowPool> {
  return Pool.start<SlowService>(MODULE, { size: 2, grace: LONG, ...options });
}

type SlowPool = Awaited<ReturnType<typeof Pool.start<SlowService>>>;

function buffer(): SharedArrayBuffer {
  return new Flag().buffer;
}

for (const name of ["obey", "await"] as const) {
  Deno.test(`a task over its deadline is asked to stop, and its worker stays: ${name}`, async () => {
    await using pool = await startPool({ size: 1 });
    const entered = new Flag();
    const obeyed = new Flag();
    const call = pool.apply(name, [entered.buffer, obeyed.buffer], { deadline: SHORT });
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof DeadlineError);
      assert.match(error.message, new RegExp(`^Cannot wait longer for ${name}: it took 30 ms$`));
      return true;
    });
    await obeyed.reached(1);
    assert.equal(await pool.apply("square", [3]), 9);
    assert.deepEqual(pool.counters, { alive: 1, lost: 0, leakedThreads: 0, pending: 0 });
  });

  Deno.test(`an aborted task that runs is asked to stop, and its worker stays: ${name}`, async () => {
    await using pool = await startPool({ size: 1 });
    const entered = new Flag();
    const obeyed = new Flag();
    const controller = new AbortController();
    const { signal } = controller;
    const call = pool.apply(name, [entered.buffer, obeyed.buffer], { signal });
    await entered.reached(1);
    controller.abort(new Error("changed my mind"));
    await assert.rejects(call, { message: "changed my mind" });
    await obeyed.reached(1);
    assert.equal(await pool.apply("square", [3]), 9);
    assert.equal(pool.counters.lost, 0);
  });
}

Deno.test("a worker that does not listen is replaced, leaked as long as it runs", async () => {
  await using pool = await startPool({ size: 1, grace: SHORT });
  const [entered, release, left] = [new Flag(), new Flag(), new Flag()];
  const call = pool.apply("ignore", [entered.buffer, release.buffer, left.buffer], {
    deadline: SHORT,
  });
  // Next in the worker's mailbox, and then in the queue: not to blame.
  const squares = Array.from({ length: MAILBOX + 1 }, (_, i) => pool.apply("square", [i]));
  await assert.rejects(call, DeadlineError);
  assert.deepEqual(await Promise.all(squares), squares.map((_, i) => i * i));
  assert.deepEqual(pool.counters, { alive: 1, lost: 1, leakedThreads: 1, pending: 0 });
  assert.equal(entered.count, 1, "a task over its deadline is not tried again");
  release.raise();
  await left.reached(1);
  pool.terminate();
  assert.equal(await pool.join(), true, "its thread has ended, for it was not busy for ever");
  assert.equal(pool.counters.leakedThreads, 0);
});

Deno.test("a worker that goes on with what was aborted is replaced too", async () => {
  await using pool = await startPool({ size: 1, grace: SHORT });
  const [entered, release, left] = [new Flag(), new Flag(), new Flag()];
  const controller = new AbortController();
  const { signal } = controller;
  const calls = [
    pool.apply("ignore", [entered.buffer, release.buffer, left.buffer], { signal }),
    pool.apply("forget", [], { signal }),
  ];
  await entered.reached(1);
  controller.abort(new Error("enough"));
  for (const call of calls) await assert.rejects(call, { message: "enough" });
  assert.equal(await pool.apply("square", [5]), 25);
  assert.deepEqual(pool.counters, { alive: 1, lost: 1, leakedThreads: 1, pending: 0 });
  release.raise();
  await left.reached(1);
  const forgotten = pool.apply("forget", [], { deadline: SHORT });
  await assert.rejects(forgotten, DeadlineError);
  assert.equal(await pool.apply("square", [6]), 36);
  assert.equal(pool.counters.lost, 2);
});

Deno.test("what was queued behind an overrun counts as not tried: it may still lose a worker", async () => {
  await using pool = await startPool({ size: 1, grace: SHORT });
  const [entered, release, left, vanished] = [new Flag(), new Flag(), new Flag(), new Flag()];
  const call = pool.apply("ignore", [entered.buffer, release.buffer, left.buffer], {
    deadline: SHORT,
  });
  const behind = pool.apply("vanish", [vanished.buffer, 1]);
  await assert.rejects(call, DeadlineError);
  assert.equal(await behind, "alive");
  assert.equal(pool.counters.lost, 2);
  release.raise();
});

Deno.test("the clock runs from when a worker takes the task up, not in the queue", async () => {
  await using pool = await startPool({ size: 1 });
  const [entered, release, left] = [new Flag(), new Flag(), new Flag()];
  const held = pool.apply("ignore", [entered.buffer, release.buffer, left.buffer]);
  const square = pool.apply("square", [4], { deadline: LONG / 2 });
  const short = pool.apply("obey", [buffer(), buffer()], { deadline: SHORT });
  await entered.reached(1);
  assert.equal(await Promise.race([short.catch(() => "settled"), twice(SHORT)]), "waited");
  release.raise();
  assert.equal(await held, "too late");
  assert.equal(await square, 16);
  await assert.rejects(short, DeadlineError);
});

/** Lets twice that many milliseconds pass: what a clock that wrongly runs would take to show it. */
function twice(milliseconds: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve("waited"), 2 * milliseconds));
}

Deno.test("map, starmap, imap and their likes have deadlines, a chunk at a time", async () => {
  const never: [SharedArrayBuffer, SharedArrayBuffer] = [buffer(), buffer()];
  await using pool = await startPool({ deadline: SHORT });
  await assert.rejects(pool.starmap("obey", [never, never, never]), DeadlineError);
  await assert.rejects(pool.starmapAsync("obey", [never]).get(), DeadlineError);
  await assert.rejects(pool.applyAsync("await", never).get(), DeadlineError);
  await assert.rejects(pool.parallelFor("obey", [buffer()], { batches: 9 }), {
    name: "DeadlineError",
    message: "Cannot wait longer for obey: a batch took 30 ms",
  });
  const many = Array.from({ length: 1000 }, (_, i) => i);
  const deadline = LONG;
  assert.equal((await pool.map("square", many, { chunkSize: 1, deadline }))[999], 998_001);
  assert.equal((await Array.fromAsync(pool.imap("square", many, { deadline })))[999], 998_001);
  assert.equal(
    (await Array.fromAsync(pool.imapUnordered("square", many, { deadline }))).length,
    1000,
  );
  for (const wrong of [0, -1, NaN]) {
    const options = { deadline: wrong };
    await assert.rejects(pool.apply("square", [1], options), RangeError);
    await assert.rejects(pool.map("square", [1], options), RangeError);
    await assert.rejects(pool.imap("square", [1], options).next(), RangeError);
    await assert.rejects(
      pool.parallelFor("obey", [buffer()], { batches: 1, ...options }),
      RangeError,
    );
    await assert.rejects(startPool({ deadline: wrong }), RangeError);
    await assert.rejects(startPool({ grace: wrong }), RangeError);
    await assert.rejects(startPool({ startDeadline: wrong }), RangeError);
  }
});

Deno.test("a loop's worker that does not listen is replaced, and its memory is said to be in use", async () => {
  await using pool = await startPool({ grace: SHORT });
  const [entered, release] = [new Flag(), new Flag()];
  let leaked: Promise<void> | undefined;
  const loop = pool.parallelFor("ignore", [entered.buffer, release.buffer], {
    batches: 10,
    deadline: SHORT,
    onLeakedThread: (ended) => leaked = ended,
  });
  await assert.rejects(loop, DeadlineError);
  assert.ok(leaked !== undefined, "it was reported before the loop was over");
  assert.deepEqual([pool.counters.lost, pool.counters.leakedThreads], [1, 1]);
  release.raise();
  await leaked;
  assert.equal(pool.counters.leakedThreads, 0);
});

Deno.test("a worker that hangs in its start is given up", async () => {
  const release = new Flag();
  const ways: SlowStart[] = ["waits for ever", { busyUntil: release.buffer }];
  for (const way of ways) {
    const start = startPool({ startDeadline: 500, grace: SHORT, startArgument: () => way });
    await assert.rejects(start, {
      name: "DeadlineError",
      message: "A worker did not start within 500 ms",
    });
  }
  release.raise();
  const module = new URL("./fixtures/stuck_worker.ts", import.meta.url);
  await assert.rejects(Pool.start<SlowService>(module, { size: 1, startDeadline: 500 }), {
    name: "DeadlineError",
  });
});

Deno.test("a replacement that hangs in its start is replaced again", async () => {
  let starts = 0;
  const startArgument = (): SlowStart => ++starts === 2 ? "waits for ever" : "at once";
  await using pool = await startPool({ size: 1, startDeadline: 2000, startArgument });
  assert.equal(await pool.apply("vanish", [buffer(), 1]), "alive");
  assert.deepEqual([starts, pool.counters.lost], [3, 2]);
});

Deno.test("a pool's start can be given up", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const start = startPool({ signal, startArgument: (): SlowStart => "waits for ever" });
  controller.abort(new Error("no patience"));
  await assert.rejects(start, { message: "no patience" });
  await assert.rejects(startPool({ signal }), { message: "no patience" });
});

Deno.test("a worker that ends without a word is missed", async () => {
  await using pool = await startPool({ size: 1 });
  const entered = new Flag();
  assert.equal(await pool.apply("vanish", [entered.buffer, 1]), "alive");
  assert.deepEqual([entered.count, pool.counters.lost], [2, 1]);
  await assert.rejects(pool.apply("vanish", [entered.buffer, Infinity]), (error) => {
    assert.ok(error instanceof WorkerLostError);
    assert.match(error.message, /^A worker died over vanish: .*ended without a word$/);
    return true;
  });
});

Deno.test("whatever is thrown arrives as an error", async () => {
  await using pool = await startPool({ size: 1 });
  await assert.rejects(pool.apply("throwOdd", []), { name: "RemoteError" });
  await assert.rejects(pool.apply("throwSymbols", []), {
    name: "RemoteError",
    remoteName: "Symbol(name)",
  });
  assert.equal(pool.counters.lost, 0);
});

Deno.test("a worker does one task at a time, and only that one is stopped", async () => {
  await using pool = await startPool({ size: 1 });
  assert.throws(() => currentTask(), TypeError);
  assert.throws(() => serve({}), TypeError);
  const kept = await Promise.all([1, 2, 3].map(() => pool.apply("waitAWhile", [])));
  assert.deepEqual(kept, [true, true, true]);
  // The flag of a task that was stopped is used again: its successors are not.
  for (let round = 0; round < 4; round++) {
    await assert.rejects(pool.apply("await", [buffer(), buffer()], { deadline: 1 }), DeadlineError);
    assert.equal(await pool.apply("glance", []), false);
  }
});
