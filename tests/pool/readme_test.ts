// The pool's page: its example is the program in readme/, which is run here.

import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);
const PROGRAM = new URL("readme/", import.meta.url);

Deno.test("the example on the pool's page is the program beside this test, but for the way to the pool", async () => {
  const page = await Deno.readTextFile(new URL(".readme/pool.md", ROOT));
  const blocks = [...page.matchAll(/```ts\n(\/\/ (\w+\.ts)\n[\s\S]*?)```/g)];
  assert.deepEqual(blocks.map(([, , name]) => name), ["squares.ts", "main.ts"]);
  for (const [, text, name] of blocks) {
    const program = await Deno.readTextFile(new URL(name!, PROGRAM));
    assert.equal(text!.replaceAll("./src/pool/", "../../../src/pool/"), program);
  }
});

Deno.test("the example does what the page says", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "--unstable-worker-options", "main.ts"],
    cwd: PROGRAM,
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.equal(
    new TextDecoder().decode(stdout),
    "144\n[ 1, 4, 9 ]\n16\n25\n998001\ntrue\n",
  );
});
