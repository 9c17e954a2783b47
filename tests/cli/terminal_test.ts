/** What goes to a terminal, or wherever its streams lead. */

import assert from "node:assert/strict";
import { ProgressBar, say } from "../../src/cli/terminal.ts";

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

Deno.test("a progress bar leaves the line as it found it", () => {
  let shown = "";
  const { writeSync, isTerminal } = Deno.stderr;
  Deno.stderr.writeSync = (bytes) => {
    shown += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  Deno.stderr.isTerminal = () => true;
  try {
    using bar = new ProgressBar("Rendering", 0);
    bar.update(0.5);
  } finally {
    Object.assign(Deno.stderr, { writeSync, isTerminal });
  }
  const [bar, after] = shown.split("\r\x1b[2K");
  assert.match(bar!, /^\rRendering █{20}░{20} 50 %/);
  assert.equal(after, "");
});
