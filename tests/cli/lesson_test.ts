/** `lesson`: every way gives the same canvas, and the canvas is the oracle's. */

import assert from "node:assert/strict";
import { join } from "node:path";
import imagescript from "imagescript/png/node.js";
import { escapeTime } from "../../src/fractal/mod.ts";
import { cornerGrid } from "../../src/plane/mod.ts";
import { type LessonEvent, runLesson, type TimedBatch } from "../../src/lesson/mod.ts";
import { callCommand, runCommand } from "./command.ts";

Deno.test("every way fills the same canvas, the oracle's, and says who took which batch", async () => {
  const window = { pixdim: 90, escape: 200, x: -0.75, y: 0.1, size: 0.4 };
  const events: LessonEvent[] = [];
  const { canvas, rows } = await runLesson(window, {
    workers: 2,
    side: 16,
    tell: (event) => events.push(event),
  });
  const grid = cornerGrid(window);
  for (const [row, im] of grid.rows.entries()) {
    for (const [column, re] of grid.columns.entries()) {
      assert.equal(canvas[row * 90 + column], escapeTime(re, im, 200));
    }
  }
  assert.equal(rows.length, 10);
  assert(
    rows.every(({ milliseconds, pointsPerSecond }) => milliseconds > 0 && pointsPerSecond > 0),
  );
  assert.equal(rows[0]!.speedUp, 1);
  for (const way of waysOf(events)) {
    const byWorkers = way.taken.filter(([, worker]) => worker < way.workers);
    const numbers = byWorkers.map(([batch]) => batch).sort((a, b) => a - b);
    assert.deepEqual(numbers, Array.from({ length: 36 }, (_, i) => i), way.name);
    assert(way.taken.every(([, , began, ended]) => 0 <= began && began <= ended), way.name);
    // A producer makes every batch as well.
    const made = way.taken.length - byWorkers.length;
    assert.equal(made, way.name.startsWith("producer") ? 36 : 0, way.name);
  }
  const sizes = events.filter((event) => event.kind === "queues");
  assert(sizes.length > 0);
  assert.deepEqual([sizes.at(-1)!.todo, sizes.at(-1)!.done], [0, 0]);
  const told = events.filter((event) => event.kind === "batches");
  const counts = told.flatMap((event) => event.counts?.().map((counts) => [...counts]) ?? []);
  const first = waysOf(events)[0]!.taken.map(([batch]) => batch);
  assert.deepEqual(counts, first.map((batch) => countsOf(canvas, batch)), "those of the first way");
});

/** A batch of 16 x 16 points, or what is left of it, on a canvas of 90 x 90. */
function countsOf(canvas: ArrayLike<number>, batch: number): number[] {
  const [left, top] = [16 * (batch % 6), 16 * Math.floor(batch / 6)];
  const counts: number[] = [];
  for (let row = top; row < Math.min(90, top + 16); row++) {
    for (let column = left; column < Math.min(90, left + 16); column++) {
      counts.push(canvas[90 * row + column]!);
    }
  }
  return counts;
}

Deno.test("every way has its turn in every round, and its best time counts", async () => {
  const window = { pixdim: 40, escape: 900, x: -0.75, y: 0.1, size: 0.4 };
  const turns: string[] = [];
  const { canvas, rows } = await runLesson(window, {
    workers: 2,
    rounds: 3,
    tell: (event) => event.kind === "row" && turns.push(`${event.way} ${event.runs}`),
  });
  assert.ok(canvas instanceof Uint16Array, "bytes do not hold 900");
  assert.equal(canvas.reduce((most, count) => Math.max(most, count)), 900);
  assert.equal(turns.length, 3 * rows.length);
  assert.equal(turns[rows.length], "sequential 2");
  for (const { runs, startUp, milliseconds, speedUp } of rows) {
    assert.equal(runs, 3);
    assert.ok(startUp > 0);
    assert.equal(speedUp, rows[0]!.milliseconds / milliseconds);
  }
  const impatient = await runLesson(window, {
    workers: 1,
    rounds: 3,
    patience: 0,
    tell: () => {},
  });
  assert.deepEqual(impatient.rows.map(({ runs }) => runs), impatient.rows.map(() => 1));
});

interface ToldWay {
  readonly name: string;
  readonly workers: number;
  readonly taken: TimedBatch[];
}

function waysOf(events: readonly LessonEvent[]): ToldWay[] {
  const ways: ToldWay[] = [];
  for (const event of events) {
    if (event.kind === "way") ways.push({ ...event, taken: [] });
    if (event.kind === "batches") ways.at(-1)!.taken.push(...event.batches);
  }
  return ways;
}

Deno.test("a lesson that is called off ends, whichever way is under way", async () => {
  const window = { pixdim: 600, escape: 255, x: -0.1, y: 0, size: 0.1 };
  for (const kind of ["way", "queues", "row"] as const) {
    const off = new AbortController();
    const lesson = runLesson(window, {
      workers: 2,
      tell: (event) => event.kind === kind && off.abort(new Error("called off")),
      signal: off.signal,
    });
    await assert.rejects(lesson, /called off/, kind);
  }
});

Deno.test("lesson writes its canvas and one JSON object", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "new");
    const { code, stdout } = await runCommand([
      "lesson",
      "--pixdim",
      "40",
      "--y",
      "-0.6",
      "--json",
      "--runs=1",
      "--out",
      out,
    ]);
    assert.equal(code, 0);
    assert.equal(stdout.trim().split("\n").length, 1);
    const { y, rows, lowest, highest } = JSON.parse(stdout);
    assert.equal(y, -0.6);
    assert(lowest < highest && highest <= 255);
    assert.equal(rows.length, 10);
    const npy = await Deno.readFile(join(out, "canvas.npy"));
    assert.equal(npy.length, 128 + 40 * 40);
    const { width, height } = imagescript.decode(await Deno.readFile(join(out, "canvas.png")));
    assert.deepEqual([width, height], [40, 40]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("lesson prints the fifteen points, the queues, a table and where the canvas is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const args = ["lesson", "--pixdim=64", "--runs=2", "--out", folder];
    const { code, stdout, stderr } = await runCommand(args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /0\.102125-0\.63780625i +49 /);
    assert.match(stdout, /0\.099625-0\.63775i +57\n/);
    assert.match(stdout, /ready: 15 of 15/);
    assert.match(stdout, /TODO queue +0, RESULTS queue +0\n/);
    assert.match(stdout, /^shared cursor, SIMD kernel +\d+ +\d+ +2 +[\d.]+ +[\d.]+ M +[\d.]+$/m);
    assert.match(stdout, /best run/);
    assert.ok(stdout.includes(`${folder}/canvas.png`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("flags that cannot be understood are told in one line, with exit code 2", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "file"), "");
  const wrong: [string[], RegExp][] = [
    [["--pixdim", "1.5"], /^Cannot take --pixdim 1\.5: a whole number from 1 to 4096/],
    [["--escape=256"], /^Cannot take --escape 256: a whole number from 1 to 255/],
    [["--processes=0"], /^Cannot take --processes 0/],
    [["--x=one"], /^Cannot take --x one: a number is wanted/],
    [["--y="], /^Cannot take --y : a number is wanted/],
    [["--size", "-0.01"], /^Cannot take --size -0\.01: it must be above 0/],
    [["--size"], /--size/],
    [["--nothing"], /--nothing/],
    [["surplus"], /^Cannot understand surplus/],
    [["--out", join(folder, "file", "below")], /^Cannot write to --out/],
  ];
  try {
    for (const [number, [flags, says]] of wrong.entries()) {
      // The last as a program too: what is told becomes its exit code.
      const run = number === wrong.length - 1 ? runCommand : callCommand;
      const { code, stdout, stderr } = await run(["lesson", "--json", ...flags]);
      assert.equal(code, 2, flags.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, says);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a canvas that cannot be written is told in one line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "canvas.png"));
    const small = ["--pixdim=16", "--escape=9", "--processes=1", "--runs=1"];
    const { code, stderr } = await callCommand(["lesson", "--json", ...small, "--out", folder]);
    assert.equal(code, 2);
    assert.match(stderr, /^Cannot write to --out .*\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
