/** Kills a program in the middle of its writes, and looks at what it leaves. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { decode } from "fast-png";
import type { StoredEntry } from "../../src/store/mod.ts";
import { openStore, testFolder } from "./folders.ts";
import { keyOf, RealTiles } from "./real_tiles.ts";

/** Large enough that nothing that was acknowledged is pushed out while the test lasts. */
const ROOM = 2 ** 30;

/** Tiles that a writer has, and of these at most so many are kept before it is killed. */
const TILES = 64;
const MOST_KEPT = 40;

/**
 * Starts a writer of tiles and kills it with SIGKILL, `times` times over one folder. After each the
 * store must open without a word and have every tile that was acknowledged; and every tile in it,
 * acknowledged or not, must be a PNG, and byte for byte what computing it here gives.
 *
 * @returns the number of tiles that were acknowledged
 */
export async function killWriters(times: number): Promise<number> {
  await using folder = await testFolder();
  await using tiles = await FreshTiles.start();
  const acknowledged: number[] = [];
  let written = 0;
  for (let kill = 0; kill < times; kill++) {
    const from = kill * TILES;
    // A different number each time, so that it ends at different points of its work.
    acknowledged.push(...await runAndKill(folder.path, from, 1 + kill * 7 % MOST_KEPT));
    await tiles.compute(from);
    written = await assertWhole(folder.path, { acknowledged, tiles });
  }
  // Writers were cut off, or it would not be said that they can be.
  assert.ok(written < times * TILES, `all ${written} tiles were written`);
  return acknowledged.length;
}

/** The tiles as they should be, by their keys: computed here, and each decoded once. */
class FreshTiles implements AsyncDisposable {
  readonly #tiles: RealTiles;
  readonly #entries = new Map<string, StoredEntry>();

  private constructor(tiles: RealTiles) {
    this.#tiles = tiles;
  }

  static async start(): Promise<FreshTiles> {
    return new FreshTiles(await RealTiles.start());
  }

  /** Computes the tiles of the writer that began here. */
  async compute(from: number): Promise<void> {
    const numbers = Array.from({ length: TILES }, (_, i) => from + i);
    const entries = await Promise.all(numbers.map((number) => this.#tiles.entryOf(number)));
    for (const [i, entry] of entries.entries()) {
      const { width, height } = decode(entry.bytes);
      assert.deepEqual([width, height], [256, 256]);
      this.#entries.set(keyOf(numbers[i]!), entry);
    }
  }

  of(key: string): StoredEntry {
    return this.#entries.get(key) ?? assert.fail(`nobody wrote ${key}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tiles[Symbol.asyncDispose]();
  }
}

/** Runs a writer until it has acknowledged so many tiles; resolves to all it acknowledged. */
async function runAndKill(folder: string, from: number, tiles: number): Promise<number[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      `--allow-write=${folder}`,
      new URL("./fixtures/writer.ts", import.meta.url).pathname,
      ...[folder, from, TILES, ROOM].map(String),
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let killed = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (!killed && text.split("\nkept").length > tiles) {
      killed = true;
      child.kill("SIGKILL");
    }
  }
  const { signal } = await child.status;
  assert.equal(signal, "SIGKILL", text.slice(-500));
  // A line that was cut off in the middle is no acknowledgement.
  const lines = text.slice(0, text.lastIndexOf("\n")).split("\n");
  return lines.map((line) => {
    const number = /^kept (\d+)$/.exec(line)?.[1];
    return Number(number ?? assert.fail(line));
  });
}

/** Looks at everything there is; resolves to how many tiles. */
async function assertWhole(
  folder: string,
  { acknowledged, tiles }: { acknowledged: readonly number[]; tiles: FreshTiles },
): Promise<number> {
  const { store, reports } = await openStore(folder, { mostBytes: ROOM });
  for (const number of acknowledged) {
    const key = keyOf(number);
    assertSame(await store.get(key) ?? assert.fail(`tile ${key} is lost`), tiles.of(key));
  }
  await store.close();
  assert.deepEqual(reports, []);
  const db = new DatabaseSync(`${folder}/tiles.sqlite`);
  assert.deepEqual({ ...db.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
  // Those that were written without being acknowledged are whole too.
  const rows = db.prepare("SELECT key, bytes, note FROM tiles").all();
  for (const { key, bytes, note } of rows) {
    const entry = { bytes: bytes as Uint8Array<ArrayBuffer>, note: note as string };
    assertSame(entry, tiles.of(key as string));
  }
  db.close();
  return rows.length;
}

function assertSame(entry: StoredEntry, fresh: StoredEntry): void {
  assert.ok(Buffer.compare(entry.bytes, fresh.bytes) === 0, "the bytes are others");
  assert.deepEqual(JSON.parse(entry.note), JSON.parse(fresh.note));
}
