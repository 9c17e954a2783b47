/** Requests of a burst begin one a turn, and those whose clients have gone by then not at all. */

import assert from "node:assert/strict";
import { Turns } from "../../src/web/http/turns.ts";
import { appOver, CountedWorkers, endOfTurn } from "./fixtures.ts";

Deno.test("one begins at once, the others one a turn, in order", async () => {
  const turns = new Turns();
  const begun: number[] = [];
  const begin = async (n: number) => {
    await turns.next();
    begun.push(n);
  };
  const all = [0, 1, 2, 3].map(begin);
  const seen: number[] = [];
  while (begun.length < 4) {
    await endOfTurn();
    seen.push(begun.length);
  }
  await Promise.all(all);
  assert.deepEqual(begun, [0, 1, 2, 3]);
  assert.ok(seen.every((count, i) => count - (seen[i - 1] ?? 1) <= 1), `${seen}`);
  // When it is quiet nobody waits.
  await endOfTurn();
  assert.equal(turns.next(), undefined);
  await endOfTurn();
});

Deno.test("a monitor does not wait behind a burst", async () => {
  const app = appOver(new CountedWorkers());
  const answered: string[] = [];
  const ask = async (path: string, method: string) => {
    await app.fetch(new Request(`http://test/${path}`, { method }));
    answered.push(path);
  };
  const tiles = Array.from({ length: 20 }, (_, x) => ask(`tiles/9/${x}/3.png`, "HEAD"));
  await Promise.all([...tiles, ask("healthz", "GET")]);
  assert.ok(answered.indexOf("healthz") < 3, `${answered.indexOf("healthz")}`);
});

Deno.test("of a burst that hangs up, only the first is looked at, and all are counted", async () => {
  const lines: { route: string; status: number }[] = [];
  const app = appOver(new CountedWorkers(), {}, undefined, { log: (line) => lines.push(line) });
  const leaving = new AbortController();
  const { signal } = leaving;
  const burst = Array.from(
    { length: 20 },
    (_, x) => app.fetch(new Request(`http://test/tiles/9/${x}/3.png`, { method: "HEAD", signal })),
  );
  leaving.abort();
  const statuses = (await Promise.all(burst)).map(({ status }) => status);
  assert.deepEqual(statuses, [200, ...Array(19).fill(499)]);
  await endOfTurn();
  assert.deepEqual(lines.map(({ route }) => route), [
    "/tiles/:z/:x/:file",
    ...Array(19).fill("other"),
  ]);
  const metrics = await (await app.request("/metrics")).text();
  assert.match(metrics, /mandeltile_requests_total\{route="other",status="499"\} 19\n/);
});
