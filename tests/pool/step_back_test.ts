// Workers that step back do so alone, and have no permission afterwards.

import assert from "node:assert/strict";
import { getPriority } from "node:os";
import { mayStepBack, Pool, STEP_BACK_PERMISSION } from "../../src/pool/mod.ts";
import type { NiceService } from "./fixtures/nice_worker.ts";

const MODULE = new URL("./fixtures/nice_worker.ts", import.meta.url);

Deno.test("a worker that has stepped back has no permission left, the parent its priority", async () => {
  if (!await mayStepBack()) return assert.notEqual(Deno.build.os, "linux");
  const before = getPriority(0);
  await using pool = await Pool.start<NiceService>(MODULE, {
    size: 2,
    permissions: STEP_BACK_PERMISSION,
    startArgument: () => 7,
  });
  assert.deepEqual(await pool.apply("granted", []), []);
  await assert.rejects(pool.apply("again", []), /sys access to "setPriority"/);
  assert.equal(getPriority(0), before);
});
