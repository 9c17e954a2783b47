/** The SQLite store's worker: it alone touches the file, and may touch nothing but its folder. */

import type { Answer, FromWorker, Put, ToWorker } from "./sqlite_wire.ts";
import { DamagedEntryError, DamagedError, TileDatabase } from "./tile_database.ts";

/** The file's name in the folder, and the name under which a damaged one is set aside. */
const FILE = "tiles.sqlite";
const DAMAGED = "tiles.sqlite.damaged";

/** SQLite's files beside the database. */
const BESIDE = ["-wal", "-shm"];

type PutOrder = Extract<ToWorker, { kind: "put" }>;

let folder = "";
let mostBytes = 0;
let retry = 0;
/** When it was last looked whether the file is there, as `performance.now` has it. */
let lookedAt = 0;
let isClosed = false;
let database: TileDatabase | undefined;
let waiting: PutOrder[] = [];
const reported = new Set<string>();

self.addEventListener("message", (event) => {
  const order = (event as MessageEvent<ToWorker>).data;
  switch (order.kind) {
    case "open":
      ({ folder, mostBytes, retry } = order);
      open();
      lookedAt = performance.now();
      return send({ kind: "opened" });
    case "put":
      // All that have arrived by the end of this turn go into one transaction.
      if (waiting.push(order) === 1) setTimeout(flush);
      return;
    case "get":
      flush();
      return answer(order.id, attempt((db) => db.get(order.key)));
    case "holds":
      flush();
      return answer(order.id, attempt((db) => db.holds));
    case "close":
      flush();
      isClosed = true;
      database?.[Symbol.dispose]();
      database = undefined;
      return answer(order.id, undefined);
  }
});

/** Opens the database; a damaged file is set aside for a new one. */
function open(): void {
  const path = `${folder}/${FILE}`;
  try {
    Deno.mkdirSync(folder, { recursive: true });
    try {
      database = new TileDatabase(path, mostBytes);
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      setAside(error);
      database = new TileDatabase(path, mostBytes);
    }
  } catch (error) {
    report(`Cannot keep tiles in ${path}: ${reasonOf(error)}. The server goes on without it.`);
  }
}

/** Opens the file again where it is gone or could not be opened, but not at every order. */
function look(): void {
  const now = performance.now();
  if (isClosed || now - lookedAt < retry) return;
  lookedAt = now;
  if (database !== undefined && isThere(`${folder}/${FILE}`)) return;
  database?.[Symbol.dispose]();
  database = undefined;
  open();
  if (database !== undefined) report(`Tiles are kept in ${folder}/${FILE} again`);
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** Renames the database, in place of one that was set aside before, and removes what lies beside it. */
function setAside(damage: DamagedError): void {
  const path = `${folder}/${FILE}`;
  database?.[Symbol.dispose]();
  database = undefined;
  Deno.renameSync(path, `${folder}/${DAMAGED}`);
  for (const ending of BESIDE) {
    try {
      Deno.removeSync(path + ending);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  report(
    `The tiles kept in ${path} cannot be read: ${damage.message}. ` +
      `The file was set aside as ${DAMAGED}, and a new one begun.`,
  );
}

function flush(): void {
  if (waiting.length === 0) return;
  const orders = waiting;
  waiting = [];
  const kept = attempt((db) => db.put(orders satisfies readonly Put[]));
  orders.forEach(({ id }, i) => answer(id, kept?.[i] ?? false));
}

/** Does it with the database, if there is one and it can; else reports why not. */
function attempt<T>(work: (db: TileDatabase) => T): T | undefined {
  look();
  if (database === undefined) return undefined;
  try {
    return work(database);
  } catch (error) {
    if (error instanceof DamagedError) {
      try {
        setAside(error);
        open();
      } catch (worse) {
        report(`Cannot set the damaged ${folder}/${FILE} aside: ${reasonOf(worse)}`);
      }
    } else if (error instanceof DamagedEntryError) {
      report(`${error.message}: removed from ${folder}/${FILE}`);
    } else {
      report(`Cannot use the tiles kept in ${folder}/${FILE} at present: ${reasonOf(error)}`);
    }
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function answer(id: number, value: Answer): void {
  send({ kind: "answer", id, value });
}

/** Each message once: a full disk would else be reported with every tile. */
function report(message: string): void {
  if (reported.has(message)) return;
  // Messages that name entries differ; so many of them are enough to know.
  if (reported.size < 100) {
    reported.add(message);
    send({ kind: "report", message });
  }
}

function send(message: FromWorker): void {
  (self as unknown as { postMessage(message: FromWorker): void }).postMessage(message);
}
