// Torture: thousands of tasks on workers that fail in every way; all settle, and the program ends.

import assert from "node:assert/strict";
import type { TortureReport } from "./fixtures/torture.ts";

/** Milliseconds after which the program is taken to hang: many times what it takes. */
const PATIENCE = 100_000;

async function torture(...args: number[]): Promise<TortureReport> {
  const program = new URL("./fixtures/torture.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-read",
      "--unstable-worker-options",
      program,
      ...args.map(String),
    ],
    signal: AbortSignal.timeout(PATIENCE),
    env: { NO_COLOR: "1" },
  }).output();
  // Every worker that dies of an error says so, at length.
  assert.equal(code, 0, new TextDecoder().decode(stderr).slice(-2000));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("10,000 tasks among failing workers all settle rightly, and the program ends by itself", async () => {
  const { kinds, wrong, full, counters } = await torture(10_000, 20);
  assert.deepEqual(wrong, []);
  assert.equal(full, true);
  const { alive, lost, strays, pending } = counters;
  assert.deepEqual({ alive, strays, pending }, { alive: 4, strays: 0, pending: 0 });
  const { dies = 0, ignores = 0, obeys = 0 } = kinds;
  assert.ok(dies > 25 && ignores > 15 && obeys > 25, JSON.stringify(kinds));
  // Each that always dies takes two workers with it.
  assert.ok(lost >= 2 * dies, `${lost} workers were lost over ${dies} tasks`);
  assert.equal(Object.values(kinds).reduce((sum, count) => sum + count), 10_000);
});

Deno.test("a program with threads that never stop can still end, and only they are missed", async () => {
  const { wrong, full, counters } = await torture(200, 7, 2);
  assert.deepEqual(wrong, []);
  assert.equal(full, true);
  assert.deepEqual([counters.alive, counters.strays, counters.pending], [4, 2, 0]);
});
