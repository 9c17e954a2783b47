/** The WASM kernel's TypeScript side: one instance per thread over the memory that all threads share. */

/** A batch of samples to compute. All addresses are bytes in the shared memory. */
export interface Batch {
  /** Real parts of the columns and imaginary parts of the rows, plane units. */
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  /** The c of a Julia set, |c| at most 2, whose points they are; default: points of the Mandelbrot set. */
  readonly c?: { readonly re: number; readonly im: number };
  /** The count of a point that does not escape: an integer from 1 to {@link MOST_ITERATIONS}. */
  readonly iterations: number;
  /** Where the counts (u32) go: width * height of them, row by row. */
  readonly counts: number;
  /** Where the fractions (f32) go; 0 when only counts are wanted. */
  readonly fractions: number;
}

type BatchArguments = [
  ...[at: number, columns: number, width: number, rows: number, height: number],
  ...[limit: number, counts: number, fractions: number],
];

interface DirectExports {
  readonly scratchBytes: WebAssembly.Global;
  readonly mostPixels: WebAssembly.Global;
  beginDirect(...batch: BatchArguments): void;
  beginJulia(...batch: [...BatchArguments, cx: number, cy: number]): void;
  advanceDirect(at: number, steps: number): number;
  stepsDirect(at: number): number;
  madeDirect(at: number): number;
}

/**
 * Iterations at most: the kernels count in i32, and go some steps, or a skip of some millions, past the
 * limit before they look.
 */
export const MOST_ITERATIONS = 2_000_000_000;

/** Pixels of a batch at most; the kernel exports the same number, and a test compares the two. */
export const MOST_PIXELS = 4096;

/** A side of a batch at most: its columns and rows are copied into the kernel's scratch memory. */
export const MOST_SIDE = 4096;

const COORDINATE_BYTES = 2 * 8 * MOST_SIDE;

/** Bytes of scratch memory that a kernel needs, its coordinates included. */
export const SCRATCH_BYTES = 256 * 1024;

/** Steps of each lane in one call: one to two milliseconds, then the caller may cancel. */
const STEPS_PER_CALL = 200_000;

/**
 * A kernel that works in `scratch` (an address, aligned to 16, of {@link SCRATCH_BYTES} that are its own)
 * of a shared memory.
 */
export class Kernel {
  readonly #exports: DirectExports;
  readonly #memory: WebAssembly.Memory;
  readonly #scratch: number;

  private constructor(exports: DirectExports, memory: WebAssembly.Memory, scratch: number) {
    this.#exports = exports;
    this.#memory = memory;
    this.#scratch = scratch;
    const needed = Number(exports.scratchBytes.value) + COORDINATE_BYTES;
    if (needed > SCRATCH_BYTES) {
      throw new RangeError(`Cannot start the kernel in ${SCRATCH_BYTES} bytes: it needs ${needed}`);
    }
  }

  /** Instantiates the compiled module over the shared memory. */
  static async start(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    scratch: number,
  ): Promise<Kernel> {
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    return new Kernel(instance.exports as unknown as DirectExports, memory, scratch);
  }

  /** Pixels of a batch at most. */
  get mostPixels(): number {
    return Number(this.#exports.mostPixels.value);
  }

  /**
   * Steps of iteration that all lanes made for the latest batch: those too that were made again, too far or
   * by an idle lane. Pixels on the circle of radius 2 and far outside are left out: they have no lane.
   */
  get made(): number {
    return this.#exports.madeDirect(this.#scratch);
  }

  /**
   * Computes a batch. Asks `stopped` every millisecond or two and leaves the batch unfinished once it
   * says true. Returns the steps of iteration that the batch's orbits needed.
   *
   * @throws {RangeError} for a batch larger than {@link MOST_PIXELS}
   */
  sample(batch: Batch, stopped: () => boolean = never): number {
    const { columns, rows, c, iterations, counts, fractions } = batch;
    if (columns.length > MOST_SIDE || columns.length * rows.length > MOST_PIXELS) {
      throw new RangeError(
        `Cannot sample ${columns.length} x ${rows.length} pixels as one batch: at most ${MOST_PIXELS}`,
      );
    }
    const kernel = this.#exports;
    const columnsAt = this.#scratch + SCRATCH_BYTES - COORDINATE_BYTES;
    const rowsAt = columnsAt + 8 * MOST_SIDE;
    new Float64Array(this.#memory.buffer, columnsAt, columns.length).set(columns);
    new Float64Array(this.#memory.buffer, rowsAt, rows.length).set(rows);
    const given: BatchArguments = [
      ...[this.#scratch, columnsAt, columns.length, rowsAt, rows.length] as const,
      ...[iterations, counts, fractions] as const,
    ];
    if (c === undefined) kernel.beginDirect(...given);
    else kernel.beginJulia(...given, c.re, c.im);
    while (kernel.advanceDirect(this.#scratch, STEPS_PER_CALL) === 0) {
      if (stopped()) break;
    }
    return kernel.stepsDirect(this.#scratch);
  }
}

function never(): boolean {
  return false;
}
