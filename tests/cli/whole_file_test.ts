/** Tests of files that are there whole or not at all. */

import assert from "node:assert/strict";
import { writeWhole } from "../../src/cli/whole_file.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function filesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();
}

Deno.test("a file is new, or takes the place of the one that was there", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.png`;
    for (const bytes of [Uint8Array.of(1, 2, 3), Uint8Array.of(4)]) {
      await writeWhole(path, bytes);
      assert.deepEqual(await Deno.readFile(path), bytes);
    }
    assert.deepEqual(await filesIn(folder), ["a.png"]);
  }));

Deno.test("a link stays, and the file that it leads to is written", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, Uint8Array.of(1));
    await Deno.symlink("a.png", `${folder}/link.png`);
    await writeWhole(`${folder}/link.png`, Uint8Array.of(2));
    assert.ok((await Deno.lstat(`${folder}/link.png`)).isSymlink);
    assert.deepEqual(await Deno.readFile(`${folder}/a.png`), Uint8Array.of(2));
  }));

Deno.test("on a disk that is full the file that was there stays, and nothing half is left", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.png`;
    const before = Uint8Array.of(1, 2, 3);
    await Deno.writeFile(path, before);
    const { writeFile } = Deno;
    // A disk that takes a part of it.
    Deno.writeFile = async (part, bytes) => {
      await writeFile(part, (bytes as Uint8Array).subarray(0, 5));
      throw new Error("No space left on device (os error 28)");
    };
    try {
      await assert.rejects(writeWhole(path, new Uint8Array(100)), /No space left/);
    } finally {
      Deno.writeFile = writeFile;
    }
    assert.deepEqual(await Deno.readFile(path), before);
    assert.deepEqual(await filesIn(folder), ["a.png"]);
  }));

Deno.test("a device is written to as it is", async () => {
  await writeWhole("/dev/null", Uint8Array.of(1));
  assert.ok((await Deno.stat("/dev/null")).isCharDevice);
  await assert.rejects(writeWhole("/dev/full", new Uint8Array(10)), /No space left/);
});
