/** The first start on a machine that has nothing: what it fetches is what a server needs, and no more. */

import assert from "node:assert/strict";
import { startServer } from "../e2e/server.ts";

/** Bytes of packages and compiled code that a first start may leave. */
const MOST = 60e6;

Deno.test("a first start fetches less than 60 MB", async () => {
  const folder = await Deno.makeTempDir();
  try {
    {
      await using server = await startServer([], { MANDELTILE_CACHE: "memory", DENO_DIR: folder });
      const response = await fetch(`${server.url}tiles/0/0/0.png`);
      assert.equal(response.status, 200);
      await response.body?.cancel();
    }
    const bytes = await sizeOf(folder);
    assert.ok(bytes > 1e6 && bytes < MOST, `${bytes} bytes`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    bytes += isDirectory ? await sizeOf(path) : (await Deno.stat(path)).size;
  }
  return bytes;
}
