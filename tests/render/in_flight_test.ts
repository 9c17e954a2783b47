/** Work in flight: shared by key, stopped when nobody waits, never by one who leaves others behind. */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { promisify } from "node:util";
import { InFlight } from "../../src/render/mod.ts";

const endOfTurn = promisify(setImmediate);

/** Work that ends when it is told to, and counts how often it was begun and aborted. */
class HeldWork {
  begun = 0;
  aborted = 0;
  readonly #end = Promise.withResolvers<string>();

  readonly run = (signal: AbortSignal): Promise<string> => {
    this.begun++;
    const stopped = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => {
      this.aborted++;
      stopped.reject(signal.reason);
    });
    return Promise.race([this.#end.promise, stopped.promise]);
  };

  end(result: string): void {
    this.#end.resolve(result);
  }

  fail(error: Error): void {
    this.#end.reject(error);
  }
}

Deno.test("the same at the same time is done once", async () => {
  const inFlight = new InFlight<string>();
  const work = new HeldWork();
  const all = Array.from({ length: 64 }, () => inFlight.share("a", work.run));
  assert.deepEqual([work.begun, inFlight.size], [1, 1]);
  work.end("done");
  assert.deepEqual(new Set(await Promise.all(all)), new Set(["done"]));
  assert.deepEqual([inFlight.size, work.aborted], [0, 0]);
});

Deno.test("other keys are other work, and later is anew", async () => {
  const inFlight = new InFlight<string>();
  const [a, b] = [new HeldWork(), new HeldWork()];
  const both = [inFlight.share("a", a.run), inFlight.share("b", b.run)];
  b.end("b");
  a.end("a");
  assert.deepEqual(await Promise.all(both), ["a", "b"]);
  assert.equal(await inFlight.share("a", () => Promise.resolve("later")), "later");
});

Deno.test("a failure is everybody's, and not remembered", async () => {
  const inFlight = new InFlight<string>();
  const work = new HeldWork();
  const both = [inFlight.share("a", work.run), inFlight.share("a", work.run)];
  work.fail(new Error("broken"));
  for (const one of both) await assert.rejects(one, /broken/);
  assert.equal(await inFlight.share("a", () => Promise.resolve("mended")), "mended");
});

Deno.test("who leaves is let go at once; the other still gets the result", async () => {
  const inFlight = new InFlight<string>();
  const work = new HeldWork();
  const [first, second] = [new AbortController(), new AbortController()];
  const gone = inFlight.share("a", work.run, first.signal);
  const stays = inFlight.share("a", work.run, second.signal);
  first.abort(new Error("hung up"));
  await assert.rejects(gone, /hung up/);
  assert.equal(work.aborted, 0);
  work.end("done");
  assert.equal(await stays, "done");
  assert.equal(work.aborted, 0);
});

Deno.test("when the last leaves the work is stopped, and who comes then starts it anew", async () => {
  const inFlight = new InFlight<string>();
  const work = new HeldWork();
  const controllers = [1, 2, 3].map(() => new AbortController());
  const all = controllers.map(({ signal }) => inFlight.share("a", work.run, signal));
  const settled = Promise.allSettled(all);
  for (const [i, controller] of controllers.entries()) {
    controller.abort(new Error("hung up"));
    await assert.rejects(all[i]!, /hung up/);
    assert.equal(work.aborted, i === 2 ? 1 : 0);
  }
  assert.equal(inFlight.size, 0);
  await settled;
  assert.equal(await inFlight.share("a", () => Promise.resolve("anew")), "anew");
  assert.equal(work.begun, 1);
});

Deno.test("who comes with an aborted signal starts nothing", async () => {
  const inFlight = new InFlight<string>();
  const work = new HeldWork();
  await assert.rejects(inFlight.share("a", work.run, AbortSignal.abort()), { name: "AbortError" });
  assert.deepEqual([work.begun, inFlight.size], [0, 0]);
});

Deno.test("who leaves when it is done stops nothing, not even what was begun anew", async () => {
  const inFlight = new InFlight<string>();
  const [first, anew] = [new HeldWork(), new HeldWork()];
  const controller = new AbortController();
  const done = inFlight.share("a", first.run, controller.signal);
  first.end("done");
  assert.equal(await done, "done");
  const again = inFlight.share("a", anew.run);
  controller.abort(new Error("hung up"));
  assert.deepEqual([first.aborted, anew.aborted, inFlight.size], [0, 0, 1]);
  anew.end("again");
  assert.equal(await again, "again");
});

Deno.test("a signal that outlives the work is listened to no longer, whatever it ended in", async () => {
  const inFlight = new InFlight<string>();
  const { signal } = new AbortController();
  const heard = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (type: string, listener: EventListener) => {
    heard.add(listener);
    addEventListener.call(signal, type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    heard.delete(listener);
    removeEventListener.call(signal, type, listener);
  };
  await inFlight.share("a", () => Promise.resolve("done"), signal);
  assert.equal(heard.size, 1);
  await assert.rejects(inFlight.share("a", () => Promise.reject(new Error("no")), signal), /no/);
  await endOfTurn();
  assert.equal(heard.size, 0);
});
