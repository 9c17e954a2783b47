/** The log: one JSON object a line, of what its level asks for. */

import assert from "node:assert/strict";
import { Log, LOG_LEVELS, type LogLevel } from "../../src/cli/log.ts";

const good = {
  method: "GET",
  target: "/",
  route: "/",
  status: 200,
  milliseconds: 1.23456,
  bytes: 7,
};
const bad = { ...good, status: 400 };
const wrong = { ...good, status: 500, error: new Error("no") };

/** The lines that a log of this level writes. */
function linesOf(level: LogLevel, tell: (log: Log) => void): Record<string, unknown>[] {
  let text = "";
  {
    using log = new Log(level, (lines) => text += `${lines}\n`);
    tell(log);
  }
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("a level tells what it is for", () => {
  const told = LOG_LEVELS.map((level) =>
    linesOf(level, (log) => {
      for (const line of [good, bad, wrong]) log.requests?.(line);
      log.note("as it should");
      log.warn("something");
      log.fault(new Error("worse"));
    }).map((line) => line.status ?? line.message)
  );
  assert.deepEqual(told, [[], [500, "something", "worse"], [
    200,
    400,
    500,
    "as it should",
    "something",
    "worse",
  ]]);
});

Deno.test("a line says what was asked and answered, and has the stack of a fault alone", () => {
  const [first, second, third] = linesOf("info", (log) => {
    for (const line of [good, bad, wrong]) log.requests?.(line);
  });
  const { time, ...rest } = first!;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, { level: "info", ...good, milliseconds: 1.23 });
  assert.deepEqual([second?.level, second?.stack], ["info", undefined]);
  assert.equal(third?.level, "error");
  assert.equal(third?.message, "no");
  assert.match(String(third?.stack), /log_test\.ts/);
});

Deno.test("a long target is cut", () => {
  const [line] = linesOf("info", (log) => log.requests?.({ ...good, target: "/".repeat(40_000) }));
  assert.equal(String(line?.target).length, 503);
});

Deno.test("a line that is told again is written again, with its own time", async () => {
  const times: unknown[] = [];
  let text = "";
  {
    using log = new Log("info", (lines) => text += `${lines}\n`);
    log.requests?.(good);
    const began = Date.now();
    while (Date.now() === began) await Promise.resolve();
    log.requests?.(good);
    // Equal, but not the same: what was written of another is not taken for it.
    log.requests?.({ ...good, status: 404 });
  }
  const lines = text.trimEnd().split("\n").map((line) => {
    const { time, ...rest } = JSON.parse(line);
    times.push(time);
    return rest;
  });
  const told = { level: "info", ...good, milliseconds: 1.23 };
  assert.deepEqual(lines, [told, told, { ...told, status: 404 }]);
  assert.equal(new Set(times.slice(0, 2)).size, 2);
  assert.deepEqual(times, times.toSorted());
});

Deno.test("ten thousand lines in one turn are all written", () => {
  const lines = linesOf("info", (log) => {
    for (let n = 0; n < 10_000; n++) log.requests?.(n % 2 === 0 ? good : { ...good, bytes: n });
  });
  assert.equal(lines.length, 10_000);
  assert.deepEqual([lines[0]?.bytes, lines[9_999]?.bytes], [good.bytes, 9_999]);
});

Deno.test("a log that cannot be written ends nobody, and tells later what it lacks", () => {
  let broken = true;
  const written: string[] = [];
  using log = new Log("info", (lines) => {
    if (broken) throw new Deno.errors.BrokenPipe("nobody reads");
    written.push(...lines.split("\n"));
  });
  log.note("one");
  log.note("two");
  log.flush();
  log.note("three");
  log.flush();
  broken = false;
  for (const message of ["four", "five"]) {
    log.note(message);
    log.flush();
  }
  assert.deepEqual(
    written.map((line) => JSON.parse(line).message),
    ["3 lines before this one could not be written", "four", "five"],
  );
});
