/** The tiered store: a near store over a far one. */

import type { PutOptions, StoredEntry, StoreStats, TileStore } from "./tile_store.ts";

/** Looks in the near store first; what only the far one has comes near. Both get what is put. */
export class TieredStore implements TileStore {
  readonly #near: TileStore;
  readonly #far: TileStore;

  /** It owns both: closing it closes them. */
  constructor(near: TileStore, far: TileStore) {
    this.#near = near;
    this.#far = far;
  }

  peek(key: string): StoredEntry | undefined {
    return this.#near.peek(key);
  }

  async get(key: string): Promise<StoredEntry | undefined> {
    const near = await this.#near.get(key);
    if (near !== undefined) return near;
    const far = await this.#far.get(key);
    if (far !== undefined) await this.#near.put(key, far);
    return far;
  }

  /** Near at once; resolves when the far one has answered too, to whether either kept it. */
  async put(key: string, entry: StoredEntry, options?: PutOptions): Promise<boolean> {
    const kept = await Promise.all([
      this.#near.put(key, entry, options),
      this.#far.put(key, entry, options),
    ]);
    return kept.includes(true);
  }

  async stats(): Promise<readonly StoreStats[]> {
    return (await Promise.all([this.#near.stats(), this.#far.stats()])).flat();
  }

  async close(): Promise<void> {
    await Promise.all([this.#near.close(), this.#far.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
