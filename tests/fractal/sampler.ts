// A kernel of its own for the tests, and the oracle beside it.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  directModule,
  escapeTime,
  Kernel,
  MOST_PIXELS,
  MOST_SIDE,
  SCRATCH_BYTES,
} from "../../src/fractal/mod.ts";

/** A grid of points: any columns by any rows. */
export interface Grid {
  readonly columns: Float64Array;
  readonly rows: Float64Array;
}

/** Samples of a grid, row by row; the fractions are empty when only counts were asked for. */
export interface GridSamples {
  readonly counts: Uint32Array;
  readonly fractions: Float32Array;
}

/** The kernel over a memory that only this test has, which writes to the same place every time. */
export class TestKernel {
  readonly kernel: Kernel;
  readonly #memory: WebAssembly.Memory;

  private constructor(kernel: Kernel, memory: WebAssembly.Memory) {
    this.kernel = kernel;
    this.#memory = memory;
  }

  /** Starts one. The first page is the module's own. */
  static async start(): Promise<TestKernel> {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
    assert.ok(PAGE + SCRATCH_BYTES + 8 * MOST_PIXELS + 2 * GUARD <= 16 * PAGE);
    return new TestKernel(await Kernel.start(directModule, memory, PAGE), memory);
  }

  /** Samples one batch, and checks that nothing around its samples was written to. */
  batch(
    { columns, rows }: Grid,
    iterations: number,
    { fractions = true, stopped, c }: {
      fractions?: boolean;
      stopped?: () => boolean;
      c?: { re: number; im: number };
    } = {},
  ): GridSamples & { readonly steps: number } {
    const size = columns.length * rows.length;
    const counts = PAGE + SCRATCH_BYTES + GUARD;
    const end = counts + (fractions ? 8 : 4) * size;
    const around = new Uint8Array(this.#memory.buffer, counts - GUARD, end - counts + 2 * GUARD);
    around.fill(UNTOUCHED[0]!);
    const at = { counts, fractions: fractions ? counts + 4 * size : 0 };
    const steps = this.kernel.sample(
      { columns, rows, iterations, ...at, ...(c && { c }) },
      stopped,
    );
    for (const edge of [around.subarray(0, GUARD), around.subarray(around.length - GUARD)]) {
      assert.equal(Buffer.compare(edge, UNTOUCHED), 0, "the kernel wrote beside its samples");
    }
    return {
      steps,
      counts: new Uint32Array(this.#memory.buffer, counts, size).slice(),
      fractions: new Float32Array(this.#memory.buffer, counts + 4 * size, fractions ? size : 0)
        .slice(),
    };
  }

  /** Samples a grid of any size, in batches of whole rows, or of parts of them if a row is too long. */
  grid({ columns, rows }: Grid, iterations: number, fractions = true): GridSamples {
    const size = columns.length * rows.length;
    const samples = {
      counts: new Uint32Array(size),
      fractions: new Float32Array(fractions ? size : 0),
    };
    const most = Math.min(MOST_PIXELS, MOST_SIDE);
    const across = Math.min(columns.length, most);
    const down = Math.floor(most / across);
    for (let row = 0; row < rows.length; row += down) {
      for (let column = 0; column < columns.length; column += across) {
        const part = {
          columns: columns.subarray(column, column + across),
          rows: rows.subarray(row, row + down),
        };
        const found = this.batch(part, iterations, { fractions });
        const width = part.columns.length;
        part.rows.forEach((_, j) => {
          const to = (row + j) * columns.length + column;
          samples.counts.set(found.counts.subarray(j * width, (j + 1) * width), to);
          if (fractions) {
            samples.fractions.set(found.fractions.subarray(j * width, (j + 1) * width), to);
          }
        });
      }
    }
    return samples;
  }
}

/** Compares counts with the oracle's, every pixel; returns how many those were. */
export function assertOracle({ columns, rows }: Grid, iterations: number, counts: Uint32Array) {
  for (let j = 0, i = 0; j < rows.length; j++) {
    for (let k = 0; k < columns.length; k++, i++) {
      const expected = escapeTime(columns[k]!, rows[j]!, iterations);
      if (counts[i] !== expected) {
        assert.fail(
          `${columns[k]} + ${rows[j]}i, ${iterations} iterations: ${counts[i]}, not ${expected}`,
        );
      }
    }
  }
  return counts.length;
}

const PAGE = 65536;

/** Bytes beside the samples that must stay as they are. */
const GUARD = 4096;

/** What stands in them. */
const UNTOUCHED = new Uint8Array(GUARD).fill(0xa5);
