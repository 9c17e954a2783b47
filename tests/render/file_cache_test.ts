/** Files by key: at hand from when they are computed, in the store once whoever asked is served. */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { promisify } from "node:util";
import { FileCache, type Rendered } from "../../src/render/mod.ts";
import { MemoryStore } from "../../src/store/mod.ts";

const endOfTurn = promisify(setImmediate);

const RENDERED: Rendered = {
  ...{ bytes: Uint8Array.of(1, 2, 3), iterations: 99, capped: true },
  ...{ arithmetic: { kind: "interior" } },
  ...{ compute: 1, colour: 2, encode: 3, elapsed: 7, frames: 1, steps: 9 },
};

/** Everything but what it took. */
const AGAIN = {
  ...{ bytes: RENDERED.bytes, iterations: 99, capped: true },
  ...{ arithmetic: { kind: "interior" } },
};

const nobody = () => Promise.reject(new Error("nobody should have been asked"));

Deno.test("a file is stored a turn after it was answered, and given again before and after", async () => {
  await using store = new MemoryStore(2 ** 20);
  const files = new FileCache(store);
  const request = { key: "a", keep: true };
  const first = await files.get(request, () => Promise.resolve(RENDERED));
  assert.deepEqual(first, { ...AGAIN, rendered: RENDERED });
  for (const stored of [false, true]) {
    assert.equal(store.peek("a") !== undefined, stored);
    assert.deepEqual(await files.get(request, nobody), { ...AGAIN, rendered: null });
    assert.deepEqual(files.peek("a"), RENDERED.bytes);
    assert.deepEqual(await files.kept("a"), RENDERED.bytes);
    await endOfTurn();
  }
});

Deno.test("what is not worth keeping, or what failed, is kept nowhere", async () => {
  await using store = new MemoryStore(2 ** 20);
  const files = new FileCache(store);
  await files.get({ key: "a", keep: false }, () => Promise.resolve(RENDERED));
  await assert.rejects(files.get({ key: "b", keep: true }, nobody), /nobody/);
  for (const _ of ["at once", "a turn later"]) {
    for (const key of ["a", "b"]) {
      assert.equal(files.peek(key), undefined);
      assert.equal(await files.kept(key), undefined);
      assert.equal(store.peek(key), undefined);
    }
    await endOfTurn();
  }
});
