/** Deep addresses over HTTP: tiles and renders of a thousand digits and more, counted right or refused. */

import assert from "node:assert/strict";
import { decode } from "fast-png";
import { Exact, frameOfView, tileAt } from "../../src/plane/mod.ts";
import { CachingRenderer, RenderWorkers } from "../../src/render/mod.ts";
import { emptyStore, MemoryStore } from "../../src/store/mod.ts";
import type { App } from "../../src/web/mod.ts";
import places from "../data/places.json" with { type: "json" };
import { judge } from "../fractal/perturbed_sampler.ts";
import { randomFrom } from "../plane/random.ts";
import { tileOfPlace } from "../render/frames.ts";
import { appOver, bytesOf, posted, problemOf } from "./fixtures.ts";
import { readNpy } from "./npy_reader.ts";

/** Pixels of a view that are compared with exact arithmetic, and how many must be equal. */
const PIXELS = 24;
const EQUAL = 22;
/** Relative difference of the others at most. */
const WORST = 1e-3;

/** A place, a width and iterations, for each a view of 64 x 64 that is perturbed. */
const VIEWS = [
  ["seahorse-1e31", "6e-13", 8000],
  ["past-double-1e14", "4e-14", 4036],
  ["seahorse-1e31", "1e-19", 12_000],
  ["double-spiral-1e1000", "1e-50", 3000],
  ["deep-1e77", "8.6e-78", 1600],
  ["deep-5e113", "3e-60", 12_000],
  ["double-spiral-1e1000", "1e-290", 3000],
  ["double-spiral-1e1000", "1e-318", 3000],
  ["double-spiral-1e1000", "9.5e-1001", 5000],
] as const satisfies [string, string, number, number?][];

Deno.test("deep tiles and views are served", async (t) => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const app = appOver(workers);

  await t.step("a tile whose address has 2000 digits is a tile like any other", async () => {
    const { address } = tileOfPlace("double-spiral-1e1000");
    const path = `/tiles/${address}.png`;
    assert.ok(path.length > 2000);
    const response = await app.request(path);
    assert.equal(response.status, 200);
    const said = response.headers.get("mandeltile-arithmetic") ?? "";
    const [, bits, reference, skipped, wide] =
      /^perturbation; bits=(\d+); reference=(\d+); skipped=(0\.\d{4})(; wide)?$/.exec(said) ?? [];
    assert.ok(Number(bits) > 3324 + 8 && Number(bits) < 3324 + 8 + 192, said);
    assert.ok(Number(reference) > 2000, said);
    assert.ok(Number(skipped) > 0.9, said);
    assert.equal(wide, "; wide");
    assert.match(response.headers.get("server-timing") ?? "", /^orbit;dur=[\d.]+, compute;dur=/);
    const { width, height, data } = decode(await bytesOf(response));
    assert.deepEqual([width, height], [256, 256]);
    assert.ok(new Set(data).size > 20, "there is something to see");
    // Not wide, where doubles have the exponent; and doubles themselves above.
    const arithmetic = async (zoom: number) => {
      const tile = tileOfPlace("double-spiral-1e1000", zoom).address;
      const { headers } = await app.request(`/tiles/${tile}.npy?iterations=2000`);
      return headers.get("mandeltile-arithmetic") ?? "";
    };
    assert.match(await arithmetic(800), /^perturbation; .*skipped=0\.\d+$/);
    assert.equal(await arithmetic(40), "double");
    assert.match(await arithmetic(41), /^perturbation; /);
  });

  await t.step("counts are those of exact arithmetic", async () => {
    const random = randomFrom(91);
    for (const [name, span, iterations] of VIEWS) {
      const { re, im } = placeOf(name);
      const query = { re, im, span, width: "64", height: "64", iterations: String(iterations) };
      const response = await app.request(`/render.npy?${new URLSearchParams(query)}`);
      assert.match(response.headers.get("mandeltile-arithmetic") ?? "", /^perturbation/, name);
      const array = readNpy(await bytesOf(response));
      const counts = Uint32Array.from({ length: 4096 }, (_, i) => array.at(i % 64, i >> 6));
      assert.ok(new Set(counts).size >= 4, `${name}, ${span}: there is something to compare`);
      const frame = frameOfView({
        re: Exact.parse(re),
        im: Exact.parse(im),
        span: Exact.parse(span),
        width: 64,
        height: 64,
      });
      const verdict = judge(frame, { counts, iterations }, { random, pixels: PIXELS });
      assert.ok(verdict.equal >= EQUAL, `${name}, ${span}: ${verdict.equal} of ${PIXELS} equal`);
      assert.ok(verdict.worst <= WORST, `${name}, ${span}: ${verdict.worst}`);
    }
  });

  await t.step("a view of 20,000 digits comes as JSON", async () => {
    const re = `1.${"3".repeat(19_999)}`;
    const im = `-1.${"7".repeat(19_999)}`;
    const view = { re, im, span: "1e-9000", width: 16, height: 16, iterations: 3000 };
    const response = await app.request("/render.png", posted(view));
    assert.match(
      response.headers.get("mandeltile-arithmetic") ?? "",
      /^perturbation; bits=3\d{4};/,
    );
    assert.equal(decode(await bytesOf(response)).width, 16);
    const longer = { ...view, re: `${re}3` };
    const { limit } = await problemOf(app.request("/render.png", posted(longer)), 400);
    assert.equal(limit, "max-digits");
  });

  await t.step("the deepest zoom answers outside of the set", async () => {
    const tile = tileAt(30_000, Exact.parse("-1.5"), Exact.parse("1.5"));
    const response = await app.request(`/tiles/${tile}.png`);
    assert.match(
      response.headers.get("mandeltile-arithmetic") ?? "",
      /^perturbation; bits=30\d{3};/,
    );
    assert.equal(decode(await bytesOf(response)).width, 256);
  });

  await t.step("and is refused by its cost inside, with the cost named", async () => {
    const poor = appOver(workers, { budget: 0.3 });
    const tile = tileAt(30_000, Exact.parse("-1.5"), Exact.of(0));
    for (
      const path of [
        `/tiles/${tile}.png?iterations=20000`,
        `/tms/${tile.mirror()}.npy?iterations=5000000`,
      ]
    ) {
      const response = await poor.request(path);
      assert.equal(response.headers.get("retry-after"), "30");
      const problem = await problemOf(response, 503);
      assert.equal(problem.limit, "budget");
      assert.match(
        problem.detail,
        /reference orbit within 0\.3 s: it is 30\d{3} bits deep, and \d+ of/,
      );
    }
    assert.equal(poor.admission.inside, 0);
  });

  await t.step("a zoom beyond the deepest is none", async () => {
    const tile = tileAt(30_001, Exact.parse("-1.5"), Exact.of(0));
    const problem = await problemOf(app.request(`/tiles/${tile}.png`), 404);
    assert.deepEqual([problem.limit, problem.deepest], ["deepest", 30_000]);
    assert.match(problem.detail, /30001.*30000/);
    const view = { re: "-1.5", im: "0", span: "1e-9100", width: 256, height: 256 };
    assert.equal((await problemOf(app.request("/render.png", posted(view)), 404)).limit, "deepest");
  });

  await t.step("an orbit that the memory cannot hold is refused", async () => {
    const referenceBytes = 2 ** 18;
    await using small = await RenderWorkers.start({ workers: 1, referenceBytes });
    const poor = appOver(small);
    // Beside the cusp orbits are long, and no cycle ends them.
    const tile = tileAt(100, Exact.parse("0.25000000000000000001"), Exact.of(0));
    const problem = await problemOf(poor.request(`/tiles/${tile}.png?iterations=100000`), 400);
    assert.deepEqual(
      [problem.parameter, problem.limit, problem.allowed],
      ["iterations", "reference-memory", referenceBytes],
    );
    assert.match(problem.detail, /^Cannot keep a reference orbit of \d+ points/);
    await bytesOf(poor.request(`/tiles/${tile}.png?iterations=5000`));
  });
});

Deno.test("who hangs up during a deep orbit leaves nothing behind", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers, { concurrency: 1 });
  const path = `/tiles/${tileAt(20_000, Exact.parse("-1.7549"), Exact.parse("0.001"))}.png`;
  const controller = new AbortController();
  const { signal } = controller;
  const gone = app.request(`${path}?iterations=1000000`, { signal });
  await workersBusy(workers);
  const began = performance.now();
  controller.abort();
  assert.equal((await gone).status, 499);
  await freeFor(app);
  assert.ok(performance.now() - began < 400, `${performance.now() - began} ms`);
});

/** Waits until a worker has something to do: what is before that happens on this thread. */
async function workersBusy(workers: RenderWorkers): Promise<void> {
  while (workers.counters.pending === 0) await new Promise((resolve) => setTimeout(resolve));
}

/** Asks for a tile that takes the only place and the only worker for a moment. */
async function freeFor(app: App): Promise<void> {
  await bytesOf(app.request("/tiles/3/2/3.png?iterations=99"));
  assert.equal(app.admission.inside, 0);
}

function placeOf(name: string): { re: string; im: string } {
  return places.places.find((place) => place.name === name) ?? assert.fail(name);
}

Deno.test("what an answer says of its arithmetic is decided by its address, whatever was asked before", async () => {
  for (const [place, zoom] of [["seahorse-1e31", 90], ["double-spiral-1e1000", 600]] as const) {
    const { address } = tileOfPlace(place, zoom);
    const path = `/tiles/${address}.npy?iterations=1500`;
    const histories = [
      [],
      [`/tiles/${address}.png?iterations=1500`],
      // The orbit is then longer than this tile needs it to be.
      [`/tiles/${address}.npy?iterations=12000`],
    ];
    const answers: { lasting: Record<string, string>; bytes: Uint8Array }[] = [];
    for (const [n, before] of histories.entries()) {
      await using local = await RenderWorkers.start({ workers: 1 + n % 2 });
      const memory = new MemoryStore(2 ** 24);
      const app = appOver(new CachingRenderer(local, { memory, disk: emptyStore }));
      for (const other of before) await bytesOf(app.request(other));
      const response = await app.request(path);
      const headers = Object.fromEntries(response.headers);
      const { "server-timing": _, ...lasting } = headers;
      answers.push({ lasting, bytes: await bytesOf(response) });
    }
    assert.match(
      answers[0]!.lasting["mandeltile-arithmetic"] ?? "",
      /^perturbation; bits=\d+; reference=(1500|390);/,
    );
    assert.deepEqual(answers, answers.map(() => answers[0]));
  }
});
