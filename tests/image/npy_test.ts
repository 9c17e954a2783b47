/** Array files are NumPy's to the byte. */

import assert from "node:assert/strict";
import { encodeNpy } from "../../src/image/mod.ts";

Deno.test("counts are a format 1.0 file, headed as NumPy heads it", () => {
  const counts = Uint32Array.of(1, 2, 0x01020304, 0xffffffff, 5, 6);
  const file = encodeNpy(counts, { width: 3, height: 2 });
  const text = "{'descr': '<u4', 'fortran_order': False, 'shape': (2, 3), }";
  const head = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0];
  assert.deepEqual([...file.subarray(0, 10)], head);
  assert.equal(new TextDecoder().decode(file.subarray(10, 128)), text.padEnd(117) + "\n");
  assert.deepEqual(
    [...file.subarray(128)],
    // deno-fmt-ignore
    [1, 0, 0, 0, 2, 0, 0, 0, 4, 3, 2, 1, 255, 255, 255, 255, 5, 0, 0, 0, 6, 0, 0, 0],
  );
});

Deno.test("bytes are written as bytes", () => {
  const file = encodeNpy(Uint8Array.of(7, 8), { width: 1, height: 2 });
  const text = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }";
  assert.equal(new TextDecoder().decode(file.subarray(10, 128)), text.padEnd(117) + "\n");
  assert.deepEqual([...file.subarray(128)], [7, 8]);
});

Deno.test("the data begin at a multiple of 64 whatever the shape", () => {
  for (const [width, height] of [[1, 1], [256, 256], [1, 100_000], [123_456, 1]] as const) {
    const file = encodeNpy(new Uint8Array(width * height).fill(9), { width, height });
    const start = file.indexOf(10) + 1;
    assert.equal(start % 64, 0);
    assert.equal(file.length, start + width * height);
    assert.ok(file.subarray(start).every((byte) => byte === 9));
  }
});

Deno.test("a view into shared memory is written alone", () => {
  const memory = new SharedArrayBuffer(64);
  new Uint32Array(memory).fill(3);
  const view = new Uint32Array(memory, 16, 2);
  view.set([8, 9]);
  const file = encodeNpy(view, { width: 2, height: 1 });
  assert.deepEqual([...file.subarray(128)], [8, 0, 0, 0, 9, 0, 0, 0]);
  assert.ok(file.buffer instanceof ArrayBuffer);
});

Deno.test("a shape that does not fit is refused", () => {
  assert.throws(() => encodeNpy(new Uint8Array(5), { width: 2, height: 2 }), /TypeError.*5.*2 x 2/);
});
