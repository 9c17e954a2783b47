// store: What was computed before, in memory and on disk, behind one interface.

export { MemoryStore } from "./memory_store.ts";
export { SqliteStore, type SqliteStoreOptions } from "./sqlite_store.ts";
export {
  emptyStore,
  type PutOptions,
  type StoredEntry,
  type StoreStats,
  type TileStore,
} from "./tile_store.ts";
export { TieredStore } from "./tiered_store.ts";
