/** Kills a program in the middle of its writes, and looks at what it leaves. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { entryOf } from "./contract.ts";
import { openStore, testFolder } from "./folders.ts";

/** Large enough that nothing that was acknowledged is pushed out while the test lasts. */
const ROOM = 2 ** 30;

/**
 * Starts a writer and kills it with SIGKILL, `times` times over one folder. After each the store must
 * open without a word, have every entry that was acknowledged, and no entry that is not whole.
 *
 * @returns the number of entries that were acknowledged
 */
export async function killWriters(times: number): Promise<number> {
  await using folder = await testFolder();
  const acknowledged: number[] = [];
  for (let kill = 0; kill < times; kill++) {
    const from = 1 + (acknowledged.at(-1) ?? -1) + 10;
    // A different number each time, so that it ends at different points of its work.
    acknowledged.push(...await runAndKill(folder.path, from, 1 + kill * 7 % 40));
    await assertWhole(folder.path, acknowledged);
  }
  return acknowledged.length;
}

/** Runs a writer until it has acknowledged so many entries; resolves to all it acknowledged. */
async function runAndKill(folder: string, from: number, entries: number): Promise<number[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      `--allow-write=${folder}`,
      new URL("./fixtures/writer.ts", import.meta.url).pathname,
      folder,
      String(from),
      String(ROOM),
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let killed = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (!killed && text.split("\nkept").length > entries) {
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

async function assertWhole(folder: string, acknowledged: readonly number[]): Promise<void> {
  const { store, reports } = await openStore(folder, { mostBytes: ROOM });
  for (const number of acknowledged) {
    const entry = await store.get(String(number)) ?? assert.fail(`entry ${number} is lost`);
    assert.deepEqual(entry, entryOf(20_000 + number % 7 * 5000, number));
  }
  await store.close();
  assert.deepEqual(reports, []);
  const db = new DatabaseSync(`${folder}/tiles.sqlite`);
  assert.deepEqual({ ...db.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
  // Those that were written without being acknowledged are whole too.
  for (const { key, bytes } of db.prepare("SELECT key, bytes FROM tiles").all()) {
    const number = Number(key);
    assert.deepEqual(bytes, entryOf(20_000 + number % 7 * 5000, number).bytes);
  }
  db.close();
}
