/** The stores that a configuration asks for. */

import { FileCache, type SampleStores, type StoreStats } from "../render/mod.ts";
import { emptyStore, MemoryStore, SqliteStore, TieredStore, type TileStore } from "../store/mod.ts";
import type { Config } from "./config.ts";

/** What is kept of answers and of samples. Disposing of it closes the stores. */
export interface Cache extends AsyncDisposable {
  readonly files: FileCache;
  readonly samples: SampleStores;
  /** What each store holds and has done, by what it keeps. */
  stats(): Promise<readonly (StoreStats & { readonly kind: string })[]>;
}

/** Shares of the memory: of files, and of those answers that are kept whole besides; the rest is for samples. */
const FILES_SHARE = 3 / 8;
const ANSWERS_SHARE = 1 / 8;

/** Opens the stores. Never fails: what does not do is reported, and done without. */
export async function openCache(
  { cache, cacheMemory, cacheDisk }: Config,
  report: (message: string) => void,
): Promise<Cache> {
  if (cache.kind === "none") return cacheOf(emptyStore, emptyStore, emptyStore);
  const files = new MemoryStore(Math.floor(cacheMemory * FILES_SHARE));
  const samples = new MemoryStore(Math.ceil(cacheMemory * (1 - FILES_SHARE - ANSWERS_SHARE)));
  if (cache.kind === "memory") return cacheOf(files, samples, emptyStore);
  // In a terminal Deno asks for a missing permission; else the store reports it.
  for (const name of ["read", "write"] as const) {
    await Deno.permissions.request({ name, path: cache.folder });
  }
  const disk = await SqliteStore.open(cache.folder, { mostBytes: cacheDisk, report });
  return cacheOf(files, samples, disk);
}

/** Bytes for answers that are kept whole: what they take of the cache's memory. */
export function answerBytes({ cacheMemory }: Config): number {
  return Math.floor(cacheMemory * ANSWERS_SHARE);
}

function cacheOf(files: TileStore, samples: TileStore, disk: TileStore): Cache {
  const tiers = new TieredStore(files, disk);
  return {
    files: new FileCache(tiers),
    samples: { memory: samples, disk },
    async stats() {
      // One file keeps both.
      const kinds = [["files", files], ["samples", samples], ["both", disk]] as const;
      const stats = kinds.map(async ([kind, store]) =>
        (await store.stats()).map((tier) => ({ kind, ...tier }))
      );
      return (await Promise.all(stats)).flat();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([tiers.close(), samples.close()]);
    },
  };
}
