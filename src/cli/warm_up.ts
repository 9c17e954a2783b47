/** Asks a server for a few answers before anybody else can: no client meets code that never ran. */

import { FileCache } from "../render/mod.ts";
import { MemoryStore } from "../store/mod.ts";
import { type AppOptions, createApp } from "../web/mod.ts";

/** Rounds, and light tiles asked for in each: along the upper edge of the set, at zoom 4. */
const ROUNDS = 4;
const TILES = ["3/5", "4/5", "5/5", "6/5"];

/** What else is asked for in each round: by monitors, by mistake. */
const BESIDES = ["/healthz", "/readyz", "/metrics", "/tiles/3/9/3.png", "/nowhere"];

/** Bytes for what is kept meanwhile. */
const MEMORY = 2 ** 22;

/**
 * Asks an app of its own, so that nothing of it is counted, told or kept; whatever fails there is left
 * for a client to be told.
 *
 * 2026-11-28, two cores, a server just started: its first tile takes 27 to 45 ms (73 to 79 without), the
 * first `/healthz` while 16 connections ask for tiles 5 to 24 (38 to 51). The start takes 0.3 s longer; with
 * one round or two 0.15 and 0.2, and that first look 13 to 58.
 */
export async function warmUp(
  options: Pick<AppOptions, "renderer" | "oracle" | "limits" | "enlarge" | "state">,
): Promise<void> {
  const app = createApp({
    ...options,
    files: new FileCache(new MemoryStore(MEMORY)),
    maxAge: 0,
    report: () => {},
    log: () => {},
  });
  const ask = async (path: string, headers: HeadersInit = {}) => {
    const response = await app.fetch(new Request(`http://localhost${path}`, { headers }));
    await response.arrayBuffer();
    return response.headers.get("etag") ?? "";
  };
  for (let round = 0; round < ROUNDS; round++) {
    const tiles = TILES.map((place) => `/tiles/4/${place}.png?iterations=${64 + round}`);
    // At once as a map asks, then again as one who has it.
    const etags = await Promise.all(tiles.map((path) => ask(path)));
    for (const path of BESIDES) await ask(path);
    for (const [at, path] of tiles.entries()) {
      await ask(path);
      await ask(path, { "if-none-match": etags[at]! });
    }
  }
}
