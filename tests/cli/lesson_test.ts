/** `lesson`: every way gives the same canvas, and the canvas is the oracle's. */

import assert from "node:assert/strict";
import { join } from "node:path";
import imagescript from "imagescript/png/node.js";
import { escapeTime } from "../../src/fractal/mod.ts";
import { cornerGrid } from "../../src/plane/mod.ts";
import { runLesson } from "../../src/render/mod.ts";
import { runCommand } from "./command.ts";

Deno.test("every way fills the same canvas, the oracle's", async () => {
  const window = { pixdim: 90, escape: 200, x: -0.75, y: 0.1, size: 0.4 };
  const lines: string[] = [];
  const { canvas, rows } = await runLesson(window, 2, {
    say: (line) => lines.push(line),
    progress: (_way, share) => assert(share >= 0 && share <= 1),
  });
  const grid = cornerGrid(window);
  for (const [row, im] of grid.rows.entries()) {
    for (const [column, re] of grid.columns.entries()) {
      assert.equal(canvas[row * 90 + column], escapeTime(re, im, 200));
    }
  }
  assert.equal(rows.length, 10);
  assert(
    rows.every(({ milliseconds, pointsPerSecond }) => milliseconds > 0 && pointsPerSecond > 0),
  );
  assert.match(lines.join(), /Queued 8,100 points, 9 batches/);
  assert.match(lines.join(), /Queue sizes: 0, 0/);
});

Deno.test("lesson writes its canvas and one JSON object", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "new");
    const { code, stdout } = await runCommand([
      "lesson",
      "--pixdim",
      "40",
      "--y",
      "-0.6",
      "--json",
      "--out",
      out,
    ]);
    assert.equal(code, 0);
    assert.equal(stdout.trim().split("\n").length, 1);
    const { y, rows } = JSON.parse(stdout);
    assert.equal(y, -0.6);
    assert.equal(rows.length, 10);
    const npy = await Deno.readFile(join(out, "canvas.npy"));
    assert.equal(npy.length, 128 + 40 * 40);
    const { width, height } = imagescript.decode(await Deno.readFile(join(out, "canvas.png")));
    assert.deepEqual([width, height], [40, 40]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
