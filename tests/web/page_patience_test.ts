/** How the explorer page fetches from a busy server. */

import assert from "node:assert/strict";
import { fetchPatiently, waitBefore } from "../../src/web/page/patient_fetch.js";
import { levelsUp, showUntilWhole } from "../../src/web/page/whole_tile.js";

Deno.test("a busy server is asked again when it says, and five times at most", async () => {
  const { signal } = new AbortController();
  const waits: number[] = [];
  const wait = (ms: number) => Promise.resolve(void waits.push(ms));
  let asked = 0;
  const busy = () => new Response("busy", { status: 503, headers: { "retry-after": "2" } });
  const ask = () => Promise.resolve(++asked < 3 ? busy() : new Response("tile"));
  const response = await fetchPatiently("/t", signal, { ask, wait });
  assert.equal(await response.text(), "tile");
  assert.equal(asked, 3);
  assert.ok(waits.length === 2 && waits.every((ms) => ms >= 2000 && ms <= 2500));

  asked = 0;
  const never = () => (asked++, Promise.resolve(busy()));
  await assert.rejects(fetchPatiently("/t", signal, { ask: never, wait }), /the answer was 503/);
  assert.equal(asked, 5);
});

Deno.test("what is wrong stays wrong, and what is not wanted is not asked for", async () => {
  const wait = () => Promise.reject(new Error("waited"));
  const gone = () => Promise.resolve(new Response("no", { status: 404 }));
  const { signal } = new AbortController();
  await assert.rejects(fetchPatiently("/t", signal, { ask: gone, wait }), /the answer was 404/);

  const stopped = new AbortController();
  let asked = 0;
  const ask = () => {
    asked++;
    return Promise.reject(new TypeError("connection lost"));
  };
  const leave = () => Promise.reject(new DOMException("left", "AbortError"));
  await assert.rejects(fetchPatiently("/t", stopped.signal, { ask, wait: leave }), /left/);
  stopped.abort();
  await assert.rejects(fetchPatiently("/t", stopped.signal, { ask }), { name: "AbortError" });
  assert.equal(asked, 2);
});

Deno.test("a pause ends at once when the tile is not wanted any more", async () => {
  const leaving = new AbortController();
  const response = new Response("", { status: 503 });
  // The wait is read last of all: half a minute's pause has begun when the microtask runs.
  const headers = { get: () => (queueMicrotask(() => leaving.abort()), "30") };
  Object.defineProperty(response, "headers", { value: headers });
  const busy = () => Promise.resolve(response);
  const waiting = fetchPatiently("/t", leaving.signal, { ask: busy });
  await assert.rejects(waiting, { name: "AbortError" });
});

Deno.test("waits double, obey the server within reason, and differ by chance", () => {
  const never = () => 0;
  assert.deepEqual([0, 1, 2, 3].map((n) => waitBefore(n, null, never)), [1000, 2000, 4000, 8000]);
  assert.equal(waitBefore(0, "7", never), 7000);
  assert.equal(waitBefore(0, "0", never), 250);
  assert.equal(waitBefore(0, "86400", never), 30_000);
  assert.equal(waitBefore(0, "Wed, 21 Oct 2015 07:28:00 GMT", never), 1000);
  assert.equal(waitBefore(0, "7", () => 1), 8750);
});

function coarse(levels: number): Response {
  return new Response("", { headers: { "mandeltile-fallback": `parent; levels=${levels}` } });
}

Deno.test("an ancestor's pixels are shown, and the tile is asked for until it comes", async () => {
  const { signal } = new AbortController();
  const waits: number[] = [];
  const shown: number[] = [];
  // After the first wait the tile is not looked at for a while.
  const looks = [false, false, true, true];
  let asked = 0;
  await showUntilWhole("/t", signal, {
    ask: () => Promise.resolve(++asked < 3 ? coarse(3 - asked) : new Response("")),
    wait: (ms) => Promise.resolve(void waits.push(ms)),
    show: (_, levels) => Promise.resolve(void shown.push(levels)),
    isWanted: () => looks.shift()!,
  });
  assert.deepEqual(shown, [2, 1, 0]);
  assert.equal(waits.length, 4);
  // Longer than caches keep it.
  assert.ok(waits.slice(0, 3).every((ms) => ms > 5000 && ms <= 7500));
  assert.ok(waits[3]! >= 12_000 && waits[3]! <= 15_000);
  assert.deepEqual([null, "parent; levels=5", "parent"].map(levelsUp), [0, 5, 1]);
});

Deno.test("a server that is busy for ever is asked nine times, and nobody asks for what has left", async () => {
  let asked = 0;
  const busy = () => (asked++, Promise.resolve(coarse(1)));
  const show = () => Promise.resolve();
  const { signal } = new AbortController();
  const patient = showUntilWhole("/t", signal, { ask: busy, show, wait: () => Promise.resolve() });
  await assert.rejects(patient, /busy all the time/);
  assert.equal(asked, 9);

  const leaving = new AbortController();
  const left = showUntilWhole("/t", leaving.signal, {
    ask: busy,
    show,
    onWait: () => leaving.abort(),
  });
  await assert.rejects(left, { name: "AbortError" });
  assert.equal(asked, 10);
});
