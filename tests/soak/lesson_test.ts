/** The lesson again and again, done or called off: none leaves its workers or their memory behind. */

import assert from "node:assert/strict";
import { runLesson } from "../../src/render/mod.ts";

const RUNS = 50;

/** Runs after which everything has been compiled and all heaps have their size. */
const SETTLED = 15;

/** MiB that the process may have grown by in the runs after that: less than one a run. */
const GROWTH = 30;

Deno.test("fifty lessons leave no memory behind", async () => {
  const window = { pixdim: 96, escape: 300, x: -0.75, y: 0.1, size: 0.4 };
  let settled = 0;
  for (let run = 1; run <= RUNS; run++) {
    const off = new AbortController();
    const lesson = runLesson(window, {
      workers: 2,
      side: 16,
      signal: off.signal,
      // Every third is called off, in another way each time.
      tell: (event) => {
        if (run % 3 === 0 && event.kind === "way" && event.way === run % 10) off.abort();
      },
    });
    if (run % 3 === 0) await assert.rejects(lesson, { name: "AbortError" });
    else await lesson;
    if (run === SETTLED) settled = Deno.memoryUsage().rss;
  }
  const grown = (Deno.memoryUsage().rss - settled) / 2 ** 20;
  assert.ok(grown < GROWTH, `${grown.toFixed(1)} MiB more after ${RUNS - SETTLED} runs`);
});
