/** Configuration: flags before the environment before the file before the defaults. */

import assert from "node:assert/strict";
import {
  type Config,
  configOf,
  resolveSettings,
  type Settings,
  settingsOfFile,
} from "../../src/cli/config.ts";
import { UsageError } from "../../src/cli/flags.ts";
import {
  CONFIG_FLAGS,
  configHelp,
  NUMBERS,
  settingsTable,
  variableOf,
} from "../../src/cli/settings.ts";
import { DEFAULT_LIMITS } from "../../src/web/mod.ts";

type Texts = Record<string, string>;

function settingsOf(flags: Texts = {}, environment: Texts = {}, file: Texts = {}): Settings {
  return resolveSettings({
    flags: new Map(Object.entries(flags)),
    environment: (name) => environment[name],
    file: new Map(Object.entries(file)),
  });
}

function resolve(flags: Texts = {}, environment: Texts = {}, file: Texts = {}): Config {
  return configOf(settingsOf(flags, environment, file));
}

Deno.test("a server that is told nothing has the documented defaults", () => {
  const { limits, workers, ...rest } = resolve();
  assert.deepEqual(rest, {
    host: "127.0.0.1",
    basePath: "",
    port: 8000,
    memory: 256 * 2 ** 20,
    references: 256 * 2 ** 20,
    maxAge: 86_400,
    grace: 10,
    cache: { kind: "memory" },
    cacheMemory: 256 * 2 ** 20,
    cacheDisk: 1024 * 2 ** 20,
    log: "info",
    rate: 0,
    trustedProxies: [],
  });
  assert.equal(workers, navigator.hardwareConcurrency);
  assert.deepEqual(limits, { ...DEFAULT_LIMITS, concurrency: 2 * navigator.hardwareConcurrency });
});

Deno.test("a base path begins with a slash and ends without one", () => {
  for (const path of ["/a/b-c/", "/a/b-c", "a/b-c"]) {
    assert.equal(resolve({ "base-path": path }).basePath, "/a/b-c");
  }
  for (const path of ["", "/"]) assert.equal(resolve({ "base-path": path }).basePath, "");
  for (const path of ["//fractal", "/a//b", "/a b", "/a?b", "/../<"]) {
    assert.throws(() => resolve({ "base-path": path }), UsageError, path);
  }
});

Deno.test("a flag goes before the environment, that before the file, and that before the default", () => {
  const environment = {
    MANDELTILE_PORT: "81",
    MANDELTILE_MAX_ITERATIONS: "9",
    MANDELTILE_HOST: "h",
  };
  const config = resolve({ port: "82" }, environment);
  assert.equal(config.port, 82);
  assert.equal(config.limits.iterations, 9);
  assert.equal(config.host, "h");
  assert.equal(resolve({ host: "::1" }, environment).host, "::1");
  const file = { port: "80", "max-iterations": "8", "max-side": "7" };
  const all = resolve({ port: "82" }, environment, file);
  assert.deepEqual([all.port, all.limits.iterations, all.limits.side], [82, 9, 7]);
});

Deno.test("every flag and every variable reaches the configuration", () => {
  // A value inside every setting's bounds, and nobody's default.
  const others = new Map([["log", "off"], ["trusted-proxies", "10.0.0.33"]]);
  const valueOf = (flag: string) => others.get(flag) ?? "33";
  const usual = JSON.stringify(resolve());
  for (const flag of CONFIG_FLAGS) {
    const value = valueOf(flag);
    const byFlag = JSON.stringify(resolve({ [flag]: value }));
    const byVariable = JSON.stringify(resolve({}, { [variableOf(flag)]: value }));
    const byFile = JSON.stringify(resolve({}, {}, { [flag]: value }));
    assert.notEqual(byFlag, usual, flag);
    assert.equal(byVariable, byFlag, flag);
    assert.equal(byFile, byFlag, flag);
    assert.ok(configHelp().includes(`--${flag} `), `help tells of --${flag}`);
  }
  const changed = CONFIG_FLAGS.map((flag) => JSON.stringify(resolve({ [flag]: valueOf(flag) })));
  assert.equal(new Set(changed).size, CONFIG_FLAGS.length, "each of them changes its own");
  assert.equal(resolve({ memory: "33" }).memory, 33 * 2 ** 20);
});

Deno.test("a bad value is refused with its flag and what is allowed", () => {
  const bad = ["", " ", "-1", "1.5", "1e3", "0x10", "ten", "NaN", "٣", "9".repeat(40)];
  for (const { flag } of Object.values(NUMBERS)) {
    for (const value of bad) {
      for (const source of [[{ [flag]: value }], [{}, { [variableOf(flag)]: value }]] as const) {
        assert.throws(() => resolve(...source), (error) => {
          assert.ok(error instanceof UsageError);
          assert.ok(error.message.includes(`--${flag} `), error.message);
          assert.match(error.message, /a whole number from \d+ to \d+/);
          return true;
        });
      }
    }
  }
});

Deno.test("settings that are printed are a file that says the same", () => {
  const changes = { port: "81", log: "off", cache: "/srv/tiles", "trusted-proxies": "10.0.0.0/8" };
  const settings = settingsOf(changes);
  const again = settingsOfFile(JSON.stringify(settings), "config.json");
  assert.deepEqual(settingsOf({}, {}, Object.fromEntries(again)), settings);
  assert.deepEqual(configOf(settings).trustedProxies, ["10.0.0.0/8"]);
});

Deno.test("a file that cannot be understood is refused with its name", () => {
  const bad = [
    ["{", /config\.json as JSON/],
    ["[]", /must be a JSON object/],
    ["null", /must be a JSON object/],
    ['{"prot": 1}', /no setting prot/],
    ['{"config": "other.json"}', /no setting config/],
    ['{"port": true}', /port must be a string or a number/],
  ] as const;
  for (const [text, says] of bad) {
    assert.throws(() => settingsOfFile(text, "config.json"), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, says);
      return true;
    });
  }
  const tooLarge = settingsOfFile('{"port": 65536}', "config.json");
  assert.throws(() => resolve({}, {}, Object.fromEntries(tooLarge)), /--port 65536/);
  assert.throws(() => resolve({ "trusted-proxies": "somewhere" }), /--trusted-proxies somewhere: /);
  assert.throws(() => resolve({ log: "loud" }), /--log loud: one of off, error, info/);
});

Deno.test("the table of settings on the page for operators is the schema's", async () => {
  const page = await Deno.readTextFile(new URL("../../.readme/operations.md", import.meta.url));
  assert.ok(page.includes(settingsTable()), `the table must be\n\n${settingsTable()}`);
});

Deno.test("the cache is nowhere, in memory, in a folder, or where the user's caches are", () => {
  const { kind } = resolve({ cache: "none" }).cache;
  assert.equal(kind, "none");
  assert.deepEqual(resolve({}, { MANDELTILE_CACHE: "memory" }).cache, { kind: "memory" });
  const disk = (folder: string) => ({ kind: "disk", folder });
  assert.deepEqual(resolve({ cache: "/srv/tiles/" }).cache, disk("/srv/tiles"));
  assert.deepEqual(resolve({ cache: "tiles" }).cache, disk(`${Deno.cwd()}/tiles`));
  const home = { HOME: "/home/me" };
  assert.deepEqual(resolve({}, home).cache, disk("/home/me/.cache/mandeltile"));
  const caches = { ...home, XDG_CACHE_HOME: "/var/caches" };
  assert.deepEqual(resolve({}, caches).cache, disk("/var/caches/mandeltile"));
  assert.deepEqual(resolve({ cache: "none" }, caches).cache, { kind: "none" });
  for (const ignored of ["", "caches"]) {
    const environment = { ...home, XDG_CACHE_HOME: ignored };
    assert.deepEqual(resolve({}, environment).cache, disk("/home/me/.cache/mandeltile"));
  }
  assert.throws(() => resolve({ cache: "" }), /Cannot take --cache/);
});

Deno.test("bounds are taken, and what is just beyond them is not", () => {
  const bounds = [
    ["port", 0, 65_535],
    ["workers", 1, 256],
    ["memory", 32, 2047],
    ["reference-memory", 1, 2047],
    ["deepest", 0, 30_000],
    ["max-iterations", 1, 2_000_000_000],
    ["max-supersample", 1, 64],
    ["queue", 0, Number.MAX_SAFE_INTEGER],
    ["concurrency", 1, 4096],
  ] as const;
  for (const [flag, least, most] of bounds) {
    for (const value of [least, most]) resolve({ [flag]: String(value) });
    for (const value of [BigInt(least) - 1n, BigInt(most) + 1n]) {
      assert.throws(() => resolve({ [flag]: String(value) }), UsageError, `${flag} ${value}`);
    }
  }
});
