/** `serve`, called here: its signals are made up. */

import assert from "node:assert/strict";
import { main } from "../../src/cli/mod.ts";

Deno.test("a server that is told to stop the moment it says where it is stops as it should", async () => {
  const { addSignalListener, removeSignalListener } = Deno;
  const { writeSync } = Deno.stdout;
  const listeners = new Set<() => void>();
  let said = "";
  let told = 0;
  Deno.addSignalListener = (signal, listener) => {
    if (signal === "SIGTERM") listeners.add(listener);
  };
  Deno.removeSignalListener = (_signal, listener) => void listeners.delete(listener);
  Deno.stdout.writeSync = (bytes) => {
    said += new TextDecoder().decode(bytes);
    told += listeners.size;
    // Else it would serve for ever.
    if (told === 0) throw new Error("Nobody listens");
    for (const listener of listeners) listener();
    return bytes.length;
  };
  try {
    const flags = ["--port=0", "--workers=1", "--cache=none", "--log=error"];
    assert.equal(await main(["serve", ...flags]), 0);
  } finally {
    Object.assign(Deno, { addSignalListener, removeSignalListener });
    Deno.stdout.writeSync = writeSync;
  }
  assert.match(said, /^mandeltile listens on http:\/\/127\.0\.0\.1:\d+\/\n$/);
  assert.equal(told, 1);
  assert.equal(listeners.size, 0, "nobody is left listening");
});
