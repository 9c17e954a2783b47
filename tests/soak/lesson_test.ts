/** The lesson at its own size, beside Python, and again and again without leaving memory behind. */

import assert from "node:assert/strict";
import { runLesson } from "../../src/lesson/mod.ts";
import { runCommand } from "../cli/command.ts";

const RUNS = 50;

/** Runs after which everything has been compiled and all heaps have their size. */
const SETTLED = 15;

/** MiB that the process may have grown by in the runs after that: less than one a run. */
const GROWTH = 30;

Deno.test("fifty lessons leave no memory behind", async () => {
  const window = { pixdim: 96, escape: 300, x: -0.75, y: 0.1, size: 0.4 };
  let settled = 0;
  for (let run = 1; run <= RUNS; run++) {
    const off = new AbortController();
    const lesson = runLesson(window, {
      workers: 2,
      side: 16,
      signal: off.signal,
      // Every third is called off, in another way each time.
      tell: (event) => {
        if (run % 3 === 0 && event.kind === "way" && event.way === run % 10) off.abort();
      },
    });
    if (run % 3 === 0) await assert.rejects(lesson, { name: "AbortError" });
    else await lesson;
    if (run === SETTLED) settled = Deno.memoryUsage().rss;
  }
  const grown = (Deno.memoryUsage().rss - settled) / 2 ** 20;
  assert.ok(grown < GROWTH, `${grown.toFixed(1)} MiB more after ${RUNS - SETTLED} runs`);
});

Deno.test("the notebook's own window has the notebook's own canvas", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout } = await runCommand(["lesson", "--json", "--runs=1", "--out", folder]);
    assert.equal(code, 0);
    const { pixdim, sum, lowest, highest, atHighest, sha256 } = JSON.parse(stdout);
    assert.deepEqual({ pixdim, sum, lowest, highest, atHighest, sha256 }, {
      pixdim: 1600,
      sum: 134_331_139,
      lowest: 17,
      highest: 255,
      atHighest: 11_061,
      sha256: "bf75a95214de2b2b3e69cd39ef241533a6aa850e01458104dfafb10762b6b6e7",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Python's rows stand beside ours, or it is said that python3 is missing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const args = [
      "lesson",
      "--pixdim=48",
      "--escape=40",
      "--python",
      "--json",
      "--out",
      folder,
    ];
    const missing = await runCommand([...args, "--runs=1"], { env: { PATH: folder } });
    assert.equal(missing.code, 0);
    assert.match(missing.stderr, /^Cannot run python3: .*without Python's rows/);
    assert.match(JSON.parse(missing.stdout).python, /^Cannot run python3/);
    if (!await hasPython()) return;
    const { stdout, stderr } = await runCommand([...args, "--processes=2", "--runs=2"]);
    assert.equal(stderr, "");
    const { rows } = JSON.parse(stdout);
    const python = rows.filter(({ by }: { by: string }) => by === "python");
    assert.deepEqual(
      python.map(({ processes }: { processes: number }) => processes),
      [1, 2, 2],
    );
    assert.ok(python.every(({ runs }: { runs: number }) => runs === 2), "as often as asked");
    const inWords = args.filter((arg) => arg !== "--json");
    const { stdout: told } = await runCommand([...inWords, "--runs=1"]);
    assert.equal(told.match(/its canvas is the same/g)?.length, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}
