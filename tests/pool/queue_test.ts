// Queue: nothing lost, nothing twice, in order; bounded; and every way to wait ends.

import assert from "node:assert/strict";
import { Empty, Full } from "../../src/pool/sync/channel.ts";
import { Queue, QueueClosed, type QueueHandle } from "../../src/pool/sync/queue.ts";
import { hire, randomFrom, Step } from "./fixtures/crew.ts";
import type { Numbered, QueueJob } from "./fixtures/queue_worker.ts";

function job(job: QueueJob): Promise<unknown> {
  return hire("./queue_worker.ts", job);
}

for (const consume of ["consume", "consume async"] as const) {
  Deno.test(`2 producers and 2 workers that ${consume} pass 100,000 messages: none lost, none twice, in order`, async () => {
    // Small enough to be full and empty many times over.
    const queue = new Queue<Numbered>({ maxBytes: 4096 });
    const handle = queue.toHandle();
    const consumers = [1, 2].map(() => job({ task: consume, queue: handle }));
    await Promise.all(
      [0, 1].map((producer) => job({ task: "produce", queue: handle, producer, count: 50_000 })),
    );
    queue.close();
    const taken = await Promise.all(consumers) as number[][];
    for (const tallies of taken) {
      for (const producer of [0, 1]) {
        const indices = tallies.filter((tally) => Math.floor(tally / 1_000_000) === producer);
        assert.ok(indices.every((tally, i) => i === 0 || tally > indices[i - 1]!));
      }
    }
    const all = taken.flat().toSorted((a, b) => a - b);
    assert.equal(all.length, 100_000);
    assert.ok(all.every((tally, i) => tally === (i < 50_000 ? i : 950_000 + i)));
    assert.equal(queue.qsize(), 0);
  });
}

Deno.test("first in, first out, of any value", () => {
  const queue = new Queue<unknown>();
  const values = [1, "two", [3, [4]], { five: 5n }, new Uint8Array([6]), undefined, null, -0.5];
  for (const value of values) queue.put(value);
  assert.equal(queue.qsize(), values.length);
  assert.deepEqual(values.map(() => queue.getNowait()), values);
  assert.equal(queue.empty(), true);
});

Deno.test("a full queue holds its producer back, item by item", async () => {
  const queue = new Queue<number>({ maxItems: 3 });
  const done = new Step();
  const producer = job({
    task: "put steps",
    queue: queue.toHandle(),
    count: 10,
    done: done.cells,
  });
  for (let taken = 0; taken < 7; taken++) {
    done.waitFor(taken + 3);
    assert.equal(done.count, taken + 3);
    assert.equal(queue.qsize(), 3);
    assert.equal(queue.full(), true);
    assert.throws(() => queue.putNowait(99), Full);
    assert.equal(queue.get(), taken);
  }
  assert.equal(await producer, 10);
  assert.deepEqual([queue.get(), queue.get(), queue.get()], [7, 8, 9]);
  assert.throws(() => queue.getNowait(), Empty);
});

Deno.test("bytes hold back as items do, and a smaller message may still fit", () => {
  const queue = new Queue<Uint8Array>({ maxBytes: 64 });
  queue.putNowait(new Uint8Array(20)); // 8 + 24 bytes
  assert.throws(() => queue.putNowait(new Uint8Array(25)), Full);
  assert.equal(queue.full(), false);
  queue.putNowait(new Uint8Array(24));
  assert.throws(() => queue.putNowait(new Uint8Array(0)), Full);
  assert.equal(queue.get().length, 20);
  assert.equal(queue.get().length, 24);
});

Deno.test("timeouts raise Empty and Full, blocking and awaiting", async () => {
  const queue = new Queue<number>({ maxItems: 1 });
  const start = performance.now();
  assert.throws(() => queue.get(20), { name: "Empty" });
  assert.ok(performance.now() - start >= 19);
  await assert.rejects(queue.getAsync({ timeout: 5 }), Empty);
  await assert.rejects(queue.getAsync({ timeout: 0 }), Empty);
  queue.put(1);
  assert.throws(() => queue.put(2, 5), { name: "Full" });
  await assert.rejects(queue.putAsync(2, { timeout: 5 }), Full);
  await assert.rejects(queue.putAsync(2, { timeout: 0 }), Full);
  assert.equal(queue.get(), 1);
  assert.equal(queue.empty(), true);
  assert.throws(() => queue.get(-1), RangeError);
});

Deno.test("close wakes those who wait for a value, in workers and here", async () => {
  const queue = new Queue<number>();
  const ready = new Step();
  const handle = queue.toHandle();
  const workers = [1, 2].map(() =>
    assert.rejects(job({ task: "wait to get", queue: handle, ready: ready.cells }), {
      message: "QueueClosed",
    })
  );
  const here = assert.rejects(queue.getAsync(), QueueClosed);
  ready.waitFor(2);
  queue.close();
  await Promise.all([here, ...workers]);
});

Deno.test("close wakes those who wait for room; what was put before can be taken", async () => {
  const queue = new Queue<number>({ maxItems: 1 });
  queue.put(7);
  const ready = new Step();
  const worker = assert.rejects(
    job({ task: "wait to put", queue: queue.toHandle(), ready: ready.cells }),
    { message: "QueueClosed" },
  );
  const here = assert.rejects(queue.putAsync(8), QueueClosed);
  ready.waitFor(1);
  queue.close();
  queue.close();
  await Promise.all([here, worker]);
  assert.equal(queue.closed, true);
  assert.throws(() => queue.put(9), QueueClosed);
  assert.equal(queue.get(), 7);
  assert.throws(() => queue.get(), QueueClosed);
  await assert.rejects(queue.getAsync(), QueueClosed);
});

Deno.test("a worker that blocks is woken by what is put here", async () => {
  const queue = new Queue<number>();
  const ready = new Step();
  const worker = job({ task: "wait to get", queue: queue.toHandle(), ready: ready.cells });
  ready.waitFor(1);
  await queue.putAsync(5);
  assert.equal(await worker, 5);
});

Deno.test("calls that await are served in their order, and an aborted one takes nothing", async () => {
  const queue = new Queue<string>({ maxItems: 1 });
  const controller = new AbortController();
  const first = queue.getAsync();
  const aborted = assert.rejects(
    queue.getAsync({ signal: controller.signal }),
    { name: "AbortError" },
  );
  const second = queue.getAsync();
  controller.abort();
  await aborted;
  const puts = ["a", "b", "c"].map((value) => queue.putAsync(value));
  assert.deepEqual([await first, await second, await queue.getAsync()], ["a", "b", "c"]);
  await Promise.all(puts);
  await assert.rejects(queue.putAsync("d", { signal: controller.signal }), { name: "AbortError" });
  assert.equal(queue.empty(), true);
});

Deno.test("an aborted putAsync puts nothing, and the smaller one behind it goes on", async () => {
  const queue = new Queue<Uint8Array>({ maxBytes: 64 });
  queue.put(new Uint8Array(24));
  const controller = new AbortController();
  const large = assert.rejects(
    queue.putAsync(new Uint8Array(50), { signal: controller.signal }),
    { name: "AbortError" },
  );
  const small = queue.putAsync(new Uint8Array(3));
  assert.equal(queue.qsize(), 1);
  controller.abort();
  await Promise.all([large, small]);
  assert.deepEqual([queue.get().length, queue.get().length], [24, 3]);
});

Deno.test("putAsync puts the value as it was at the call", async () => {
  const queue = new Queue<unknown>({ maxItems: 1 });
  queue.put("first");
  const bytes = new Uint8Array([1, 2, 3]);
  const list = [1, 2, 3];
  const puts = [queue.putAsync(list), queue.putAsync(bytes), queue.putAsync("last")];
  list[0] = 9;
  bytes[0] = 9;
  assert.equal(await queue.getAsync(), "first");
  assert.deepEqual(await queue.getAsync(), [1, 2, 3]);
  assert.deepEqual(await queue.getAsync(), new Uint8Array([1, 2, 3]));
  assert.equal(await queue.getAsync(), "last");
  await Promise.all(puts);
});

Deno.test("messages of every length wrap round a small ring undamaged", () => {
  const random = randomFrom(20);
  const queue = new Queue<Uint8Array | string>({ maxBytes: 1024 });
  const sent: (Uint8Array | string)[] = [];
  for (let i = 0; i < 5000; i++) {
    const length = Math.floor(random() ** 2 * 1016);
    const value = i % 2 === 0
      ? Uint8Array.from({ length }, () => Math.floor(random() * 256))
      : String.fromCharCode(97 + i % 26).repeat(Math.max(0, length - 6));
    while (true) {
      try {
        queue.putNowait(value);
        break;
      } catch (error) {
        assert.ok(error instanceof Full);
        assert.deepEqual(queue.get(), sent.shift());
      }
    }
    sent.push(value);
  }
  for (const value of sent) assert.deepEqual(queue.get(), value);
});

Deno.test("what is too large or cannot be cloned fails where it is put, and the queue goes on", async () => {
  const queue = new Queue<unknown>({ maxBytes: 1024 });
  queue.putNowait(new Uint8Array(1016));
  queue.get();
  assert.throws(() => queue.put(new Uint8Array(1017)), RangeError);
  assert.throws(() => queue.put("x".repeat(2000)), RangeError);
  await assert.rejects(queue.putAsync(new Float64Array(1000)), RangeError);
  assert.throws(() => queue.put(() => 1), TypeError);
  assert.throws(() => queue.put({ deep: [Symbol("s")] }), TypeError);
  await assert.rejects(queue.putAsync(queue.toHandle()), TypeError);
  const thrower = {
    get property(): never {
      throw new Error("from the getter");
    },
  };
  assert.throws(() => queue.put([1, thrower]), /from the getter/);
  queue.put("still here");
  assert.equal(queue.get(), "still here");
});

Deno.test("a getter may itself put into the queue", () => {
  const queue = new Queue<unknown>();
  queue.put({
    before: [1, 2, 3],
    get inner() {
      queue.put(["from the getter"]);
      return "x";
    },
    after: [4, 5, 6],
  });
  assert.deepEqual(queue.get(), ["from the getter"]);
  assert.deepEqual(queue.get(), { before: [1, 2, 3], inner: "x", after: [4, 5, 6] });
});

Deno.test("a queue is read to its end by both kinds of loop", async () => {
  const queue = new Queue<number>();
  for (let i = 0; i < 4; i++) queue.put(i);
  queue.close();
  const seen: number[] = [];
  for (const value of queue) {
    seen.push(value);
    if (value === 1) break;
  }
  for await (const value of queue) seen.push(value);
  assert.deepEqual(seen, [0, 1, 2, 3]);
});

Deno.test("capacities and handles are checked", () => {
  for (const wrong of [0, -1, 1.5, NaN, 2 ** 31]) {
    assert.throws(() => new Queue({ maxItems: wrong }), RangeError);
    assert.throws(() => new Queue({ maxBytes: wrong }), RangeError);
  }
  assert.throws(() => Queue.from({ kind: "lock" } as unknown as QueueHandle<number>), TypeError);
  const tiny = new Queue<number>({ maxItems: 1, maxBytes: 1 });
  tiny.put(5);
  assert.equal(tiny.get(), 5);
});

Deno.test("a program that waits stays alive for it, and ends by itself when nothing waits", async () => {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--unstable-worker-options",
      new URL("./fixtures/program.ts", import.meta.url).pathname,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(output.stdout);
  assert.equal(text, "Empty\nAbortError\ngot 42\nend\n", new TextDecoder().decode(output.stderr));
  assert.equal(output.code, 0);
});

Deno.test("Python's maxsize 0, no bound, is refused with what to do instead", () => {
  assert.throws(() => new Queue({ maxItems: 0 }), /leave maxItems out/);
  const queue = new Queue<number>();
  for (let n = 0; n < 10_000; n++) queue.putNowait(n);
  assert.equal(queue.get(), 0);
});
