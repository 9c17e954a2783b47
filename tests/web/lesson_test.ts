/** The lesson over HTTP: its events, its limits, and what happens to a second run and a lost client. */

import assert from "node:assert/strict";
import { escapeTime } from "../../src/fractal/mod.ts";
import { cornerGrid } from "../../src/plane/mod.ts";
import { eventsOf, EventSplitter } from "../../src/web/page/lesson/event_stream.js";
import { roundStep } from "../../src/web/page/lesson/lanes.js";
import { Live } from "../../src/web/page/lesson/live.js";
import { Player } from "../../src/web/page/lesson/player.js";
import { Recording, Way } from "../../src/web/page/lesson/recording.js";
import { tinted, tonesOf } from "../../src/web/page/lesson/colours.js";
import { appOver, CountedWorkers, problemOf } from "./fixtures.ts";

const SMALL = "/lesson/run?picture=notebook&workers=2&pixdim=48&side=8&escape=60";

/** Reads a whole run. */
async function record(response: Response): Promise<Recording> {
  const recording = new Recording();
  for await (const { event, data } of eventsOf(response.body!)) recording.take(event, data);
  return recording;
}

Deno.test("a run tells every batch of every way, and the counts once", async () => {
  const app = appOver(new CountedWorkers());
  const response = await app.request(SMALL);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const { run, ways, canvas, ended } = await record(response);
  assert.ok(ended && run !== null);
  assert.deepEqual([run.workers, run.side, run.pixdim], [2, 8, 48]);
  assert.equal(ways.length, 10);
  for (const { name, taken, row, workers, hasQueues } of ways) {
    const batches = taken.filter(({ worker }) => worker < workers).map(({ batch }) => batch);
    assert.equal(batches.length, 36, name);
    assert.equal(new Set(batches).size, 36, name);
    assert.ok(row !== null && row.milliseconds > 0, name);
    assert.equal(hasQueues, name.startsWith("producer"));
  }
  const { columns, rows } = cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 48 });
  const counts = Array.from(rows, (im) => Array.from(columns, (re) => escapeTime(re, im, 60)));
  assert.deepEqual([...canvas], counts.flat());
  assert.deepEqual(run.preview, run.preview.toSorted((a, b) => a - b));
});

Deno.test("the page says what it may load and what the server allows", async () => {
  const app = appOver(new CountedWorkers());
  const page = await app.request("/lesson");
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(page.headers.get("content-security-policy") ?? "", /script-src 'self'/);
  const html = await page.text();
  const settings = /<script type="application\/json" id="settings">(.*?)<\/script>/s.exec(html);
  assert.equal(JSON.parse(settings?.[1] ?? "").limits.workers, 8);
  for (const [, path] of html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)) {
    assert.equal((await app.request(`/${path}`)).status, 200, path);
  }
});

Deno.test("what is beyond a bound is refused, and no setting is named: there is none", async () => {
  const app = appOver(new CountedWorkers());
  const beyond = [
    ["workers=9", "workers", "1 to 8"],
    ["workers=0", "workers", "1 to 8"],
    ["pixdim=1601", "pixdim", "1 to 1600"],
    ["escape=10001", "escape", "1 to 10000"],
    ["side=65", "side", "1 to 64"],
    ["pixdim=1600&side=8", "side", 16_384],
  ] as const;
  for (const [query, parameter, allowed] of beyond) {
    const problem = await problemOf(app.request(`/lesson/run?${query}`), 400);
    assert.deepEqual([problem.parameter, problem.allowed], [parameter, allowed], query);
    assert.equal(problem.limit, undefined);
  }
  await problemOf(app.request("/lesson/run?speed=1"), 400);
  await problemOf(app.request("/lesson/run?picture=cat"), 400);
  await problemOf(app.request("/lesson/run?side=8&side=8"), 400);
  await problemOf(app.request("/lesson/run", { method: "POST" }), 405);
  const head = await app.fetch(new Request(`http://test${SMALL}`, { method: "HEAD" }));
  assert.equal(head.status, 200);
});

Deno.test("one run at a time; a client that leaves makes room; a closing server takes none", async () => {
  const app = appOver(new CountedWorkers());
  const leaving = Array.from({ length: 3 }, () => new AbortController());
  const path = "http://test/lesson/run?pixdim=1600&side=64";
  const ask = ({ signal }: AbortController) =>
    Promise.resolve(app.fetch(new Request(path, { signal })));
  const first = await ask(leaving[0]!);
  assert.equal(first.status, 200);
  const waiting = [ask(leaving[1]!), ask(leaving[2]!)];
  const refused = await app.fetch(new Request(path));
  assert.equal(refused.status, 503);
  assert.match(refused.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  const { limit, detail } = await refused.json();
  assert.equal(limit, undefined);
  assert.match(detail, /queue is full: 2 /);
  // Nobody reads any further: those who wait get their turn because the others leave.
  leaving[1]!.abort();
  await waiting[0];
  leaving[0]!.abort();
  const last = await waiting[1]!;
  assert.equal(last.status, 200);
  leaving[2]!.abort();
  const { ended } = await record(await app.request(SMALL));
  assert.ok(ended);
  app.admission.close();
  assert.equal((await app.request(SMALL)).status, 503);
});

Deno.test("events are read however the stream is cut", () => {
  const text = 'event: row\ndata: {"a":1}\n\ndata: x\ndata: y\n\n: nothing\n\nevent: cut';
  for (let size = 1; size < text.length; size++) {
    const splitter = new EventSplitter();
    const events = [];
    for (let at = 0; at < text.length; at += size) {
      events.push(...splitter.split(text.slice(at, at + size)));
    }
    assert.deepEqual(events, [
      { event: "row", data: '{"a":1}' },
      { event: "message", data: "x\ny" },
    ]);
  }
});

Deno.test("a player shows each batch at its end, and goes on to the next way", () => {
  const told: string[] = [];
  const player = new Player({
    begin: (way) => told.push(`begin ${way.name}`),
    took: ({ batch }) => told.push(`took ${batch}`),
    frame: (_at, underWay) => told.push(`under way ${underWay.map(({ batch }) => batch)}`),
    finish: (way) => told.push(`finish ${way.name}`),
  });
  const since = () => told.splice(0);
  player.slowness = 10;
  player.tick(1000);
  assert.deepEqual(since(), [], "nothing to play yet");
  const recording = new Recording();
  const [way, next] = ["a", "b"].map((name, number) => {
    const way = new Way({ way: number, name, workers: 1, batches: 3 });
    // Microseconds: at ten times slower, 1 ms of the page is 100.
    way.taken.push({ batch: 7, worker: 0, began: 0, ended: 4000 });
    way.taken.push({ batch: 8, worker: 0, began: 4000, ended: 9000 });
    way.row = { milliseconds: 9.5, startUp: 1, pointsPerSecond: 1, speedUp: 1 };
    return way;
  });
  recording.ways.push(way!, next!);
  player.load(recording);
  player.tick(1000);
  assert.deepEqual(since(), [], "nobody has asked for it");
  player.playAll();
  player.tick(1030);
  assert.deepEqual(since(), ["begin a", "under way 7"]);
  player.tick(1050);
  assert.deepEqual(since(), ["took 7", "under way 8"]);
  player.paused = true;
  player.tick(1100);
  assert.deepEqual(since(), ["under way 8"]);
  player.paused = false;
  player.tick(1150);
  assert.deepEqual(since(), ["took 8", "finish a", "under way "]);
  assert.equal(player.at, 9500, "no further than its end");
  player.tick(1200);
  assert.deepEqual(since(), ["under way "], "a pause between two ways");
  player.tick(3000);
  player.tick(3040);
  assert.deepEqual(since().slice(0, 2), ["under way ", "begin b"]);
  player.show(way!);
  assert.deepEqual(since().at(-1), "begin a");
});

Deno.test("a live run is shown as it comes, the first way once its counts are there", () => {
  const told: string[] = [];
  const recording = new Recording();
  const live = new Live({
    prepare: () => told.push("prepare"),
    begin: ({ name }, badge) => told.push(`begin ${name} ${badge}`),
    took: ({ batch }) => told.push(`took ${batch}`),
    frame: (at) => told.push(`at ${at}`),
  }, recording);
  const hear = (now: number, event: string, data: unknown) => {
    recording.take(event, JSON.stringify(data));
    live.heard(event, now);
  };
  const since = () => told.splice(0);
  const way = (way: number) => ({ way, name: `w${way}`, workers: 1, batches: 4 });
  live.tick(900);
  hear(1000, "run", { workers: 1, side: 1, pixdim: 2, escape: 300, preview: [1] });
  hear(1000, "way", way(0));
  live.tick(1100);
  assert.deepEqual(
    since(),
    ["prepare", "begin w0 Live", "at 0"],
    "no clock before the first batch",
  );
  hear(2000, "batches", [3, 0, 0, 5000, 1, 0, 5000, 9000]);
  live.tick(2001);
  assert.deepEqual(since(), ["at 10000"], "a millisecond after the last batch");
  hear(2002, "counts", base64(Uint16Array.of(290)));
  live.tick(2002);
  assert.deepEqual(since(), ["took 3", "at 11000"]);
  assert.deepEqual([...recording.canvas], [0, 0, 0, 290]);
  hear(2003, "counts", base64(Uint16Array.of(7)));
  hear(2004, "row", { milliseconds: 9.5 });
  assert.deepEqual(since(), ["took 1", "at 9500"]);
  live.tick(2100);
  assert.deepEqual(since(), [], "between two ways");
  hear(2200, "way", way(1));
  hear(2300, "batches", [0, 0, 0, 100]);
  live.tick(2300);
  assert.deepEqual(since(), ["begin w1 Live", "took 0", "at 100"]);
});

function base64({ buffer }: Uint16Array<ArrayBuffer>): string {
  return new Uint8Array(buffer).toBase64();
}

Deno.test("tones rise with the count, and what does not escape has the worker's colour", () => {
  const tones = tonesOf([3, 5, 5, 9, 20, 20], 20);
  assert.equal(tones.length, 21);
  for (let count = 1; count < 20; count++) assert.ok(tones[count - 1]! < tones[count]!, `${count}`);
  assert.ok(tones[0]! === 0 && tones[19]! < 1);
  assert.ok(Number.isNaN(tones[20]));
  const pixels = tinted(tones, [200, 100, 50]);
  const sum = (count: number) =>
    pixels.subarray(4 * count, 4 * count + 3).reduce((a, b) => a + b, 0);
  assert.ok(sum(3) < sum(5) && sum(5) < sum(9));
  const [red, green, blue, alpha] = pixels.subarray(4 * 20);
  assert.deepEqual([red, green, alpha], [2 * green!, 2 * blue!, 255]);
  assert.ok(blue! > 0);
  assert.equal(tonesOf([20, 20], 20)[7]! > 0, true, "a preview with nothing that escapes");
});

Deno.test("an axis has round steps", () => {
  assert.deepEqual([0.9, 1, 1.1, 3, 7, 40].map(roundStep), [1, 1, 2, 5, 10, 50]);
});
