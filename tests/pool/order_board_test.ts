// Tests of the board of sweeps and of what tells a worker of them.

import assert from "node:assert/strict";
import { OrderBoard, type Posted, readPosted } from "../../src/pool/parallel/order_board.ts";
import { OrderRing } from "../../src/pool/parallel/order_ring.ts";
import { allocateRing, BYTES, Ring } from "../../src/pool/sync/ring.ts";
import { MAILBOX } from "../../src/pool/parallel/task_flags.ts";
import { NOT_YET } from "../../src/pool/sync/wait.ts";

const sweep = { id: 7, name: "sample", argument: Float64Array.of(1.5, -0, NaN, 1e300), last: null };

Deno.test("a sweep is read as it was posted, and its cursor is one", () => {
  const board = new OrderBoard();
  const texts = ["", '{"look":"naïve 海馬"}', "\udc00", "\u{1F40E}".repeat(5000)];
  for (const last of [null, { name: "paint", args: [] }, { name: "paint", args: texts }]) {
    for (const argument of [sweep.argument, new Float64Array(0)]) {
      using posted = board.post({ ...sweep, argument, last }, 3)!;
      const { cursor, ...read } = readPosted(board.buffer, posted.at);
      assert.deepEqual(read, { ...sweep, argument, last });
      assert.equal(posted.cursor.claim(0), 0);
      assert.deepEqual([...cursor], [...posted.cursor.cells]);
      cursor[1] = 1;
      assert.equal(posted.cursor.done, 1);
      // With a last call the last batch is no batch.
      assert.deepEqual([1, 2].map(() => posted.cursor.claim(0)), [1, last === null ? 2 : -1]);
    }
  }
});

Deno.test("what is neither numbers nor texts is not for the board", () => {
  const board = new OrderBoard();
  for (const argument of [null, "text", new Float32Array(1), [1, 2]]) {
    assert.equal(board.takes({ ...sweep, argument }), false);
    assert.equal(board.post({ ...sweep, argument }, 3), undefined);
  }
  for (const args of [[1], ["text", null]]) {
    assert.equal(board.takes({ ...sweep, last: { name: "paint", args } }), false);
    assert.equal(board.post({ ...sweep, last: { name: "paint", args } }, 3), undefined);
  }
  assert.equal(board.takes(sweep), true);
});

Deno.test("a full board takes no more until something is taken down", () => {
  const board = new OrderBoard();
  const argument = new Float64Array(1000);
  const posted: Posted[] = [];
  for (let next = board.post({ ...sweep, argument }, 3); next !== undefined;) {
    posted.push(next);
    next = board.post({ ...sweep, argument }, 3);
  }
  assert.ok(posted.length > 20);
  assert.equal(new Set(posted.map(({ at }) => at)).size, posted.length);
  const [, second] = posted;
  second![Symbol.dispose]();
  assert.equal(board.post({ ...sweep, argument }, 3)?.at, second!.at);
  assert.equal(board.post({ ...sweep, argument: new Float64Array(2 ** 20) }, 3), undefined);
});

Deno.test("a worker is told of orders in turn, as many as it can have", () => {
  const parents = new OrderRing();
  const workers = new OrderRing(parents.buffer);
  const orders = Array.from(
    { length: MAILBOX },
    (_, i) => ({ at: 64 * i, slot: i, worker: 3, slice: 20, longest: 200.5 }),
  );
  for (let round = 0; round < 3; round++) {
    for (const order of orders) assert.ok(parents.put(order));
    assert.equal(parents.put(orders[0]!), false);
    assert.equal(workers.empty, false);
    assert.deepEqual(orders.map(() => workers.take()), orders);
    assert.deepEqual([workers.take(), workers.empty], [undefined, true]);
  }
});

Deno.test("whoever listens is told of messages, announced or not, and of none that does not come", async () => {
  const ring = new Ring(allocateRing({ maxItems: 4, maxBytes: 256 }));
  const reader = {
    place: (_form: unknown, length: number) => new Uint8Array(length),
    finish: (_form: unknown, [byte]: Uint8Array) => byte,
  };
  const found: unknown[] = [];
  const heard = ring.listen(() => {
    const byte = ring.tryRead(reader);
    found.push(byte === NOT_YET ? "nothing" : byte);
    return byte !== 4;
  });
  const reached = async (length: number) => {
    while (found.length < length) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await reached(1);
  // With nothing behind it, an announcement ends by itself.
  ring.announce();
  await reached(2);
  ring.tryWrite(BYTES, Uint8Array.of(1));
  await reached(3);
  ring.announce();
  // What is left is taken in the next turns.
  for (const byte of [2, 3, 4]) ring.tryWrite(BYTES, Uint8Array.of(byte));
  await reached(6);
  assert.deepEqual(found, ["nothing", "nothing", 1, 2, 3, 4]);
  await heard;
});
