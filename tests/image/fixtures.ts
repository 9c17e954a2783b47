/** Samples for the tests and benchmarks of pictures: a plain Mandelbrot loop and invented grids. */

import assert from "node:assert/strict";
import type { Samples } from "../../src/image/mod.ts";

/** A square view: its centre, its side, and how many samples a side. */
export interface View {
  readonly re: number;
  readonly im: number;
  readonly span: number;
  readonly side: number;
}

/** Spirals and a wide smooth field: the kind of tile an explorer looks at most. */
export const seahorses: View = { re: -0.7436, im: 0.1318, span: 0.004, side: 256 };

/** Samples of a view, counted at radius 2 and made smooth at radius 256. */
export function mandelbrotSamples(view: View, iterations: number): Samples {
  const { re, im, span, side } = view;
  const counts = new Uint32Array(side * side);
  const fractions = new Float32Array(side * side);
  for (let i = 0; i < counts.length; i++) {
    const cRe = re + ((i % side) + 0.5 - side / 2) * (span / side);
    const cIm = im - (Math.floor(i / side) + 0.5 - side / 2) * (span / side);
    [counts[i], fractions[i]] = sampleOf(cRe, cIm, iterations);
  }
  return { width: side, height: side, counts, fractions, iterations };
}

/** A single row of samples with these smooth counts. */
export function rowOf(mus: readonly number[], iterations = 4_000_000_000): Samples {
  const counts = Uint32Array.from(mus, (mu) => Math.max(0, Math.floor(mu)));
  const fractions = Float32Array.from(mus, (mu, i) => mu - counts[i]!);
  return { width: mus.length, height: 1, counts, fractions, iterations };
}

/** A rectangle of nothing but interior. */
export function interiorSamples(width: number, height: number): Samples {
  const counts = new Uint32Array(width * height).fill(100);
  return { width, height, counts, fractions: new Float32Array(width * height), iterations: 100 };
}

/** Mulberry32: numbers in [0, 1) that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Byte for byte. deepEqual says the same, but takes minutes to print how large arrays differ. */
export function assertSameBytes(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] !== expected[i]) assert.fail(`byte ${i} is ${actual[i]}, not ${expected[i]}`);
  }
}

function sampleOf(cRe: number, cIm: number, iterations: number): [number, number] {
  let re = cRe;
  let im = cIm;
  let n = 0;
  while (n < iterations && re * re + im * im <= 4) {
    [re, im] = [re * re - im * im + cRe, 2 * re * im + cIm];
    n++;
  }
  if (n === iterations) return [n, 0];
  let m = n;
  while (re * re + im * im <= 65536) {
    [re, im] = [re * re - im * im + cRe, 2 * re * im + cIm];
    m++;
  }
  return [n, m + 1 - Math.log2(Math.log2(Math.hypot(re, im))) - n];
}
