// Many clients that hang up at once. Looked at alone: how soon workers are idle is a matter of who else computes.

import assert from "node:assert/strict";
import { metricsOf } from "../e2e/metrics.ts";
import { startServer } from "../e2e/server.ts";

const ROUNDS = 10;

/** More than a server begins in the 50 ms for which they wait: of 200 it may be 130, which says nothing. */
const CLIENTS = 400;

Deno.test(`${CLIENTS} clients that hang up after 50 ms: the workers are idle 200 ms after the last`, async () => {
  await using server = await startServer(["--queue", "500"]);
  const { url } = server;
  const hangUp = async (row: number) => {
    const heavy = `tiles/20/458751/${row}.npy?iterations=5000000`;
    try {
      const response = await fetch(url + heavy, { signal: AbortSignal.timeout(50) });
      await response.body?.cancel();
    } catch (error) {
      assert.equal((error as Error).name, "TimeoutError");
    }
  };
  const delays: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: CLIENTS }, (_, n) => hangUp(524287 - CLIENTS * round - n)),
    );
    delays.push(await timeUntilIdle(url));
  }
  const text = await (await fetch(`${url}metrics`)).text();
  const gone = [...text.matchAll(/requests_total\{route="([^"]*)",status="499"\} (\d+)/g)];
  const left = gone.reduce((sum, [, , count]) => sum + Number(count), 0);
  assert.ok(left >= 50 * ROUNDS, `only ${left} had reached the server`);
  const unread = Number(gone.find(([, route]) => route === "other")?.[2] ?? 0);
  assert.ok(
    unread > left / 2,
    `${left - unread} of ${left} were begun, though nobody waited any more`,
  );
  assert.ok(delays.every((delay) => delay < 200), `idle after ${delays} ms`);
});

/** Milliseconds until nobody is inside, nobody waits and no worker has anything in hand. */
async function timeUntilIdle(url: string): Promise<number> {
  const began = performance.now();
  for (;;) {
    const numbers = await metricsOf(url, "computing", "queue_length", "worker_tasks");
    const elapsed = Math.round(performance.now() - began);
    if (numbers.every((number) => number === 0) || elapsed > 5000) return elapsed;
  }
}
