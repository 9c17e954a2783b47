/** Requests a server answers before it listens, so that no client meets code that never ran. */

import { FileCache } from "../render/mod.ts";
import { MemoryStore } from "../store/mod.ts";
import { type AppOptions, createApp } from "../web/mod.ts";

/** Rounds, and light tiles asked for in each: along the upper edge of the set, at zoom 4. */
const ROUNDS = 4;
const TILES = ["3/5", "4/5", "5/5", "6/5"];

/** Other paths of each round: those of monitors, and mistakes. */
const BESIDES = ["/healthz", "/readyz", "/metrics", "/tiles/3/9/3.png", "/nowhere"];

/** Bytes for what is cached meanwhile. */
const MEMORY = 2 ** 22;

/**
 * Asks an app of its own, so that nothing of it is counted, logged or kept; what fails here is left for a
 * client to see (experiment render-8).
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
    // At once, as a map asks; then again, as a browser that has them.
    const etags = await Promise.all(tiles.map((path) => ask(path)));
    for (const path of BESIDES) await ask(path);
    for (const [at, path] of tiles.entries()) {
      await ask(path);
      await ask(path, { "if-none-match": etags[at]! });
    }
  }
}
