// SharedArray and SharedValue: every element type, and correct when workers contend.

import assert from "node:assert/strict";
import {
  type ElementType,
  SharedArray,
  type SharedArrayHandle,
  SharedValue,
  type SharedValueHandle,
} from "../../src/pool/sync/shared_array.ts";
import { hire } from "./fixtures/crew.ts";
import type { LockJob } from "./fixtures/lock_worker.ts";

Deno.test("4 workers add 100,000 times to one value and lose nothing", async () => {
  const value = SharedValue.of(Float64Array, 0.5);
  const job: LockJob = { task: "add", value: value.toHandle(), times: 25_000 };
  await Promise.all(Array.from({ length: 4 }, () => hire("./lock_worker.ts", job)));
  assert.equal(value.value, 100_000.5);
  assert.equal(value.lock.locked, false);
});

const NUMBER_TYPES = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
];

for (const type of NUMBER_TYPES) {
  Deno.test(`a shared ${type.name} is seen through its handle`, () => {
    const shared = SharedArray.of<ElementType>(type, [1, 2, 3]);
    assert.ok(shared.array instanceof type);
    assert.ok(shared.array.buffer instanceof SharedArrayBuffer);
    const same = SharedArray.from(structuredClone(shared.toHandle()));
    same.array[1] = 42;
    assert.deepEqual([...shared.array], [1, 42, 3]);
    assert.equal(same.length, 3);
    using _held = same.lock.hold();
    assert.equal(shared.lock.locked, true);
  });
}

Deno.test("64-bit integers are bigints", () => {
  const shared = SharedArray.of(BigInt64Array, [-1n, 2n ** 62n]);
  const first: bigint | undefined = SharedArray.from(shared.toHandle()).array[0];
  assert.equal(first, -1n);
  const value = SharedValue.of(BigUint64Array, 2n ** 63n);
  assert.equal(value.add(1n), 2n ** 63n + 1n);
});

Deno.test("the lock's word and the elements do not overlap", () => {
  const shared = SharedArray.of(Uint8Array, 5);
  assert.deepEqual([...shared.array], [0, 0, 0, 0, 0]);
  shared.array.fill(255);
  assert.equal(shared.lock.locked, false);
  {
    using _held = shared.lock.hold();
    assert.deepEqual([...shared.array], [255, 255, 255, 255, 255]);
  }
  assert.equal(SharedArray.of(Float64Array, 0).length, 0);
});

Deno.test("a value starts at zero, is set, updated, and keeps its type's rounding", () => {
  const value = SharedValue.of(Int8Array);
  assert.equal(value.value, 0);
  value.value = 127;
  assert.equal(value.add(1), -128);
  assert.equal(SharedValue.from(value.toHandle()).update((n) => n + 28), -100);
  assert.throws(() =>
    value.update(() => {
      throw new Error("no change");
    }), /no change/);
  assert.equal(value.value, -100);
  assert.equal(value.lock.locked, false);
});

Deno.test("what is no length, no type or no handle is refused", () => {
  assert.throws(() => SharedArray.of(Float64Array, -1), RangeError);
  assert.throws(() => SharedArray.of(Float64Array, 1.5), RangeError);
  assert.throws(() => SharedArray.of(Array as unknown as Int8ArrayConstructor, 1), TypeError);
  const wrong: unknown = { kind: "lock" };
  assert.throws(() => SharedArray.from(wrong as SharedArrayHandle), TypeError);
  assert.throws(() => SharedValue.from(wrong as SharedValueHandle), TypeError);
});
