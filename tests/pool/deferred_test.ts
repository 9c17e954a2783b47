// Tests of deferred work: done in the next turn, in order.

import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { promisify } from "node:util";
import { defer } from "../../src/pool/mod.ts";

const nextTurn = promisify(setImmediate);

Deno.test("what is left is done in the next turn, in order", async () => {
  const done: string[] = [];
  defer(() => done.push("first"));
  await Promise.resolve().then(() => defer(() => done.push("second")));
  assert.deepEqual(done, []);
  await nextTurn();
  assert.deepEqual(done, ["first", "second"]);
});

Deno.test("what is left by work that was left is done a turn later", async () => {
  const done: string[] = [];
  defer(() => {
    done.push("outer");
    defer(() => done.push("inner"));
  });
  await nextTurn();
  assert.deepEqual(done, ["outer"]);
  await nextTurn();
  assert.deepEqual(done, ["outer", "inner"]);
});
