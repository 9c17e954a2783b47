/** Flags as people type them. */

import assert from "node:assert/strict";
import { type Flags, readFlags, UsageError } from "../../src/cli/flags.ts";

const names = { valued: ["re", "y", "palette", "max-age"], plain: ["json"] };

function read(line: string): Flags {
  return readFlags(line.split(" ").filter((arg) => arg !== ""), names);
}

Deno.test("a value stands behind = or is the next word, negative numbers included", () => {
  const lines = [
    ["--y=-0.6", "-0.6"],
    ["--y -0.6", "-0.6"],
    ["--y -.6", "-.6"],
    ["--y -6e-1", "-6e-1"],
    ["--y 0.6", "0.6"],
    ["--y=", ""],
    ["--y=a=b", "a=b"],
  ] as const;
  for (const [line, value] of lines) assert.equal(read(line).values.get("y"), value, line);
});

Deno.test("flags come in any order, between what is left", () => {
  const { values, rest } = read("--json a.png --y -1 --re=-2 b.png --max-age 7");
  assert.deepEqual(
    new Map(values),
    new Map([["json", "true"], ["y", "-1"], ["re", "-2"], ["max-age", "7"]]),
  );
  assert.deepEqual(rest, ["a.png", "b.png"]);
  assert.deepEqual(read("").rest, []);
  assert.equal(read("").values.size, 0);
});

Deno.test("behind -- everything is taken as it stands", () => {
  assert.deepEqual(read("--y 1 -- --re.png").rest, ["--re.png"]);
});

Deno.test("a typo is told, not guessed", () => {
  const lines = [
    ["--z 1", /--z/],
    ["--Y 1", /--Y/],
    ["-j", /-j/],
    ["--y", /--y/],
    ["--y --json", /--y/],
    ["--json=yes", /--json/],
    ["--json -1", /-1/],
    ["-1", /-1/],
    ["--y 1 --y 1", /--y.*more than once/],
    ["--y=1 --y -1", /--y.*more than once/],
    ["--json --json", /--json.*more than once/],
    ["--constructor 1", /--constructor/],
    ["--__proto__ 1", /--__proto__/],
  ] as const;
  for (const [line, words] of lines) {
    assert.throws(() => read(line), (error) => {
      assert.ok(error instanceof UsageError, line);
      assert.match(error.message, words);
      return true;
    }, line);
  }
});
