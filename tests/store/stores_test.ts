/** The contract, for every store there is; and what each does of its own. */

import assert from "node:assert/strict";
import { emptyStore, MemoryStore, TieredStore, type TileStore } from "../../src/store/mod.ts";
import { entryOf, testContract } from "./contract.ts";
import { openStore, testFolder } from "./folders.ts";

/** A store on disk that takes its folder away when it is closed. */
async function sqliteStore(mostBytes: number): Promise<TileStore> {
  const folder = await testFolder();
  const { store, reports } = await openStore(folder.path, { mostBytes });
  return {
    peek: (key) => store.peek(key),
    get: (key) => store.get(key),
    put: (...args) => store.put(...args),
    stats: () => store.stats(),
    close: () => store.close(),
    async [Symbol.asyncDispose]() {
      await store.close();
      await folder[Symbol.asyncDispose]();
      assert.deepEqual(reports, [], "no trouble");
    },
  };
}

testContract("memory", (mostBytes) => Promise.resolve(new MemoryStore(mostBytes)));
testContract("SQLite", sqliteStore);
testContract(
  "memory over memory",
  (mostBytes) =>
    Promise.resolve(new TieredStore(new MemoryStore(mostBytes), new MemoryStore(mostBytes))),
);

Deno.test("the memory store lets go of what was not used for longest", async () => {
  await using store = new MemoryStore(50_000);
  for (const key of ["a", "b", "c"]) await store.put(key, entryOf(15_000));
  store.peek("a");
  await store.put("d", entryOf(15_000));
  assert.ok(store.peek("a") !== undefined && store.peek("b") === undefined);
});

Deno.test("the memory store counts the whole buffer behind a view", async () => {
  await using store = new MemoryStore(2 ** 20);
  const bytes = new Uint8Array(new ArrayBuffer(2 ** 21), 0, 10);
  assert.equal(await store.put("a", { bytes, note: "" }), false);
});

Deno.test("a bound that is no number of bytes is refused", () => {
  for (const bound of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => new MemoryStore(bound), RangeError);
  }
});

Deno.test("what only the far store has comes near", async () => {
  const near = new MemoryStore(2 ** 20);
  const far = new MemoryStore(2 ** 20);
  await using store = new TieredStore(near, far);
  await far.put("a", entryOf(1000));
  assert.equal(store.peek("a"), undefined);
  assert.deepEqual(await store.get("a"), entryOf(1000));
  assert.deepEqual(near.peek("a"), entryOf(1000));
});

Deno.test("the near store has an entry while the far one still writes it", async () => {
  const written = Promise.withResolvers<boolean>();
  const far: TileStore = { ...emptyStore, put: () => written.promise };
  await using store = new TieredStore(new MemoryStore(2 ** 20), far);
  const put = store.put("a", entryOf(1000));
  assert.deepEqual(store.peek("a"), entryOf(1000));
  written.resolve(false);
  assert.equal(await put, true);
});

Deno.test("the empty store keeps nothing", async () => {
  assert.equal(await emptyStore.put("a", entryOf(1)), false);
  assert.equal(await emptyStore.get("a"), undefined);
  assert.deepEqual(await emptyStore.stats(), []);
});
