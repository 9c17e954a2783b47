/** The pool's methods that Python has too: apply, map, starmap, imap, and their asynchronous forms. */

import assert from "node:assert/strict";
import {
  chunksOf,
  defaultChunkSize,
  Pool,
  PoolClosedError,
  RemoteError,
  ResultTimeoutError,
} from "../../src/pool/mod.ts";
import { Process } from "../../src/pool/processes.ts";
import type { LessonService } from "./fixtures/lesson_worker.ts";

const module = new URL("./fixtures/lesson_worker.ts", import.meta.url);

function startPool(size = 2): Promise<Awaited<ReturnType<typeof Pool.start<LessonService>>>> {
  return Pool.start<LessonService>(module, { size });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

Deno.test("map and starmap give the results in the items' order, whatever the chunk size", async () => {
  await using pool = await startPool();
  const squares = range(100).map((x) => x * x);
  for (const chunkSize of [undefined, 1, 3, 100, 1000]) {
    const options = chunkSize === undefined ? {} : { chunkSize };
    assert.deepEqual(await pool.map("square", range(100), options), squares);
  }
  assert.deepEqual(await pool.map("later", new Set([1, 2])), [2, 3]);
  assert.deepEqual(await pool.map("pair", [1, 2]), [[1, -1], [2, -2]]);
  assert.deepEqual(await pool.starmap("power", [[2, 3], [3, 2], [5, 0]]), [8, 9, 1]);
  assert.deepEqual(await pool.map("square", []), []);
});

Deno.test("progress counts items", async () => {
  await using pool = await startPool();
  const seen: number[] = [];
  await pool.map("square", range(10), { chunkSize: 4, onProgress: (done) => seen.push(done) });
  assert.equal(seen.length, 3);
  assert.equal(seen.at(-1), 10);
});

Deno.test("the first failure is the map's, and the pool goes on", async () => {
  await using pool = await startPool();
  await assert.rejects(pool.map("failAt", range(20), { chunkSize: 1 }), (error) => {
    assert(error instanceof RemoteError);
    assert.equal(error.remoteName, "RangeError");
    assert.match(error.message, /seven/);
    return true;
  });
  await assert.rejects(pool.map("square", [1], { chunkSize: 0 }), RangeError);
  assert.deepEqual(await pool.map("square", [3]), [9]);
});

Deno.test("imap keeps the order and does not read ahead without bound", async () => {
  await using pool = await startPool();
  let read = 0;
  function* endless(): Generator<number> {
    for (;;) yield read++;
  }
  const results: number[] = [];
  for await (const square of pool.imap("square", endless())) {
    results.push(square);
    assert(read <= results.length + 4, `read ${read} items for ${results.length} results`);
    if (results.length === 50) break;
  }
  assert.deepEqual(results, range(50).map((x) => x * x));
});

Deno.test("imapUnordered gives what is done first", async () => {
  await using pool = await startPool();
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const slow = pool.applyAsync("waitFor", [cell, -1]);
  const results = new Set<number>();
  for await (const square of pool.imapUnordered("square", range(30), { chunkSize: 7 })) {
    results.add(square);
    // All but one worker are free: results come although the other is held.
    Atomics.store(cell, 0, 1);
    Atomics.notify(cell, 0);
  }
  assert.equal(results.size, 30);
  assert.equal(await slow, -1);
});

Deno.test("imap hands on the error where it belongs", async () => {
  await using pool = await startPool();
  const results: number[] = [];
  await assert.rejects(async () => {
    for await (const x of pool.imap("failAt", range(20))) results.push(x);
  }, RemoteError);
  assert.deepEqual(results, range(7));
});

Deno.test("an asynchronous result can be asked", async () => {
  await using pool = await startPool(1);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const result = pool.applyAsync("waitFor", [cell, 5]);
  assert.equal(result.ready(), false);
  assert.throws(() => result.successful(), TypeError);
  await assert.rejects(result.get(1), ResultTimeoutError);
  await result.wait(1);
  assert.equal(result.ready(), false);
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
  assert.equal(await result.get(60_000), 5);
  assert.equal(result.ready() && result.successful(), true);

  const failed = pool.mapAsync("failAt", [7]);
  await failed.wait();
  assert.equal(failed.ready() && !failed.successful(), true);
  await assert.rejects(failed.get(), RemoteError);
  assert.deepEqual(await pool.starmapAsync("power", [[2, 2]]), [4]);
});

Deno.test("a signal calls a map off, and what still waits is not begun", async () => {
  await using pool = await startPool(1);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const held = pool.applyAsync("waitFor", [cell, 1]);
  const controller = new AbortController();
  const squares = pool.map("square", range(100), { signal: controller.signal });
  controller.abort(new Error("changed my mind"));
  await assert.rejects(squares, /changed my mind/);
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
  assert.equal(await held, 1);
});

Deno.test("a closed pool says so", async () => {
  const pool = await startPool(1);
  await pool.close();
  await assert.rejects(pool.map("square", [1]), PoolClosedError);
  await assert.rejects(pool.imap("square", [1]).next(), PoolClosedError);
});

Deno.test("chunks follow Python's rule", () => {
  // divmod(items, 4 * workers), one more when something is left: multiprocessing/pool.py.
  for (const items of [0, 1, 7, 8, 15, 16, 17, 1000]) {
    for (const workers of [1, 2, 3, 8]) {
      const left = items % (4 * workers);
      const python = Math.floor(items / (4 * workers)) + (left > 0 ? 1 : 0);
      assert.equal(defaultChunkSize(items, workers), Math.max(1, python));
    }
  }
  assert.deepEqual([...chunksOf("abcde", 2)], [["a", "b"], ["c", "d"], ["e"]]);
});

Deno.test("a process is started, joined, and asked how it ended", async () => {
  const good = new Process<LessonService, "square">(module, "square", [3]);
  assert.deepEqual([good.isAlive, good.exitCode], [false, null]);
  good.start();
  assert.equal(good.isAlive, true);
  assert.throws(() => good.start(), PoolClosedError);
  assert.equal(await good.join(), true);
  assert.deepEqual([good.isAlive, good.exitCode], [false, 0]);

  const bad = new Process<LessonService, "failAt">(module, "failAt", [7]);
  bad.start();
  await bad.join();
  assert.deepEqual([bad.exitCode, bad.error?.remoteName], [1, "RangeError"]);

  const gone = new Process<LessonService, "leave">(module, "leave", []);
  gone.start();
  await gone.join();
  assert.equal(gone.exitCode, 1);

  const cell = new Int32Array(new SharedArrayBuffer(4));
  await using held = new Process<LessonService, "waitFor">(module, "waitFor", [cell, 1]);
  held.start();
  assert.equal(await held.join(1), false);
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
  assert.equal(await held.join(), true);

  const stopped = new Process<LessonService, "square">(module, "square", [1]);
  stopped.start();
  stopped.terminate();
  assert.equal(await stopped.join(), true);
  assert.deepEqual([stopped.exitCode, stopped.isAlive], [-15, false]);
});
