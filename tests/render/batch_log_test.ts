/** The log of batches: read as it grows, never half, and no further than its room. */

import assert from "node:assert/strict";
import { BatchLog, clock } from "../../src/lesson/batch_log.ts";

const entry = (batch: number) => ({ batch, worker: 1, began: 10.25 + batch, ended: 11.5 + batch });

Deno.test("what one thread appends another reads, once and in order", () => {
  const log = BatchLog.of(3);
  const there = new BatchLog(log.buffer);
  assert.deepEqual(log.fresh(), []);
  there.add(entry(7));
  there.add(entry(0));
  assert.deepEqual(log.fresh(), [entry(7), entry(0)]);
  assert.deepEqual(log.fresh(), []);
  there.add(entry(5));
  there.add(entry(6));
  assert.deepEqual(log.fresh(), [entry(5)], "there is room for three");
  log.clear();
  assert.deepEqual(log.fresh(), []);
  there.add(entry(9));
  assert.deepEqual(log.fresh(), [entry(9)]);
});

Deno.test("an entry that is still being written is not read, nor what comes behind it", () => {
  const log = BatchLog.of(2);
  // Somebody has taken the first place and not filled it yet.
  Atomics.add(new Int32Array(log.buffer, 0, 1), 0, 1);
  log.add(entry(4));
  assert.deepEqual(log.fresh(), []);
});

Deno.test("stopping is seen everywhere, and clearing does not undo it", () => {
  const log = BatchLog.of(1);
  const there = new BatchLog(log.buffer);
  assert.equal(there.stopped, false);
  log.stop();
  log.clear();
  assert.equal(there.stopped, true);
});

Deno.test("the clock goes on, finer than a millisecond", () => {
  const steps = Array.from({ length: 100 }, () => {
    const began = clock();
    let later = clock();
    while (later === began) later = clock();
    return later - began;
  });
  assert.ok(steps.every((step) => step > 0));
  // Any of them may have met a pause of the whole thread, but not all.
  assert.ok(Math.min(...steps) < 0.1);
});
