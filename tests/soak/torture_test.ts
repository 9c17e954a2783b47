// The torture of the pool at its full length.

import { assertSettled, torture } from "../pool/fixtures/run_torture.ts";

Deno.test("10,000 tasks among failing workers all settle rightly, and the program ends by itself", async () => {
  assertSettled(await torture(10_000, 20), 10_000);
});
