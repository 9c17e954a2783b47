// Tests of the shared cursor: every batch to one worker, and none lost with it.

import assert from "node:assert/strict";
import { BatchCursor } from "../../src/pool/mod.ts";

Deno.test("every batch is handed out once, in order", () => {
  const cursor = BatchCursor.of(4);
  const there = new BatchCursor(cursor.cells);
  assert.equal(there.count, 4);
  assert.deepEqual(
    [cursor.claim(0), there.claim(1), there.claim(1), cursor.claim(0), cursor.claim(0)],
    [0, 1, 2, 3, -1],
  );
  assert.equal(cursor.open, false);
  assert.deepEqual(cursor.heldBy(1), [1, 2]);
  for (const batch of [1, 2]) there.finish(batch, 1);
  assert.deepEqual([cursor.done, cursor.complete, cursor.unfinished().join()], [2, false, "0,3"]);
  for (const batch of [0, 3]) cursor.finish(batch, 0);
  assert.deepEqual([cursor.done, cursor.complete], [4, true]);
});

Deno.test("a batch of a lost worker is opened again and comes first", () => {
  const cursor = BatchCursor.of(5);
  assert.deepEqual([cursor.claim(0), cursor.claim(1)], [0, 1]);
  for (const batch of cursor.heldBy(0)) cursor.reopen(batch);
  assert.deepEqual(cursor.heldBy(0), []);
  assert.deepEqual([cursor.claim(2), cursor.claim(2)], [0, 2]);
  assert.equal(cursor.open, true);
});

Deno.test("after the numbers have run out, what was reopened is still found", () => {
  const cursor = BatchCursor.of(2);
  assert.deepEqual([cursor.claim(0), cursor.claim(0), cursor.claim(0)], [0, 1, -1]);
  cursor.reopen(1);
  cursor.reopen(1);
  assert.equal(cursor.open, true);
  assert.deepEqual([cursor.claim(3), cursor.claim(3)], [1, -1]);
  assert.equal(cursor.open, false);
});

Deno.test("a worker that was taken for lost cannot finish what another has", () => {
  const cursor = BatchCursor.of(2);
  assert.equal(cursor.claim(0), 0);
  cursor.reopen(0);
  cursor.finish(0, 0);
  assert.equal(cursor.done, 0);
  assert.equal(cursor.claim(2), 0);
  cursor.finish(0, 0);
  assert.equal(cursor.done, 0);
  cursor.finish(0, 2);
  cursor.finish(0, 2);
  assert.equal(cursor.done, 1, "once is once");
  cursor.reopen(0);
  assert.deepEqual([cursor.claim(1), cursor.claim(1)], [1, -1], "a finished batch stays finished");
});

Deno.test("a last batch that is to be alone is handed out when all others are done", () => {
  const cursor = BatchCursor.of(3, { lastAlone: true });
  const there = new BatchCursor(cursor.cells);
  assert.deepEqual([cursor.claim(0), there.claim(1), there.claim(1)], [0, 1, -1]);
  there.finish(1, 1);
  assert.deepEqual([there.claim(1), there.claimLast(1), there.open], [-1, -1, false]);
  assert.deepEqual(cursor.unfinished(), [0], "what cannot be taken yet has not been left");
  cursor.reopen(0);
  assert.deepEqual([there.claim(2), there.earlyDone], [0, false]);
  there.finish(0, 2);
  assert.deepEqual([cursor.earlyDone, cursor.open, cursor.complete], [true, true, false]);
  assert.deepEqual([there.claimLast(2), cursor.claim(0), cursor.open], [2, -1, false]);
  assert.deepEqual(cursor.heldBy(2), [2]);
  cursor.reopen(2);
  assert.equal(cursor.claim(3), 2);
  cursor.finish(2, 3);
  assert.ok(cursor.complete);
});

Deno.test("no batches are complete at once; what is no number of batches is refused", () => {
  assert.deepEqual([BatchCursor.of(0).complete, BatchCursor.of(0).claim(0)], [true, -1]);
  for (const count of [-1, 1.5, NaN, Infinity]) {
    assert.throws(() => BatchCursor.of(count), { name: "RangeError", message: /^Cannot count/ });
  }
});
