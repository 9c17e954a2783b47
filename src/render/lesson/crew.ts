/** The lesson's pools: workers started and warmed before any clock runs. */

import { compileKernel, MOST_PIXELS, SCRATCH_BYTES } from "../../fractal/mod.ts";
import { Pool } from "../../pool/mod.ts";
import type { LessonService } from "./worker.ts";
import type { LessonGrid, LessonStart } from "./workload.ts";

/** The module that all workers of the lesson run. */
export const WORKER: URL = new URL("./worker.ts", import.meta.url);

/** A pool of the lesson's workers. */
export type LessonPool = Awaited<ReturnType<typeof Pool.start<LessonService>>>;

/** A worker's part of the kernels' memory. */
const KERNEL_BYTES = SCRATCH_BYTES + 4 * MOST_PIXELS;

/** Memory for so many replacements of workers that died; a dead one's part is not used again. */
const SPARE = 4;

const PAGE = 65536;

/** Starts so many workers, each with its lane in the log and its own kernel. */
export async function startCrew(
  grid: LessonGrid,
  log: SharedArrayBuffer,
  size: number,
): Promise<LessonPool> {
  // The first page is the kernel's own.
  const pages = 1 + Math.ceil((size + SPARE) * KERNEL_BYTES / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const module = await compileKernel();
  let started = 0;
  return await Pool.start<LessonService>(WORKER, {
    size,
    startArgument: (): LessonStart => {
      if (started >= size + SPARE) {
        throw new RangeError("Cannot start a worker: no scratch memory left");
      }
      const scratch = PAGE + started * KERNEL_BYTES;
      return { grid, log, worker: started++ % size, kernel: { module, memory, scratch } };
    },
  });
}
