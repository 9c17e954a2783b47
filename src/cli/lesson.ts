/** `lesson`: the notebook on multiprocessing as a program. */

import { encodeNpy, encodePng, paletteStops, parsePalette } from "../image/mod.ts";
import { countPoints, type LessonRow, type LessonWindow, runLesson } from "../render/mod.ts";
import { readFlags, UsageError } from "./flags.ts";
import { print, ProgressBar } from "./terminal.ts";

export const LESSON_HELP: string = `lesson: one workload in every way of doing it, timed

  deno task lesson --pixdim 800

  --pixdim N               points a side (1600)
  --escape N               iterations, at most 255 (255)
  --x, --y, --size         the window's centre and side (0.1015, -0.633, 0.01)
  --processes N            workers (the machine's cores)
  --out FOLDER             where canvas.png and canvas.npy go (out)
  --json                   print one JSON object and nothing else`;

const VALUED = ["pixdim", "escape", "x", "y", "size", "processes", "out"];

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
  [0.097125, -0.6377625, 18],
  [0.103375, -0.63775625, 39],
  [0.099625, -0.63775, 57],
];

/** Runs the lesson. Resolves to the exit code. */
export async function lesson(args: readonly string[]): Promise<number> {
  const { values, rest } = readFlags(args, { valued: VALUED, plain: ["json"] });
  if (rest.length > 0) throw new UsageError(`Cannot understand ${rest[0]}`);
  const number = (name: string, fallback: number, most = Infinity) => {
    const text = values.get(name);
    const value = text === undefined ? fallback : text.trim() === "" ? NaN : Number(text);
    const whole = most === Infinity || (Number.isInteger(value) && value >= 1 && value <= most);
    if (Number.isFinite(value) && whole) return value;
    throw new UsageError(
      `Cannot take --${name} ${text}: ${most === Infinity ? "a number" : `1 to ${most}`} is wanted`,
    );
  };
  const window: LessonWindow = {
    pixdim: number("pixdim", 1600, 4096),
    escape: number("escape", 255, 255),
    x: number("x", 0.1015),
    y: number("y", -0.633),
    size: number("size", 0.01),
  };
  if (window.size <= 0) throw new UsageError("Cannot take --size: it must be above 0");
  const processes = number("processes", navigator.hardwareConcurrency, 256);
  const out = values.get("out") ?? "out";
  const json = values.has("json");
  const tell = json ? () => {} : print;

  tell(
    `${window.pixdim} x ${window.pixdim} points, escape ${window.escape}, ${processes} processes.`,
  );
  const counts = await countPoints(POINTS.map(([re, im]) => [re, im] as const), 255);
  tell(`The notebook's fifteen points: ${counts.join(", ")}`);
  if (counts.some((count, i) => count !== POINTS[i]![2])) {
    throw new Error("The fifteen points have other counts than the notebook prints");
  }
  let bar: { name: string; bar: ProgressBar } | undefined;
  const { canvas, rows } = await runLesson(window, processes, {
    say: tell,
    progress: (way, share) => {
      if (json) return;
      if (bar?.name !== way) {
        bar?.bar[Symbol.dispose]();
        bar = { name: way, bar: new ProgressBar(way) };
      }
      bar.bar.update(share);
    },
  });
  bar?.bar[Symbol.dispose]();
  await writeCanvas(out, canvas, window.pixdim);
  if (json) print(JSON.stringify({ ...window, processes, out, rows }));
  else print(`${table(rows)}\n\nThe canvas is in ${out}/canvas.png and ${out}/canvas.npy.`);
  return 0;
}

/** Writes the canvas as NumPy would save it and as `imshow` would draw it: viridis over its own range. */
async function writeCanvas(folder: string, canvas: Uint8Array, side: number): Promise<void> {
  let low = 255;
  let high = 0;
  for (const count of canvas) {
    low = Math.min(low, count);
    high = Math.max(high, count);
  }
  const scale = 256 / Math.max(1, high - low);
  const colours = paletteStops(parsePalette("viridis"), 256).flatMap((stop) =>
    [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16))
  );
  const picture = encodePng({
    kind: "indexed",
    width: side,
    height: side,
    indices: Uint8Array.from(canvas, (count) => Math.min(255, Math.floor((count - low) * scale))),
    colours: Uint8Array.from(colours),
  });
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeFile(`${folder}/canvas.png`, picture);
  await Deno.writeFile(
    `${folder}/canvas.npy`,
    encodeNpy(canvas, { width: side, height: side }),
  );
}

function table(rows: readonly LessonRow[]): string {
  const width = Math.max(...rows.map(({ way }) => way.length));
  const head = `${"".padEnd(width)}  processes        ms  points/s  speed-up`;
  const lines = rows.map(({ way, processes, milliseconds, pointsPerSecond, speedUp }) =>
    [
      way.padEnd(width),
      String(processes).padStart(9),
      milliseconds.toFixed(1).padStart(8),
      `${(pointsPerSecond / 1e6).toFixed(2)} M`.padStart(8),
      speedUp.toFixed(2).padStart(8),
    ].join("  ")
  );
  return ["", head, ...lines].join("\n");
}
