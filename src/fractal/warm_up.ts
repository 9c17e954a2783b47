/** Runs the kernel until V8 has optimised it: the first request should meet the fast code. */

import { columnsOf, Exact, frameOfView, rowsOf } from "../plane/mod.ts";
import type { Kernel } from "./kernel.ts";
import { advanceOrbit, orbitOf } from "./orbit.ts";
import {
  type PerturbedKernel,
  referenceBytes,
  writeNearZeroPoints,
  writePoints,
} from "./perturbed_kernel.ts";
import { differencesOf, exactPoint, referencePointOf } from "./reference_point.ts";

/** Rounds after which V8 has replaced its baseline code, with some to spare: the fifth call runs at full speed. */
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

/** Places whose orbits are short and visit every path of the kernel, the floatexp one too. */
const DEEP_VIEWS = [
  { re: "-1.7598171308048478", im: "-0.0125933107997498", span: "4e-14", iterations: 600 },
  { re: "-0.7436438870371587", im: "0.1318259042053119", span: "1e-310", iterations: 500 },
];

/** Bytes that `warmUpPerturbed` needs: samples and a reference. */
export const WARM_UP_BYTES = 128 * 1024;

/**
 * The same for the perturbation kernel. `at` is the address of {@link WARM_UP_BYTES} that may be
 * overwritten.
 */
export function warmUpPerturbed(
  kernel: PerturbedKernel,
  memory: WebAssembly.Memory,
  at: number,
): void {
  const reference = at + 8 * 1024;
  for (const { re, im, span, iterations } of DEEP_VIEWS) {
    const frame = frameOfView({
      re: Exact.parse(re),
      im: Exact.parse(im),
      span: Exact.parse(span),
      width: 32,
      height: 32,
    });
    const point = referencePointOf(frame);
    const { points, nearZero, orbit } = advanceOrbit(
      orbitOf(point.re, point.im, point.bits),
      iterations,
    );
    const shape = { length: orbit.length, nearZero: nearZero.length, floatexp: point.floatexp };
    if (referenceBytes(shape) > WARM_UP_BYTES - 8 * 1024) {
      throw new RangeError("Cannot warm up: the reference is too long");
    }
    writePoints(memory, { at: reference, from: 1 }, points);
    writeNearZeroPoints(memory, { at: reference, length: orbit.length }, nearZero);
    const differences = differencesOf(frame, point);
    const exact = exactPoint(point);
    for (let round = 0; round < 4 * ROUNDS; round++) {
      kernel.finishReference(reference, shape, point.reach);
      kernel.sample({
        columns: columnsOf(differences),
        rows: rowsOf(differences),
        reference: {
          at: reference,
          x: exact.re.toDouble(),
          y: exact.im.toDouble(),
          unit: point.floatexp ? point.reach : 0,
        },
        iterations,
        skips: round % 2 === 0,
        counts: at,
        fractions: at + 4 * 1024,
        stride: 32,
      });
    }
  }
}
