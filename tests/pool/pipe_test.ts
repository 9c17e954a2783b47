// pipe(): two connections, values and bytes, and the end of file.

import assert from "node:assert/strict";
import { Empty, Full } from "../../src/pool/sync/channel.ts";
import {
  BrokenPipe,
  Connection,
  type ConnectionHandle,
  EndOfFile,
  pipe,
} from "../../src/pool/sync/pipe.ts";
import { hire } from "./fixtures/crew.ts";
import type { PipeJob } from "./fixtures/pipe_worker.ts";

function job(task: PipeJob["task"], connection: Connection<unknown, unknown>): Promise<unknown> {
  const job: PipeJob = { task, connection: connection.toHandle() };
  return hire("./pipe_worker.ts", job);
}

Deno.test("the lesson's two processes greet each other through a pipe", async () => {
  const [sender, recipient] = pipe();
  const answers = [job("process_one", sender), job("process_two", recipient)];
  assert.deepEqual(await Promise.all(answers), [
    "sent",
    "Happy someone said 'Hello from process_one' to me.",
  ]);
});

Deno.test("a worker echoes values both ways until the end of file", async () => {
  const [here, there] = pipe({ maxItems: 2 });
  const echo = job("echo", there);
  const values = [1, "two", { three: new Map([[3, new Float64Array([3])]]) }, undefined];
  for (const value of values) {
    await here.sendAsync(value);
    assert.deepEqual(await here.recvAsync(), value);
  }
  here.close();
  assert.equal(await echo, values.length);
});

Deno.test("a worker takes bytes into its own array and sends bytes back", async () => {
  const [here, there] = pipe();
  const worker = job("double bytes", there);
  await here.sendBytesAsync(new Uint8Array([1, 2, 100]));
  assert.deepEqual(await here.recvBytesAsync(), new Uint8Array([2, 4, 200]));
  assert.equal(await worker, 3);
  await assert.rejects(here.recvAsync(), EndOfFile);
});

Deno.test("each direction is its own, first in first out, and typed", () => {
  const [a, b] = pipe<string, number>();
  a.send("one");
  a.send("two");
  b.send(3);
  const text: string = b.recv();
  const number: number = a.recv();
  assert.deepEqual([text, b.recv(), number], ["one", "two", 3]);
});

Deno.test("bytes: as they are, into an array, and never taken for a value", async () => {
  const [a, b] = pipe();
  const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(7);
  a.sendBytes(shared);
  a.sendBytes(new Uint8Array(0));
  assert.deepEqual(b.recvBytes(), new Uint8Array([7, 7, 7]));
  assert.deepEqual(b.recv(), new Uint8Array(0));

  a.sendBytes(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
  const short = new Uint8Array(7);
  assert.throws(() => b.recvBytesInto(short), RangeError);
  await assert.rejects(b.recvBytesIntoAsync(short), RangeError);
  const target = new Float64Array(2);
  assert.equal(b.recvBytesInto(target), 8);
  assert.deepEqual(new Uint8Array(target.buffer, 0, 8), new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));

  a.send("a value");
  assert.throws(() => b.recvBytes(), TypeError);
  assert.throws(() => b.recvBytesInto(target), TypeError);
  await assert.rejects(b.recvBytesAsync(), TypeError);
  assert.equal(b.recv(), "a value");
});

Deno.test("poll says whether receiving would wait", async () => {
  const [a, b] = pipe();
  assert.equal(b.poll(), false);
  assert.equal(b.poll(5), false);
  assert.equal(await b.pollAsync({ timeout: 5 }), false);
  const polled = b.pollAsync();
  a.send(1);
  assert.equal(await polled, true);
  assert.equal(b.poll(), true);
  assert.equal(b.recv(), 1);
  assert.equal(b.poll(), false);
  a.close();
  assert.equal(b.poll(), true);
  assert.throws(() => b.recv(), EndOfFile);
});

Deno.test("the end of file comes after what was sent; to send then breaks", async () => {
  const [a, b] = pipe();
  a.send("last words");
  b.send("never read");
  a.close();
  a.close();
  assert.equal(b.closed, true);
  assert.throws(() => b.send("hello?"), BrokenPipe);
  await assert.rejects(b.sendAsync("hello?"), BrokenPipe);
  assert.equal(b.recv(), "last words");
  assert.throws(() => b.recv(), { name: "EndOfFile" });
  await assert.rejects(b.recvAsync(), EndOfFile);
  assert.throws(() => a.recv(), EndOfFile);
  assert.throws(() => a.send("still here?"), BrokenPipe);
});

Deno.test("closing wakes who waits at the other end", async () => {
  const [a, b] = pipe({ maxItems: 1 });
  const receiving = assert.rejects(b.recvAsync(), EndOfFile);
  b.send("fills it");
  const sending = assert.rejects(b.sendAsync("waits"), BrokenPipe);
  const [c, d] = pipe();
  const worker = assert.rejects(job("process_two", d), { message: "EndOfFile" });
  a.close();
  c.close();
  await Promise.all([receiving, sending, worker]);
});

Deno.test("waits end by timeout and abort", async () => {
  const [a, b] = pipe({ maxItems: 1 });
  assert.throws(() => b.recv(5), Empty);
  await assert.rejects(b.recvAsync({ timeout: 5 }), Empty);
  a.send(1);
  assert.throws(() => a.send(2, 5), Full);
  await assert.rejects(a.sendBytesAsync(new Uint8Array(1), { timeout: 5 }), Full);
  const controller = new AbortController();
  const { signal } = controller;
  const waits = [a.recvAsync({ signal }), a.sendAsync(2, { signal }), a.pollAsync({ signal })]
    .map((wait) => assert.rejects(wait, { name: "AbortError" }));
  controller.abort();
  await Promise.all(waits);
  assert.equal(b.recv(), 1);
  assert.throws(() => b.recv(0), Empty);
});

Deno.test("a `using` block closes its end; too large is a RangeError; a wrong handle a TypeError", () => {
  const [a, b] = pipe({ maxBytes: 64 });
  {
    using end = a;
    assert.throws(() => end.sendBytes(new Uint8Array(57)), RangeError);
    assert.throws(() => end.send("x".repeat(100)), RangeError);
    assert.throws(() => end.send(() => 1), TypeError);
  }
  assert.throws(() => b.recv(), EndOfFile);
  const wrong: unknown = { kind: "lock" };
  assert.throws(() => Connection.from(wrong as ConnectionHandle<1, 1>), TypeError);
});
