/** `lesson`: the notebook on multiprocessing as a program. */

import {
  countPointsInPool,
  type LessonRow,
  type LessonWindow,
  NOTEBOOK_WINDOW,
  runLesson,
} from "../lesson/mod.ts";
import { type Flags, readFlags, UsageError } from "./flags.ts";
import { type CanvasFacts, factsOf, writeCanvas } from "./lesson_canvas.ts";
import { LessonReport, lessonTable, pointsTable, type TableRow } from "./lesson_report.ts";
import { PythonError, runPython } from "./python.ts";
import { print, say } from "./terminal.ts";

export const LESSON_HELP: string = `lesson: one workload in every way of doing it, timed

  deno task lesson --pixdim 800

  --pixdim N               points a side (1600)
  --escape N               iterations, at most 255 (255)
  --x, --y, --size         the window's centre and side (0.1015, -0.633, 0.01)
  --processes N            workers (the machine's cores)
  --runs N                 times each way is done, of which the best counts (5; fewer where all of
                           that would take longer than 25 s)
  --out FOLDER             where canvas.png and canvas.npy go (out)
  --python                 let python3 do the same, and add its rows
  --json                   print one JSON object and nothing else`;

const VALUED = ["pixdim", "escape", "x", "y", "size", "processes", "runs", "out"];

/** Milliseconds for all runs of all ways: a picture that takes long is done once. */
const PATIENCE = 25_000;

const USUAL_RUNS = 5;
const MOST_RUNS = 1000;

/** Most points a side: the queues hold all points at once, 16 bytes each. */
const MOST_PIXDIM = 4096;

/** The canvas holds bytes. */
const MOST_ESCAPE = 255;

const MOST_PROCESSES = 256;

/** The notebook's fifteen points and the counts it prints for them. */
const POINTS: readonly (readonly [re: number, im: number, count: number])[] = [
  [0.102125, -0.63780625, 49],
  [0.098375, -0.6378, 23],
  [0.104625, -0.6378, 47],
  [0.100875, -0.63779375, 43],
  [0.097125, -0.6377875, 18],
  [0.103375, -0.6377875, 39],
  [0.099625, -0.63778125, 59],
  [0.105875, -0.63778125, 69],
  [0.102125, -0.637775, 60],
  [0.098375, -0.63776875, 23],
  [0.104625, -0.63776875, 47],
  [0.100875, -0.6377625, 43],
  [0.097125, -0.63775625, 18],
  [0.103375, -0.63775625, 39],
  [0.099625, -0.63775, 57],
];

interface Task {
  readonly window: LessonWindow;
  readonly processes: number;
  readonly runs: number;
  readonly out: string;
  readonly python: boolean;
  readonly json: boolean;
}

/** Runs the lesson. Resolves to the exit code. */
export async function lesson(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { valued: VALUED, plain: ["json", "python"] });
  const { window, processes, runs, out, python, json } = readTask(flags);
  const tell = json ? () => {} : print;
  await intoFolder(out, () => Deno.mkdir(out, { recursive: true }));
  const { pixdim, escape } = window;
  const points = pixdim ** 2;

  tell(`The notebook's fifteen points, by Pool.applyAsync in ${processes} processes:`);
  await countNotebookPoints(processes, tell);
  tell(`\n${pixdim} x ${pixdim} points in every way, escape ${escape}:`);
  using report = new LessonReport();
  const { canvas, rows } = await runLesson(window, {
    workers: processes,
    rounds: runs,
    patience: PATIENCE,
    tell: json ? () => {} : report.tell,
  });
  if (!(canvas instanceof Uint8Array)) throw new TypeError("The canvas does not hold bytes");
  const facts = factsOf(canvas);
  const table: TableRow[] = rows.map((row) => ({ ...row, by: "here" }));
  const missing = python
    ? await addPython(table, { ...window, processes }, { facts, runs, tell })
    : undefined;
  await intoFolder(out, () => writeCanvas(out, canvas, pixdim));
  if (json) {
    const withPython = python && { python: missing ?? "done" };
    print(
      JSON.stringify({ ...window, processes, out, points, ...facts, ...withPython, rows: table }),
    );
    return 0;
  }
  tell(`\n${lessonTable(table)}\n`);
  tell(
    "A time is that of a way's best run. Start-up, apart from it, is until the workers are warm.",
  );
  const comparison = compared(table, processes);
  if (comparison !== undefined) tell(comparison);
  tell(
    `Counts from ${facts.lowest} to ${facts.highest} (${facts.atHighest.toLocaleString("en")} ` +
      `points), sum ${facts.sum.toLocaleString("en")}; sha256 ${facts.sha256}.`,
  );
  tell(`The canvas is in ${out}/canvas.png and ${out}/canvas.npy.`);
  return 0;
}

function readTask({ values, rest }: Flags): Task {
  if (rest.length > 0) throw new UsageError(`Cannot understand ${rest[0]}`);
  const number = (name: string, fallback: number) => {
    const text = values.get(name);
    if (text === undefined) return fallback;
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw new UsageError(`Cannot take --${name} ${text}: a number is wanted`);
  };
  const whole = (name: string, fallback: number, most: number) => {
    const value = number(name, fallback);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new UsageError(
      `Cannot take --${name} ${values.get(name)}: a whole number from 1 to ${most} is wanted`,
    );
  };
  const window: LessonWindow = {
    pixdim: whole("pixdim", NOTEBOOK_WINDOW.pixdim, MOST_PIXDIM),
    escape: whole("escape", NOTEBOOK_WINDOW.escape, MOST_ESCAPE),
    x: number("x", NOTEBOOK_WINDOW.x),
    y: number("y", NOTEBOOK_WINDOW.y),
    size: number("size", NOTEBOOK_WINDOW.size),
  };
  if (window.size <= 0) {
    throw new UsageError(`Cannot take --size ${values.get("size")}: it must be above 0`);
  }
  return {
    window,
    processes: whole("processes", navigator.hardwareConcurrency, MOST_PROCESSES),
    runs: whole("runs", USUAL_RUNS, MOST_RUNS),
    out: values.get("out") ?? "out",
    python: values.has("python"),
    json: values.has("json"),
  };
}

/** @throws {UsageError} when the folder does not do */
async function intoFolder(out: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new UsageError(`Cannot write to --out ${out}: ${(error as Error).message}`);
  }
}

async function countNotebookPoints(
  workers: number,
  tell: (line: string) => void,
): Promise<void> {
  const counts = await countPointsInPool(
    POINTS.map(([re, im]) => [re, im] as const),
    { escape: 255, workers },
    (results) => {
      const ready = results.filter((result) => result.ready()).length;
      tell(`  ready: ${ready} of ${results.length}`);
    },
  );
  const wrong = POINTS.findIndex(([, , count], i) => count !== counts[i]);
  if (wrong >= 0) {
    const [re, im, count] = POINTS[wrong]!;
    throw new Error(`The point ${re}${im}i has count ${counts[wrong]}; the notebook has ${count}`);
  }
  tell(pointsTable(POINTS));
  tell("  all as the notebook prints them");
}

/** Adds Python's rows. Resolves to why there are none, if so. */
async function addPython(
  table: TableRow[],
  window: LessonWindow & { readonly processes: number },
  { facts, runs, tell }: {
    readonly facts: CanvasFacts;
    readonly runs: number;
    readonly tell: (line: string) => void;
  },
): Promise<string | undefined> {
  tell("\nThe same by Python's multiprocessing:");
  const points = window.pixdim ** 2;
  try {
    for await (
      const { sha256, ...row } of runPython(window, { rounds: runs, patience: PATIENCE })
    ) {
      const same = sha256 === facts.sha256;
      // abs(z) > 2 rounds a square root where re*re + im*im > 4 does not: a point might differ.
      const { way, processes, milliseconds } = row;
      tell(
        `${way}, ${processes === 1 ? "1 process" : `${processes} processes`}: ${
          milliseconds.toFixed(1)
        } ms; ` +
          `its canvas is ${same ? "the same" : "not the same"}`,
      );
      table.push({
        ...row,
        by: "python",
        pointsPerSecond: points / milliseconds * 1000,
        speedUp: table[0]!.milliseconds / milliseconds,
      });
    }
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    say(`${error.message}. The table is without Python's rows.`);
    return error.message;
  }
  return undefined;
}

/** How the best way here compares with the best of Python with all its processes. */
function compared(table: readonly TableRow[], processes: number): string | undefined {
  const least = (rows: readonly LessonRow[]) =>
    Math.min(...rows.map(({ milliseconds }) => milliseconds));
  const python = table.filter((row) => row.by === "python" && row.processes === processes);
  if (python.length === 0) return undefined;
  const here = least(table.filter(({ by }) => by === "here"));
  return `The best way here takes ${
    here.toFixed(1)
  } ms, Python's best with ${processes} processes ` +
    `${least(python).toFixed(0)} ms: ${(least(python) / here).toFixed(0)} times as long.`;
}
