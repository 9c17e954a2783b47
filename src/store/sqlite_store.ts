/** The SQLite store: entries in a file, read and written by a worker of its own. */

import type { Answer, FromWorker, Holds, ToWorker } from "./sqlite_wire.ts";
import type { PutOptions, StoredEntry, StoreStats, TileStore } from "./tile_store.ts";

/** How a SQLite store is opened. */
export interface SqliteStoreOptions {
  /** Bound of the database file, bytes; its journal may take some 10 MB besides. */
  readonly mostBytes: number;
  /** Called with every trouble once, in one sentence for an operator. */
  readonly report: (message: string) => void;
  /** Milliseconds after which looking for an entry is given up; default 250. */
  readonly patience?: number;
  /** Milliseconds after which a thread that has not answered counts as unusable; default 10,000. */
  readonly longestSilence?: number;
  /** Milliseconds after which a file that is gone or cannot be opened is tried again; default 5000. */
  readonly retry?: number;
}

/** Milliseconds: several times what the slowest disk takes that is faster than computing. */
const PATIENCE = 250;

/** Milliseconds: packing a few large entries takes some hundred. */
const LONGEST_SILENCE = 10_000;

const RETRY = 5000;

/** What an answer is that has not come in time. */
const LATE = Symbol("late");

/** An order that is not answered yet. */
interface Pending {
  readonly resolve: (value: Answer) => void;
  /** When it was sent, as `performance.now` has it. */
  readonly since: number;
}

/** Bytes on their way to the worker at most: beyond, what is put is not kept. */
const MOST_UNDER_WAY = 64 * 2 ** 20;

/** Numbers an order before it is sent. */
type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, "id"> : never;

/**
 * Keeps entries in `tiles.sqlite` in a folder, as many as fit into `mostBytes`, the oldest out first.
 *
 * Its worker has permission for that folder and nothing else, so this thread needs to be permitted to
 * read and write it too. A put that resolved to true outlives the process, however it ends. A file
 * that is damaged or no database is renamed to `tiles.sqlite.damaged` and a new one begun; when the
 * folder or the disk does not do, the store reports why, finds nothing and keeps nothing, and tries again
 * as long as it is asked; a folder that was deleted is made again.
 */
export class SqliteStore implements TileStore {
  readonly #worker: Worker | undefined;
  readonly #options: SqliteStoreOptions;
  /** In the order of sending. */
  readonly #pending = new Map<number, Pending>();
  readonly #opened = Promise.withResolvers<void>();
  #next = 0;
  #underWay = 0;
  #hits = 0;
  #misses = 0;
  /** What it held when it last said so; nothing when it could not be used. */
  #holds: Holds | undefined = { entries: 0, bytes: 0 };
  /** Set once it is to close, or its worker is lost. */
  #closing: Promise<void> | undefined;

  private constructor(folder: string, options: SqliteStoreOptions) {
    this.#options = options;
    try {
      this.#worker = startWorker(folder);
    } catch (error) {
      this.#lose(`Cannot keep tiles in ${folder}: ${permissionNeeded(folder, error)}`);
      return;
    }
    this.#worker.addEventListener("message", ({ data }) => this.#receive(data as FromWorker));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#lose(`The thread that keeps tiles in ${folder} ended: ${event.message}`);
    });
    const { mostBytes, retry = RETRY } = options;
    this.#send({ kind: "open", folder, mostBytes, retry });
  }

  /** Opens the store in a folder, which is made if need be. It never rejects: trouble is reported. */
  static async open(folder: string, options: SqliteStoreOptions): Promise<SqliteStore> {
    const store = new SqliteStore(folder, options);
    await store.#opened.promise;
    return store;
  }

  /** Nothing is at hand without waiting. */
  peek(_key: string): undefined {
    return undefined;
  }

  async get(key: string): Promise<StoredEntry | undefined> {
    const entry = await this.#askPatiently({ kind: "get", key });
    if (entry === undefined || entry === LATE) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    return entry as StoredEntry;
  }

  async put(
    key: string,
    entry: StoredEntry,
    { compress = false }: PutOptions = {},
  ): Promise<boolean> {
    const size = entry.bytes.length;
    if (this.#underWay + size > MOST_UNDER_WAY) return false;
    this.#underWay += size;
    const kept = await this.#ask({ kind: "put", key, entry, compress });
    this.#underWay -= size;
    return kept === true;
  }

  async stats(): Promise<readonly StoreStats[]> {
    const answer = await this.#askPatiently({ kind: "holds" });
    // A busy worker is not out of use: its figures of a moment ago will do.
    if (answer !== LATE) this.#holds = answer as Holds | undefined;
    const holds = this.#isSilent() ? undefined : this.#holds;
    return [{
      tier: "disk",
      open: holds !== undefined,
      entries: holds?.entries ?? 0,
      bytes: holds?.bytes ?? 0,
      mostBytes: this.#options.mostBytes,
      hits: this.#hits,
      misses: this.#misses,
    }];
  }

  close(): Promise<void> {
    return this.#closing ??= this.#ask({ kind: "close" }).then(() => this.#end());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whether something has waited for an answer for too long. */
  #isSilent(): boolean {
    const [oldest] = this.#pending.values();
    const { longestSilence = LONGEST_SILENCE } = this.#options;
    return oldest !== undefined && performance.now() - oldest.since > longestSilence;
  }

  /** As `#ask`, but gives up after a while. */
  async #askPatiently(order: Unnumbered<ToWorker>): Promise<Answer | typeof LATE> {
    const patience = Promise.withResolvers<typeof LATE>();
    const { patience: most = PATIENCE } = this.#options;
    const timer = setTimeout(() => patience.resolve(LATE), most);
    const answer = await Promise.race([this.#ask(order), patience.promise]);
    clearTimeout(timer);
    return answer;
  }

  /** Resolves to the worker's answer, or to nothing when there is no worker any more. */
  #ask(order: Unnumbered<ToWorker>): Promise<Answer> {
    if (this.#worker === undefined || this.#closing !== undefined) {
      return Promise.resolve(undefined);
    }
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const id = this.#next++;
    this.#pending.set(id, { resolve, since: performance.now() });
    this.#send({ ...order, id } as ToWorker);
    return promise;
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "opened":
        return this.#opened.resolve();
      case "answer":
        this.#pending.get(message.id)?.resolve(message.value);
        this.#pending.delete(message.id);
        return;
      case "report":
        return this.#options.report(message.message);
    }
  }

  #lose(message: string): void {
    this.#closing ??= Promise.resolve();
    this.#options.report(`${message}. The server goes on without it.`);
    this.#end();
  }

  #end(): void {
    this.#worker?.terminate();
    this.#opened.resolve();
    for (const { resolve } of this.#pending.values()) resolve(undefined);
    this.#pending.clear();
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
}

function startWorker(folder: string): Worker {
  return new Worker(new URL("./sqlite_worker.ts", import.meta.url), {
    type: "module",
    name: "tile store",
    deno: { permissions: { read: [folder], write: [folder] } },
  });
}

/** A worker cannot be permitted what its parent is not. */
function permissionNeeded(folder: string, error: unknown): string {
  return error instanceof Deno.errors.NotCapable
    ? `Deno was not started with --allow-read=${folder} and --allow-write=${folder}`
    : error instanceof Error
    ? error.message
    : String(error);
}
