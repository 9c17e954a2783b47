// The floor of the shared cursor, against the pool it is measured by: a batch is not a message.

import assert from "node:assert/strict";
import { benchCursor } from "./cursor_bench.ts";

Deno.test("an empty batch by the cursor takes at most 20 us, a fifth of a poolifier task", async () => {
  const { cursor, ratio } = await benchCursor(2000, 3);
  assert.ok(cursor <= 20, `${cursor} us a batch`);
  assert.ok(ratio >= 5, `${ratio} times less`);
});
