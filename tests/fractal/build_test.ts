// Tests of the compiled kernel: the committed bytes are what the source gives.

import assert from "node:assert/strict";
import { buildKernel } from "../../src/fractal/build.ts";

Deno.test("the committed kernel is its source, compiled", async () => {
  const committed = await Deno.readFile(
    new URL("../../src/fractal/direct.wasm", import.meta.url),
  );
  const built = await buildKernel();
  assert.ok(
    built.length === committed.length && built.every((byte, i) => byte === committed[i]),
    "direct.wasm is not what its source compiles to: run `deno task build:kernel`",
  );
});

Deno.test("the kernel brings no memory of its own and asks for nothing else", async () => {
  const module = await WebAssembly.compile(await buildKernel());
  assert.deepEqual(
    WebAssembly.Module.imports(module).map(({ module, name, kind }) => [
      module,
      name,
      kind,
    ]),
    [["env", "memory", "memory"]],
  );
});
