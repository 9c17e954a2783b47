// What handing out a batch costs: the shared cursor, chunks, single calls, and poolifier-web-worker, in turns.

import { FixedThreadPool } from "poolifier-web-worker";
import { Pool } from "../../src/pool/mod.ts";
import { inTurns, median } from "./clock.ts";
import type { EmptyService } from "./empty_worker.ts";

const WORKERS = 2;

/** Microseconds for an empty batch, the median of the rounds. */
export interface CursorBench {
  /** Empty batches in a measurement. */
  readonly batches: number;
  /** Taken by the workers from the shared cursor. */
  readonly cursor: number;
  /** `Pool.map` with the default chunk size. */
  readonly map: number;
  /** One call each, all at once. */
  readonly calls: number;
  /** poolifier-web-worker, one task each, all at once. */
  readonly poolifier: number;
  /** `poolifier` over `cursor`. */
  readonly ratio: number;
}

/** Measures all ways in so many rounds, all four in each round. */
export async function benchCursor(batches = 10_000, rounds = 5): Promise<CursorBench> {
  await using pool = await Pool.start<EmptyService>(new URL("./empty_worker.ts", import.meta.url), {
    size: WORKERS,
  });
  const poolifier = new FixedThreadPool<number, number>(
    WORKERS,
    new URL("./poolifier_worker.ts", import.meta.url),
    { enableTasksQueue: false, errorEventHandler: reportError },
  );
  const numbers = Array.from({ length: batches }, (_, i) => i);
  try {
    const ways = {
      cursor: () => pool.parallelFor("empty", undefined as never, { batches }),
      map: () => pool.map("empty", numbers),
      calls: () => Promise.all(numbers.map((i) => pool.apply("empty", [i]))),
      poolifier: () => Promise.all(numbers.map((i) => poolifier.execute(i))),
    };
    // Both pools are warm before it counts.
    await inTurns(1, ways);
    const times = await inTurns(rounds, ways);
    const each = (way: keyof typeof ways) => median(times[way]) * 1000 / batches;
    const cursor = each("cursor");
    const other = each("poolifier");
    return {
      batches,
      cursor,
      map: each("map"),
      calls: each("calls"),
      poolifier: other,
      ratio: other / cursor,
    };
  } finally {
    await poolifier.destroy();
  }
}

/** The measurement as a table. */
export function cursorTable(bench: CursorBench): string {
  const { batches, cursor, map, calls, poolifier, ratio } = bench;
  const row = (way: string, each: number) => `${way.padEnd(44)}${each.toFixed(2).padStart(8)} us\n`;
  return `${batches} empty batches on ${WORKERS} workers, a batch\n\n` +
    row("shared cursor", cursor) +
    row("Pool.map, default chunks", map) +
    row("Pool.apply, a call each", calls) +
    row("poolifier-web-worker, a task each", poolifier) +
    `\nThe cursor takes ${ratio.toFixed(0)} times less than poolifier-web-worker.\n`;
}

if (import.meta.main) {
  Deno.stdout.writeSync(new TextEncoder().encode(cursorTable(await benchCursor())));
}
