/** `GET /exact`: known points, what its answer says of them, and what it refuses. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import type { App } from "../../src/web/mod.ts";
import { appOver, CountedWorkers, problemOf } from "./fixtures.ts";

/** Points whose orbits are known, within 1000 iterations. */
const POINTS = [
  // Beyond radius 2 at once; after one step, for |2| is not above 2; and where (1 + i)^2 + 1 + i = 1 + 3i.
  ["3", "0", { count: 0, orbit: "escapes" }],
  ["2", "0", { count: 1, orbit: "escapes" }],
  ["1", "1", { count: 1, orbit: "escapes" }],
  ["0.0965", "-0.638", { count: 17, orbit: "escapes" }],
  // The cusp and the point opposite belong to the cardioid; a hair beside the cusp does not.
  ["0", "0", { count: 1000, orbit: "cardioid" }],
  ["0.25", "0", { count: 1000, orbit: "cardioid" }],
  ["-0.75", "0", { count: 1000, orbit: "cardioid" }],
  ["-1", "0", { count: 1000, orbit: "period-2 disk" }],
  ["-1.25", "0", { count: 1000, orbit: "period-2 disk" }],
  // -2, 2, 2, ...; and i, -1 + i, -i, -1 + i, ...
  ["-2", "0", { count: 1000, orbit: "cycle", period: 1 }],
  ["0", "1", { count: 1000, orbit: "cycle", period: 2 }],
  // Near the nuclei of period 3, on the real axis and in the rabbit's ear, and of period 4.
  ["-1.7548776662", "0", { count: 1000, orbit: "cycle", period: 3 }],
  ["-0.1225611668", "0.7448617666", { count: 1000, orbit: "cycle", period: 3 }],
  ["-1.3107026413", "0", { count: 1000, orbit: "cycle", period: 4 }],
  // Of the real axis, where orbits neither escape nor come to rest.
  ["-1.5", "0", { count: 1000, orbit: "undecided" }],
  // Beyond radius 2, if only just.
  ["-2.000000000000000000000000000001", "0", { count: 0, orbit: "escapes" }],
] as const;

function exact(re: string, im: string, more: Record<string, string> = {}): string {
  return `/exact?${new URLSearchParams({ re, im, ...more })}`;
}

async function answerOf(app: App, path: string): Promise<Record<string, unknown>> {
  const response = await app.request(path);
  const text = await response.text();
  assert.equal(response.status, 200, text.slice(0, 200));
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  assert.equal(response.headers.get("cache-control"), "no-store");
  return JSON.parse(text) as Record<string, unknown>;
}

Deno.test("points are counted exactly", async (t) => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const app = appOver(workers);

  await t.step("those that are known", async () => {
    for (const [re, im, expected] of POINTS) {
      const { bits, ...answer } = await answerOf(app, exact(re, im, { iterations: "1000" }));
      assert.deepEqual(answer, { re, im, iterations: 1000, ...expected });
      assert.ok(Number.isSafeInteger(bits) && Number(bits) >= 64, `${bits}`);
    }
  });

  await t.step("with 10,000 iterations where none are asked for", async () => {
    const { iterations, count } = await answerOf(app, exact("-1.5", "0"));
    assert.deepEqual([iterations, count], [10_000, 10_000]);
  });

  await t.step("at a thousand digits, every one of which counts", async () => {
    const near = `1.${"0".repeat(998)}1`;
    const { im, count, bits } = await answerOf(app, exact("0", near, { iterations: "5000" }));
    assert.equal(im, near);
    assert.ok(Number(bits) > 999 * Math.log2(10), `${bits} bits`);
    // Near i the distance grows by |2 i (2 i - 2)| = 2^2.5 in two steps: 10^999 takes 2654.
    assert.ok(Math.abs(Number(count) - 2654) < 8, `${count}`);
    const inside = `-1.${"9".repeat(999)}`;
    const { orbit } = await answerOf(app, exact(inside, "0", { iterations: "5000" }));
    assert.equal(orbit, "undecided");
    const exponents = await answerOf(app, exact("-2", "1e-1000", { iterations: "5000" }));
    assert.equal(exponents.orbit, "escapes");
  });

  await t.step("or refused, when they cost too much", async () => {
    const poor = appOver(workers, { budget: 0.1 });
    const point = exact(`-1.${"7".repeat(3000)}`, "0", { iterations: "5000000" });
    const response = await poor.request(point);
    assert.equal(response.headers.get("retry-after"), "30");
    const problem = await problemOf(response, 503);
    assert.equal(problem.limit, "budget");
    assert.match(problem.detail, /^Cannot count the point exactly within 0\.1 s/);
    assert.equal(poor.admission.inside, 0);
    // The worker has obeyed: it is not replaced.
    await answerOf(poor, exact("1", "1"));
    assert.equal(workers.counters.lost, 0);
  });

  await t.step("and given up with whoever asked", async () => {
    const controller = new AbortController();
    const point = exact(`-1.${"7".repeat(3000)}`, "0", { iterations: "5000000" });
    const gone = app.request(point, controller);
    while (workers.counters.pending === 0) await new Promise((resolve) => setTimeout(resolve));
    controller.abort();
    assert.equal((await gone).status, 499);
    assert.equal(app.admission.inside, 0);
  });
});

Deno.test("what cannot be read is refused before anybody is asked", async () => {
  const app = appOver(new CountedWorkers());
  const bad = [
    ["/exact", "re"],
    ["/exact?re=1", "im"],
    ["/exact?re=one&im=0", "re"],
    ["/exact?re=1&im=", "im"],
    ["/exact?re=1&im=0&im=0", "im"],
    ["/exact?re=1&im=0&iteration=9", "iteration"],
    ["/exact?re=1&im=0&span=1", "span"],
    ["/exact?re=1&im=0&iterations=auto", "iterations"],
    ["/exact?re=1&im=0&iterations=0", "iterations"],
    ["/exact?re=1&im=0&iterations=1000000001", "iterations"],
    ["/exact?re=1e20001&im=0", "re"],
    [`/exact?re=1&im=0.${"1".repeat(20_001)}`, "im"],
  ] as const;
  for (const [path, parameter] of bad) {
    assert.equal((await problemOf(app.request(path), 400)).parameter, parameter, path.slice(0, 60));
  }
  for (const method of ["POST", "PUT", "DELETE"]) {
    const response = await app.request("/exact?re=1&im=1", { method });
    assert.equal(response.headers.get("allow"), "GET, HEAD, OPTIONS");
    await problemOf(response, 405);
  }
});

Deno.test("HEAD and OPTIONS of a point have no body", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers);
  const head = await app.request(exact("1", "1"), { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.match(head.headers.get("content-type") ?? "", /^application\/json/);
  assert.equal(await head.text(), "");
  const options = await app.request(exact("1", "1"), { method: "OPTIONS" });
  assert.equal(options.status, 204);
});
