/** Frames, rendered in this process: one pool of workers over one shared memory. */

import {
  directModule,
  type ExactEscape,
  PERTURBED_SCRATCH_BYTES,
  perturbedModule,
  SCRATCH_BYTES,
  WARM_UP_BYTES,
} from "../../fractal/mod.ts";
import type { Part, Picture } from "../../image/mod.ts";
import { type Frame, MANDELBROT } from "../../plane/mod.ts";
import {
  Arena,
  DeadlineError,
  mayStepBack,
  OverBudgetError,
  Pool,
  type PoolCounters,
  STEP_BACK_PERMISSION,
} from "../../pool/mod.ts";
import type {
  FrameOptions,
  FrameRenderer,
  FrameRequest,
  RenderedFrame,
} from "../frame_renderer.ts";
import type { Computed } from "../observed_renderer.ts";
import type { ExactPoint, Oracle } from "../oracle.ts";
import { finishedFile, FrameSampler } from "./frame_sampler.ts";
import type { Finish, Painting, Placed, StartArgument } from "./orders.ts";
import { References } from "./references.ts";
import { type Finisher, renderHere } from "./render_here.ts";
import type { FinishedFile, Sampled, SampleOptions, SavedSamples } from "./samples.ts";
import { SharedSamples } from "./shared_samples.ts";
import type { RenderPool, RenderService } from "./worker.ts";

/** How the workers are set up. */
export interface RenderWorkersOptions {
  /** Number of workers; default: the machine's cores. */
  readonly workers?: number;
  /** Bytes of memory shared with them, for samples and scratch; default 256 MiB. */
  readonly memoryBytes?: number;
  /** Bytes of the same memory for reference orbits and their tables; default 256 MiB. */
  readonly referenceBytes?: number;
  /**
   * How far the workers step back behind other threads (see `stepBack`), if they may; default 0: not at
   * all.
   */
  readonly niceness?: number;
  /** The compiled perturbation kernel; default: the committed one. */
  readonly perturbed?: WebAssembly.Module;
}

const PAGE = 65536;
const DEFAULT_BYTES = 256 * 2 ** 20;

/** A worker's own part of the memory. */
const BYTES_PER_WORKER = SCRATCH_BYTES + PERTURBED_SCRATCH_BYTES + WARM_UP_BYTES;

/** Leaked threads before a replacement has to wait for memory: far more than a machine bears. */
const LEAKED_THREADS = 8;

/**
 * Workers that sample, paint and encode, without permissions once they have started.
 *
 * The memory has its full size from the start, so that views of it stay valid; the system gives it pages
 * only where it is used.
 */
export class RenderWorkers implements FrameRenderer, Finisher, Oracle, AsyncDisposable {
  readonly #samples: SharedSamples;
  readonly #references: References;
  readonly #pool: RenderPool;
  readonly #sampler: FrameSampler;
  readonly #computed = { milliseconds: 0, iterations: 0 };
  /** Added to by the workers, as nothing comes back of a point that was given up. */
  readonly #exactTally: BigInt64Array;

  private constructor(
    memory: WebAssembly.Memory,
    { arena, references, exactTally }: {
      arena: Arena;
      references: Arena;
      exactTally: SharedArrayBuffer;
    },
    pool: RenderPool,
  ) {
    this.#exactTally = new BigInt64Array(exactTally);
    this.#samples = new SharedSamples(memory, arena);
    this.#pool = pool;
    const counted = async <T extends { readonly milliseconds: number }>(work: Promise<T>) => {
      const timed = await work;
      this.#computed.milliseconds += timed.milliseconds;
      return timed;
    };
    this.#references = new References(memory, references, {
      orbit: (orbit, length, { milliseconds, signal }) =>
        counted(pool.apply("orbit", [orbit, length, milliseconds], { signal })),
      nucleus: (search, { milliseconds, signal }) =>
        counted(pool.apply("nucleus", [search, milliseconds], { signal })),
      cycle: (search, { milliseconds, signal }) =>
        counted(pool.apply("cycle", [search, milliseconds], { signal })),
      finish: (at, shape, reach) => pool.apply("finishReference", [at, shape, reach]),
    });
    this.#sampler = new FrameSampler(pool, {
      samples: this.#samples,
      references: this.#references,
      computed: this.#computed,
    });
  }

  /** Starts and warms the workers. */
  static async start(options: RenderWorkersOptions = {}): Promise<RenderWorkers> {
    const workers = options.workers ?? navigator.hardwareConcurrency;
    const referenceBytes = options.referenceBytes ?? DEFAULT_BYTES;
    const niceness = await mayStepBack() ? options.niceness ?? 0 : 0;
    // The first page is the kernels' own. Room for every worker and its replacement, as the two may
    // overlap, and for some that were given up and run on: theirs is not lent again while they do.
    const scratchEnd = PAGE + (2 * workers + LEAKED_THREADS) * BYTES_PER_WORKER;
    const samplesEnd = scratchEnd + (options.memoryBytes ?? DEFAULT_BYTES);
    const pages = Math.ceil((samplesEnd + referenceBytes) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const perturbed = options.perturbed ?? perturbedModule;
    const scratches = new Arena(PAGE, scratchEnd);
    const arena = new Arena(scratchEnd, samplesEnd);
    const references = new Arena(samplesEnd, samplesEnd + referenceBytes);
    const exactTally = new SharedArrayBuffer(16);
    const pool = await Pool.start<RenderService>(new URL("./worker.ts", import.meta.url), {
      size: workers,
      permissions: niceness > 0 ? STEP_BACK_PERMISSION : "none",
      startArgument: async (ended): Promise<StartArgument> => {
        const scratch = await scratches.allocate(BYTES_PER_WORKER);
        void ended.then(() => scratch[Symbol.dispose]());
        return {
          direct: directModule,
          perturbed,
          memory,
          scratch: scratch.at,
          exactTally,
          niceness,
        };
      },
    });
    return new RenderWorkers(memory, { arena, references, exactTally }, pool);
  }

  get mostSamples(): number {
    return this.#samples.most;
  }

  get counters(): PoolCounters {
    return this.#pool.counters;
  }

  /** What was computed so far. */
  get computed(): Computed {
    const { milliseconds, iterations } = this.#computed;
    const exact = (part: number) => Number(Atomics.load(this.#exactTally, part));
    return {
      milliseconds: milliseconds + exact(1) / 1000,
      iterations: iterations + exact(0),
    };
  }

  /** Reference orbits that are kept, and the bytes that they take. */
  get referenceCounters(): { readonly kept: number; readonly bytes: number } {
    return this.#references.counters;
  }

  render(request: FrameRequest, options?: FrameOptions): Promise<RenderedFrame> {
    return renderHere({ sample: this.sample.bind(this), workers: this }, request, options);
  }

  /** Samples a frame, which must not have more than `mostSamples` pixels. */
  sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    return this.#sampler.sample(frame, options);
  }

  async exact(
    { re, im, set = MANDELBROT }: ExactPoint,
    iterations: number,
    { signal, budget }: { readonly signal?: AbortSignal; readonly budget?: number } = {},
  ): Promise<ExactEscape> {
    try {
      const point = [re.toFraction(), im.toFraction()] as const;
      const c = set.id === "julia"
        ? [[set.c.re.toFraction(), set.c.im.toFraction()] as const] as const
        : [] as const;
      return await this.#pool.apply("exact", [point, iterations, ...c], {
        ...(signal && { signal }),
        ...(budget !== undefined && { deadline: budget }),
      });
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      throw new OverBudgetError(
        `Cannot count the point exactly within ${(budget ?? 0) / 1000} s of compute time`,
      );
    }
  }

  async finish(samples: Placed, order: Finish, signal?: AbortSignal): Promise<FinishedFile> {
    return finishedFile(await this.#pool.apply("finish", [samples, order], signal && { signal }));
  }

  pixels(
    samples: Placed,
    order: Painting,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#pool.apply("pixels", [samples, order], signal && { signal });
  }

  encode(
    picture: Picture,
    order: Painting,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = picture.kind === "indexed" ? picture.indices : picture.pixels;
    const transfer = [bytes.buffer];
    return this.#pool.apply("encode", [picture, order], { transfer, ...(signal && { signal }) });
  }

  /** Enlarges a part of a tile's file to a tile; `enlargePng` says how. */
  enlarge(
    png: Uint8Array<ArrayBuffer>,
    part: Part,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#pool.apply("enlarge", [png, part], signal && { signal });
  }

  copyCounts(samples: Placed): Uint32Array<ArrayBuffer> {
    return this.#samples.copyCounts(samples);
  }

  save(samples: Sampled): SavedSamples {
    return this.#samples.save(samples);
  }

  place(saved: SavedSamples, signal?: AbortSignal): Promise<Sampled> {
    return this.#samples.place(saved, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}
