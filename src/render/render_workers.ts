/** The local sampler and painter: one pool of workers over one shared memory. */

import { compileKernel, SCRATCH_BYTES } from "../fractal/mod.ts";
import type { Picture, PngOptions } from "../image/mod.ts";
import { columnsOf, type Frame, rowsOf } from "../plane/mod.ts";
import { Arena, Pool, type PoolCounters } from "../pool/mod.ts";
import { batchCount, batchShape } from "./batches.ts";
import type { PaintOrder, Placed, SampleOrder, StartArgument } from "./orders.ts";
import type { PaintedFile, Painter, Sampled, SampleOptions, Sampler } from "./sampler.ts";
import type { RenderService } from "./worker.ts";

/** How the workers are set up. */
export interface RenderWorkersOptions {
  /** Number of workers; default: the machine's cores. */
  readonly workers?: number;
  /** Bytes of memory shared with them, for samples and scratch; default 256 MiB. */
  readonly memoryBytes?: number;
}

const PAGE = 65536;
const DEFAULT_MEMORY = 256 * 2 ** 20;

/** A worker's own part of the memory: the kernel's scratch and 1024 samples for its warm-up. */
const BYTES_PER_WORKER = SCRATCH_BYTES + 8 * 1024;

/** Threads that may run on for ever before a replacement has to wait: far more than a machine bears. */
const STRAYS = 8;

/** Bytes of a sample: a u32 count and an f32 fraction. */
const SAMPLE_BYTES = 8;

type RenderPool = Awaited<ReturnType<typeof Pool.start<RenderService>>>;

/**
 * Workers without permissions that sample, paint and encode.
 *
 * The memory has its full size from the start, so that views of it stay valid; the system gives it pages
 * only where it is used.
 */
export class RenderWorkers implements Sampler, Painter, AsyncDisposable {
  readonly mostSamples: number;
  readonly #memory: WebAssembly.Memory;
  readonly #arena: Arena;
  readonly #pool: RenderPool;

  private constructor(memory: WebAssembly.Memory, arena: Arena, pool: RenderPool) {
    this.#memory = memory;
    this.#arena = arena;
    this.#pool = pool;
    // A quarter, so that one large picture never keeps all others waiting for memory.
    this.mostSamples = Math.floor(arena.capacity / 4 / SAMPLE_BYTES);
  }

  /** Starts and warms the workers. */
  static async start(options: RenderWorkersOptions = {}): Promise<RenderWorkers> {
    const workers = options.workers ?? navigator.hardwareConcurrency;
    const pages = Math.ceil((options.memoryBytes ?? DEFAULT_MEMORY) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const module = await compileKernel();
    // The first page is the kernel's own. Room for every worker and its replacement, as the two may
    // overlap, and for some that were given up and run on: theirs is not lent again while they do.
    const scratchEnd = PAGE + (2 * workers + STRAYS) * BYTES_PER_WORKER;
    const scratches = new Arena(PAGE, scratchEnd);
    const arena = new Arena(scratchEnd, pages * PAGE);
    const pool = await Pool.start<RenderService>(new URL("./worker.ts", import.meta.url), {
      size: workers,
      startArgument: async (ended): Promise<StartArgument> => {
        const scratch = await scratches.allocate(BYTES_PER_WORKER);
        void ended.then(() => scratch[Symbol.dispose]());
        return { module, memory, scratch: scratch.at };
      },
    });
    return new RenderWorkers(memory, arena, pool);
  }

  get counters(): PoolCounters {
    return this.#pool.counters;
  }

  async sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { width, height } = frame;
    const { iterations, fractions, signal, budget, onProgress } = options;
    const count = width * height;
    const region = await this.#arena.allocate(count * (fractions ? SAMPLE_BYTES : 4), signal);
    let strays: Promise<void> | undefined;
    const giveBack = () => {
      if (strays === undefined) region[Symbol.dispose]();
      else void strays.then(() => region[Symbol.dispose]());
    };
    try {
      const placed: Placed = {
        width,
        height,
        iterations,
        counts: region.at,
        fractions: fractions ? region.at + 4 * count : 0,
      };
      const shape = batchShape(width, height, iterations);
      const batches = batchCount(width, height, shape);
      const order: SampleOrder = {
        ...placed,
        columns: columnsOf(frame),
        rows: rowsOf(frame),
        shape,
      };
      const milliseconds = await this.#pool.sweep("sample", order, {
        batches,
        onStray: (ended: Promise<void>) => strays = ended,
        ...(signal && { signal }),
        ...(budget !== undefined && { budget }),
        ...(onProgress && { onProgress: (done: number) => onProgress(done / batches) }),
      });
      return { ...placed, milliseconds, [Symbol.dispose]: giveBack };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  png(
    order: PaintOrder,
    options: PngOptions,
    signal?: AbortSignal,
  ): Promise<PaintedFile> {
    return this.#pool.apply("png", [order, options], signal && { signal });
  }

  pixels(order: PaintOrder, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#pool.apply("pixels", [order], signal && { signal });
  }

  encode(
    picture: Picture,
    options: PngOptions,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = picture.kind === "indexed" ? picture.indices : picture.pixels;
    const transfer = [bytes.buffer];
    return this.#pool.apply("encode", [picture, options], { transfer, ...(signal && { signal }) });
  }

  npy(samples: Placed, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#pool.apply("npy", [samples], signal && { signal });
  }

  copyCounts({ width, height, counts }: Placed): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#memory.buffer, counts, width * height).slice();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}
