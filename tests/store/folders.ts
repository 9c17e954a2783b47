/** Folders and stores on disk for a test, gone afterwards. */

import { SqliteStore } from "../../src/store/mod.ts";

/** A fresh folder that is removed on leaving the block. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes one. */
export async function testFolder(): Promise<TestFolder> {
  const path = await Deno.makeTempDir({ prefix: "mandeltile_store_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** A store in that folder, and what it reported so far. */
export async function openStore(
  folder: string,
  { mostBytes = 2 ** 24, patience = 30_000, longestSilence = 30_000, retry = 5000 } = {},
): Promise<{ store: SqliteStore; reports: string[] }> {
  const reports: string[] = [];
  const report = (message: string) => void reports.push(message);
  // Patient: a test must not fail because the machine is busy.
  const bounds = { mostBytes, patience, longestSilence, retry };
  const store = await SqliteStore.open(folder, { ...bounds, report });
  return { store, reports };
}
