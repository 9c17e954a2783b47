// Tests of ends: close, terminate and join as Python's, a process's end, and waits that can be given up.

import assert from "node:assert/strict";
import { Pool, PoolClosedError } from "../../src/pool/mod.ts";
import { Process } from "../../src/pool/processes.ts";
import { Flag } from "./fixtures/flag.ts";
import type { SlowService } from "./fixtures/slow_worker.ts";
import { turns, watch } from "./fixtures/bad_pool.ts";

const MODULE = new URL("./fixtures/slow_worker.ts", import.meta.url);

function startPool(size = 2) {
  return Pool.start<SlowService>(MODULE, { size, grace: 100 });
}

function hold() {
  const [entered, release, left] = [new Flag(), new Flag(), new Flag()];
  const args: [SharedArrayBuffer, SharedArrayBuffer, SharedArrayBuffer] = [
    entered.buffer,
    release.buffer,
    left.buffer,
  ];
  return { entered, release, left, args };
}

Deno.test("a pool that takes work cannot be joined, as in Python", async () => {
  await using pool = await startPool();
  await assert.rejects(pool.join(), TypeError);
  assert.equal(await pool.apply("square", [2]), 4);
});

Deno.test("join waits for a closed pool's work and workers, and as often as one likes", async () => {
  const pool = await startPool();
  const { entered, release, args } = hold();
  const call = pool.apply("ignore", args);
  await entered.reached(1);
  const closed = pool.close();
  const joined = pool.join();
  const state = watch(joined);
  assert.equal(await pool.join(1), false, "the time is over first");
  const controller = new AbortController();
  const { signal } = controller;
  const waits = [pool.join({ signal }), pool.close({ signal })];
  controller.abort(new Error("no patience"));
  for (const wait of waits) await assert.rejects(wait, { message: "no patience" });
  await turns();
  assert.equal(state.settled, false);
  await assert.rejects(pool.apply("square", [1]), {
    name: "PoolClosedError",
    message: "Cannot give work to the pool: it is closed",
  });
  release.raise();
  assert.equal(await call, "too late");
  assert.equal(await joined, true);
  await closed;
  assert.equal(await pool.join(), true);
  assert.deepEqual(pool.counters, { alive: 0, lost: 0, leakedThreads: 0, pending: 0 });
});

Deno.test("terminate asks what runs to stop, and join then finds all threads ended", async () => {
  const pool = await startPool();
  const [entered, obeyed] = [new Flag(), new Flag()];
  const calls = [1, 2].map(() => pool.apply("obey", [entered.buffer, obeyed.buffer]));
  await entered.reached(2);
  pool.terminate();
  for (const call of calls) {
    await assert.rejects(call, { name: "PoolClosedError", message: "The pool was terminated" });
  }
  assert.equal(await pool.join(), true);
  assert.equal(pool.counters.alive, 0);
});

Deno.test("leaving the block terminates the pool, as Python's context manager does", async () => {
  const [entered, obeyed] = [new Flag(), new Flag()];
  let call: Promise<unknown>;
  let left: Awaited<ReturnType<typeof startPool>>;
  {
    await using pool = await startPool();
    left = pool;
    call = pool.apply("obey", [entered.buffer, obeyed.buffer]);
    call.catch(() => {});
    await entered.reached(1);
  }
  await assert.rejects(call, PoolClosedError);
  assert.deepEqual(left.counters, { alive: 0, lost: 0, leakedThreads: 0, pending: 0 });
});

Deno.test("who waits for a result can give up, and the call goes on", async () => {
  await using pool = await startPool(1);
  const { entered, release, args } = hold();
  const result = pool.applyAsync("ignore", args);
  await entered.reached(1);
  const controller = new AbortController();
  const { signal } = controller;
  const waits = [result.get({ signal }), result.wait({ signal, timeout: 60_000 })];
  controller.abort(new Error("no patience"));
  for (const wait of waits) await assert.rejects(wait, { message: "no patience" });
  await assert.rejects(result.get(-1), RangeError);
  release.raise();
  assert.equal(await result.get(), "too late");
});

Deno.test("imap and imapUnordered report progress and can be called off", async () => {
  await using pool = await startPool();
  for (const way of ["imap", "imapUnordered"] as const) {
    const seen: number[] = [];
    const controller = new AbortController();
    const results = pool[way]("square", Array.from({ length: 100 }, (_, i) => i), {
      chunkSize: 3,
      signal: controller.signal,
      onProgress: (done) => seen.push(done),
    });
    for (let i = 0; i < 7; i++) await results.next();
    assert.deepEqual(seen, [3, 6, 9]);
    controller.abort(new Error("enough"));
    const rest = Array.fromAsync(results);
    await assert.rejects(rest, { message: "enough" });
  }
  assert.equal(await pool.apply("square", [3]), 9);
});

Deno.test("a process that is terminated is alive as long as its thread is", async () => {
  const { entered, release, args } = hold();
  const busy = new Process<SlowService, "ignore">(MODULE, "ignore", args);
  await assert.rejects(busy.join(), TypeError);
  busy.start();
  await entered.reached(1);
  busy.terminate();
  assert.equal(await busy.join(20), false);
  assert.deepEqual([busy.isAlive, busy.exitCode], [true, null]);
  const controller = new AbortController();
  const joined = busy.join({ signal: controller.signal });
  controller.abort(new Error("no patience"));
  await assert.rejects(joined, { message: "no patience" });
  release.raise();
  assert.equal(await busy.join(), true);
  assert.deepEqual([busy.isAlive, busy.exitCode], [false, -15]);
});

Deno.test("a process has the code it exited with, and misses one that vanished", async () => {
  for (const code of [0, 3]) {
    await using exits = new Process<SlowService, "exitWith">(MODULE, "exitWith", [code]);
    exits.start();
    assert.equal(await exits.join(), true);
    assert.equal(exits.exitCode, code);
  }
  const flag = new Flag();
  await using gone = new Process<SlowService, "vanish">(MODULE, "vanish", [flag.buffer, 1]);
  gone.start();
  await gone.join();
  assert.equal(gone.exitCode, 1);
  assert.match(gone.error!.message, /ended without a word/);
});
