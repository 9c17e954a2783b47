/** All deep views against counts by integer arithmetic, those that take seconds too. */

import assert from "node:assert/strict";
import { allViews, isRight, judgeViews, textOf } from "../fractal/deep_views/judge.ts";

Deno.test("views of every kind have exact counts, nearly, the dear ones too", async () => {
  const views = allViews();
  const verdicts = await judgeViews(views);
  assert.equal(verdicts.length, views.length);
  assert.deepEqual(verdicts.filter((verdict) => !isRight(verdict)).map(textOf), []);
});
