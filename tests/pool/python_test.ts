/** Where the pool claims Python's meaning: each test names what CPython's multiprocessing does. */

import assert from "node:assert/strict";
import { Pool, PoolClosedError, type PoolOptions, RemoteError } from "../../src/pool/mod.ts";
import { Lock, pipe, Queue, SharedArray, SharedValue } from "../../src/pool/processes.ts";
import { turns } from "./fixtures/bad_pool.ts";
import type { LessonService } from "./fixtures/lesson_worker.ts";

const module = new URL("./fixtures/lesson_worker.ts", import.meta.url);

function startPool(options: PoolOptions = { size: 2 }) {
  return Pool.start<LessonService>(module, options);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Items whose iterable throws once they are read. */
function* brokenAfter(items: number[]): Generator<number> {
  yield* items;
  throw new Error("the iterable's own");
}

/** All that `next` gives: results, and the messages of what it rejects with. */
async function outcomes(stream: AsyncIterator<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for (;;) {
    try {
      const { done, value } = await stream.next();
      if (done) return found;
      found.push(value);
    } catch (error) {
      found.push((error as Error).message);
    }
  }
}

for (const name of ["imap", "imapUnordered"] as const) {
  Deno.test(`${name} starts at once, whether or not a result is asked for`, async () => {
    await using pool = await startPool();
    let read = 0;
    function* counted(): Generator<number> {
      for (;;) yield read++;
    }
    const stream = pool[name]("square", counted());
    assert.equal(read, 4, "two items for each worker, before anything is awaited");
    await stream.return();
    assert.deepEqual(await stream.next(), { done: true, value: undefined });
  });

  Deno.test(`${name} survives close: all 50 results come`, async () => {
    const pool = await startPool();
    const stream = pool[name]("square", range(50));
    const first = await stream.next();
    // The workers are gone before the second result is read: nothing waits for the reader.
    await pool.close();
    const results = [first.value, ...await Array.fromAsync(stream)] as number[];
    assert.deepEqual(results.sort((a, b) => a - b), range(50).map((x) => x * x));
    await assert.rejects(pool[name]("square", [1]).next(), PoolClosedError);
  });

  Deno.test(`${name} ends when its pool is terminated`, async () => {
    const pool = await startPool();
    const stream = pool[name]("square", range(1000));
    pool.terminate();
    await assert.rejects(stream.next(), PoolClosedError);
    assert.deepEqual(await outcomes(stream), []);
    await pool.join();
  });

  Deno.test(`${name}: results come before the iterable's own error, which ends it`, async () => {
    await using pool = await startPool();
    const found = await outcomes(pool[name]("square", brokenAfter([1, 2, 3])));
    assert.equal(found.pop(), "the iterable's own");
    assert.deepEqual((found as number[]).sort((a, b) => a - b), [1, 4, 9]);
  });

  Deno.test(`${name}: an error of one call does not end it`, async () => {
    await using pool = await startPool();
    const found = await outcomes(pool[name]("failAt", [5, 6, 7, 8, 9]));
    if (name === "imapUnordered") found.sort();
    assert.deepEqual(new Set(found), new Set([5, 6, "RangeError: seven", 8, 9]));
    if (name === "imap") assert.equal(found[2], "RangeError: seven");
  });

  Deno.test(`${name} ends when its signal aborts, and a closed pool does not wait for it`, async () => {
    const pool = await startPool();
    const controller = new AbortController();
    function* endless(): Generator<number> {
      for (let i = 0;; i++) yield i;
    }
    const stream = pool[name]("square", endless(), { signal: controller.signal });
    await stream.next();
    controller.abort(new Error("enough"));
    await pool.close();
    await assert.rejects(async () => {
      for (;;) await stream.next();
    }, { message: "enough" });
    assert.deepEqual(await outcomes(stream), []);
  });
}

Deno.test("maxTasksPerChild: a worker is replaced after so many tasks, and none is lost", async () => {
  await using pool = await startPool({ size: 1, maxTasksPerChild: 3 });
  const workers = await Promise.all(range(10).map(() => pool.apply("whichWorker", [])));
  const counts = [...new Set(workers)].map((one) => workers.filter((other) => other === one));
  assert.deepEqual(counts.map((tasks) => tasks.length), [3, 3, 3, 1]);
  // A chunk is one task, as in Python.
  const squares = await pool.map("square", range(100), { chunkSize: 10 });
  assert.deepEqual(squares, range(100).map((x) => x * x));
  assert.equal(pool.counters.lost, 0);
  for (const wrong of [0, -1, 1.5, NaN]) {
    await assert.rejects(startPool({ maxTasksPerChild: wrong }), RangeError);
  }
});

Deno.test("a closed pool whose workers are replaced ends all the same", async () => {
  const pool = await startPool({ size: 2, maxTasksPerChild: 1 });
  const squares = pool.map("square", range(9), { chunkSize: 1 });
  await pool.close();
  assert.deepEqual(await squares, range(9).map((x) => x * x));
  assert.equal(await pool.join(), true);
});

Deno.test("callback and errorCallback are called once, before the result is ready", async () => {
  await using pool = await startPool();
  const called: unknown[] = [];
  const callbacks = {
    callback: (value: unknown) => called.push(value, square.ready()),
    errorCallback: (error: unknown) => called.push((error as Error).message),
  };
  const square = pool.applyAsync("square", [3], callbacks);
  assert.equal(await square, 9);
  assert.deepEqual(called.splice(0), [9, false]);
  assert.deepEqual(await pool.mapAsync("square", [1, 2], callbacks), [1, 4]);
  assert.deepEqual(await pool.starmapAsync("power", [[2, 3]], callbacks), [8]);
  assert.deepEqual(called.splice(0), [[1, 4], true, [8], true]);
  await pool.applyAsync("failAt", [7], callbacks).wait();
  assert.deepEqual(called, ["RangeError: seven"]);
});

Deno.test("an error's causes come along, as __cause__ does", async () => {
  await using pool = await startPool({ size: 1 });
  const causesOf = async (end: "ring" | "data" | "function" | "deep") => {
    const causes: unknown[] = [];
    const failed = await pool.apply("failBecause", [end]).catch((error: Error) => error);
    for (let { cause } = failed as Error; cause !== undefined; cause = (cause as Error).cause) {
      causes.push(cause instanceof RemoteError ? cause.message : cause);
    }
    return causes;
  };
  assert.deepEqual(await causesOf("data"), ["RangeError: inner", { code: 7, at: [1, 2] }]);
  assert.deepEqual(await causesOf("ring"), ["RangeError: inner", "Error: between"]);
  assert.match(String((await causesOf("function"))[1]), /=>/, "in words");
  const deep = await causesOf("deep");
  assert.ok(deep.length >= 2 && deep.length < 20, `${deep.length} causes`);
});

Deno.test("a shared thing as an argument is refused with the way to pass it; its handle works", async () => {
  await using pool = await startPool({ size: 1 });
  const [queue, value] = [new Queue<string>(), SharedValue.of(Int32Array)];
  using near = pipe()[0];
  const shared = {
    Queue: queue,
    SharedValue: value,
    SharedArray: SharedArray.of(Int32Array, 3),
    Lock: new Lock(),
    Connection: near,
  };
  for (const [name, thing] of Object.entries(shared)) {
    const how = new RegExp(`a ${name} cannot cross: pass its toHandle\\(\\), and use ${name}.from`);
    const argument = thing as never;
    const nested = { list: [argument] } as never;
    const refused = { name: "TypeError", message: how };
    await assert.rejects(pool.apply("square", [argument]), refused);
    await assert.rejects(pool.apply("square", [nested]), refused);
    await assert.rejects(pool.map("square", [argument]), refused);
    await assert.rejects(pool.imap("square", [argument]).next(), refused);
    assert.throws(() => queue.put(argument), TypeError);
  }
  await pool.apply("useHandles", [queue.toHandle(), value.toHandle()]);
  assert.deepEqual([queue.get(), value.value], ["from the worker", 17]);
  await turns();
  assert.deepEqual(pool.counters, { alive: 1, lost: 0, leakedThreads: 0, pending: 0 });
});
