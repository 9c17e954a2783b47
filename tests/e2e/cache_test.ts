/** The real command and its cache on disk: what one run computed, the next has. */

import assert from "node:assert/strict";
import { startServer } from "./server.ts";

const TILE = "tiles/7/40/50.png?palette=magma";

/** Asks for the tile; resolves to its bytes, and whether it was there. */
async function tileOf(url: string, tile = TILE): Promise<{ bytes: Uint8Array; cached: boolean }> {
  const response = await fetch(url + tile);
  assert.equal(response.status, 200);
  const cached = response.headers.get("server-timing") === "cache";
  return { bytes: await response.bytes(), cached };
}

Deno.test("a server that is started again has what it computed before", async () => {
  const caches = await Deno.makeTempDir({ prefix: "mandeltile_caches_" });
  const variables = { XDG_CACHE_HOME: caches };
  const runs: Uint8Array[] = [];
  for (const cached of [false, true]) {
    await using server = await startServer(["--workers", "1"], variables);
    const tile = await tileOf(server.url);
    assert.equal(tile.cached, cached);
    runs.push(tile.bytes);
    assert.equal(await server.stop(), 0);
  }
  assert.deepEqual(runs[0], runs[1]);
  assert.ok((await Deno.stat(`${caches}/mandeltile/tiles.sqlite`)).isFile);

  // Not a database any more: the server starts, and tiles come.
  await Deno.writeTextFile(`${caches}/mandeltile/tiles.sqlite`, "no database ".repeat(1000));
  await using server = await startServer(["--workers", "1"], variables);
  assert.deepEqual(await tileOf(server.url), { bytes: runs[0], cached: false });
  assert.equal(await server.stop(), 0);
  assert.ok((await Deno.stat(`${caches}/mandeltile/tiles.sqlite.damaged`)).isFile);
  await Deno.remove(caches, { recursive: true });
});

/** Starts a server with a folder for caches of its own, and asserts that it leaves nothing there. */
async function withoutDisk(place: string, use: (url: string) => Promise<void>): Promise<void> {
  const caches = await Deno.makeTempDir({ prefix: "mandeltile_caches_" });
  const flags = ["--cache", place, "--workers", "1"];
  await using server = await startServer(flags, { XDG_CACHE_HOME: caches });
  await use(server.url);
  assert.equal(await server.stop(), 0);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(caches)), []);
  await Deno.remove(caches);
}

Deno.test("a server that is told so keeps nothing", () =>
  withoutDisk("none", async (url) => {
    const first = await tileOf(url);
    assert.deepEqual(await tileOf(url), { bytes: first.bytes, cached: false });
  }));

Deno.test("nothing on disk: a tile asked for by many at once is whole for each, and so is what they need not fetch", () =>
  withoutDisk("memory", (url) => askedByMany(url)));

async function askedByMany(url: string): Promise<void> {
  const { bytes } = await tileOf(url);
  for (let time = 0; time < 5; time++) {
    const all = await Promise.all(Array.from({ length: 16 }, () => tileOf(url)));
    for (const tile of all) assert.deepEqual(tile, { bytes, cached: true });
  }
  const { headers } = await fetch(url + TILE, { method: "HEAD" });
  const had = { "if-none-match": headers.get("etag")! };
  for (let time = 0; time < 5; time++) {
    const answer = await fetch(url + TILE, { headers: had });
    assert.equal(answer.status, 304);
    assert.equal(answer.headers.get("etag"), had["if-none-match"]);
    assert.equal((await answer.bytes()).length, 0);
  }
}
