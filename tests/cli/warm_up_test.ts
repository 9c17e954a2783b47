import assert from "node:assert/strict";
import { warmUp } from "../../src/cli/warm_up.ts";
import { AutoIterations } from "../../src/render/mod.ts";
import { DEFAULT_LIMITS } from "../../src/web/mod.ts";
import { startServer } from "../e2e/server.ts";
import { CountedWorkers, enlarge, IDLE } from "../web/fixtures.ts";

Deno.test("a server is warmed up with tiles, and whatever fails there is left for clients", async () => {
  const workers = new CountedWorkers();
  await warmUp({
    renderer: { frames: workers, auto: new AutoIterations(workers) },
    oracle: { exact: () => Promise.reject(new Error("nobody")) },
    limits: { ...DEFAULT_LIMITS, concurrency: 4 },
    enlarge,
    state: () => Promise.resolve(IDLE),
  });
  assert.ok(workers.calls >= 16, `${workers.calls} calls`);
});

Deno.test("what warms a server up is in none of its counts", async () => {
  await using server = await startServer();
  const text = await (await fetch(`${server.url}metrics`)).text();
  const counts =
    /^mandeltile_(requests|iterations|cache_\w+|frames|files|bytes)_total\b.* [1-9]\d*$/gm;
  assert.deepEqual(text.match(counts), null);
  assert.match(text, /^mandeltile_iterations_total 0$/m);
});
