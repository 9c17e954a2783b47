/** What an operator sees: metrics, readiness, and a line for every request. */

import assert from "node:assert/strict";
import {
  CachingRenderer,
  type FrameRenderer,
  ObservedRenderer,
  RenderWorkers,
} from "../../src/render/mod.ts";
import { emptyStore, MemoryStore } from "../../src/store/mod.ts";
import { tileOfPlace } from "../render/frames.ts";
import {
  type App,
  type AppOptions,
  DEFAULT_LIMITS,
  type RequestLine,
  type ServerState,
} from "../../src/web/mod.ts";
import {
  appOver,
  bytesOf,
  CountedWorkers,
  endOfTurn,
  HeldWorkers,
  IDLE,
  problemOf,
} from "./fixtures.ts";

const TILE = "/tiles/3/2/3.png?iterations=99";

/** The samples of Prometheus' text format, by name and labels as they stand there. */
function readMetrics(text: string): Map<string, number> {
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(samples.map((line) => {
    const [, name = assert.fail(line), value] = /^(\S+(?: [^}]*})?) (\S+)$/.exec(line) ?? [];
    return [name, Number(value)];
  }));
}

async function metricsOf(app: App): Promise<Map<string, number>> {
  await endOfTurn();
  const response = await app.request("/metrics");
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  return readMetrics(await response.text());
}

function watchedApp(workers: FrameRenderer, options: Partial<AppOptions> = {}): App {
  return appOver(workers, { concurrency: 1 }, new MemoryStore(2 ** 24), options);
}

Deno.test("64 identical requests for a heavy tile are one computation, as the metrics tell", async () => {
  await using local = await RenderWorkers.start({ workers: 2 });
  const stores = { memory: emptyStore, disk: emptyStore };
  const observed = new ObservedRenderer(new CachingRenderer(local, stores));
  const state = () => Promise.resolve({ ...IDLE, workers: local.counters, work: observed.done });
  const app = watchedApp(observed, { state });
  // In the seahorse valley, where most points take hundreds of iterations.
  const heavy = "/tiles/12/1798/1913.png?iterations=20000";
  const all = Array.from({ length: 64 }, () => app.request(heavy));
  const lengths = await Promise.all(all.map(async (answer) => (await bytesOf(answer)).length));
  const metrics = await metricsOf(app);
  assert.equal(metrics.get("mandeltile_frames_total"), 1);
  assert.equal(metrics.get("mandeltile_files_encoded_total"), 1);
  const tiles = '{route="/tiles/:z/:x/:file",status="200"}';
  assert.equal(metrics.get(`mandeltile_requests_total${tiles}`), 64);
  const bytes = lengths.reduce((sum, length) => sum + length);
  assert.equal(metrics.get(`mandeltile_response_bytes_total${tiles}`), bytes);
  assert.equal(metrics.get('mandeltile_workers{state="alive"}'), 2);
  assert.ok(metrics.get("mandeltile_compute_seconds_total")! > 0);
  assert.ok(metrics.get("mandeltile_iterations_total")! > 256 * 256);
});

Deno.test("iterations are the steps that were made: where all are, the sum of the counts", async () => {
  await using local = await RenderWorkers.start({ workers: 1 });
  const observed = new ObservedRenderer(local);
  const app = watchedApp(observed, {
    state: () => Promise.resolve({ ...IDLE, work: observed.done }),
  });
  // Beside the seahorses, where no point is known beforehand to be inside.
  const npy = await bytesOf(app.request("/tiles/12/1798/1913.npy?iterations=99"));
  const counts = new Uint32Array(npy.slice(-4 * 256 * 256).buffer);
  const sum = counts.reduce((sum, count) => sum + count);
  assert.equal((await metricsOf(app)).get("mandeltile_iterations_total"), sum);
});

Deno.test("a frame that was made again says so, out of every cache too, and is counted once", async () => {
  await using local = await RenderWorkers.start({ workers: 1 });
  // As the guard answers where perturbation was wrong.
  const sample: typeof local.sample = async (frame, options) => {
    const samples = await local.sample(frame, options);
    const { arithmetic } = samples;
    if (arithmetic.kind !== "perturbation") return samples;
    return { ...samples, arithmetic: { ...arithmetic, checked: "recomputed" } };
  };
  const guarded = new Proxy(local, {
    get: (workers, name: keyof RenderWorkers) => {
      if (name === "sample") return sample;
      const value = workers[name];
      return typeof value === "function" ? value.bind(workers) : value;
    },
  });
  const stores = { memory: new MemoryStore(2 ** 24), disk: emptyStore };
  const observed = new ObservedRenderer(new CachingRenderer(guarded, stores));
  const state = () => Promise.resolve({ ...IDLE, work: observed.done });
  const app = watchedApp(observed, { state });
  const deep = `/tiles/${tileOfPlace("seahorse-1e31", 48).address}.png?iterations=99`;
  const saysSo = async (path: string) => {
    const response = await app.request(path);
    const said = response.headers.get("mandeltile-checked");
    await bytesOf(response);
    return said;
  };
  assert.equal(await saysSo(deep), "recomputed");
  assert.equal(await saysSo(deep), "recomputed", "the answer that is kept");
  assert.equal(await saysSo(`${deep}&palette=magma`), "recomputed", "samples that are kept");
  assert.equal(await saysSo(deep.replace("png", "npy")), "recomputed");
  assert.equal(await saysSo(TILE), null);
  const metrics = await metricsOf(app);
  const checked = (outcome: string) =>
    metrics.get(`mandeltile_frames_checked_total{outcome="${outcome}"}`);
  assert.deepEqual(["passed", "unchecked", "recomputed"].map(checked), [0, 0, 1]);
});

Deno.test("what a client leaves behind, or what is too dear, has been computed too", async () => {
  await using local = await RenderWorkers.start({ workers: 2 });
  const observed = new ObservedRenderer(local);
  const app = watchedApp(observed, {
    state: () => Promise.resolve({ ...IDLE, work: observed.done }),
    limits: { ...DEFAULT_LIMITS, concurrency: 1, budget: 0.5 },
  });
  const computed = async () => {
    const metrics = await metricsOf(app);
    const [seconds, iterations, frames] = ["compute_seconds", "iterations", "frames"]
      .map((name) => metrics.get(`mandeltile_${name}_total`)!) as [number, number, number];
    return { seconds, iterations, frames };
  };
  // At -3/4 + d i an orbit takes about pi / d steps to escape: with doubles the pixels take the time,
  // far below them the reference does.
  for (const [im, span] of [["1e-5", "2e-11"], ["1e-7", "2e-20"]] as const) {
    const view = `/render.npy?re=-0.75&im=${im}&span=${span}&width=256&height=256`;
    const before = await computed();
    const leaving = new AbortController();
    const { signal } = leaving;
    const left = app.request(`${view}&iterations=4999999`, { signal });
    while ((await computed()).seconds === before.seconds) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    leaving.abort();
    assert.equal((await left).status, 499);
    const after = await computed();
    assert.ok(after.seconds > before.seconds, span);

    await problemOf(app.request(`${view}&iterations=5000000`), 503);
    const { seconds, iterations, frames } = await computed();
    assert.ok(seconds - after.seconds > 0.45, `${seconds - after.seconds} of half a second`);
    if (span === "2e-11") {
      assert.ok(iterations > after.iterations && iterations > 1e8, `${iterations}`);
    }
    assert.equal(frames, 0);
  }
});

Deno.test("an exact point has been computed too, whoever waited for it", async () => {
  await using local = await RenderWorkers.start({ workers: 1 });
  const observed = new ObservedRenderer(local);
  const app = watchedApp(observed, {
    oracle: local,
    state: () => Promise.resolve({ ...IDLE, work: observed.done }),
    limits: { ...DEFAULT_LIMITS, concurrency: 1, budget: 0.2 },
  });
  const iterations = async () => (await metricsOf(app)).get("mandeltile_iterations_total")!;
  const seconds = async () => (await metricsOf(app)).get("mandeltile_compute_seconds_total")!;

  // Escapes after 17 steps; once with some bits, once with twice as many.
  await (await app.request("/exact?re=0.0965&im=-0.638")).body?.cancel();
  assert.equal(await iterations(), 2 * 17);
  assert.ok(await seconds() > 0);
  const before = await seconds();

  const long = `/exact?re=-1.${"7".repeat(3000)}&im=0&iterations=5000000`;
  await problemOf(app.request(long), 503);
  // The worker, its only one, takes this up once it has left the other.
  await (await app.request("/exact?re=0&im=0")).body?.cancel();
  assert.ok(await seconds() - before > 0.19, `${await seconds() - before}`);
  assert.ok(await iterations() > 256, `${await iterations()}`);
});

Deno.test("no label grows with what is asked", async () => {
  const held = new HeldWorkers();
  held.release();
  const app = watchedApp(held);
  const ask = async (n: number) => {
    const paths = [
      `/tiles/9/${n}/3.npy?iterations=${n + 1}`,
      `/tiles/9/${n + 1000}/3.npy`,
      `/tms/9/${n}/3.npy?iterations=9`,
      `/nowhere/${n}`,
      `/assets/${n}`,
      `/render.${n}`,
      `/render.png?re=${n}`,
      `/healthz?${n}`,
    ];
    for (const path of paths) await (await app.request(path)).body?.cancel();
    await (await app.request("/healthz", { method: `M${n}` })).body?.cancel();
    return (await metricsOf(app)).size;
  };
  await ask(0);
  const after = await ask(1);
  for (let n = 2; n < 30; n++) assert.equal(await ask(n), after);
  const metrics = await metricsOf(app);
  assert.equal(metrics.get('mandeltile_requests_total{route="other",status="404"}'), 30);
  assert.equal(metrics.get('mandeltile_requests_total{route="/tms/:z/:x/:file",status="200"}'), 30);
});

Deno.test("what is at hand is counted like what was computed", async () => {
  const held = new HeldWorkers();
  held.release();
  const app = watchedApp({
    render: async (request) => ({ ...await held.render(request), bytes: new Uint8Array(1000) }),
  });
  for (let n = 0; n < 5; n++) await bytesOf(app.request(TILE));
  const etag = (await app.request(TILE, { method: "HEAD" })).headers.get("etag") ?? "";
  for (let n = 0; n < 3; n++, await endOfTurn()) {
    await app.request(TILE, { headers: { "if-none-match": etag } });
  }
  const metrics = await metricsOf(app);
  const of = (status: number) => `{route="/tiles/:z/:x/:file",status="${status}"}`;
  assert.equal(metrics.get(`mandeltile_requests_total${of(200)}`), 6);
  assert.equal(metrics.get(`mandeltile_response_bytes_total${of(200)}`), 5000);
  assert.equal(metrics.get(`mandeltile_requests_total${of(304)}`), 3);
});

Deno.test("the queue is told as it is", async () => {
  const held = new HeldWorkers();
  const app = watchedApp(held, { limits: { ...DEFAULT_LIMITS, concurrency: 1, queue: 1 } });
  const asked = [0, 1].map((x) => app.request(`/tiles/4/${x}/3.npy?iterations=9`));
  await held.entered;
  await problemOf(app.request("/tiles/4/2/3.npy?iterations=9"), 503);
  const metrics = await metricsOf(app);
  assert.equal(metrics.get("mandeltile_computing"), 1);
  assert.equal(metrics.get("mandeltile_queue_length"), 1);
  assert.equal(metrics.get("mandeltile_queue_refused_total"), 1);
  held.release();
  await Promise.all(asked.map(bytesOf));
  assert.equal((await metricsOf(app)).get("mandeltile_queue_length"), 0);
});

Deno.test("caches are told of by kind and tier", async () => {
  const store = new MemoryStore(2 ** 20);
  await store.put("a", { bytes: new Uint8Array(10), note: "" });
  store.peek("a");
  store.peek("b");
  const caches = (await store.stats()).map((tier) => ({ kind: "files", ...tier }));
  const state = () => Promise.resolve({ ...IDLE, caches });
  const metrics = await metricsOf(watchedApp(new CountedWorkers(), { state }));
  const labels = '{kind="files",tier="memory"}';
  assert.equal(metrics.get(`mandeltile_cache_hits_total${labels}`), 1);
  assert.equal(metrics.get(`mandeltile_cache_misses_total${labels}`), 1);
  assert.equal(metrics.get(`mandeltile_cache_entries${labels}`), 1);
  assert.equal(metrics.get(`mandeltile_cache_bytes_limit${labels}`), 2 ** 20);
});

Deno.test("a server is ready that has workers and takes work, if need be without its store", async () => {
  let now: ServerState = IDLE;
  const app = watchedApp(new CountedWorkers(), { state: () => Promise.resolve(now) });
  const readyz = async () => {
    const response = await app.request("/readyz");
    return [response.status, await response.json()];
  };
  const good = { workers: true, store: true, accepting: true, degraded: false };
  assert.deepEqual(await readyz(), [200, { status: "ready", ...good }]);
  now = { ...IDLE, workers: { ...IDLE.workers, alive: 0 } };
  assert.deepEqual(await readyz(), [503, { status: "not ready", ...good, workers: false }]);
  now = { ...IDLE, storeOpen: false };
  assert.deepEqual(await readyz(), [
    200,
    { status: "ready", ...good, store: false, degraded: true },
  ], "a server that computes everything is slower, and no reason to send it nothing");
  now = IDLE;
  app.admission.close();
  assert.deepEqual(await readyz(), [503, { status: "not ready", ...good, accepting: false }]);
  assert.equal((await app.request("/healthz")).status, 200);
});

Deno.test("every request is told of, with the error where it was the server's", async () => {
  const lines: RequestLine[] = [];
  const app = watchedApp(new CountedWorkers(), { log: (line) => lines.push(line) });
  await app.request("/healthz?a=b");
  await app.request("/tiles/3/9/3.png");
  await app.request(TILE);
  await endOfTurn();
  assert.deepEqual(
    lines.map(({ method, target, route, status }) => ({ method, target, route, status })),
    [
      { method: "GET", target: "/healthz?a=b", route: "/healthz", status: 200 },
      { method: "GET", target: "/tiles/3/9/3.png", route: "/tiles/:z/:x/:file", status: 404 },
      { method: "GET", target: TILE, route: "/tiles/:z/:x/:file", status: 500 },
    ],
  );
  assert.deepEqual(lines.map(({ error }) => error?.message), [
    undefined,
    undefined,
    "Cannot compute: nobody should have asked",
  ]);
});

/** As Deno's own once they have been answered: whatever has not been read by then can be read no more. */
class ClosingRequest extends Request {
  closed = false;

  override get method(): string {
    return this.#ifOpen(super.method);
  }

  override get url(): string {
    return this.#ifOpen(super.url);
  }

  override get headers(): Headers {
    return this.#ifOpen(super.headers);
  }

  #ifOpen<T>(value: T): T {
    if (this.closed) throw new TypeError("Request closed");
    return value;
  }
}

Deno.test("a request that is closed once it is answered is told of and learnt all the same", async () => {
  await using workers = await RenderWorkers.start({ workers: 1 });
  const lines: RequestLine[] = [];
  const app = watchedApp(workers, { log: (line) => lines.push(line) });
  const controller = new AbortController();
  controller.abort();
  for (const init of [{}, {}, { method: "HEAD" }, { signal: controller.signal }]) {
    const requests = ["a", "b"].map((agent) =>
      new ClosingRequest(`http://localhost${TILE}`, { ...init, headers: { "user-agent": agent } })
    );
    const responses = await Promise.all(requests.map((request) => app.fetch(request)));
    for (const request of requests) request.closed = true;
    for (const response of responses) await response.bytes();
    await endOfTurn();
  }
  assert.deepEqual(lines.map(({ method, target }) => `${method} ${target}`), [
    ...Array(4).fill(`GET ${TILE}`),
    ...Array(2).fill(`HEAD ${TILE}`),
    ...Array(2).fill(`GET ${TILE}`),
  ]);
});
