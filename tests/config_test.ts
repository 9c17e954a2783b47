// Tests of the two configurations: what a server needs stands in deno.json, the tests' has that and more.

import assert from "node:assert/strict";

interface Configuration {
  readonly imports: Readonly<Record<string, string>>;
  readonly unstable: readonly string[];
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}

function configuration(path: string): Configuration {
  return JSON.parse(Deno.readTextFileSync(new URL(path, import.meta.url)));
}

Deno.test("the tests have every package of the server, in the same version, and the same rules", () => {
  const server = configuration("../deno.json");
  const tests = configuration("./deno.json");
  for (const [name, version] of Object.entries(server.imports)) {
    assert.equal(tests.imports[name], version, name);
  }
  assert.deepEqual(tests.unstable, server.unstable);
  assert.deepEqual(tests.compilerOptions, server.compilerOptions);
});
