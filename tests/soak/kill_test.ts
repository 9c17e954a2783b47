/** The same as the store's own test, often enough to meet a writer at every point of its work. */

import assert from "node:assert/strict";
import { killWriters } from "../store/killing.ts";

Deno.test("killed 50 times in the middle of its writes, a store has every tile it acknowledged", async () => {
  assert.ok(await killWriters(50) >= 50);
});
