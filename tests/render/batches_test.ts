// Tests of the cut into batches: every pixel in one batch, and batches that the kernel takes.

import assert from "node:assert/strict";
import { MOST_ITERATIONS, MOST_PIXELS, MOST_SIDE } from "../../src/fractal/mod.ts";
import { batchAt, batchCount, batchShape, perturbedShape } from "../../src/render/local/batches.ts";
import { integerIn, randomFrom } from "../plane/random.ts";

/** Cuts a grid and checks each batch; returns how many there are. */
function cut(width: number, height: number, iterations: number): number {
  const shape = batchShape(width, height, iterations);
  const count = batchCount(width, height, shape);
  const covered = new Uint8Array(width * height);
  for (let number = 0; number < count; number++) {
    const { fromColumn, toColumn, fromRow, toRow } = batchAt({ width, height, shape }, number);
    const columns = toColumn - fromColumn;
    const rows = toRow - fromRow;
    assert.ok(columns > 0 && columns <= MOST_SIDE && rows > 0 && columns * rows <= MOST_PIXELS);
    assert.ok(fromColumn >= 0 && toColumn <= width && fromRow >= 0 && toRow <= height);
    for (let row = fromRow; row < toRow; row++) {
      for (let i = row * width + fromColumn; i < row * width + toColumn; i++) covered[i]!++;
    }
  }
  const name = `${width} x ${height}, ${iterations} iterations`;
  assert.equal(covered.findIndex((times) => times !== 1), -1, `${name}: every pixel once`);
  return count;
}

Deno.test("batches cover a grid exactly once, whatever its shape", () => {
  const random = randomFrom(31);
  for (let i = 0; i < 300; i++) {
    const width = Math.ceil(2 ** (14 * random()));
    const height = Math.max(1, Math.min(Math.ceil(2 ** (12 * random())), Math.floor(3e5 / width)));
    cut(width, height, Math.ceil(2 ** (31 * random())));
  }
  for (const [width, height] of [[1, 1], [1, 5000], [5000, 1], [4097, 2], [63, 1]] as const) {
    for (const iterations of [1, 255, 50_000, 5_000_000]) cut(width, height, iterations);
  }
});

Deno.test("there is work for several workers, and no batch keeps one for long", () => {
  assert.ok(cut(256, 256, 255) >= 16);
  const random = randomFrom(32);
  for (let i = 0; i < 100; i++) {
    const side = integerIn(random, 64, 300);
    const iterations = integerIn(random, 1, 1_500_000);
    const { columns, rows } = batchShape(side, side, iterations);
    assert.ok(columns * rows * iterations <= 1e8, "about 50 ms, if no pixel escapes");
  }
});

Deno.test("where a pixel may take seconds a batch has no more than the kernels have lanes", () => {
  for (const iterations of [10_000_000, 1_000_000_000, MOST_ITERATIONS]) {
    for (const side of [8, 256, 1000]) {
      const direct = batchShape(side, side, iterations);
      const perturbed = perturbedShape(side, side, iterations);
      assert.ok(direct.columns * direct.rows <= 12);
      assert.ok(perturbed.columns * perturbed.rows <= 8);
      cut(side, side, iterations);
    }
  }
});

Deno.test("the cut depends on the request alone", () => {
  assert.deepEqual(batchShape(256, 256, 1000), batchShape(256, 256, 1000));
  assert.deepEqual(batchShape(256, 256, 255), { columns: 256, rows: 16 });
});
