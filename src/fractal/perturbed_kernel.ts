/** The perturbation kernel's TypeScript side: references and batches in the shared memory. */

import type { NearZeroPoint } from "./orbit.ts";

/** A reference in the shared memory, ready to be used. */
export interface PlacedReference {
  /** Address. */
  readonly at: number;
  /** C as doubles. */
  readonly x: number;
  readonly y: number;
  /** Exponent of the unit that differences are given in; 0 unless the reference is floatexp. */
  readonly unit: number;
}

/** A batch of samples to compute. All addresses are bytes in the shared memory. */
export interface PerturbedBatch {
  /** Differences of the columns and rows from the reference, in its unit. */
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  readonly reference: PlacedReference;
  /** The count of a point that does not escape; the reference must be as long, or have ended. */
  readonly iterations: number;
  /** Whether tables may skip steps. */
  readonly skips: boolean;
  /** Where the counts (u32) go, row by row; and the fractions (f32), 0 when only counts are wanted. */
  readonly counts: number;
  readonly fractions: number;
  /** Samples from one row to the next: those of the whole grid that the batch is a part of. */
  readonly stride: number;
}

/** Steps of single pixels in a batch. */
export interface PerturbedSteps {
  readonly made: number;
  readonly skipped: number;
}

interface PerturbedExports {
  readonly scratchBytes: WebAssembly.Global;
  layOutReference(
    at: number,
    length: number,
    nearZero: number,
    floatexp: number,
    period: number,
  ): number;
  buildTables(at: number, reach: number): void;
  beginPerturbed(
    scratch: number,
    reference: number,
    columns: number,
    width: number,
    rows: number,
    height: number,
    unit: number,
    x: number,
    y: number,
  ): void;
  aimPerturbed(
    iterations: number,
    skips: number,
    counts: number,
    fractions: number,
    stride: number,
  ): void;
  advancePerturbed(steps: number): number;
  madePerturbed(): number;
  skippedPerturbed(): number;
}

/** A side of a batch at most: its columns and rows are copied into the kernel's scratch memory. */
const MOST_SIDE = 4096;

const COORDINATE_BYTES = 2 * 8 * MOST_SIDE;
const GROUP_BYTES = 48 * 1024;

/** Bytes of scratch memory that a kernel needs. */
export const PERTURBED_SCRATCH_BYTES = COORDINATE_BYTES + GROUP_BYTES;

/** Steps of single pixels in one call: one to two milliseconds, and the rest of one group of pixels. */
const STEPS_PER_CALL = 1_000_000;

// The layout of a reference, as in kernel/reference.ts; a test compares the sizes.
export const HEADER_BYTES = 256;
const POINT_BYTES = 16;
export const NEAR_ZERO_BYTES = 24;
const ENTRY_BYTES = 80;
const FLOATEXP_ENTRY_BYTES = 56;
const SAFE_BYTES = 8;
const LOWEST_LEVEL = 3;
const LONG_LEVEL = 5;

/** How long a reference is, and whether it is floatexp. */
export interface ReferenceShape {
  readonly length: number;
  readonly nearZero: number;
  readonly floatexp: boolean;
  /** How far before its last point the orbit has been at that point already; default 0: nowhere. */
  readonly period?: number;
}

/** Bytes that a reference takes, tables included. */
export function referenceBytes({ length, nearZero, floatexp }: ReferenceShape): number {
  let bytes = HEADER_BYTES + POINT_BYTES * (length + 1) + NEAR_ZERO_BYTES * nearZero;
  bytes += SAFE_BYTES * (entriesOf(length, LOWEST_LEVEL) + entriesOf(length, LONG_LEVEL));
  for (let level = LOWEST_LEVEL; entriesOf(length, level) > 0; level++) {
    bytes += (ENTRY_BYTES + (floatexp ? FLOATEXP_ENTRY_BYTES : 0)) * entriesOf(length, level);
  }
  return bytes;
}

function entriesOf(length: number, level: number): number {
  return Math.max(0, length - 1) >> level;
}

/** Writes points of an orbit into the reference at `at`, from index `from` (1 at least) on. */
export function writePoints(
  memory: WebAssembly.Memory,
  { at, from }: { at: number; from: number },
  points: Float64Array,
): void {
  if (from === 1) new Float64Array(memory.buffer, at + HEADER_BYTES, 2).fill(0);
  new Float64Array(memory.buffer, at + HEADER_BYTES + POINT_BYTES * from, points.length)
    .set(points);
}

/** The points of a reference from Z_1 on, where they lie. */
export function pointsOf(memory: WebAssembly.Memory, at: number, length: number): Float64Array {
  return new Float64Array(memory.buffer, at + HEADER_BYTES + POINT_BYTES, 2 * length);
}

/** Writes the fine points of an orbit of that length. */
export function writeNearZeroPoints(
  memory: WebAssembly.Memory,
  { at, length }: { at: number; length: number },
  nearZero: readonly NearZeroPoint[],
): void {
  const from = at + HEADER_BYTES + POINT_BYTES * (length + 1);
  const view = new DataView(memory.buffer, from, NEAR_ZERO_BYTES * nearZero.length);
  nearZero.forEach(({ index, x, y, exponent }, i) => {
    view.setFloat64(NEAR_ZERO_BYTES * i, x, true);
    view.setFloat64(NEAR_ZERO_BYTES * i + 8, y, true);
    view.setInt32(NEAR_ZERO_BYTES * i + 16, exponent, true);
    view.setInt32(NEAR_ZERO_BYTES * i + 20, index, true);
  });
}

/** A kernel that works in `scratch` (aligned to 16, {@link PERTURBED_SCRATCH_BYTES} of its own). */
export class PerturbedKernel {
  readonly #exports: PerturbedExports;
  readonly #memory: WebAssembly.Memory;
  readonly #scratch: number;

  private constructor(exports: PerturbedExports, memory: WebAssembly.Memory, scratch: number) {
    this.#exports = exports;
    this.#memory = memory;
    this.#scratch = scratch;
    const needed = Number(exports.scratchBytes.value);
    if (needed > GROUP_BYTES) {
      throw new RangeError(`Cannot start the kernel in ${GROUP_BYTES} bytes: it needs ${needed}`);
    }
  }

  /** Instantiates the compiled module over the shared memory. */
  static async start(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    scratch: number,
  ): Promise<PerturbedKernel> {
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    return new PerturbedKernel(instance.exports as unknown as PerturbedExports, memory, scratch);
  }

  /**
   * Builds the tables of a reference whose points are in place, for differences up to 2^reach. Returns
   * the bytes that it takes altogether. About 15 ms for a million points.
   */
  finishReference(at: number, shape: ReferenceShape, reach: number): number {
    const { length, nearZero, floatexp, period = 0 } = shape;
    const end = this.#exports.layOutReference(at, length, nearZero, floatexp ? 1 : 0, period);
    this.#exports.buildTables(at, reach);
    return (end >>> 0) - at;
  }

  /**
   * Computes a batch. Asks `stopped` every millisecond or two (every 20 ms where single pixels take
   * millions of steps) and leaves the batch unfinished once it says true.
   */
  sample(batch: PerturbedBatch, stopped: () => boolean = () => false): PerturbedSteps {
    const { columns, rows, reference, iterations, skips, counts, fractions } = batch;
    if (columns.length > MOST_SIDE || rows.length > MOST_SIDE) {
      throw new RangeError(
        `Cannot sample ${columns.length} x ${rows.length} pixels as one batch: a side has ${MOST_SIDE} at most`,
      );
    }
    const kernel = this.#exports;
    const columnsAt = this.#scratch + GROUP_BYTES;
    const rowsAt = columnsAt + 8 * MOST_SIDE;
    new Float64Array(this.#memory.buffer, columnsAt, columns.length).set(columns);
    new Float64Array(this.#memory.buffer, rowsAt, rows.length).set(rows);
    kernel.beginPerturbed(
      this.#scratch,
      reference.at,
      columnsAt,
      columns.length,
      rowsAt,
      rows.length,
      reference.unit,
      reference.x,
      reference.y,
    );
    kernel.aimPerturbed(iterations, skips ? 1 : 0, counts, fractions, batch.stride);
    while (kernel.advancePerturbed(STEPS_PER_CALL) === 0) {
      if (stopped()) break;
    }
    return { made: kernel.madePerturbed(), skipped: kernel.skippedPerturbed() };
  }
}
