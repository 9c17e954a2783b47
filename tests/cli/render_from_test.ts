/** `render --from`: what a file gets that asks for more than there is, and what it is told. */

import assert from "node:assert/strict";
import { encodePng } from "../../src/image/mod.ts";
import { callCommand, runCommand } from "./command.ts";

/** Outside the set, where many iterations cost nothing. */
const outside = "Re: 1.25\nIm: 0.5\nZoom: 100\n";
const small = ["--width=8", "--height=6", "--workers=1"];

Deno.test("render --from reads files of other programs honestly", async (t) => {
  const folder = await Deno.makeTempDir();
  const write = (name: string, text: string | Uint8Array) =>
    Deno.writeFile(
      `${folder}/${name}`,
      typeof text === "string" ? new TextEncoder().encode(text) : text,
    );
  try {
    await t.step("more iterations than the limit: as many as it allows, and a word", async () => {
      await write("a.kfr", `${outside}Iterations: 10000000000\n`);
      const args = ["render", "--from=a.kfr", ...small, "a.npy"];
      const ended = await runCommand([...args, "--json"], { cwd: folder });
      assert.equal(ended.code, 0, ended.stderr);
      assert.equal(
        ended.stderr,
        "a.kfr asks for 10000000000 iterations and gets 1000000000, the limit; " +
          "--max-iterations allows up to 2000000000\n",
      );
      const { milliseconds, ...told } = JSON.parse(ended.stdout);
      assert.ok(Number.isInteger(milliseconds));
      const size = { width: 8, height: 6 };
      assert.deepEqual(told, {
        ...{ file: "a.npy", ...size, iterations: 1_000_000_000, capped: false },
        iterationsAsked: 10_000_000_000,
      });
    });

    await t.step("a limit of one's own, and iterations of one's own", async () => {
      await write("b.toml", 'real = "1.25"\nimag = "0.5"\nzoom = "1e2"\niterations = 1_000\n');
      const args = ["render", `--from=${folder}/b.toml`, ...small, `${folder}/b.npy`, "--json"];
      const cut = await callCommand([...args, "--max-iterations=999"]);
      assert.match(cut.stderr, /b\.toml asks for 1000 iterations and gets 999, the limit; /);
      assert.equal(JSON.parse(cut.stdout).iterations, 999);
      assert.equal(JSON.parse(cut.stdout).iterationsAsked, 1000);
      for (const more of [["--max-iterations=1000"], ["--max-iterations=999", "--iterations=80"]]) {
        const ended = await callCommand([...args, ...more]);
        assert.equal(ended.code, 0);
        assert.equal(ended.stderr, "");
        assert.ok(!("iterationsAsked" in JSON.parse(ended.stdout)));
      }
      // What a person asks for is not quietly less.
      const asked = await callCommand([...args, "--max-iterations=999", "--iterations=1000"]);
      assert.equal(asked.code, 2);
      assert.match(asked.stderr, /iterations: .*from 1 to 999/);
      const most = await callCommand([...args, "--max-iterations=2000000000"]);
      assert.equal(most.stderr, "");
    });

    await t.step("UTF-16, and space within quotes", async () => {
      const text = '\ufeffreal = " 1.25 "\r\nimag = " 0.5"\r\nzoom = "1e2 "\r\niterations = 80\r\n';
      const words = Uint16Array.from(text, (letter) => letter.charCodeAt(0));
      const little = new Uint8Array(2 * words.length);
      words.forEach((word, at) => new DataView(little.buffer).setUint16(2 * at, word, true));
      await write("little.toml", little);
      await write("big.toml", little.map((_, at) => little[at ^ 1]!));
      await write("plain.kfr", `${outside}Iterations: 80\n`);
      for (const name of ["little.toml", "big.toml", "plain.kfr"]) {
        const args = [`--from=${folder}/${name}`, ...small, `${folder}/${name}.npy`];
        const ended = await callCommand(["render", ...args]);
        assert.equal(ended.code, 0, ended.stderr);
      }
      const [little16, big16, plain] = await Promise.all(
        ["little.toml", "big.toml", "plain.kfr"].map((name) =>
          Deno.readFile(`${folder}/${name}.npy`)
        ),
      );
      assert.deepEqual(little16, plain);
      assert.deepEqual(big16, plain);
    });

    await t.step("what is not drawn here is refused by name, and nothing written", async () => {
      const rows = [
        ["FractalType: 1", /FractalType = 1 asks for another formula/],
        ["Power: 3", /Power = 3 asks for another formula \(supported: 2\)/],
        ["JuliaMode: 1", /JuliaMode = 1 asks for a Julia set/],
        ["RotateAngle: 30", /RotateAngle = 30 asks for a rotation \(supported: 0\)/],
        ["StretchAmount: 0.5", /StretchAmount = 0\.5 asks for a stretched view/],
        ["transform.rotate = 30", /transform\.rotate = 30 asks for a rotation/],
        ["[[formula]]\nabs_x = true", /formula\.abs_x = true asks for another formula/],
        ["Iterations: many", /iterations "many" as a whole number/],
      ] as const;
      for (const [row, why] of rows) {
        await write("c.kfr", `${outside}${row}\n`);
        const ended = await callCommand(["render", "--from", `${folder}/c.kfr`, `${folder}/c.png`]);
        assert.equal(ended.code, 2, row);
        assert.equal(ended.stdout, "");
        assert.match(ended.stderr, /^Cannot render from .*c\.kfr: Cannot .*\n$/);
        assert.match(ended.stderr, why);
      }
      const picture = {
        kind: "indexed" as const,
        ...{ width: 1, height: 1, indices: new Uint8Array(1), colours: new Uint8Array(3) },
      };
      const text = { re: "0", im: "0", span: "1", rotate: "30" };
      await write("d.png", encodePng(picture, { text }));
      const ended = await callCommand(["render", "--from", `${folder}/d.png`, `${folder}/c.png`]);
      assert.match(ended.stderr, /d\.png: .*rotate = 30 asks for a rotation/);
      await assert.rejects(Deno.stat(`${folder}/c.png`), Deno.errors.NotFound);
    });

    await t.step("too many digits: the limit, and the flag that raises it", async () => {
      await write("e.kfr", `Re: 1.25${"0".repeat(300)}\nIm: 0.5\nZoom: 1e2\nIterations: 80\n`);
      const args = ["render", `--from=${folder}/e.kfr`, ...small, `${folder}/e.npy`];
      const ended = await callCommand([...args, "--max-digits=302"]);
      assert.equal(ended.code, 2);
      assert.match(
        ended.stderr,
        /real part "1\.250+\.{3}" as it has 303 digits and the limit is 302; --max-digits gives more\n$/,
      );
      const read = await callCommand([...args, "--max-digits=303"]);
      assert.equal(read.code, 0, read.stderr);
      await write("e.kfr", "Re: 1.25\nIm: 0.5\nZoom: 1e52\n");
      const deep = await callCommand([...args, "--max-exponent=51"]);
      assert.match(deep.stderr, /zoom "1e52" .* within -51 and 51; --max-exponent gives more\n$/);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
