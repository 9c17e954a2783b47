// Tests of what crosses: whatever was thrown is described.

import assert from "node:assert/strict";
import { faultOf } from "../../src/pool/wire.ts";

Deno.test("whatever is thrown is described in words", () => {
  const thrown: [unknown, string][] = [
    [new RangeError("too far"), "too far"],
    ["a text", "a text"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("none"), "Symbol(none)"],
    [
      { name: "ExitStatus", message: "Program terminated with exit(1)", status: 1 },
      "ExitStatus: Program terminated with exit(1)",
    ],
    [{ message: "half" }, "half"],
    [{ status: 1 }, '{"status":1}'],
    [[1, "two"], '[1,"two"]'],
    [{ toJSON: () => undefined }, "[object Object]"],
    [{
      get message() {
        throw new Error("no");
      },
    }, "something that cannot be described was thrown"],
  ];
  for (const [value, message] of thrown) assert.equal(faultOf(value).message, message);
});
