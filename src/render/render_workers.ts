/** The local sampler and painter: one pool of workers over one shared memory. */

import { compileKernel, SCRATCH_BYTES } from "../fractal/mod.ts";
import type { Picture, PngOptions } from "../image/mod.ts";
import { columnsOf, type Frame, rowsOf } from "../plane/mod.ts";
import { Arena, Pool, type PoolCounters } from "../pool/mod.ts";
import { batchCount, batchShape } from "./batches.ts";
import type { PaintOrder, Placed, SampleOrder, StartArgument } from "./orders.ts";
import type {
  PaintedFile,
  Painter,
  Sampled,
  SampleMemory,
  SampleOptions,
  Sampler,
  SavedSamples,
} from "./sampler.ts";
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

/** Bytes of a sample: a u32 count and an f32 fraction. */
const SAMPLE_BYTES = 8;

type RenderPool = Awaited<ReturnType<typeof Pool.start<RenderService>>>;

/**
 * Workers without permissions that sample, paint and encode.
 *
 * The memory has its full size from the start, so that views of it stay valid; the system gives it pages
 * only where it is used.
 */
export class RenderWorkers implements Sampler, Painter, SampleMemory, AsyncDisposable {
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
    // The first page is the kernel's own. A replaced worker's scratch is not used again: nobody knows
    // whether its thread still writes there.
    let next = PAGE;
    const spare = 8;
    const scratchEnd = PAGE + (workers + spare) * BYTES_PER_WORKER;
    const arena = new Arena(scratchEnd, pages * PAGE);
    const pool = await Pool.start<RenderService>(new URL("./worker.ts", import.meta.url), {
      size: workers,
      startArgument: (): StartArgument => {
        if (next >= scratchEnd) {
          throw new RangeError("Cannot start a worker: no scratch memory left");
        }
        const scratch = next;
        next += BYTES_PER_WORKER;
        return { module, memory, scratch };
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
        ...(signal && { signal }),
        ...(budget !== undefined && { budget }),
        ...(onProgress && { onProgress: (done: number) => onProgress(done / batches) }),
      });
      return { ...placed, milliseconds, [Symbol.dispose]: () => region[Symbol.dispose]() };
    } catch (error) {
      region[Symbol.dispose]();
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

  save({ width, height, iterations, counts, fractions }: Placed): SavedSamples {
    const half = 4 * width * height;
    const bytes = new Uint8Array(fractions === 0 ? half : 2 * half);
    bytes.set(new Uint8Array(this.#memory.buffer, counts, half));
    if (fractions !== 0) bytes.set(new Uint8Array(this.#memory.buffer, fractions, half), half);
    return { width, height, iterations, fractions: fractions !== 0, bytes };
  }

  async place(saved: SavedSamples, signal?: AbortSignal): Promise<Sampled> {
    const { width, height, iterations, bytes } = saved;
    const region = await this.#arena.allocate(bytes.length, signal);
    new Uint8Array(this.#memory.buffer, region.at, bytes.length).set(bytes);
    const fractions = saved.fractions ? region.at + 4 * width * height : 0;
    return {
      ...{ width, height, iterations, counts: region.at, fractions, milliseconds: 0 },
      [Symbol.dispose]: () => region[Symbol.dispose](),
    };
  }

  turnOver({ width, height, counts, fractions }: Placed): void {
    for (const at of fractions === 0 ? [counts] : [counts, fractions]) {
      const grid = new Uint32Array(this.#memory.buffer, at, width * height);
      for (let upper = 0, lower = height - 1; upper < lower; upper++, lower--) {
        const row = grid.slice(upper * width, (upper + 1) * width);
        grid.copyWithin(upper * width, lower * width, (lower + 1) * width);
        grid.set(row, lower * width);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}
