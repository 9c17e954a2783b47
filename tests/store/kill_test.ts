/** A process that is killed while it writes loses nothing it had acknowledged. */

import assert from "node:assert/strict";
import { killWriters } from "./killing.ts";

Deno.test("killed in the middle of its writes, a store has every tile it acknowledged", async () => {
  assert.ok(await killWriters(1) >= 1);
});
