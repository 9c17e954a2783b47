/** The memory store: what was used last, bounded in bytes. */

import { LRUCache } from "lru-cache";
import type { StoredEntry, StoreStats, TileStore } from "./tile_store.ts";

/** Bytes that an entry takes besides its own and its key's: objects, and its place in the list. */
const OVERHEAD = 256;

/**
 * Keeps the entries that were used last, as many as fit into `mostBytes`; what was not used for
 * longest goes first. An entry larger than the bound is not kept.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MemoryStore } from "./mod.ts";
 *
 * await using store = new MemoryStore(2 ** 20);
 * await store.put("key", { bytes: Uint8Array.of(1, 2), note: "" });
 * assert.deepEqual(store.peek("key")?.bytes, Uint8Array.of(1, 2));
 * ```
 */
export class MemoryStore implements TileStore {
  readonly #mostBytes: number;
  readonly #entries: LRUCache<string, StoredEntry>;
  #hits = 0;
  #misses = 0;
  #closed = false;

  /** @throws {RangeError} when the bound is not a whole number of bytes above 0 */
  constructor(mostBytes: number) {
    if (!Number.isSafeInteger(mostBytes) || mostBytes < 1) {
      throw new RangeError(`Cannot keep ${mostBytes} bytes: it must be a whole number above 0`);
    }
    this.#mostBytes = mostBytes;
    this.#entries = new LRUCache({ maxSize: mostBytes, sizeCalculation: sizeOf });
  }

  peek(key: string): StoredEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#misses++;
    else this.#hits++;
    return entry;
  }

  get(key: string): Promise<StoredEntry | undefined> {
    return Promise.resolve(this.peek(key));
  }

  put(key: string, entry: StoredEntry): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    this.#entries.set(key, entry);
    return Promise.resolve(this.#entries.has(key));
  }

  stats(): Promise<readonly StoreStats[]> {
    return Promise.resolve([{
      tier: "memory",
      open: !this.#closed,
      entries: this.#entries.size,
      bytes: this.#entries.calculatedSize,
      mostBytes: this.#mostBytes,
      hits: this.#hits,
      misses: this.#misses,
    }]);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#entries.clear();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A view keeps the whole of its buffer; characters may take two bytes. */
function sizeOf({ bytes, note }: StoredEntry, key: string): number {
  return bytes.buffer.byteLength + 2 * (key.length + note.length) + OVERHEAD;
}
