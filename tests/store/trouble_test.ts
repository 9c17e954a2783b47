/** Files and folders that do not do: reported once in a clear sentence, set aside, never fatal. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { entryOf, noise } from "./contract.ts";
import { openStore, testFolder } from "./folders.ts";

const FILE = "tiles.sqlite";

/** Writes `count` entries into a fresh store in this folder and closes it. */
async function filled(folder: string, count: number): Promise<void> {
  const { store } = await openStore(folder);
  for (let i = 0; i < count; i++) await store.put(String(i), entryOf(30_000, i));
  await store.close();
}

/** Expects a store that works: what is put is kept. */
async function assertKeeps(folder: string, expectReport: RegExp): Promise<void> {
  const { store, reports } = await openStore(folder);
  assert.equal(await store.put("new", entryOf(1000)), true);
  assert.deepEqual(await store.get("new"), entryOf(1000));
  await store.close();
  assert.equal(reports.length, 1, reports.join("\n"));
  assert.match(reports[0]!, expectReport);
}

/** Expects a store that keeps nothing, and says once why. */
async function assertOff(folder: string, expectReport: RegExp): Promise<void> {
  const { store, reports } = await openStore(folder);
  for (const key of ["a", "b"]) {
    assert.equal(await store.put(key, entryOf(1000)), false);
    assert.equal(await store.get(key), undefined);
  }
  assert.equal((await store.stats())[0]?.entries, 0);
  await store.close();
  assert.equal(reports.length, 1, reports.join("\n"));
  assert.match(reports[0]!, expectReport);
}

Deno.test("a file that is not a database is set aside for a new one", async () => {
  await using folder = await testFolder();
  const text = "This is a letter and not a database. ".repeat(200);
  await Deno.writeTextFile(`${folder.path}/${FILE}`, text);
  await assertKeeps(folder.path, /cannot be read: file is not a database\. .*set aside as/);
  assert.equal(await Deno.readTextFile(`${folder.path}/${FILE}.damaged`), text);
});

Deno.test("a database of something else is set aside as it was", async () => {
  await using folder = await testFolder();
  const other = new DatabaseSync(`${folder.path}/${FILE}`);
  other.exec("CREATE TABLE letters (text TEXT); INSERT INTO letters VALUES ('dear')");
  other.close();
  await assertKeeps(folder.path, /not one of tiles of this version/);
  const aside = new DatabaseSync(`${folder.path}/${FILE}.damaged`);
  assert.deepEqual({ ...aside.prepare("SELECT text FROM letters").get() }, { text: "dear" });
  aside.close();
});

Deno.test("a file whose pages were overwritten is set aside when that is found", async () => {
  await using folder = await testFolder();
  await filled(folder.path, 40);
  const path = `${folder.path}/${FILE}`;
  const file = await Deno.readFile(path);
  // All but the first page, which holds what makes it a database.
  file.set(noise(file.length - 4096, 5), 4096);
  await Deno.writeFile(path, file);
  const { store, reports } = await openStore(folder.path);
  assert.equal(await store.get("3"), undefined);
  assert.equal(await store.get("4"), undefined);
  assert.equal(await store.put("3", entryOf(30_000, 3)), true);
  assert.deepEqual(await store.get("3"), entryOf(30_000, 3));
  await store.close();
  assert.equal(reports.length, 1, reports.join("\n"));
  assert.match(reports[0]!, /malformed.*set aside as tiles\.sqlite\.damaged/);
  assert.deepEqual(await Deno.readFile(`${path}.damaged`), file);
});

Deno.test("a file that was cut off is no harm", async () => {
  await using folder = await testFolder();
  await filled(folder.path, 40);
  await Deno.truncate(`${folder.path}/${FILE}`, 300_001);
  const { store, reports } = await openStore(folder.path);
  for (let i = 0; i < 40; i++) {
    const entry = await store.get(String(i));
    if (entry !== undefined) assert.deepEqual(entry, entryOf(30_000, i));
  }
  assert.equal(await store.put("new", entryOf(1000)), true);
  await store.close();
  assert.equal(reports.length, 1, reports.join("\n"));
});

Deno.test("an entry whose bytes were changed is removed, the others stay", async () => {
  await using folder = await testFolder();
  await filled(folder.path, 3);
  const db = new DatabaseSync(`${folder.path}/${FILE}`);
  db.prepare("UPDATE tiles SET bytes = ? WHERE key = '1'").run(entryOf(30_000, 9).bytes);
  db.close();
  const { store, reports } = await openStore(folder.path);
  assert.equal(await store.get("1"), undefined);
  assert.equal(await store.get("1"), undefined);
  assert.deepEqual(await store.get("2"), entryOf(30_000, 2));
  await store.close();
  assert.equal(reports.length, 1);
  assert.match(reports[0]!, /entry 1 is not as it was written: removed/);
});

Deno.test("a file that another process keeps to itself is left alone", async () => {
  await using folder = await testFolder();
  await filled(folder.path, 1);
  const other = new DatabaseSync(`${folder.path}/${FILE}`);
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  await assertOff(folder.path, /Cannot keep tiles in .*database is locked.*goes on without it/);
  other.exec("ROLLBACK");
  other.close();
  const { store, reports } = await openStore(folder.path);
  assert.deepEqual(await store.get("0"), entryOf(30_000, 0));
  await store.close();
  assert.deepEqual(reports, []);
});

Deno.test("two servers may share a folder", async () => {
  await using folder = await testFolder();
  const one = await openStore(folder.path);
  const two = await openStore(folder.path);
  assert.equal(await one.store.put("a", entryOf(9000, 1)), true);
  assert.deepEqual(await two.store.get("a"), entryOf(9000, 1));
  assert.equal(await two.store.put("b", entryOf(9000, 2)), true);
  assert.deepEqual(await one.store.get("b"), entryOf(9000, 2));
  await one.store.close();
  await two.store.close();
  assert.deepEqual([...one.reports, ...two.reports], []);
});

Deno.test("a folder that cannot be written, or is none", async () => {
  await using folder = await testFolder();
  // Where nobody may write, not even the super-user.
  await assertOff("/sys/kernel", /Cannot keep tiles in \/sys\/kernel\/tiles\.sqlite/);
  await Deno.writeTextFile(`${folder.path}/file`, "");
  await assertOff(`${folder.path}/file`, /Cannot keep tiles in/);
});

Deno.test("a smaller bound than last time makes the file smaller", async () => {
  await using folder = await testFolder();
  await filled(folder.path, 100);
  const before = (await Deno.stat(`${folder.path}/${FILE}`)).size;
  const { store } = await openStore(folder.path, { mostBytes: 2 ** 20 });
  assert.deepEqual(await store.get("99"), entryOf(30_000, 99), "the newest stay");
  assert.equal(await store.get("0"), undefined);
  await store.close();
  const after = (await Deno.stat(`${folder.path}/${FILE}`)).size;
  assert.ok(before > 3e6 && after <= 2 ** 20, `${before} to ${after} bytes`);
});

Deno.test("looking is given up after a time, and the answer is computed instead", async () => {
  await using folder = await testFolder();
  const { store, reports } = await openStore(folder.path, { patience: 0 });
  const other = new DatabaseSync(`${folder.path}/${FILE}`);
  other.exec("BEGIN IMMEDIATE");
  // The worker waits for the other's transaction, and what comes behind the put waits with it.
  const put = store.put("a", entryOf(1000));
  assert.equal(await store.get("a"), undefined);
  other.exec("ROLLBACK");
  other.close();
  await put;
  await store.close();
  assert.ok(reports.every((report) => /locked/.test(report)), reports.join("\n"));
});

Deno.test("who is busy is still open, and who is silent for long is not", async () => {
  await using folder = await testFolder();
  for (const [longestSilence, open] of [[30_000, true], [0, false]] as const) {
    const { store } = await openStore(folder.path, { patience: 1, longestSilence });
    const other = new DatabaseSync(`${folder.path}/${FILE}`);
    other.exec("BEGIN IMMEDIATE");
    const put = store.put("a", entryOf(1000));
    const [stats] = await store.stats();
    assert.equal(stats?.open, open);
    other.exec("ROLLBACK");
    other.close();
    await put;
    await store.close();
    assert.equal((await store.stats())[0]?.open, false, "closed");
  }
});

Deno.test("a disk that is full keeps what it has, and is told of once", async () => {
  await using folder = await testFolder();
  const script = new URL("./fixtures/filler.ts", import.meta.url).pathname;
  // No file may grow beyond 2000 blocks of 512 bytes; the signal that says so is not for us.
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      `trap '' XFSZ; ulimit -f 2000; exec "$0" run --no-check --no-code-cache --allow-read --allow-write="$1" "$2" "$1"`,
      Deno.execPath(),
      folder.path,
      script,
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(text.startsWith("{"), new TextDecoder().decode(stderr));
  const { kept, whole, reports } = JSON.parse(text) as {
    kept: number;
    whole: boolean;
    reports: string[];
  };
  assert.ok(kept >= 5 && kept < 1000, `${kept} were kept`);
  assert.equal(whole, true);
  assert.equal(reports.length, 1, reports.join("\n"));
  assert.match(
    reports[0]!,
    /Cannot use the tiles kept in .* at present: (?:database or disk is full|disk I\/O error)/,
  );
});

Deno.test("a server that may not touch the folder says what it needs", async () => {
  await using folder = await testFolder();
  const script = new URL("./fixtures/filler.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-read", script, folder.path],
  }).output();
  const { kept, reports } = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(kept, 0);
  assert.equal(reports.length, 1);
  assert.match(reports[0], /--allow-read=.* and --allow-write=.*goes on without it/);
});

Deno.test("a folder that could not be made is tried again", async () => {
  await using folder = await testFolder();
  const inside = `${folder.path}/cache`;
  await Deno.writeTextFile(inside, "in the way");
  const { store, reports } = await openStore(inside, { retry: 0 });
  assert.equal(await store.put("a", entryOf(1000)), false);
  assert.equal((await store.stats())[0]?.open, false);
  await Deno.remove(inside);
  assert.equal(await store.put("a", entryOf(1000)), true);
  assert.deepEqual(await store.get("a"), entryOf(1000));
  assert.equal((await store.stats())[0]?.open, true);
  await store.close();
  assert.match(reports.at(-1)!, /are kept in .* again/);
});

Deno.test("a folder that is deleted while it is in use is made again", async () => {
  await using folder = await testFolder();
  const inside = `${folder.path}/cache`;
  const { store, reports } = await openStore(inside, { retry: 0 });
  assert.equal(await store.put("a", entryOf(1000)), true);
  await Deno.remove(inside, { recursive: true });
  assert.equal(await store.get("a"), undefined);
  assert.equal(await store.put("b", entryOf(1000)), true);
  await store.close();
  const again = await openStore(inside);
  assert.deepEqual(await again.store.get("b"), entryOf(1000));
  await again.store.close();
  assert.equal(reports.length, 1, reports.join("\n"));
});
