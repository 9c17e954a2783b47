// Many clients that hang up at once. Looked at alone: how soon workers are idle is a matter of who else computes.

import assert from "node:assert/strict";
import { metricsOf } from "../e2e/metrics.ts";
import { startServer } from "../e2e/server.ts";

const ROUNDS = 5;
const CLIENTS = 400;

/**
 * Milliseconds for which clients wait. A fast machine begins all of them in the longest of these, and on a
 * slow one few have reached the server in the shortest: either says nothing.
 */
const PATIENCES = [50, 25, 12];

Deno.test(`${CLIENTS} clients that hang up: many are never begun, and the workers are idle soon`, async () => {
  await using server = await startServer(["--queue", "500"]);
  const { url } = server;
  let row = 524287;
  const hangUp = async (patience: number) => {
    const heavy = `tiles/20/458751/${row--}.npy?iterations=5000000`;
    try {
      const response = await fetch(url + heavy, { signal: AbortSignal.timeout(patience) });
      await response.body?.cancel();
    } catch (error) {
      assert.equal((error as Error).name, "TimeoutError");
    }
  };
  const found: string[] = [];
  let isShown = false;
  for (const patience of PATIENCES) {
    const before = await goneOf(url);
    const delays: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(Array.from({ length: CLIENTS }, () => hangUp(patience)));
      delays.push(await timeUntilIdle(url));
    }
    assert.ok(delays.every((delay) => delay < 200), `idle after ${delays} ms`);
    const after = await goneOf(url);
    const left = after.left - before.left;
    const unread = after.unread - before.unread;
    found.push(`${left - unread} of ${left} were begun within ${patience} ms`);
    // Begun as they are read, all of them are begun, however fast the machine is.
    isShown ||= left >= 50 * ROUNDS && unread > left / 4;
  }
  assert.ok(isShown, found.join("; "));
});

/** Requests whose clients had gone by the time of their answer, and those of them that were not begun. */
async function goneOf(url: string): Promise<{ readonly left: number; readonly unread: number }> {
  const text = await (await fetch(`${url}metrics`)).text();
  const gone = [...text.matchAll(/requests_total\{route="([^"]*)",status="499"\} (\d+)/g)];
  const left = gone.reduce((sum, [, , count]) => sum + Number(count), 0);
  return { left, unread: Number(gone.find(([, route]) => route === "other")?.[2] ?? 0) };
}

/** Milliseconds until nothing is computed, nothing waits and no worker has anything in hand. */
async function timeUntilIdle(url: string): Promise<number> {
  const began = performance.now();
  for (;;) {
    const numbers = await metricsOf(url, "computing", "queue_length", "worker_tasks");
    const elapsed = Math.round(performance.now() - began);
    if (numbers.every((number) => number === 0) || elapsed > 5000) return elapsed;
  }
}
