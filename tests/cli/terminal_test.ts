/** What goes to a terminal, or wherever its streams lead. */

import assert from "node:assert/strict";
import { say } from "../../src/cli/terminal.ts";

Deno.test("a stream that takes a little at a time gets all of it", () => {
  const taken: number[] = [];
  const { writeSync } = Deno.stderr;
  Deno.stderr.writeSync = (bytes) => {
    const part = bytes.subarray(0, 3);
    taken.push(...part);
    return part.length;
  };
  try {
    say("πρῶτον");
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  assert.equal(new TextDecoder().decode(Uint8Array.from(taken)), "πρῶτον\n");
});
