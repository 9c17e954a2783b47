// Tests of the references that workers share: one computation each, as long as asked for, within memory.

import assert from "node:assert/strict";
import { pointsOf, referenceBytes, type ReferencePoint } from "../../src/fractal/mod.ts";
import { Arena, OverBudgetError } from "../../src/pool/mod.ts";
import {
  type HeldReference,
  OrbitTooLongError,
  References,
  type ReferenceWorker,
} from "../../src/render/local/references.ts";
import { escapingPoint, HandWorker, insidePoint, orbitPoints } from "./hand_worker.ts";

const PAGE = 65536;

/** References in `bytes` of a real memory, computed by `worker`. */
function referencesIn(bytes: number, worker: ReferenceWorker) {
  const memory = new WebAssembly.Memory({ initial: 33, maximum: 33, shared: true });
  const arena = new Arena(PAGE, PAGE + bytes);
  const references = new References(memory, arena, worker);
  /** Asserts that so many points of an orbit lie where it is held. */
  const assertInPlace = (held: HeldReference, point: ReferencePoint, length: number) => {
    const found = pointsOf(memory, held.at, length);
    assert.deepEqual([...found], [...orbitPoints(point, length)]);
  };
  return { references, arena, assertInPlace };
}

/** Bytes in the arena of a reference without tiny points. */
function bytesOf(length: number): number {
  const bytes = referenceBytes({ length, nearZero: 0, floatexp: false });
  return Math.ceil(bytes / Arena.alignment) * Arena.alignment;
}

Deno.test("all who ask for a reference meanwhile share one computation", async () => {
  const worker = new HandWorker();
  const { references, arena, assertInPlace } = referencesIn(2 * PAGE, worker);
  const point = insidePoint(0);
  const all = [1, 2, 3].map(() => references.hold(point, 500));
  // Two slices, and nobody computes beside them.
  (await worker.next()).advance(300);
  assert.equal(worker.waiting, 0);
  (await worker.next()).advance();
  const held = await Promise.all(all);
  assert.deepEqual(new Set(held.map(({ at }) => at)).size, 1);
  for (const reference of held) {
    assert.equal(reference.length, 500);
    assert.equal(reference.milliseconds, 2 * HandWorker.milliseconds, "each has waited for it");
    assertInPlace(reference, point, 500);
  }
  using again = await references.hold(point, 400);
  assert.deepEqual([again.at, again.milliseconds], [held[0]!.at, 0], "it is there");
  assert.deepEqual([worker.slices, worker.finished.length], [2, 1]);
  assert.deepEqual(references.counters, { kept: 1, bytes: bytesOf(500) });
  assert.equal(arena.used, bytesOf(500));
});

Deno.test("one of two gives up and the other gets it; the last gives up and it is stopped", async () => {
  const worker = new HandWorker();
  const { references, assertInPlace } = referencesIn(2 * PAGE, worker);
  const point = insidePoint(0);
  const controllers = [1, 2, 3, 4].map(() => new AbortController());
  const [a, b, c, d] = controllers.map(({ signal }) => references.hold(point, 90, { signal }));
  const first = await worker.next();
  controllers[0]!.abort(new Error("enough"));
  await assert.rejects(a!, { message: "enough" });
  controllers[2]!.abort(new Error("too long"));
  await assert.rejects(c!, { message: "too long" });
  assert.ok(!first.signal.aborted, "two still wait");
  first.advance();
  using held = await b!;
  using also = await d!;
  assert.equal(also.at, held.at);
  assertInPlace(held, point, 90);

  const other = insidePoint(1);
  const leaving = [1, 2].map(() => new AbortController());
  const gone = leaving.map(({ signal }) => references.hold(other, 90, { signal }));
  const second = await worker.next();
  for (const [i, controller] of leaving.entries()) {
    controller.abort(new Error("enough"));
    await assert.rejects(gone[i]!, { message: "enough" });
    assert.equal(second.signal.aborted, i === 1);
  }
  await worker.idle();
  assert.deepEqual(references.counters, { kept: 1, bytes: bytesOf(90) });
  await assert.rejects(references.hold(other, 90, { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
  assert.equal(worker.waiting, 0, "who has given up before asks nobody");
});

Deno.test("who comes just when the last has left begins anew, and nothing is lost", async () => {
  const worker = new HandWorker();
  const { references, assertInPlace } = referencesIn(2 * PAGE, worker);
  const point = insidePoint(0);
  for (const longer of [100, 200, 300]) {
    const controller = new AbortController();
    const gone = references.hold(point, longer, controller);
    const given = await worker.next();
    // As early as anybody can know.
    const stays = gone.catch(() => references.hold(point, longer + 50));
    controller.abort();
    const anew = await worker.next();
    assert.ok(given.signal.aborted);
    // The first is over in the midst of the second.
    await worker.idle();
    anew.advance();
    using held = await stays;
    assertInPlace(held, point, longer + 50);
    using again = await references.hold(point, longer + 50);
    assert.equal(again.at, held.at, "it is kept");
    assert.deepEqual(references.counters, { kept: 1, bytes: bytesOf(longer + 50) });
  }
});

Deno.test("one that was given up while its tables were built changes nothing", async () => {
  const worker = new HandWorker();
  const { references, assertInPlace } = referencesIn(4 * PAGE, worker);
  const point = insidePoint(0);
  const placed = references.hold(point, 50);
  (await worker.next()).advance();
  (await placed)[Symbol.dispose]();

  const tables = Promise.withResolvers<void>();
  worker.tables = tables.promise;
  const controller = new AbortController();
  const gone = references.hold(point, 100, controller);
  (await worker.next()).advance();
  await worker.building(2);
  controller.abort();
  await assert.rejects(gone, { name: "AbortError" });
  const stays = references.hold(point, 150);
  const slice = await worker.next();
  assert.equal(slice.orbit.length, 50, "from the end of what is there");
  tables.resolve();
  // All that the end of the tables sets in motion comes before the next slice.
  await worker.idle();
  slice.advance();
  using held = await stays;
  assert.equal(held.length, 150);
  assertInPlace(held, point, 150);
  assert.equal(references.counters.bytes, bytesOf(150));
});

Deno.test("an orbit is lengthened on demand; what is held stays until it is given back", async () => {
  const worker = new HandWorker();
  const { references, assertInPlace } = referencesIn(4 * PAGE, worker);
  const point = insidePoint(0);
  const placed = references.hold(point, 100);
  (await worker.next()).advance();
  const short = await placed;

  const both = [references.hold(point, 300), references.hold(point, 700)];
  const slice = await worker.next();
  assert.deepEqual([slice.orbit.length, slice.length], [100, 300], "only what is missing");
  using there = await references.hold(point, 100);
  assert.equal(there.at, short.at, "what is there is there meanwhile");
  slice.advance();
  // Who wants more than what it waited for goes on from there.
  const further = await worker.next();
  assert.deepEqual([further.orbit.length, further.length], [300, 700]);
  further.advance();
  const [middle, long] = await Promise.all(both);
  using _middle = middle;
  assert.deepEqual([middle!.length, long!.length], [300, 700]);
  assert.equal(new Set([short, middle, long].map((held) => held!.at)).size, 3);
  assertInPlace(short, point, 100);
  assertInPlace(middle!, point, 300);
  assertInPlace(long!, point, 700);
  assert.equal(references.counters.bytes, [100, 300, 700].map(bytesOf).reduce((a, b) => a + b));

  short[Symbol.dispose]();
  short[Symbol.dispose]();
  assertInPlace(there, point, 100);
  there[Symbol.dispose]();
  assert.equal(references.counters.bytes, bytesOf(300) + bytesOf(700), "the oldest is given back");
  long![Symbol.dispose]();
  using again = await references.hold(point, 10);
  assert.equal(again.at, long!.at, "the longest is kept");
});

Deno.test("an orbit that has escaped is never lengthened", async () => {
  const worker = new HandWorker();
  const { references, assertInPlace } = referencesIn(PAGE, worker);
  const point = escapingPoint();
  const all = [20, 1000, 1e6].map((iterations) => references.hold(point, iterations));
  (await worker.next()).advance();
  for (const reference of all) {
    using held = await reference;
    assert.ok(held.length < 20, `${held.length}`);
    assertInPlace(held, point, held.length);
  }
  (await references.hold(point, 5e6))[Symbol.dispose]();
  assert.deepEqual([worker.slices, worker.waiting], [1, 0]);
});

Deno.test("the budget sends away only whom the orbit costs too much", async () => {
  const worker = new HandWorker();
  const { references, assertInPlace } = referencesIn(PAGE, worker);
  const point = insidePoint(0);
  const poor = references.hold(point, 300, { budget: 1.5 * HandWorker.milliseconds });
  const rich = references.hold(point, 300, { budget: 3 * HandWorker.milliseconds });
  const free = references.hold(point, 300);
  (await worker.next()).advance(100);
  (await worker.next()).advance(100);
  await assert.rejects(poor, (error) => {
    assert.ok(error instanceof OverBudgetError);
    assert.match(error.message, /^Cannot compute the reference orbit within [\d.]+ s: it is \d+ /);
    assert.match(error.message, /200 of 300 points/);
    return true;
  });
  (await worker.next()).advance();
  using held = await rich;
  using also = await free;
  assert.equal(also.at, held.at);
  assertInPlace(held, point, 300);

  // Nobody else waits: it is stopped.
  const alone = references.hold(insidePoint(1), 300, { budget: 0.5 * HandWorker.milliseconds });
  const last = await worker.next();
  last.advance(100);
  await assert.rejects(alone, OverBudgetError);
  assert.ok(last.signal.aborted);
  await worker.idle();
  assert.equal(worker.waiting, 0, "no further slice is asked for");
});

Deno.test("50 places are visited within the memory, and what is in use stays", async () => {
  const worker = new HandWorker();
  worker.byItself = true;
  const room = 5 * bytesOf(200);
  const { references, arena, assertInPlace } = referencesIn(room, worker);
  const first = insidePoint(0);
  const inUse = await references.hold(first, 200);
  for (let place = 1; place <= 50; place++) {
    const point = insidePoint(place);
    using held = await references.hold(point, 200);
    assertInPlace(held, point, 200);
    assertInPlace(inUse, first, 200);
    assert.ok(references.counters.bytes <= arena.capacity);
    assert.equal(references.counters.kept, Math.min(5, place + 1));
  }
  using same = await references.hold(first, 200);
  assert.equal(same.at, inUse.at);
  // The last four are there, the one before is not: the least recently used has made room.
  const before = worker.slices;
  for (const place of [47, 48, 49, 50]) {
    (await references.hold(insidePoint(place), 200))[Symbol.dispose]();
  }
  assert.equal(worker.slices, before);
  (await references.hold(insidePoint(46), 200))[Symbol.dispose]();
  assert.equal(worker.slices, before + 1);
  (await references.hold(insidePoint(48), 200))[Symbol.dispose]();
  assert.equal(worker.slices, before + 1, "47 went, not 48");
});

Deno.test("an orbit that does not fit the memory is refused as soon as that is known", async () => {
  const worker = new HandWorker();
  const { references, arena } = referencesIn(bytesOf(1000), worker);
  const both = [1, 2].map(() => references.hold(insidePoint(0), 1e6));
  (await worker.next()).advance(900);
  (await worker.next()).advance(900);
  for (const held of both) {
    await assert.rejects(held, (error) => {
      assert.ok(error instanceof OrbitTooLongError);
      assert.equal(error.allowed, arena.capacity);
      assert.match(error.message, /reference orbit of 1800 points: there are \d+ bytes/);
      return true;
    });
  }
  assert.equal(worker.waiting, 0, "it is not computed to its end");
  assert.deepEqual(references.counters, { kept: 0, bytes: 0 });
  const fits = references.hold(insidePoint(0), 1000);
  (await worker.next()).advance();
  using _ = await fits;
});

Deno.test("who waits for memory gets it when a reference is given back", async () => {
  const worker = new HandWorker();
  worker.byItself = true;
  const { references, assertInPlace } = referencesIn(2 * bytesOf(200), worker);
  const one = await references.hold(insidePoint(1), 200);
  const two = await references.hold(insidePoint(2), 200);
  let there = false;
  const waits = references.hold(insidePoint(3), 200).then((held) => {
    there = true;
    return held;
  });
  const controller = new AbortController();
  const gives = references.hold(insidePoint(4), 200, controller);
  await worker.idle();
  assert.ok(!there);
  controller.abort();
  await assert.rejects(gives, { name: "AbortError" });
  assertInPlace(two, insidePoint(2), 200);
  two[Symbol.dispose]();
  using three = await waits;
  assertInPlace(three, insidePoint(3), 200);
  assertInPlace(one, insidePoint(1), 200);
  one[Symbol.dispose]();
  using _four = await references.hold(insidePoint(4), 200);
});

Deno.test("orbits are lengthened although the longer does not fit beside the shorter", async () => {
  const worker = new HandWorker();
  worker.byItself = true;
  const { references, assertInPlace } = referencesIn(bytesOf(1000), worker);
  for (const length of [600, 800, 1000]) {
    using held = await references.hold(insidePoint(1), length);
    assertInPlace(held, insidePoint(1), length);
  }
  // Two at the same time: both are short, and each fills the memory when it is long.
  for (const place of [2, 3]) (await references.hold(insidePoint(place), 400))[Symbol.dispose]();
  const both = [2, 3].map(async (place) => {
    using held = await references.hold(insidePoint(place), 900);
    assertInPlace(held, insidePoint(place), 900);
  });
  await Promise.all(both);

  // While a short one is in use, the long one waits for it.
  const short = await references.hold(insidePoint(4), 600);
  const long = references.hold(insidePoint(4), 1000);
  await worker.idle();
  assertInPlace(short, insidePoint(4), 600);
  short[Symbol.dispose]();
  using held = await long;
  assertInPlace(held, insidePoint(4), 1000);
});

Deno.test("an error of the worker reaches all who wait, and is forgotten", async () => {
  const worker = new HandWorker();
  const { references, assertInPlace } = referencesIn(2 * PAGE, worker);
  const point = insidePoint(0);
  const first = [1, 2].map(() => references.hold(point, 100));
  (await worker.next()).fail(new Error("the orbit broke"));
  for (const held of first) await assert.rejects(held, { message: "the orbit broke" });

  worker.tables = Promise.reject(new Error("the tables broke"));
  const second = [1, 2].map(() => references.hold(point, 100));
  (await worker.next()).advance();
  for (const held of second) await assert.rejects(held, { message: "the tables broke" });
  assert.deepEqual(references.counters, { kept: 0, bytes: 0 });

  worker.tables = Promise.resolve();
  const third = references.hold(point, 100);
  (await worker.next()).advance();
  using held = await third;
  assertInPlace(held, point, 100);

  // One that is there does not suffer when it cannot be lengthened.
  const longer = references.hold(point, 200);
  (await worker.next()).fail(new Error("the orbit broke"));
  await assert.rejects(longer, { message: "the orbit broke" });
  using again = await references.hold(point, 100);
  assert.equal(again.at, held.at);
});
