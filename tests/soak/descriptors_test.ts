/** A server that has no file descriptors left for connections goes on once it has some again. */

import assert from "node:assert/strict";
import { metricsOf } from "../e2e/metrics.ts";
import { startServer } from "../e2e/server.ts";

/** File descriptors that the server may have besides those that it has at the beginning. */
const SPARE = 20;

Deno.test("idle connections that take all descriptors end nothing, and are counted", async () => {
  await using server = await startServer([], { MANDELTILE_CACHE: "memory", MANDELTILE_LOG: "off" });
  const open = [...Deno.readDirSync(`/proc/${server.pid}/fd`)].length;
  const limit = new Deno.Command("prlimit", {
    args: ["--pid", String(server.pid), `--nofile=${open + SPARE}`],
  });
  assert.ok((await limit.output()).success);
  const { port } = new URL(server.url);
  const idle: Deno.Conn[] = [];
  try {
    for (let n = 0; n < 4 * SPARE; n++) idle.push(await Deno.connect({ port: Number(port) }));
  } catch (error) {
    assert.ok(error instanceof Deno.errors.ConnectionRefused, String(error));
  }
  assert.ok(idle.length >= SPARE / 2);
  for (const connection of idle) connection.close();
  // It listens again a moment after the first descriptor is free.
  const until = performance.now() + 10_000;
  let failures = 0;
  while (failures === 0 && performance.now() < until) {
    try {
      [failures = 0] = await metricsOf(server.url, "accept_failures_total");
    } catch (error) {
      assert.ok(error instanceof TypeError, String(error));
    }
  }
  assert.ok(failures >= 1, "what was refused is counted");
  const tile = await fetch(`${server.url}tiles/3/2/3.png`);
  assert.equal(tile.status, 200);
  await tile.body?.cancel();
  assert.equal(await server.stop(), 0);
});
