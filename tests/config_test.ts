// Tests of the two configurations: what a server needs stands in deno.json, the tests' has that and more.

import assert from "node:assert/strict";
import { VERSION } from "../src/web/mod.ts";

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

Deno.test("the version is that of the configuration", () => {
  const { version } = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", import.meta.url)));
  assert.equal(VERSION, version);
});

Deno.test("the licences of all packages that a server has are told, by their names", async () => {
  const lock = JSON.parse(Deno.readTextFileSync(new URL("../deno.lock", import.meta.url)));
  const text = await Deno.readTextFile(new URL("../src/web/page/licences.txt", import.meta.url));
  const lines = new Set(text.split("\n").map((line) => line.replace(/ \(.*\)$/, "")));
  const names = Object.keys(lock.npm).map((name) => name.slice(0, name.indexOf("@", 1)));
  assert.ok(names.length > 20);
  assert.deepEqual(names.filter((name) => !lines.has(name)), []);
});
