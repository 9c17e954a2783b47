/** `render` and the command line around it, run as a program. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import { appOver, bytesOf } from "../web/fixtures.ts";
import { callCommand, type Ended, runCommand } from "./command.ts";

const flags = ["--re=-0.7436", "--im", "0.1318", "--span", "4e-3", "--width=40", "--height", "30"];
/** Works as if standard error were a terminal, and a millisecond a second. */
async function atSlowTerminal<T>(work: () => Promise<T>): Promise<T> {
  const { isTerminal } = Deno.stderr;
  const now = performance.now.bind(performance);
  Deno.stderr.isTerminal = () => true;
  performance.now = () => 1000 * now();
  try {
    return await work();
  } finally {
    Object.assign(Deno.stderr, { isTerminal });
    performance.now = now;
  }
}

const query = "re=-0.7436&im=0.1318&span=4e-3&width=40&height=30";

Deno.test("render writes what the server would answer", async (t) => {
  const folder = await Deno.makeTempDir();
  await using workers = await RenderWorkers.start({ workers: 1 });
  const app = appOver(workers);
  try {
    await t.step("a picture, and one JSON object about it", async () => {
      const look = ["--palette", "magma", "--supersample=2", "--iterations", "300"];
      const ended = await runCommand(["render", ...flags, ...look, "--json", "a.png"], {
        cwd: folder,
      });
      assert.equal(ended.code, 0, ended.stderr);
      assert.equal(ended.stderr, "");
      assert.equal(ended.stdout.trim().split("\n").length, 1);
      const { milliseconds, ...told } = JSON.parse(ended.stdout);
      const size = { width: 40, height: 30 };
      assert.deepEqual(told, { file: "a.png", ...size, iterations: 300, capped: false });
      assert.ok(Number.isInteger(milliseconds));
      const answer = `/render.png?${query}&palette=magma&supersample=2&iterations=300`;
      assert.deepEqual(await Deno.readFile(`${folder}/a.png`), await bytesOf(app.request(answer)));
    });

    await t.step("the picture of a picture, and the place of a location file", async () => {
      const same = await runCommand(["render", "--from", "a.png", "same.png"], { cwd: folder });
      assert.equal(same.code, 0, same.stderr);
      assert.deepEqual(
        await Deno.readFile(`${folder}/same.png`),
        await Deno.readFile(`${folder}/a.png`),
        "place, size, iterations, supersampling and look",
      );
      await Deno.writeTextFile(`${folder}/p.kfr`, "Re: -0.5\nIm: 0\nZoom: 2\nIterations: 90\n");
      const shape = ["--from=p.kfr", "--width=40", "--height=20", "--iterations=80", "p.npy"];
      const kfr = await runCommand(["render", ...shape], { cwd: folder });
      assert.equal(kfr.code, 0, kfr.stderr);
      const view = "re=-0.5&im=0&span=4&width=40&height=20&iterations=80";
      assert.deepEqual(
        await Deno.readFile(`${folder}/p.npy`),
        await bytesOf(app.request(`/render.npy?${view}`)),
      );
      for (const name of ["same.png", "p.kfr", "p.npy"]) {
        await Deno.remove(`${folder}/${name}`);
      }
    });

    await t.step("an array, and a line for the person who waits", async () => {
      const path = `${folder}/b.npy`;
      const ended = await runCommand(["render", path, ...flags]);
      assert.equal(ended.code, 0, ended.stderr);
      assert.equal(ended.stdout, "");
      assert.match(ended.stderr, /^.*b\.npy: 40 x 30, \d+ iterations, [\d.]+ s\n$/);
      assert.deepEqual(
        await Deno.readFile(path),
        await bytesOf(app.request(`/render.npy?${query}`)),
      );
    });

    await t.step("a progress bar at a terminal, and the line in its place", async () => {
      const path = `${folder}/c.npy`;
      const ended = await atSlowTerminal(() => callCommand(["render", path, ...flags]));
      assert.equal(ended.code, 0, ended.stderr);
      const shown = ended.stderr.split("\r\x1b[2K");
      assert.match(shown[0]!, /^\rRendering [█░]{40} \d+ %/);
      assert.match(shown[1]!, /^.*c\.npy: 40 x 30, \d+ iterations, [\d.]+ s\n$/);
      await Deno.remove(path);
    });

    await t.step("what is there stays until there is more", async () => {
      await Deno.writeTextFile(`${folder}/c.png`, "mine");
      const refused = await callCommand(["render", `${folder}/c.png`, "--width", "0"]);
      assert.equal(refused.code, 2);
      await Deno.mkdir(`${folder}/d.png`);
      for (const where of ["d.png", "nowhere/c.png", "c.png/c.png"]) {
        // Said at once: there is no bar before it.
        const path = `${folder}/${where}`;
        const ended = await atSlowTerminal(() => callCommand(["render", path, ...flags]));
        assert.equal(ended.code, 2);
        assert.ok(ended.stderr.startsWith(`Cannot write ${path}: `), ended.stderr);
      }
      assert.equal(await Deno.readTextFile(`${folder}/c.png`), "mine");
      await Deno.remove(`${folder}/c.png`);
      await Deno.remove(`${folder}/d.png`);
    });

    await t.step("nothing, where an orbit is longer than there is memory for", async () => {
      // Beside the cusp orbits are long, and no cycle ends them.
      const deep = ["--re=0.25000000000000000001", "--span=1e-40", "--width=8", "--height=8"];
      const memory = ["--iterations=5000000", "--reference-memory=16", "--workers=1"];
      const ended = await callCommand(["render", `${folder}/c.png`, ...deep, ...memory]);
      assert.equal(ended.code, 2);
      assert.match(
        ended.stderr,
        /^Cannot keep a reference orbit.*--reference-memory gives more\n$/,
      );
    });

    await t.step("nothing, where it cannot be understood", async () => {
      const lines = [
        [["render"], /name one file/],
        [["render", "a.png", "b.png"], /name one file/],
        [["render", "c.gif"], /c\.gif.*png, webp, jpeg and npy/],
        [["render", "c.png", "--re", "x"], /re: .*"x"/],
        [["render", "c.png", "--span=1e-9999"], /deeper/],
        [["render", "c.png", "--width", "0"], /width.*whole number/],
        [["render", "c.png", "--v", "1"], /--v/],
        [["render", "c.png", "--from", `${folder}/b.npy`], /from .*b\.npy: Cannot find a place/],
        [["render", "c.png", "--from", "nowhere"], /from nowhere/],
        [["render", "c.npy", "--supersample", "2"], /supersample/],
        [["render", "c.png", "--workers", "0"], /--workers 0/],
        [["paint"], /paint.*serve, render/],
        [["serve", "now"], /now/],
        [["serve", "--port", "http"], /--port http/],
      ] as const;
      // Those that have started workers before they know better, as programs.
      const late = [
        [["serve", "--port", "0", "--host", "256.1.1.1"], /Cannot listen on 256\.1\.1\.1/],
      ] as const;
      const check = (ended: Ended, words: RegExp) => {
        assert.equal(ended.code, 2, ended.stderr);
        assert.equal(ended.stdout, "");
        assert.match(ended.stderr, words);
        assert.equal(ended.stderr.trim().split("\n").length, 1, "one line, no stack");
      };
      for (const [args, words] of lines) {
        const inFolder = args.map((arg) => /^[a-c]\.\w+$/.test(arg) ? `${folder}/${arg}` : arg);
        check(await callCommand(inFolder), words);
      }
      await Promise.all(late.map(async ([args, words]) => {
        check(await runCommand([...args, "--workers=1"], { cwd: folder }), words);
      }));
      const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      assert.deepEqual(left, ["a.png", "b.npy"]);
    });

    await t.step("the environment counts", async () => {
      const env = { MANDELTILE_MAX_SIDE: "39" };
      const ended = await runCommand(["render", ...flags, "d.png"], { cwd: folder, env });
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, /1 to 39\b/);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("help says what there is", async () => {
  const asked = await runCommand(["--help"]);
  assert.equal(asked.code, 0);
  assert.match(asked.stdout, /^ {2}--port N/m);
  assert.match(asked.stdout, /^ {2}--supersample/m);
  const empty = await runCommand([]);
  assert.deepEqual([empty.code, empty.stdout], [2, asked.stdout]);
  for (const flag of ["--help", "-h"]) {
    const command = await callCommand(["render", flag]);
    assert.equal(command.code, 0);
    assert.match(command.stdout, /^render: one view to a file/);
    assert.equal((await callCommand([flag])).stdout, asked.stdout);
  }
});
