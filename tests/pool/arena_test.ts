// Tests of the arena: first fit, served in order, and every byte taken back.

import assert from "node:assert/strict";
import { Arena, type Region } from "../../src/pool/mod.ts";
import { integerIn, randomFrom } from "../plane/random.ts";

/** Lets the reactions to settled promises run. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

/** Waiting requests: what each was given, once it was. */
function request(arena: Arena, bytes: number, signal?: AbortSignal) {
  const state: { at: number | undefined; error: unknown } = { at: undefined, error: undefined };
  arena.allocate(bytes, signal).then(
    (region) => state.at = region.at,
    (error: unknown) => state.error = error,
  );
  return () => state;
}

Deno.test("regions are aligned, first fit, and count as used", async () => {
  const arena = new Arena(100, 1024 + 128 + 30);
  assert.equal(arena.capacity, 1024, "from 128 to 1152");
  const a = await arena.allocate(1);
  const b = await arena.allocate(65);
  const c = await arena.allocate(64);
  assert.deepEqual([a.at, b.at, c.at], [128, 192, 320]);
  assert.deepEqual([a.bytes, b.bytes, c.bytes], [1, 65, 64]);
  assert.equal(arena.used, 256);
  a[Symbol.dispose]();
  b[Symbol.dispose]();
  const d = await arena.allocate(192);
  assert.equal(d.at, 128, "the two neighbours have become one");
  const e = await arena.allocate(64);
  assert.equal(e.at, 384, "behind the last");
  d[Symbol.dispose]();
  const f = await arena.allocate(64);
  assert.equal(f.at, 128, "the first that fits");
  for (const region of [c, e, f]) region[Symbol.dispose]();
  assert.equal(arena.used, 0);
  assert.equal((await arena.allocate(1024)).at, 128, "all of it in one piece again");
});

Deno.test("giving back twice does no harm", async () => {
  const arena = new Arena(0, 256);
  const a = await arena.allocate(128);
  a[Symbol.dispose]();
  a[Symbol.dispose]();
  const b = await arena.allocate(128);
  a[Symbol.dispose]();
  assert.equal(b.at, 0);
  assert.equal(arena.used, 128);
  const c = await arena.allocate(128);
  assert.equal(c.at, 128, "b's place was not given away");
});

Deno.test("a request that finds no room waits, and none overtakes it", async () => {
  const arena = new Arena(0, 640);
  const first = await arena.allocate(576);
  const large = request(arena, 512);
  const small = request(arena, 64);
  await microtasks();
  assert.equal(small().at, undefined, "there is room for it, but the large one came before");
  first[Symbol.dispose]();
  await microtasks();
  assert.deepEqual([large().at, small().at], [0, 512]);
});

Deno.test("who gives up frees the way for those behind", async () => {
  const arena = new Arena(0, 640);
  await arena.allocate(576);
  const controller = new AbortController();
  const large = request(arena, 512, controller.signal);
  const small = request(arena, 64);
  await microtasks();
  assert.equal(small().at, undefined);
  controller.abort(new Error("gone"));
  await microtasks();
  assert.equal((large().error as Error).message, "gone");
  assert.equal(small().at, 576);
  assert.equal(arena.used, 640);
  await assert.rejects(arena.allocate(64, AbortSignal.abort()), { name: "AbortError" });
});

Deno.test("an abort after the region was given changes nothing", async () => {
  const arena = new Arena(0, 128);
  const first = await arena.allocate(128);
  const controller = new AbortController();
  const second = arena.allocate(128, controller.signal);
  first[Symbol.dispose]();
  controller.abort();
  const region = await second;
  assert.equal(arena.used, 128);
  region[Symbol.dispose]();
  assert.equal(arena.used, 0);
});

Deno.test("what can never be given is refused at once", async () => {
  const arena = new Arena(0, 1000);
  assert.equal(arena.capacity, 960);
  for (const bytes of [961, 1000, Infinity, 0, -64, 1.5, NaN]) {
    await assert.rejects(arena.allocate(bytes), { name: "RangeError", message: /^Cannot alloc/ });
  }
  assert.throws(() => new Arena(10, 63), { name: "RangeError" });
  assert.throws(() => new Arena(128, 64), { name: "RangeError" });
});

Deno.test("no two regions overlap, and all is free in the end", async () => {
  const random = randomFrom(7);
  const arena = new Arena(0, 64 * 200);
  const owner = new Uint8Array(200);
  const held = new Set<Region>();
  const mark = ({ at, bytes }: Region, from: number, to: number) => {
    for (let cell = at / 64; cell < Math.ceil((at + bytes) / 64); cell++) {
      assert.equal(owner[cell], from);
      owner[cell] = to;
    }
  };
  const tasks: Promise<void>[] = [];
  for (let i = 0; i < 3000; i++) {
    tasks.push(
      arena.allocate(integerIn(random, 1, i % 10 === 0 ? 64 * 200 : 64 * 30)).then((region) => {
        mark(region, 0, 1);
        held.add(region);
      }),
    );
    await microtasks();
    while (held.size > 0 && random() < 0.5) {
      const region = [...held][integerIn(random, 0, held.size - 1)]!;
      held.delete(region);
      mark(region, 1, 0);
      region[Symbol.dispose]();
      await microtasks();
    }
  }
  for (let done = false; !done;) {
    for (const region of held) {
      held.delete(region);
      mark(region, 1, 0);
      region[Symbol.dispose]();
    }
    await microtasks();
    done = held.size === 0;
  }
  await Promise.all(tasks);
  assert.equal(arena.used, 0);
  assert.equal((await arena.allocate(64 * 200)).at, 0);
});
