// Tests of the compiled kernels: the committed bytes are what the source gives.

import assert from "node:assert/strict";
import { buildKernel, MODULES } from "../../src/fractal/build.ts";

for (const name of MODULES) {
  Deno.test(`the committed ${name} kernel is its source, compiled, and brings no memory of its own`, async () => {
    const committed = await Deno.readFile(
      new URL(`../../src/fractal/${name}.wasm`, import.meta.url),
    );
    const built = await buildKernel(name);
    assert.ok(
      built.length === committed.length && built.every((byte, i) => byte === committed[i]),
      `${name}.wasm is not what its source compiles to: run \`deno task build:kernel\``,
    );
    assert.deepEqual(
      WebAssembly.Module.imports(await WebAssembly.compile(built))
        .map(({ module, name, kind }) => [module, name, kind]),
      [["env", "memory", "memory"]],
    );
  });
}
