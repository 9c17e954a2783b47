/** The ways of filling the lesson's canvas, from one loop to a shared cursor with SIMD. */

import { defaultChunkSize } from "../pool/mod.ts";
import type { Setting, Way } from "./way.ts";
import { batchesOf, type LessonGrid, place } from "./workload.ts";

/** All ways for so many workers, the sequential one first. */
export function waysFor(grid: LessonGrid, workers: number): Way[] {
  const batches = batchesOf(grid);
  const chunkSizes = new Set([1, defaultChunkSize(batches, workers), batches]);
  const pooled = true;
  const cursor = { name: "shared cursor", pooled, fill: sweep("batches") };
  const kernel = { name: "shared cursor, SIMD kernel", pooled, fill: sweep("kernelBatches") };
  // With one worker, one alone and all of them are the same.
  const teams = [...new Set([1, workers])];
  return [
    { name: "sequential", workers: 1, pooled, fill: sequential },
    { name: "producer and consumers, two queues", workers, pooled: false, fill: queues },
    ...[...chunkSizes].map((size) => ({
      name: `Pool.map, ${size.toLocaleString("en")} ${size === 1 ? "batch" : "batches"} a chunk`,
      workers,
      pooled,
      fill: map(size),
    })),
    { name: "Pool.imapUnordered", workers, pooled, fill: imapUnordered },
    ...[cursor, kernel].flatMap((way) => teams.map((workers) => ({ ...way, workers }))),
  ];
}

/** Loaded only when it runs: a server needs no queues. */
async function queues(setting: Setting): Promise<number> {
  return await (await import("./queues.ts")).queues(setting);
}

/** One loop in one thread; a worker's, so that this one can tell how far it is. */
function sequential(setting: Setting): Promise<number> {
  const { pool, canvas, signal } = setting;
  return timed(setting, () => pool.apply("everything", [canvas.buffer], { signal }));
}

function map(chunkSize: number): Way["fill"] {
  return (setting) => {
    const { grid, pool, canvas, signal } = setting;
    return timed(setting, async () => {
      const numbers = Array(batchesOf(grid)).keys();
      const counted = await pool.map("countBatch", numbers, { chunkSize, signal });
      for (const [batch, counts] of counted.entries()) place(grid, batch, { counts, canvas });
    });
  };
}

function imapUnordered(setting: Setting): Promise<number> {
  const { grid, workers, pool, canvas, signal } = setting;
  // Small enough that the last chunks end at about the same time, as with `map`.
  const chunkSize = defaultChunkSize(batchesOf(grid), 4 * workers);
  return timed(setting, async () => {
    const numbers = Array(batchesOf(grid)).keys();
    const results = pool.imapUnordered("numberedBatch", numbers, { chunkSize, signal });
    for await (const [batch, counts] of results) place(grid, batch, { counts, canvas });
  });
}

function sweep(way: "batches" | "kernelBatches"): Way["fill"] {
  return (setting) => {
    const { grid, pool, canvas, signal } = setting;
    const batches = batchesOf(grid);
    return timed(setting, () => pool.parallelFor(way, canvas.buffer, { batches, signal }));
  };
}

async function timed({ starts }: Setting, work: () => Promise<unknown>): Promise<number> {
  starts();
  const began = performance.now();
  await work();
  return performance.now() - began;
}
