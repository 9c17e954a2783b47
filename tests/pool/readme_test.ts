// The README's example of the pool, taken from there and run.

import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

Deno.test("the README's pool does what the README says", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const folder = await Deno.makeTempDir();
  try {
    const blocks = [...readme.matchAll(/```ts\n\/\/ (\w+\.ts)\n([\s\S]*?)```/g)];
    assert.deepEqual(blocks.map(([, name]) => name), ["squares.ts", "main.ts"]);
    for (const [, name, text] of blocks) {
      const code = text!.replaceAll("./src/pool/mod.ts", new URL("src/pool/mod.ts", ROOT).href);
      await Deno.writeTextFile(`${folder}/${name}`, code);
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--check", "--allow-read", "--unstable-worker-options", "main.ts"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.equal(
      new TextDecoder().decode(stdout),
      "144\n[ 1, 4, 9 ]\n16\n25\n998001\ntrue\n",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
