/** The local sampler and painter: one pool of workers over one shared memory. */

import {
  compileKernel,
  compilePerturbedKernel,
  differencesOf,
  type ExactEscape,
  ownReferenceOf,
  pathOf,
  PERTURBED_SCRATCH_BYTES,
  SCRATCH_BYTES,
  WARM_UP_BYTES,
} from "../../fractal/mod.ts";
import type { Part, Picture } from "../../image/mod.ts";
import { columnsOf, type Exact, type Frame, rowsOf } from "../../plane/mod.ts";
import {
  Arena,
  type BytesAndNumbers,
  DeadlineError,
  mayStepBack,
  OverBudgetError,
  Pool,
  type PoolCounters,
  STEP_BACK_PERMISSION,
} from "../../pool/mod.ts";
import { batchCount, batchShape, perturbedShape } from "./batches.ts";
import type { Arithmetic } from "../arithmetic.ts";
import type {
  FrameOptions,
  FrameRenderer,
  FrameRequest,
  PictureOutput,
  RenderedFrame,
} from "../frame_renderer.ts";
import type { Computed } from "../observed_renderer.ts";
import type { Oracle } from "../oracle.ts";
import { settled, type Verdict, verdictOn } from "./guard.ts";
import type { Finish, Perturbed, Placed, SampleOrder, StartArgument } from "./orders.ts";
import { type HeldReference, References } from "./references.ts";
import { type Finisher, renderHere } from "./render_here.ts";
import type { FinishedFile, Sampled, SampleOptions, SavedSamples } from "./samples.ts";
import { disposalOf, SharedSamples } from "./shared_samples.ts";
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

/** Threads that may run on for ever before a replacement has to wait: far more than a machine bears. */
const STRAYS = 8;

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
  readonly #computed = { milliseconds: 0, iterations: 0 };
  /** Added to by the workers: whoever gave a point up hears no more of it. */
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
  }

  /** Starts and warms the workers. */
  static async start(options: RenderWorkersOptions = {}): Promise<RenderWorkers> {
    const workers = options.workers ?? navigator.hardwareConcurrency;
    const referenceBytes = options.referenceBytes ?? DEFAULT_BYTES;
    const niceness = await mayStepBack() ? options.niceness ?? 0 : 0;
    // The first page is the kernels' own. Room for every worker and its replacement, as the two may
    // overlap, and for some that were given up and run on: theirs is not lent again while they do.
    const scratchEnd = PAGE + (2 * workers + STRAYS) * BYTES_PER_WORKER;
    const samplesEnd = scratchEnd + (options.memoryBytes ?? DEFAULT_BYTES);
    const pages = Math.ceil((samplesEnd + referenceBytes) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const direct = await compileKernel();
    const perturbed = options.perturbed ?? await compilePerturbedKernel();
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
        return { direct, perturbed, memory, scratch: scratch.at, exactTally, niceness };
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
    const sample = this.sample.bind(this);
    return renderHere({ sample, workers: this }, request, options);
  }

  /** Samples a frame, which must not have more than `mostSamples` pixels. */
  async sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { iterations, signal, budget, parentFrame = frame } = options;
    const path = pathOf(parentFrame, iterations);
    if (path.arithmetic === "double") {
      const shape = batchShape(frame.width, frame.height, iterations);
      const columns = columnsOf(frame);
      const rows = rowsOf(frame);
      return await this.#compute({ columns, rows, shape }, options);
    }
    if (path.arithmetic === "interior") return await this.#fill(frame, options);
    const { reference: point } = path;
    let samples: Sampled;
    let verdict: Verdict | undefined;
    {
      using reference = await this.#references.hold(point, iterations, {
        frame: parentFrame,
        ...(signal && { signal }),
        ...(budget !== undefined && { budget }),
      });
      if (reference.inside) return await this.#fill(frame, options, reference.milliseconds);
      samples = await this.#perturb(frame, { reference }, options);
      verdict = await verdictOn(samples, {
        ...{ frame, reference, signal, budget },
        counts: this.#samples.countsOf(samples),
        ...{ pool: this.#pool, memory: this.#samples.memory },
      });
    }
    return await settled(samples, verdict, async () => {
      const left = budget === undefined ? Infinity : Math.max(1, budget - samples.milliseconds);
      const own = ownReferenceOf(parentFrame, point);
      using reference = await this.#references.hold(own, iterations, {
        ...(signal && { signal }),
        budget: left,
      });
      return await this.#perturb(frame, { reference, alone: true }, { ...options, budget: left });
    });
  }

  /** Samples of a frame as differences from a reference; `alone` is the slow way. */
  #perturb(
    frame: Frame,
    { reference, alone = false }: { readonly reference: HeldReference; readonly alone?: boolean },
    options: SampleOptions,
  ): Promise<Sampled> {
    const { iterations, budget } = options;
    const shape = perturbedShape(frame.width, frame.height, iterations);
    const differences = differencesOf(frame, reference.point);
    const columns = columnsOf(differences);
    const rows = rowsOf(differences);
    return this.#compute({ columns, rows, shape, reference, alone }, {
      ...options,
      budget: budget === undefined
        ? undefined
        : Math.max(1, budget - reference.milliseconds - reference.proving),
    });
  }

  /** Samples of a frame that is inside the set as a whole. */
  async #fill(
    { width, height }: Frame,
    options: SampleOptions,
    milliseconds = 0,
  ): Promise<Sampled> {
    const { iterations, fractions, signal } = options;
    const room = await this.#samples.filled({ width, height, iterations, fractions }, signal);
    options.onProgress?.(1);
    return {
      ...room.placed,
      milliseconds,
      frames: 1,
      steps: 0,
      arithmetic: { kind: "interior" },
      ...disposalOf(room),
    };
  }

  /** Lets the workers compute a grid's batches, and the one that ends it make the file. */
  async #compute(grid: Grid, options: SampleOptions): Promise<Sampled> {
    const { columns, rows, shape, reference, alone = false } = grid;
    const { iterations, fractions, signal } = options;
    const width = columns.length;
    const height = rows.length;
    const room = await this.#samples.room({ width, height, iterations, fractions }, signal);
    try {
      const { placed, tally } = room;
      const order: SampleOrder = {
        ...{ ...placed, columns, rows, shape, tally },
        ...(reference && { perturbed: { ...perturbedBy(reference), alone } }),
      };
      const onLeakedThread = (ended: Promise<void>) => room.keepUntil(ended);
      const { milliseconds, file } = await this.#batches(order, options, onLeakedThread);
      const steps = this.#samples.tallied(room);
      this.#computed.iterations += steps.made;
      return {
        ...placed,
        ...(file && { file }),
        milliseconds: milliseconds + (reference?.milliseconds ?? 0) + (reference?.proving ?? 0),
        frames: 1,
        steps: steps.made,
        arithmetic: arithmeticBy(reference, iterations, steps),
        ...disposalOf(room),
      };
    } catch (error) {
      this.#computed.iterations += this.#samples.tallied(room).made;
      room[Symbol.dispose]();
      throw error;
    }
  }

  async #batches(
    order: SampleOrder,
    { signal, budget, onProgress, finish, flipped = false }: SampleOptions,
    onLeakedThread: (ended: Promise<void>) => void,
  ): Promise<Pick<Sampled, "milliseconds" | "file">> {
    const { width, height, iterations, counts, fractions, shape } = order;
    const batches = batchCount(width, height, shape);
    const bounds = {
      ...{ batches, onLeakedThread },
      onWork: (milliseconds: number) => this.#computed.milliseconds += milliseconds,
      ...(signal && { signal }),
      ...(budget !== undefined && { budget }),
      ...(onProgress && { onProgress: (done: number) => onProgress(done / batches) }),
    };
    if (finish === undefined) {
      return { milliseconds: await this.#pool.parallelFor("sample", order, bounds) };
    }
    const samples: Placed = { width, height, iterations, counts, fractions, flipped };
    const last = { name: "finish" as const, args: [samples, finish] as const };
    const { milliseconds, value } = await this.#pool.parallelForThenCall("sample", order, {
      ...bounds,
      last,
    });
    return { milliseconds, file: finishedFile(value) };
  }

  async exact(
    { re, im }: { readonly re: Exact; readonly im: Exact },
    iterations: number,
    { signal, budget }: { readonly signal?: AbortSignal; readonly budget?: number } = {},
  ): Promise<ExactEscape> {
    try {
      return await this.#pool.apply("exact", [re.toFraction(), im.toFraction(), iterations], {
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
    { output, factor }: Finish,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { look } = output as PictureOutput;
    return this.#pool.apply("pixels", [samples, look, factor], signal && { signal });
  }

  encode(
    picture: Picture,
    { output, ...rest }: Finish,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = picture.kind === "indexed" ? picture.indices : picture.pixels;
    const transfer = [bytes.buffer];
    return this.#pool.apply("encode", [picture, output as PictureOutput, rest], {
      transfer,
      ...(signal && { signal }),
    });
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

/** A grid's points, or their differences from a reference, and how it is cut. */
interface Grid extends Pick<SampleOrder, "columns" | "rows" | "shape"> {
  readonly reference?: HeldReference;
  readonly alone?: boolean;
}

function finishedFile({ bytes, numbers: [colour = 0, encode = 0] }: BytesAndNumbers): FinishedFile {
  return { bytes, colour, encode };
}

function perturbedBy({ at, x, y, unit, point: { skips } }: HeldReference): Perturbed {
  return { reference: { at, x, y, unit }, skips };
}

/** The arithmetic of samples, by the reference that they had and the steps that were made. */
function arithmeticBy(
  reference: HeldReference | undefined,
  iterations: number,
  steps: { readonly made: number; readonly skipped: number },
): Arithmetic {
  if (reference === undefined) return { kind: "double" };
  const { point: { bits, wide }, milliseconds } = reference;
  // The orbit may be longer, for the sake of other requests.
  const length = Math.min(reference.length, iterations);
  return { kind: "perturbation", bits, length, wide, ...steps, orbit: milliseconds };
}
