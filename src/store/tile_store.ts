/** TileStore: the one interface of everything that keeps what was computed before. */

/** Bytes under a key, and a short note that was stored with them. */
export interface StoredEntry {
  /** Not to be changed by anybody once they are in a store, nor after they came out of one. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly note: string;
}

/** How an entry is put. */
export interface PutOptions {
  /** Whether a store that has the time for it may deflate the bytes; default false. */
  readonly compress?: boolean;
}

/** What a store, or one tier of it, holds and has done. */
export interface StoreStats {
  readonly tier: string;
  /** Whether it can keep anything: not when it was closed, or its file cannot be used. */
  readonly open: boolean;
  readonly entries: number;
  /** Bytes that count against the bound, and the bound. */
  readonly bytes: number;
  readonly mostBytes: number;
  /** Since it was opened. */
  readonly hits: number;
  readonly misses: number;
}

/**
 * Keeps entries by key, within bounds of its own: an entry may be gone at any time, but what comes
 * out is what went in. No method rejects: a store in trouble reports it elsewhere, finds nothing and
 * keeps nothing.
 *
 * A key names everything that the bytes depend on, the version of the algorithm included, so an entry
 * never becomes wrong.
 */
export interface TileStore extends AsyncDisposable {
  /** The entry, if it is at hand without waiting. */
  peek(key: string): StoredEntry | undefined;
  get(key: string): Promise<StoredEntry | undefined>;
  /** Resolves to whether the entry was kept; a store on disk has then written it. */
  put(key: string, entry: StoredEntry, options?: PutOptions): Promise<boolean>;
  /** One of each tier, the nearest first. */
  stats(): Promise<readonly StoreStats[]>;
  /** Finishes what was put, and lets go of files and threads; from then on it finds and keeps nothing. */
  close(): Promise<void>;
}

/** A store that keeps nothing. */
export const emptyStore: TileStore = {
  peek: () => undefined,
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(false),
  stats: () => Promise.resolve([]),
  close: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
