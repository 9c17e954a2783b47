/** The lesson's pools: workers started and warmed before any clock runs. */

import { directModule, MOST_PIXELS, SCRATCH_BYTES } from "../fractal/mod.ts";
import { Arena, Pool } from "../pool/mod.ts";
import type { LessonService } from "./worker.ts";
import type { LessonGrid, LessonStart } from "./workload.ts";

/** The module that all workers of the lesson run. */
export const WORKER: URL = new URL("./worker.ts", import.meta.url);

/** A pool of the lesson's workers. */
export type LessonPool = Awaited<ReturnType<typeof Pool.start<LessonService>>>;

/** A worker's part of the kernels' memory, whole regions of an arena. */
const KERNEL_BYTES = SCRATCH_BYTES + 4 * MOST_PIXELS;

/** Workers that may have been given up and still run: their memory is not lent again while they do. */
const STRAYS = 4;

const PAGE = 65536;

/** Starts so many workers, each with its lane in the log and its own kernel. */
export async function startCrew(
  grid: LessonGrid,
  log: SharedArrayBuffer,
  size: number,
): Promise<LessonPool> {
  // The first page is the kernels' own. Room for every worker and its replacement, as the two may overlap.
  const end = PAGE + (2 * size + STRAYS) * KERNEL_BYTES;
  const pages = Math.ceil(end / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const scratches = new Arena(PAGE, end);
  let started = 0;
  const module = directModule;
  return await Pool.start<LessonService>(WORKER, {
    size,
    startArgument: async (ended): Promise<LessonStart> => {
      const scratch = await scratches.allocate(KERNEL_BYTES);
      void ended.then(() => scratch[Symbol.dispose]());
      return {
        grid,
        log,
        worker: started++ % size,
        kernel: { module, memory, scratch: scratch.at },
      };
    },
  });
}
