/** The admission: how many at a time, in which order, and nobody's place is ever lost. */

import assert from "node:assert/strict";
import { DrainRate } from "../../src/web/admission/drain_rate.ts";
import { Admission, type AdmissionRequest } from "../../src/web/admission/admission.ts";
import { BusyError } from "../../src/web/http/problem.ts";

/** A piece of work that ends when it is told to. */
class Held {
  readonly #ended = Promise.withResolvers<void>();
  begun = false;

  readonly work = async (): Promise<this> => {
    this.begun = true;
    await this.#ended.promise;
    return this;
  };

  end(): void {
    this.#ended.resolve();
  }

  fail(error: Error): void {
    this.#ended.reject(error);
  }
}

Deno.test("so many are inside, so many wait, the next is refused", async () => {
  const admission = new Admission({ concurrency: 2, queue: 1 }, "queue");
  const works = [new Held(), new Held(), new Held()];
  const runs = works.map(({ work }) => admission.run(work));
  assert.deepEqual(works.map(({ begun }) => begun), [true, true, false]);
  assert.deepEqual([admission.inside, admission.waiting], [2, 1]);
  await assert.rejects(admission.run(() => Promise.resolve()), (error) => {
    assert.ok(error instanceof BusyError);
    assert.ok(Number.isInteger(error.retryAfter) && error.retryAfter >= 1);
    assert.deepEqual(error.details, { limit: "queue", allowed: 1 });
    return true;
  });
  for (const work of works) work.end();
  assert.deepEqual(await Promise.all(runs), works);
  assert.deepEqual([admission.inside, admission.waiting], [0, 0]);
});

/** Lets visits come one after the other while one is inside; resolves to the order of their turns. */
async function turnsOf(visits: readonly AdmissionRequest[]): Promise<number[]> {
  const admission = new Admission({ concurrency: 1, queue: visits.length });
  const held = new Held();
  const order: number[] = [];
  const first = admission.run(held.work);
  const runs = visits.map((request, n) =>
    admission.run(
      () => {
        order.push(n);
        return Promise.resolve();
      },
      undefined,
      request,
    )
  );
  held.end();
  await Promise.all([first, ...runs]);
  return order;
}

Deno.test("a screen before bulk, cheap before dear, fresh before old", async () => {
  const bulk = true;
  assert.deepEqual(await turnsOf([{ bulk }, {}, { bulk }]), [1, 2, 0]);
  assert.deepEqual(await turnsOf([{ cost: 1000 }, { cost: 10 }, { cost: 100 }]), [1, 2, 0]);
  assert.deepEqual(await turnsOf([{ bulk, cost: 1 }, { cost: 1000 }, {}]), [2, 1, 0]);
  assert.deepEqual(await turnsOf([{}, {}, {}]), [2, 1, 0]);
  // Costs about alike are alike.
  assert.deepEqual(await turnsOf([{ cost: 100 }, { cost: 110 }, { cost: 90 }]), [2, 1, 0]);
});

Deno.test("every fourth turn is the oldest's, so that nobody is passed over for ever", async () => {
  const visits = [{ bulk: true, cost: 1e6 }, ...Array.from({ length: 8 }, () => ({}))];
  assert.deepEqual(await turnsOf(visits), [8, 7, 6, 0, 5, 4, 3, 1, 2]);
});

Deno.test("a full queue lets the bulkiest go for a screen's sake, and for nobody else's", async () => {
  const admission = new Admission({ concurrency: 1, queue: 2 });
  const held = new Held();
  const first = admission.run(held.work);
  const isBusy = (error: unknown) => error instanceof BusyError && error.retryAfter >= 1;
  const served = () => Promise.resolve("served");
  const dear = admission.run(served, undefined, { bulk: true, cost: 1e6 });
  const cheap = admission.run(served, undefined, { bulk: true });
  await assert.rejects(admission.run(served, undefined, { bulk: true }), isBusy);
  const screens = [admission.run(served, undefined, { cost: 1e9 })];
  await assert.rejects(dear, isBusy);
  screens.push(admission.run(served));
  await assert.rejects(cheap, isBusy);
  await assert.rejects(admission.run(served), isBusy);
  assert.deepEqual([admission.waiting, admission.refused], [2, 4]);
  held.end();
  await first;
  assert.deepEqual(await Promise.all(screens), ["served", "served"]);
});

Deno.test("who is refused hears when to come again, by how fast others left", () => {
  let now = 0;
  const rate = new DrainRate(() => now);
  assert.equal(rate.secondsFor(1), 1);
  rate.full = true;
  for (let n = 0; n < 100; n++) {
    now += 500;
    rate.departed();
  }
  assert.equal(rate.secondsFor(8), 4);
  rate.full = false;
  // Nobody came: that says nothing about how fast it is.
  now += 1e6;
  assert.equal(rate.secondsFor(8), 4);
  rate.full = true;
  // Now it is stuck.
  now += 64_000;
  assert.equal(rate.secondsFor(8), 12);
  now += 1e9;
  assert.equal(rate.secondsFor(8), 60);
});

Deno.test("work that fails gives its place back", async () => {
  const admission = new Admission({ concurrency: 1, queue: 1 });
  const bad = new Held();
  const good = new Held();
  const runs = [admission.run(bad.work), admission.run(good.work)];
  bad.fail(new Error("no"));
  good.end();
  const [first, second] = await Promise.allSettled(runs);
  assert.equal(first?.status, "rejected");
  assert.equal(second?.status, "fulfilled");
  await assert.rejects(admission.run(() => Promise.reject(new Error("again"))), /again/);
  assert.equal(admission.inside, 0);
});

Deno.test("a queue of none refuses whenever all are busy", async () => {
  const admission = new Admission({ concurrency: 1, queue: 0 });
  const held = new Held();
  const run = admission.run(held.work);
  await assert.rejects(admission.run(held.work), BusyError);
  held.end();
  await run;
  assert.equal(await admission.run(() => Promise.resolve(7)), 7);
});

Deno.test("who gives up leaves the line, and the others move up", async () => {
  const admission = new Admission({ concurrency: 1, queue: 2 });
  const held = new Held();
  const first = admission.run(held.work);
  const impatient = new AbortController();
  const never = new Held();
  const gone = admission.run(never.work, impatient.signal);
  const last = admission.run(() => Promise.resolve("served"), AbortSignal.any([]));
  assert.equal(admission.waiting, 2);
  impatient.abort(new Error("no longer wanted"));
  await assert.rejects(gone, /no longer wanted/);
  assert.equal(admission.waiting, 1);
  held.end();
  await first;
  assert.equal(await last, "served");
  assert.equal(never.begun, false);
  assert.deepEqual([admission.inside, admission.waiting], [0, 0]);
});

Deno.test("who gives up as the turn comes does not keep the place", async () => {
  const admission = new Admission({ concurrency: 1, queue: 1 });
  const held = new Held();
  const impatient = new AbortController();
  const first = admission.run(async () => {
    await held.work();
    // The turn passes on right after this.
    queueMicrotask(() => impatient.abort());
  });
  const second = admission.run(() => Promise.resolve(), impatient.signal);
  held.end();
  await Promise.allSettled([first, second]);
  assert.deepEqual([admission.inside, admission.waiting], [0, 0]);
  assert.equal(await admission.run(() => Promise.resolve(1)), 1);
});

Deno.test("who comes with an aborted signal is not let in", async () => {
  const admission = new Admission({ concurrency: 1, queue: 1 });
  const held = new Held();
  await assert.rejects(admission.run(held.work, AbortSignal.abort()), { name: "AbortError" });
  assert.equal(held.begun, false);
  assert.equal(admission.inside, 0);
});

Deno.test("a closed admission lets those finish who were admitted", async () => {
  const admission = new Admission({ concurrency: 1, queue: 1 });
  const held = new Held();
  const runs = [admission.run(held.work), admission.run(() => Promise.resolve("served"))];
  admission.close();
  await assert.rejects(admission.run(held.work), { name: "BusyError", message: /shutting down/ });
  held.end();
  assert.deepEqual(await Promise.all(runs), [held, "served"]);
});
