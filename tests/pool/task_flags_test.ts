// The flags of a worker's tasks: what is asked of a task that is over is not asked of the next.

import assert from "node:assert/strict";
import { TaskFlags } from "../../src/pool/parallel/task_flags.ts";

Deno.test("a task that was answered can be distinguished from one that is under way", () => {
  const parent = new TaskFlags();
  const worker = new TaskFlags(parent.buffer);
  parent.place(3);
  assert.ok(worker.begin(3) && !parent.answered(3));
  worker.answer(3);
  assert.ok(parent.answered(3) && !parent.answered(2));
  assert.equal(parent.recall(3), false);
});

Deno.test("a slot that was given on while its last task was ending is the next one's", () => {
  const parent = new TaskFlags();
  const worker = new TaskFlags(parent.buffer);
  parent.place(0);
  worker.begin(0);
  // The parent has the answer before the worker has noted that it was sent.
  parent.place(0);
  worker.answer(0);
  assert.equal(parent.answered(0), false);
  assert.equal(worker.begin(0), true);
});

Deno.test("a worker can see whether other orders wait", () => {
  const parent = new TaskFlags();
  const worker = new TaskFlags(parent.buffer);
  assert.equal(worker.crowded, false);
  parent.crowded = true;
  assert.equal(worker.crowded, true);
  parent.crowded = false;
  assert.equal(worker.crowded, false);
});
