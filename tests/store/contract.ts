/** What every store must do, whichever keeps the entries. */

import assert from "node:assert/strict";
import type { StoredEntry, TileStore } from "../../src/store/mod.ts";

/** Opens a store that holds about `mostBytes`; told of trouble, it fails the test. */
export type OpenStore = (mostBytes: number) => Promise<TileStore>;

/** Bytes that look like a compressed picture, the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** An entry of that many bytes. */
export function entryOf(length: number, seed = 1): StoredEntry {
  return { bytes: noise(length, seed), note: `note of ${seed}` };
}

/** Tests a store by the interface alone. */
export function testContract(name: string, open: OpenStore): void {
  const test = (what: string, run: (store: TileStore) => Promise<void>, mostBytes = 2 ** 24) =>
    Deno.test(`${name}: ${what}`, async () => {
      await using store = await open(mostBytes);
      await run(store);
    });

  test("what was put comes out as it was, and nothing else does", async (store) => {
    assert.equal(await store.get("a"), undefined);
    assert.equal(await store.put("a", entryOf(36_000, 1)), true);
    assert.equal(await store.put("b", { bytes: new Uint8Array(0), note: "" }), true);
    assert.deepEqual(await store.get("a"), entryOf(36_000, 1));
    assert.deepEqual(await store.get("b"), { bytes: new Uint8Array(0), note: "" });
    assert.equal(await store.get("A"), undefined);
    assert.equal(await store.get("a "), undefined);
  });

  test("the last put of a key counts", async (store) => {
    for (const seed of [1, 2, 3]) await store.put("a", entryOf(1000, seed));
    assert.deepEqual(await store.get("a"), entryOf(1000, 3));
  });

  test("keys and notes of any text", async (store) => {
    const keys = ["", "'; DROP TABLE tiles", "ключ 鍵 🗝", "x".repeat(20_000), "a\nb"];
    for (const [i, key] of keys.entries()) await store.put(key, { bytes: noise(9, i), note: key });
    for (const [i, key] of keys.entries()) {
      assert.deepEqual(await store.get(key), { bytes: noise(9, i), note: key });
    }
  });

  test("an entry that may be compressed comes out as it was", async (store) => {
    const entry = { bytes: new Uint8Array(500_000).fill(7), note: "flat" };
    assert.equal(await store.put("flat", entry, { compress: true }), true);
    assert.deepEqual(await store.get("flat"), entry);
  });

  test("a peek finds what a get finds, or nothing", async (store) => {
    assert.equal(store.peek("a"), undefined);
    await store.put("a", entryOf(100));
    const peeked = store.peek("a");
    if (peeked !== undefined) assert.deepEqual(peeked, entryOf(100));
  });

  test("many at once", async (store) => {
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    const kept = await Promise.all(numbers.map((i) => store.put(`k${i}`, entryOf(5000, i))));
    assert.ok(kept.every((one) => one === true));
    const found = await Promise.all(numbers.map((i) => store.get(`k${i}`)));
    assert.deepEqual(found, numbers.map((i) => entryOf(5000, i)));
  });

  test("it stays within its bound: the oldest go, the newest stay", async (store) => {
    for (let i = 0; i < 100; i++) assert.equal(await store.put(`k${i}`, entryOf(40_000, i)), true);
    assert.equal(await store.get("k0"), undefined);
    assert.deepEqual(await store.get("k99"), entryOf(40_000, 99));
    for (const { bytes, mostBytes, entries } of await store.stats()) {
      assert.equal(mostBytes, 2 ** 20);
      assert.ok(bytes <= mostBytes, `${bytes} of ${mostBytes}`);
      assert.ok(entries >= 15 && entries < 27, `${entries} entries: it is used well`);
    }
  }, 2 ** 20);

  test("an entry that is too large is not kept, and pushes nothing out", async (store) => {
    await store.put("small", entryOf(1000));
    assert.equal(await store.put("large", entryOf(2 ** 20 + 1)), false);
    assert.equal(await store.get("large"), undefined);
    assert.deepEqual(await store.get("small"), entryOf(1000));
  }, 2 ** 20);

  test("it counts what it finds and what it does not", async (store) => {
    await store.put("a", entryOf(1000));
    await store.get("a");
    await store.get("b");
    const stats = await store.stats();
    assert.ok(stats.length > 0);
    assert.equal(stats.reduce((sum, { hits }) => sum + hits, 0), 1);
    for (const { entries, misses, bytes } of stats) {
      assert.ok(entries === 1 && misses === 1 && bytes >= 1000, JSON.stringify(stats));
    }
  });

  test("a closed store finds nothing and keeps nothing, without complaint", async (store) => {
    await store.put("a", entryOf(1000));
    const late = store.put("b", entryOf(1000));
    await store.close();
    await late;
    assert.equal(await store.get("a"), undefined);
    assert.equal(await store.put("c", entryOf(1000)), false);
    assert.equal(store.peek("a"), undefined);
    await store.close();
  });
}
