/** Deep views of many kinds against counts by integer arithmetic. */

import assert from "node:assert/strict";
import { isRight, judgeViews, quickViews, textOf, verdictOf } from "./deep_views/judge.ts";

Deno.test("views of every kind have exact counts, nearly", async () => {
  const views = quickViews();
  assert.ok(views.length >= 120, `${views.length} views`);
  const verdicts = await judgeViews(views);
  assert.equal(verdicts.length, views.length);
  assert.deepEqual(verdicts.filter((verdict) => !isRight(verdict)).map(textOf), []);
});

Deno.test("a view is wrong by its third pixel, by all of them, or by a count far off", () => {
  const row = (...pixels: number[]) => pixels.map((count, column) => [column, 0, count] as const);
  const right = (exact: number[], found: number[]) => {
    const place = { id: "", kind: "", re: "0", im: "0", span: "1", iterations: 5000 };
    const view = { ...place, width: 4, pixels: row(...exact) };
    return isRight(verdictOf(view, Uint32Array.from(found)));
  };
  assert.equal(right([1000, 2000, 3000, 0], [1000, 2000, 3000, 0]), true);
  assert.equal(right([1000, 2000, 3000, 0], [1001, 2002, 3000, 0]), true);
  assert.equal(right([1000, 2000, 3000, 0], [1001, 2002, 3003, 0]), false);
  assert.equal(right([1000, 2000, 3000, 0], [1000, 2003, 3000, 0]), false);
  assert.equal(right([1000, 2000, 3000, 0], [1000, 2000, 3000, 1]), false);
  assert.equal(right([1000, 2000], [1001, 2001]), false);
});
