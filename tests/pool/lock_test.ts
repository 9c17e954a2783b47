// Lock: nothing lost among workers, and every way to wait for it.

import assert from "node:assert/strict";
import { Lock, type LockHandle } from "../../src/pool/sync/lock.ts";
import { hire, Step } from "./fixtures/crew.ts";
import type { LockJob } from "./fixtures/lock_worker.ts";

function job(job: LockJob): Promise<unknown> {
  return hire("./lock_worker.ts", job);
}

Deno.test("4 workers and the main thread count to 101,000 under a lock and lose nothing", async () => {
  const lock = new Lock();
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const crew = Array.from(
    { length: 4 },
    () => job({ task: "count", lock: lock.toHandle(), cell, times: 25_000 }),
  );
  for (let i = 0; i < 1000; i++) {
    using _held = await lock.holdAsync();
    const before = cell[0]!;
    await Promise.resolve();
    cell[0] = before + 1;
  }
  await Promise.all(crew);
  assert.equal(cell[0], 101_000);
  assert.equal(lock.locked, false);
});

Deno.test("a lock held by a worker: timeouts pass, and its release wakes who awaits", async () => {
  const lock = new Lock();
  const held = new Step();
  const letGo = new Step();
  const holder = job({
    task: "hold",
    lock: lock.toHandle(),
    held: held.cells,
    letGo: letGo.cells,
  });
  held.waitFor(1);
  assert.equal(lock.locked, true);
  assert.equal(lock.tryAcquire(), false);
  assert.equal(lock.acquire(0), false);
  assert.equal(lock.acquire(5), false);
  assert.equal(await lock.acquireAsync({ timeout: 0 }), false);
  assert.equal(await lock.acquireAsync({ timeout: 5 }), false);
  assert.throws(() => lock.hold(5), { name: "TimeoutError" });
  await assert.rejects(lock.holdAsync({ timeout: 5 }), { name: "TimeoutError" });

  const acquired = lock.acquireAsync();
  letGo.take();
  assert.equal(await acquired, true);
  assert.equal(await holder, true);
  lock.release();
});

Deno.test("a lock held by a worker: its release wakes who blocks", async () => {
  const lock = new Lock();
  const held = new Step();
  const letGo = new Step();
  const first = job({
    task: "hold",
    lock: lock.toHandle(),
    held: held.cells,
    letGo: letGo.cells,
  });
  held.waitFor(1);
  const second = job({
    task: "hold",
    lock: lock.toHandle(),
    held: held.cells,
    letGo: letGo.cells,
  });
  letGo.take();
  assert.deepEqual(await Promise.all([first, second]), [true, true]);
  assert.equal(held.count, 2);
});

Deno.test("those who await a lock in one thread get it in the order of their calls", async () => {
  const lock = new Lock();
  lock.acquire();
  const order: number[] = [];
  const waits = [1, 2, 3].map(async (who) => {
    await lock.acquireAsync();
    order.push(who);
    lock.release();
  });
  lock.release();
  await Promise.all(waits);
  assert.deepEqual(order, [1, 2, 3]);
});

Deno.test("an aborted wait rejects with the reason and takes nothing from those behind it", async () => {
  const lock = new Lock();
  lock.acquire();
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const aborted = assert.rejects(lock.acquireAsync({ signal: controller.signal }), reason);
  const next = lock.acquireAsync();
  controller.abort(reason);
  await aborted;
  lock.release();
  assert.equal(await next, true);
  lock.release();
  await assert.rejects(lock.acquireAsync({ signal: controller.signal }), reason);
  assert.equal(lock.locked, false);
});

Deno.test("a block that throws leaves the lock free, and a lock is released once", async () => {
  const lock = new Lock();
  assert.throws(() => {
    using _held = lock.hold();
    throw new Error("inside");
  }, /inside/);
  assert.equal(lock.locked, false);
  {
    await using _held = await lock.holdAsync();
    assert.equal(lock.locked, true);
  }
  const held = lock.hold();
  held[Symbol.dispose]();
  lock.acquire();
  held[Symbol.dispose]();
  assert.equal(lock.locked, true);
  lock.release();
});

Deno.test("to release a lock nobody holds is an error, and leaves it usable", () => {
  const lock = new Lock();
  assert.throws(() => lock.release(), /Cannot release the lock as it is not held/);
  assert.equal(lock.tryAcquire(), true);
  lock.release();
});

Deno.test("a handle names the same lock; another handle is a TypeError; so is a wrong timeout a RangeError", async () => {
  const lock = new Lock();
  const same = Lock.from(structuredClone(lock.toHandle()));
  lock.acquire();
  assert.equal(same.tryAcquire(), false);
  same.release();
  assert.equal(lock.locked, false);
  assert.throws(() => Lock.from({ kind: "queue" } as unknown as LockHandle), TypeError);
  lock.acquire();
  assert.throws(() => lock.acquire(-1), RangeError);
  assert.throws(() => lock.acquire(NaN), RangeError);
  await assert.rejects(lock.acquireAsync({ timeout: -1 }), RangeError);
});
