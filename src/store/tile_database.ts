/** The SQLite file: entries read, written and pushed out, in the thread that calls. */

import { createHash } from "node:crypto";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { deflateSync, inflateSync } from "node:zlib";
import type { Holds, Put } from "./sqlite_wire.ts";
import type { StoredEntry } from "./tile_store.ts";

/** Marks the file as one of ours ("mdlt"), and the shape of its table. */
const APPLICATION = 0x6d646c74;
const SHAPE = 1;

/** Milliseconds to wait for another process that writes to the same file. */
const BUSY_TIMEOUT = 1000;

/** The journal is cut back to this many bytes; the file's bound does not count it. */
const JOURNAL_BYTES = 8 * 2 ** 20;

/** Entries pushed out at a time. */
const OLDEST = 8;

/** An entry may take this share of the bound, so that one never pushes out all others. */
const LARGEST_SHARE = 1 / 4;

/** Bytes of pages that an entry takes besides its own: a row's head, and what its last page leaves free. */
const ROW_OVERHEAD = 4096;

/** The file is not one of ours, or its pages or an entry are not as they were written. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
}

/**
 * Entries in a SQLite file, bounded in bytes, the oldest out first.
 *
 * With a write-ahead log a transaction is in the file whole or not at all, whenever the process is
 * killed; what has been committed stays. `synchronous=NORMAL` leaves out one flush a transaction:
 * losing power, not a process, could lose the last of them, and still damages nothing.
 */
export class TileDatabase implements Disposable {
  readonly #db: DatabaseSync;
  readonly #mostBytes: number;
  readonly #pageSize: number;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeOldest: StatementSync;
  readonly #pages: StatementSync;

  /**
   * Opens the file, or makes it.
   *
   * @throws {DamagedError} when it is there and is not a database of this kind
   * @throws {Error} SQLite's, when it cannot be opened, read or written for another reason
   */
  constructor(path: string, mostBytes: number) {
    this.#db = new DatabaseSync(path);
    this.#mostBytes = mostBytes;
    try {
      this.#prepareFile();
      this.#pageSize = this.#pragma("page_size");
      this.#pages = this.#db.prepare(
        "SELECT page_count - freelist_count AS used FROM pragma_page_count, pragma_freelist_count",
      );
      this.#select = this.#db.prepare("SELECT sum, note, packed, bytes FROM tiles WHERE key = ?");
      this.#insert = this.#db.prepare(
        "INSERT OR REPLACE INTO tiles (key, sum, note, packed, bytes) VALUES (?, ?, ?, ?, ?)",
      );
      this.#remove = this.#db.prepare("DELETE FROM tiles WHERE key = ?");
      this.#removeOldest = this.#db.prepare(
        "DELETE FROM tiles WHERE id IN (SELECT id FROM tiles ORDER BY id LIMIT ?)",
      );
      this.#shrink();
    } catch (error) {
      this.#db.close();
      throw asDamage(error);
    }
  }

  /** What the file holds: the bytes are those of its pages in use. */
  get holds(): Holds {
    const { entries } = this.#db.prepare("SELECT count(*) AS entries FROM tiles").get() as {
      entries: number;
    };
    return { entries, bytes: this.#usedBytes() };
  }

  /**
   * The entry of a key. One whose bytes are not those written is removed.
   *
   * @throws {DamagedError} when the file or the entry is damaged
   */
  get(key: string): StoredEntry | undefined {
    try {
      const row = this.#select.get(key) as Row | undefined;
      if (row === undefined) return undefined;
      const { sum, note, packed, bytes } = row;
      if (!sameBytes(sum, sumOf(key, row))) {
        this.#remove.run(key);
        throw new DamagedEntryError(`The entry ${key.slice(0, 80)} is not as it was written`);
      }
      return { bytes: packed ? new Uint8Array(inflateSync(bytes)) : bytes, note };
    } catch (error) {
      throw asDamage(error);
    }
  }

  /**
   * Writes entries in one transaction and pushes out the oldest for them. When it returns they are
   * written, each unless it is larger than a quarter of the bound.
   *
   * @returns for each whether it was kept
   * @throws {DamagedError} when the file is damaged
   * @throws {Error} SQLite's, when nothing could be written
   */
  put(entries: readonly Put[]): boolean[] {
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        const kept = entries.map((entry) => this.#write(entry));
        this.#db.exec("COMMIT");
        return kept;
      } catch (error) {
        // Some errors have rolled it back already.
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      }
    } catch (error) {
      throw asDamage(error);
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #write({ key, entry, compress }: Put): boolean {
    const bytes = compress ? new Uint8Array(deflateSync(entry.bytes, { level: 1 })) : entry.bytes;
    const size = bytes.length + key.length + entry.note.length + ROW_OVERHEAD;
    if (size > this.#mostBytes * LARGEST_SHARE) return false;
    while (this.#usedBytes() + size > this.#mostBytes) {
      if (this.#removeOldest.run(OLDEST).changes === 0) return false;
    }
    const row = { note: entry.note, packed: compress ? 1 : 0, bytes };
    this.#insert.run(key, sumOf(key, row), row.note, row.packed, bytes);
    return true;
  }

  #prepareFile(): void {
    this.#db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    const [application, shape] = [this.#pragma("application_id"), this.#pragma("user_version")];
    const { tables } = this.#db.prepare("SELECT count(*) AS tables FROM sqlite_schema")
      .get() as { tables: number };
    const isNew = application === 0 && shape === 0 && tables === 0;
    if (!isNew && (application !== APPLICATION || shape !== SHAPE)) {
      throw new DamagedError("It is a database, but not one of tiles of this version");
    }
    // What has to come before the first table, so that the file can shrink again.
    if (isNew) this.#db.exec("PRAGMA auto_vacuum = INCREMENTAL");
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = ${JOURNAL_BYTES};
    `);
    if (!isNew) return;
    this.#db.exec(`
      BEGIN IMMEDIATE;
      CREATE TABLE IF NOT EXISTS tiles (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        sum BLOB NOT NULL,
        note TEXT NOT NULL,
        packed INTEGER NOT NULL,
        bytes BLOB NOT NULL
      ) STRICT;
      PRAGMA application_id = ${APPLICATION};
      PRAGMA user_version = ${SHAPE};
      COMMIT;
    `);
  }

  /** A file from before that is larger than the bound gives back what is too much. */
  #shrink(): void {
    if (this.#pragma("page_count") * this.#pageSize <= this.#mostBytes) return;
    while (this.#usedBytes() > this.#mostBytes) {
      if (this.#removeOldest.run(OLDEST).changes === 0) break;
    }
    // A statement that gives back one page a step: all its steps.
    this.#db.prepare("PRAGMA incremental_vacuum").all();
    this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  #usedBytes(): number {
    const { used } = this.#pages.get() as { used: number };
    return used * this.#pageSize;
  }

  #pragma(name: string): number {
    return Number(Object.values(this.#db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  }
}

/** One entry is damaged, and has been removed; the file is usable. */
export class DamagedEntryError extends Error {
  override readonly name = "DamagedEntryError";
}

interface Row {
  readonly sum: Uint8Array;
  readonly note: string;
  readonly packed: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** SQLite sees to its pages' order, not to their content: every entry carries its own checksum. */
function sumOf(key: string, { note, packed, bytes }: Omit<Row, "sum">): Uint8Array {
  const head = JSON.stringify([key, note, packed]);
  return createHash("sha256").update(head).update(bytes).digest().subarray(0, 16);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Of SQLite's errors those that say that the file is damaged; by their text, for not all carry a code. */
function asDamage(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const damaged = /file is not a database|malformed|no such (?:table|column)/.test(error.message);
  return damaged ? new DamagedError(error.message) : error;
}
