/** Never computed twice: the same at the same time, and what is kept; with the same answer every time. */

import assert from "node:assert/strict";
import {
  CachingRenderer,
  type FrameOptions,
  type FrameRequest,
  type RenderedFrame,
  RenderWorkers,
} from "../../src/render/mod.ts";
import { emptyStore, MemoryStore, type TileStore } from "../../src/store/mod.ts";
import type { App } from "../../src/web/mod.ts";
import { appOver, bytesOf, CountedWorkers, endOfTurn, HeldWorkers, problemOf } from "./fixtures.ts";

const TILE = "/tiles/3/2/3.png?iterations=99";
const ARRAY = "/tiles/3/2/3.npy?iterations=9";

/** A renderer whose frame ends when its signal aborts, or when the test says so; anything else is empty. */
class StoppableWorkers extends HeldWorkers {
  stopped = 0;

  override async render(request: FrameRequest, options?: FrameOptions): Promise<RenderedFrame> {
    const signal = options?.signal;
    const aborted = Promise.withResolvers<never>();
    signal?.addEventListener("abort", () => {
      this.stopped++;
      aborted.reject(signal.reason);
    });
    return await Promise.race([super.render(request, options), aborted.promise]);
  }
}

Deno.test("64 identical requests are one computation", async () => {
  const held = new HeldWorkers();
  // No room for a second one.
  const app = appOver(held, { concurrency: 1, queue: 0 });
  const all = Array.from({ length: 64 }, () => app.request(ARRAY));
  await held.entered;
  held.release();
  for (const answer of all) assert.equal((await bytesOf(answer)).length, 0);
  assert.equal(held.calls, 1);
});

Deno.test("one of two hangs up, the other gets its tile", async () => {
  const held = new StoppableWorkers();
  const app = appOver(held);
  const impatient = new AbortController();
  const gone = app.request(ARRAY, { signal: impatient.signal });
  const stays = app.request(ARRAY);
  await held.entered;
  impatient.abort();
  assert.equal((await gone).status, 499);
  assert.equal(held.stopped, 0);
  held.release();
  await bytesOf(stays);
  assert.deepEqual([held.calls, held.stopped], [1, 0]);
});

Deno.test("the last hangs up, and the computation is stopped; who comes then gets an answer", async () => {
  const held = new StoppableWorkers();
  const app = appOver(held, { concurrency: 1 });
  const impatient = [1, 2, 3].map(() => new AbortController());
  const gone = impatient.map(({ signal }) => app.request(ARRAY, { signal }));
  await held.entered;
  for (const [i, controller] of impatient.entries()) {
    controller.abort();
    assert.equal((await gone[i]!).status, 499);
    assert.equal(held.stopped, i === 2 ? 1 : 0);
  }
  assert.equal(app.admission.inside, 0);
  held.release();
  await bytesOf(app.request(ARRAY));
  assert.equal(held.calls, 2);
});

/** Headers that a client who has the file goes on using from then. */
const OF_THE_COPY = [
  "access-control-expose-headers",
  "cross-origin-resource-policy",
  "x-content-type-options",
];

/** What two answers must have in common: everything but the times. */
async function contentOf(answer: Response | Promise<Response>) {
  const response = await answer;
  const headers = Object.fromEntries(response.headers);
  delete headers["server-timing"];
  const bytes = await response.bytes();
  await endOfTurn();
  return { status: response.status, headers, bytes };
}

/** An app over real workers and a store, and what its workers were asked. */
async function withApp(
  store: TileStore,
  run: (app: App, workers: CountedWorkers) => Promise<void>,
): Promise<void> {
  await using local = await RenderWorkers.start({ workers: 2 });
  const stores = { memory: emptyStore, disk: emptyStore };
  const workers = new CountedWorkers(new CachingRenderer(local, stores));
  await run(appOver(workers, {}, store), workers);
}

Deno.test("asked again it is the same answer, and nobody is asked to compute it", () =>
  withApp(new MemoryStore(2 ** 24), async (app, workers) => {
    const first = await contentOf(app.request(TILE));
    assert.equal(first.status, 200);
    const { calls } = workers;
    // Word for word, with the parameters in another order, and as another wrote them.
    for (const path of [TILE, TILE, `${TILE}&palette=classic`, `${TILE}&shading=smooth`]) {
      const again = await app.request(path);
      assert.equal(again.headers.get("server-timing"), "cache");
      assert.deepEqual(await contentOf(again), first);
    }
    assert.equal(workers.calls, calls);
    const versioned = await contentOf(app.request(`${TILE}&v=1`));
    assert.deepEqual(versioned.bytes, first.bytes);
    assert.match(versioned.headers["cache-control"] ?? "", /immutable/);
    assert.deepEqual(await contentOf(app.request(`${TILE}&v=1`)), versioned);
    assert.equal(workers.calls, calls);
  }));

Deno.test("a store that was filled by another server answers for it", async () => {
  const store = new MemoryStore(2 ** 24);
  let first: unknown;
  await withApp(store, async (app) => {
    first = await contentOf(app.request(TILE));
  });
  const nobody = new CountedWorkers();
  assert.deepEqual(await contentOf(appOver(nobody, {}, store).request(TILE)), first);
  assert.equal(nobody.calls, 0);
});

Deno.test("an answer that is at hand is given at once, without a promise", () =>
  withApp(new MemoryStore(2 ** 24), async (app) => {
    const { headers } = await contentOf(app.request(TILE));
    for (const init of [{}, { headers: { "if-none-match": headers.etag! } }]) {
      await contentOf(app.request(TILE, init));
      const again = app.request(TILE, init);
      assert.ok(again instanceof Response);
      await again.bytes();
    }
  }));

Deno.test("an answer that is at hand is still refused to whom it must be", () =>
  withApp(new MemoryStore(2 ** 24), async (app) => {
    for (let time = 0; time < 3; time++) {
      const image = { headers: { accept: "image/avif,image/*;q=0.8" } };
      const { status, headers, bytes } = await contentOf(app.request(TILE, image));
      assert.equal(status, 200);
      await problemOf(app.request(TILE, { headers: { accept: "text/html" } }), 406);
      // What would be refused is refused to those who have it, too (RFC 9110, 13.2.1).
      const refusing = { accept: "text/html", "if-none-match": headers.etag! };
      await problemOf(app.request(TILE, { headers: refusing }), 406);
      await problemOf(app.request(TILE, { method: "DELETE" }), 405);
      await problemOf(app.request(`${TILE}&iterations=98`), 400);
      const head = await app.request(TILE, { method: "HEAD" });
      assert.equal(head.headers.get("etag"), headers.etag);
      assert.equal((await head.bytes()).length, 0);
      for (const had of [headers.etag!, `"other", W/${headers.etag}`, "*"]) {
        const response = await app.request(TILE, { headers: { "if-none-match": had } });
        assert.equal(response.status, 304);
        assert.equal(response.headers.get("etag"), headers.etag);
        assert.equal(response.headers.get("cache-control"), headers["cache-control"]);
        assert.equal(response.headers.get("access-control-allow-origin"), "*");
        for (const name of OF_THE_COPY) assert.equal(response.headers.get(name), null, name);
        assert.equal((await response.bytes()).length, 0);
      }
      const other = await contentOf(app.request(TILE, { headers: { "if-none-match": '"other"' } }));
      assert.deepEqual(other.bytes, bytes);
    }
  }));

Deno.test("what is given again and again is kept whole, within a bound, and each has all of it", () =>
  withApp(new MemoryStore(2 ** 24), async (app) => {
    const first = await contentOf(app.request(TILE));
    for (const name of OF_THE_COPY) assert.ok(first.headers[name], name);
    for (let time = 0; time < 4; time++) {
      // Of an answer that nobody reads, too.
      await (await app.request(TILE)).body?.cancel();
      assert.deepEqual(await contentOf(app.request(TILE)), first);
    }
    const metrics = await (await app.request("/metrics")).text();
    const of = (name: string) =>
      Number(metrics.match(`mandeltile_cache_${name}{kind="answers",tier="memory"} (.*)`)?.[1]);
    assert.deepEqual([of("entries"), of("hits_total"), of("misses_total")], [1, 7, 1]);
    assert.ok(of("bytes") >= first.bytes.length && of("bytes") <= of("bytes_limit"));
  }));

Deno.test("an answer too large to be kept whole is the same each time", async () => {
  await using local = await RenderWorkers.start({ workers: 1 });
  const app = appOver(local, {}, new MemoryStore(2 ** 24), { responseBytes: 2000 });
  const first = await contentOf(app.request(TILE));
  for (let time = 0; time < 3; time++) {
    assert.deepEqual(await contentOf(app.request(TILE)), first);
  }
  const metrics = await (await app.request("/metrics")).text();
  assert.match(metrics, /^mandeltile_cache_entries{kind="answers",tier="memory"} 0$/m);
});

Deno.test("a refusal is not remembered", async () => {
  const held = new HeldWorkers();
  const app = appOver(held, { concurrency: 1, queue: 0 }, new MemoryStore(2 ** 20));
  const inside = app.request("/tiles/3/2/4.npy?iterations=9");
  await held.entered;
  await problemOf(app.request(ARRAY), 503);
  held.release();
  await bytesOf(inside);
  await bytesOf(app.request(ARRAY));
});

Deno.test("a store that loses everything at once changes no answer", () =>
  withApp(new MemoryStore(1), async (app) => {
    const first = await contentOf(app.request(TILE));
    assert.deepEqual(await contentOf(app.request(TILE)), first);
  }));
