// Tests of the corner grid: bit for bit the numbers that Python computes.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cornerGrid, type CornerWindow } from "../../src/plane/mod.ts";

/**
 * sha256 of columns then rows as little-endian doubles, computed by CPython 3.11:
 *
 *     c = [x - (size/2) + (size * col/pixdim) for col in range(pixdim)]
 *     r = [y - (size/2) + (size * row/pixdim) for row in range(pixdim)]
 *     sha256(struct.pack('<%dd' % (2 * pixdim), *(c + r)))
 */
const PYTHON: [window: CornerWindow, sha256: string][] = [
  [
    { x: 0.1015, y: -0.633, size: 0.01, pixdim: 1600 },
    "f9452caba283dedf475fd564a9c4b010ec6ea717ba8ddd12736130e6b26bb8a4",
  ],
  [
    { x: -0.75, y: 0.1, size: 0.3, pixdim: 7 },
    "39364dd9e156c2d590ceccfc91e51b9b3d0eeca6fd0a35e9097c0724338e39d6",
  ],
  [
    { x: -0.7436, y: 0.1318, size: 1e-9, pixdim: 1000 },
    "cb5ff67889161f5725acf5b91d01cef9fb0fdb35765c4c5ba57eeaf74510de6f",
  ],
  [
    { x: -0.5, y: 0, size: 3, pixdim: 333 },
    "7fc3fc229db2492a1dc35366b549d0f30b8d939bf6a0067430a90b63071e9847",
  ],
];

Deno.test("the corner grid is Python's, bit for bit", () => {
  for (const [window, sha256] of PYTHON) {
    const { columns, rows } = cornerGrid(window);
    const bytes = new DataView(new ArrayBuffer(16 * window.pixdim));
    [...columns, ...rows].forEach((value, i) => bytes.setFloat64(8 * i, value, true));
    const hash = createHash("sha256").update(new Uint8Array(bytes.buffer)).digest("hex");
    assert.equal(hash, sha256, JSON.stringify(window));
  }
});

Deno.test("the corner is sampled, and the imaginary part grows downwards", () => {
  const { columns, rows } = cornerGrid({ x: 0.1015, y: -0.633, size: 0.01, pixdim: 1600 });
  assert.deepEqual([columns[0], columns[1599]], [0.0965, 0.10649375]);
  assert.deepEqual([rows[0], rows[1599]], [-0.638, -0.62800625]);
});

Deno.test("a window that is none is refused", () => {
  const good = { x: 0, y: 0, size: 1, pixdim: 4 };
  const bad: Partial<CornerWindow>[] = [
    { x: NaN },
    { y: Infinity },
    { size: 0 },
    { size: -1 },
    { size: NaN },
    { pixdim: 0 },
    { pixdim: 1.5 },
    { pixdim: -4 },
    { pixdim: NaN },
  ];
  for (const part of bad) {
    const [name = ""] = Object.keys(part);
    assert.throws(() => cornerGrid({ ...good, ...part }), {
      name: "RangeError",
      message: new RegExp(`^Cannot make a grid with ${name} `),
    });
  }
});
