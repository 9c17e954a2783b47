/** Every limit, reached once: on it a request is taken, beyond it the answer names the limit. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import { DEFAULT_LIMITS, type Limits, SETTING } from "../../src/web/mod.ts";
import { appOver, bytesOf, CountedWorkers, HeldWorkers, posted, problemOf } from "./fixtures.ts";

const view = { re: "-0.75", im: "0.1", span: "1e-2", width: "8", height: "8" };

function render(changes: Record<string, string> = {}): string {
  return `/render.png?${new URLSearchParams({ ...view, ...changes })}`;
}

/**
 * Minutes of computing, if it is not stopped. At -3/4 + d i an orbit takes about pi / d steps to escape:
 * here some 300,000 for each of a million pixels.
 */
const DEAR = render({
  re: "-0.75",
  im: "1e-5",
  span: "2e-11",
  width: "1024",
  height: "1024",
  iterations: "5000000",
});

interface Border {
  readonly limit: keyof Limits;
  readonly value: number;
  /** A request just within the limit, and one beyond it. */
  readonly within: string;
  readonly beyond: string;
  /** What the answer says of it. */
  readonly says: RegExp;
  readonly status?: number;
}

const paddedUrl = (length: number) => `${render()}&v=`.padEnd(length, "0");

/** Limits that the address of a request can reach. */
const borders: readonly Border[] = [
  {
    limit: "deepest",
    value: 3,
    within: "/tiles/3/2/3.png",
    beyond: "/tiles/4/2/3.png",
    says: /deeper than this server goes.*\b3\b/,
    status: 404,
  },
  {
    limit: "deepest",
    value: 6,
    // A pixel of a tile at zoom z is 2^(-6-z) wide.
    within: render({ span: String(8 * 2 ** -12) }),
    beyond: render({ span: String(8 * 2 ** -12 - 1e-9) }),
    says: /deeper than this server goes.*\b6\b/,
    status: 404,
  },
  {
    limit: "iterations",
    value: 50,
    within: "/tiles/3/2/3.png?iterations=50",
    beyond: "/tiles/3/2/3.png?iterations=51",
    says: /1 to 50\b/,
  },
  {
    limit: "side",
    value: 20,
    within: render({ width: "20" }),
    beyond: render({ width: "21" }),
    says: /1 to 20\b/,
  },
  {
    limit: "side",
    value: 20,
    within: render({ height: "20" }),
    beyond: render({ height: "21" }),
    says: /1 to 20\b/,
  },
  {
    limit: "pixels",
    value: 72,
    within: render({ width: "9" }),
    beyond: render({ width: "9", height: "9" }),
    says: /width \* height = 81: at most 72/,
  },
  {
    limit: "supersample",
    value: 2,
    within: render({ supersample: "2" }),
    beyond: render({ supersample: "3" }),
    says: /1 to 2\b/,
  },
  {
    limit: "samples",
    value: 256,
    within: render({ supersample: "2" }),
    beyond: render({ supersample: "3" }),
    says: /supersample\^2 = 576: at most 256/,
  },
  {
    limit: "url",
    value: 100,
    within: paddedUrl(100),
    beyond: paddedUrl(101),
    says: /100 characters: POST/,
  },
];

Deno.test("limits of what is asked for", async (t) => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  for (const { limit, value, within, beyond, says, status = 400 } of borders) {
    await t.step(`${limit}: ${beyond.slice(0, 60)}`, async () => {
      const watched = new CountedWorkers(workers);
      const app = appOver(watched, { [limit]: value });
      assert.ok((await bytesOf(app.request(within))).length > 50);
      const asked = watched.calls;
      assert.ok(asked > 0);
      const problem = await problemOf(app.request(beyond), status);
      assert.equal(problem.limit, SETTING[limit as keyof typeof SETTING]);
      assert.match(problem.detail, says);
      assert.equal(watched.calls, asked, "nobody computes what is refused");
    });
  }

  await t.step("auto chooses no more than the limit", async () => {
    const app = appOver(workers, { iterations: 300 });
    const response = await app.request("/tiles/3/2/3.npy");
    assert.equal(response.headers.get("mandeltile-iterations"), "300");
    await response.body?.cancel();
  });

  await t.step("budget: a request that takes too much compute is given up", async () => {
    const app = appOver(workers, { budget: 0.01 });
    const response = await app.request(DEAR);
    assert.match(response.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assert.equal((await problemOf(response, 503)).limit, "budget");
    assert.ok((await bytesOf(app.request(render({ iterations: "9" })))).length > 50);
  });
});

Deno.test("limits of numbers and bodies", async () => {
  const nobody = new CountedWorkers();
  const app = appOver(nobody, { digits: 30, exponent: 40, body: 500 });
  // With one worker's answer being anything, what is within the limit is a file.
  const held = new HeldWorkers();
  held.release();
  const taken = appOver(held, { digits: 30, exponent: 40, body: 500 });
  const within = { re: "0.".padEnd(31, "3"), im: "1e-40", iterations: 9 };
  await bytesOf(taken.request("/render.npy", posted({ ...view, ...within })));

  for (const name of ["re", "im", "span"]) {
    const tooLong = { ...view, [name]: "0.".padEnd(32, "3") };
    const tooFar = { ...view, [name]: "1e-41" };
    for (
      const [body, word, limit] of [
        [tooLong, /31 digits.*\b30\b/, "max-digits"],
        [tooFar, /exponent.*40/, "max-exponent"],
      ] as const
    ) {
      const problem = await problemOf(app.request("/render.npy", posted(body)), 400);
      assert.equal(problem.parameter, name);
      assert.equal(problem.limit, limit);
      assert.match(problem.detail, word);
    }
  }

  const text = JSON.stringify({ ...view, iterations: 9 });
  await bytesOf(taken.request("/render.npy", posted(text.padEnd(500))));
  const declared = posted(text.padEnd(501));
  const streamed = { method: "POST", body: new Blob([text.padEnd(501)]).stream() };
  for (const init of [declared, streamed]) {
    const problem = await problemOf(app.request("/render.npy", init), 400);
    assert.equal(problem.limit, "max-body");
    assert.match(problem.detail, /500 bytes/);
  }
  assert.equal(nobody.calls, 0);
});

Deno.test("the usual limits stop what would take for ever before it is expanded", async () => {
  const nobody = new CountedWorkers();
  const app = appOver(nobody);
  const requests = [
    ["/tiles/3/2/3.png?iterations=1000000001", undefined, "iterations"],
    [render({ width: "1000000" }), undefined, "side"],
    [render({ width: "16384", height: "16384" }), undefined, "pixels"],
    [render({ width: "4096", height: "4096", supersample: "8" }), undefined, "samples"],
    [render({ re: "1e999999999" }), undefined, "exponent"],
    [render({ span: "1e-999999999" }), undefined, "exponent"],
    [render({ re: "3".repeat(100_000) }), undefined, "url"],
    ["/render.png", posted({ ...view, re: "3".repeat(100_000) }), "digits"],
    ["/render.png", posted({ ...view, re: "3".repeat(1_000_000) }), "body"],
    [`/${"x".repeat(40_000)}`, undefined, "url"],
  ] as const;
  for (const [path, init, limit] of requests) {
    const problem = await problemOf(app.request(path, init), 400);
    assert.equal(problem.limit, SETTING[limit]);
    const usual = String(DEFAULT_LIMITS[limit]);
    assert.ok(`${problem.detail} ${problem.allowed}`.includes(usual));
  }
  assert.equal(nobody.calls, 0);
});

Deno.test("no file is wider or higher than its format can say", async () => {
  const nobody = new CountedWorkers();
  const app = appOver(nobody, { side: 100_000 });
  for (const [format, most] of [["webp", 16_383], ["jpeg", 65_500], ["jpg", 65_500]] as const) {
    for (const sides of [[most + 1, 1], [1, most + 1]] as const) {
      const path = render({ width: `${sides[0]}`, height: `${sides[1]}` });
      const problem = await problemOf(app.request(path.replace("png", format)), 400);
      assert.deepEqual([problem.limit, problem.allowed], [undefined, most]);
      assert.equal(problem.parameter, "width, height");
      assert.equal((await app.request(path, { method: "HEAD" })).status, 200);
    }
  }
  assert.equal(nobody.calls, 0);
});

Deno.test("a full queue and a closed admission refuse at once, and say when to come again", async () => {
  const held = new HeldWorkers();
  const app = appOver(held, { concurrency: 1, queue: 1 });
  let asked = 0;
  // A tile each, or they would share their computation.
  const ask = (init?: RequestInit) => app.request(`/tiles/4/${asked++}/3.npy?iterations=9`, init);
  const inside = ask();
  await held.entered;
  const waiting = ask();
  const isFull = async () => {
    const response = await ask();
    assert.match(response.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    const problem = await problemOf(response, 503);
    assert.equal(problem.limit, "queue");
    assert.match(problem.detail, /queue is full/);
  };
  await isFull();
  assert.equal((await ask({ method: "HEAD" })).status, 200, "what needs no computing is answered");
  assert.equal((await app.request("/healthz")).status, 200);

  app.admission.close();
  const late = await ask();
  assert.match(late.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  assert.match((await problemOf(late, 503)).detail, /shutting down/);

  held.release();
  for (const admitted of [inside, waiting]) assert.equal((await bytesOf(admitted)).length, 0);
  assert.equal(held.calls, 2, "who was admitted was served");
});

Deno.test("who hangs up while waiting leaves the queue", async () => {
  const held = new HeldWorkers();
  const app = appOver(held, { concurrency: 1, queue: 1 });
  const path = (x: number) => `/tiles/3/${x}/3.npy?iterations=9`;
  const inside = app.request(path(0));
  await held.entered;
  const impatient = new AbortController();
  const gone = app.request(path(1), { signal: impatient.signal });
  // Who comes next finds the queue full: so the one before is in it.
  await problemOf(app.request(path(2)), 503);
  assert.equal(app.admission.waiting, 1);
  impatient.abort();
  assert.equal((await gone).status, 499);
  assert.equal(app.admission.waiting, 0);
  const next = app.request(path(3));
  held.release();
  await Promise.all([inside, next].map(bytesOf));
  assert.equal(held.calls, 2);
});

Deno.test("who hangs up while the workers compute stops them", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const impatient = new AbortController();
  const started = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const watched = new CountedWorkers(workers);
  // The renderer notifies of its progress: then the request is under way.
  const app = appOver({
    render: async (request, options) => {
      try {
        return await watched.render(request, { ...options, onProgress: () => started.resolve() });
      } finally {
        stopped.resolve();
      }
    },
  });
  const gone = app.request(DEAR, { signal: impatient.signal });
  await started.promise;
  impatient.abort();
  assert.equal((await gone).status, 499);
  await stopped.promise;
  assert.equal(workers.counters.pending, 0);
  const tile = await bytesOf(app.request("/tiles/3/2/3.png?iterations=99"));
  assert.ok(tile.length > 1000, "the workers are free again");
});
