/** What the lesson prints: as it goes, and the table at its end. */

import type { LessonEvent, LessonRow } from "../lesson/mod.ts";
import { print, ProgressBar } from "./terminal.ts";

/** A line of the table; Python's ways have no other name than ours. */
export type TableRow = LessonRow & { readonly by: "here" | "python" };

/** Milliseconds between two lines about the queues. */
const QUEUE_LINES = 50;

/**
 * Prints the events of the lesson's first round, so that nothing is printed while the others run, and
 * keeps a progress bar for the way that is under way.
 */
export class LessonReport implements Disposable {
  #bar: ProgressBar | undefined;
  #batches = 0;
  #done = 0;
  #producer = 0;
  #nextLine = 0;
  #round = 0;

  /** Takes an event of `runLesson`. */
  readonly tell = (event: LessonEvent): void => {
    switch (event.kind) {
      case "way":
        this.#round = event.round;
        this.#bar = new ProgressBar(
          event.round === 0 ? event.name : `Once more (${event.round + 1}): ${event.name}`,
          0,
        );
        this.#batches = event.batches;
        this.#producer = event.workers;
        this.#done = this.#nextLine = 0;
        return;
      case "batches":
        this.#done += event.batches.filter(([, worker]) => worker < this.#producer).length;
        this.#bar?.update(Math.min(1, this.#done / this.#batches));
        return;
      case "queues":
        if (this.#round > 0) return;
        if (event.at < this.#nextLine && event.todo + event.done > 0) return;
        this.#nextLine = event.at + QUEUE_LINES;
        this.#clear();
        print(
          `  after ${event.at.toFixed(0).padStart(4)} ms: ` +
            `TODO queue ${size(event.todo)}, RESULTS queue ${size(event.done)}`,
        );
        return;
      case "row":
        this.#clear();
        this.#bar = undefined;
        if (this.#round > 0) return;
        print(
          `${event.way}, ${workersOf(event.processes)}: ${event.milliseconds.toFixed(1)} ms`,
        );
    }
  };

  /** Takes the bar off the terminal, so that a line can be printed in its place. */
  #clear(): void {
    this.#bar?.clear();
  }

  [Symbol.dispose](): void {
    this.#clear();
  }
}

/** The fifteen points as a small table, five to a line. */
export function pointsTable(
  points: readonly (readonly [re: number, im: number, count: number])[],
): string {
  const cells = points.map(([re, im, count]) =>
    `${re}${im}i`.padStart(23) + ` ${String(count).padStart(3)}`
  );
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += 3) lines.push(cells.slice(i, i + 3).join("  "));
  return lines.join("\n");
}

/** All ways and their times, under one another. */
export function lessonTable(rows: readonly TableRow[]): string {
  const names = rows.map(({ way, by }) => by === "python" ? `Python: ${way}` : way);
  const width = Math.max(...names.map((name) => name.length));
  const head = `${"".padEnd(width)}  processes  start-up  runs    best ms   points/s   speed-up`;
  const lines = rows.map((
    { processes, startUp, runs, milliseconds, pointsPerSecond, speedUp },
    i,
  ) =>
    [
      names[i]!.padEnd(width),
      String(processes).padStart(9),
      startUp.toFixed(0).padStart(8),
      String(runs).padStart(4),
      milliseconds.toFixed(1).padStart(9),
      `${(pointsPerSecond / 1e6).toFixed(2)} M`.padStart(9),
      speedUp.toFixed(2).padStart(9),
    ].join("  ")
  );
  return [head, ...lines].join("\n");
}

function workersOf(number: number): string {
  return number === 1 ? "1 worker" : `${number} workers`;
}

function size(batches: number): string {
  return batches.toLocaleString("en").padStart(6);
}
