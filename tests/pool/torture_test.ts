// Torture: many tasks on workers that fail in every way; all settle, and the program ends.

import assert from "node:assert/strict";
import { assertSettled, torture } from "./fixtures/run_torture.ts";

Deno.test("1,500 tasks among failing workers all settle rightly, and the program ends by itself", async () => {
  assertSettled(await torture(1500, 20), 1500);
});

Deno.test("a program with threads that never stop can still end, and only they are missed", async () => {
  const { wrong, full, counters } = await torture(200, 7, 2);
  assert.deepEqual(wrong, []);
  assert.equal(full, true);
  assert.deepEqual([counters.alive, counters.leakedThreads, counters.pending], [4, 2, 0]);
});
