/** Runs the kernel until V8 has optimised it: the first request should meet the fast code. */

import type { Kernel } from "./kernel.ts";

/** Rounds after which V8 has replaced its baseline code (2026-11: the fifth call ran at full speed). */
const ROUNDS = 8;

/**
 * Computes a few batches that visit every path of the kernel. `samples` is the address of 8 bytes for
 * each of 1024 pixels that may be overwritten.
 */
export function warmUp(kernel: Kernel, samples: number): void {
  const side = Float64Array.from({ length: 32 }, (_, i) => i / 32);
  const windows = [
    { re: -2.1, im: -1.2, size: 2.6, iterations: 3000 },
    { re: -0.7436, im: 0.1318, size: 0.002, iterations: 5000 },
    { re: 0.0965, im: -0.638, size: 0.01, iterations: 255 },
  ];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { re, im, size, iterations } of windows) {
      kernel.sample({
        columns: side.map((t) => re + t * size),
        rows: side.map((t) => im + t * size),
        iterations,
        counts: samples,
        fractions: round % 2 === 0 ? samples + 4 * 1024 : 0,
      });
    }
  }
}
