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
      log.tell("something");
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
