// Where the samples of pixels go: counts at once, fractions when eight wait for theirs.

import { beginLogs, fractionsOf } from "./log2";
import { CX, CY, EARLY, SAMPLE } from "./pixel";

/** Iterations after which a pixel counts as interior. */
export let limit: i32 = 0;

/** Addresses of the u32 counts and the f32 fractions (0: none wanted). */
let counts: usize = 0;
let fractions: usize = 0;
/** The reference's C, as doubles; and what differences are to be multiplied by to be added to it. */
let centreX: f64 = 0.0;
let centreY: f64 = 0.0;
let unit: f64 = 1.0;

/** |z|^2 from which on the fraction is taken: 256^2. */
const FAR: f64 = 65536.0;

/** Pixels that wait for their fraction, at most, and how many do. */
const LEAVING: i32 = 8;
let left: i32 = 0;

/** Where they are: z and c (f64, real parts first); count, steps from it to z, index of the sample (i32). */
let leaving: usize = 0;
const LEFT_Y: usize = 8 * LEAVING;
const LEFT_CX: usize = 16 * LEAVING;
const LEFT_CY: usize = 24 * LEAVING;
const LEFT_COUNT: usize = 32 * LEAVING;
const LEFT_AHEAD: usize = 36 * LEAVING;
const LEFT_SAMPLE: usize = 40 * LEAVING;

/** Bytes of memory that they take. */
export const LEAVING_BYTES: usize = 48 * LEAVING;

/**
 * Says where a batch's samples go. x and y are the reference's C, and its differences are in units of
 * `plainUnit`: 0 where they are too small for doubles. `leavingAt`, aligned to 16, is memory for pixels that
 * wait for their fraction.
 */
export function beginSamples(
  iterations: i32,
  countsAt: usize,
  fractionsAt: usize,
  leavingAt: usize,
): void {
  beginLogs();
  limit = iterations;
  counts = countsAt;
  fractions = fractionsAt;
  leaving = leavingAt;
  left = 0;
}

/** Says where the reference is; differences from it count `plainUnit` each, 0 below the range of doubles. */
export function placeReference(x: f64, y: f64, plainUnit: f64): void {
  centreX = x;
  centreY = y;
  unit = plainUnit;
}

/** Writes a pixel that never escaped, as far as doubles can tell. */
export function stay(pixel: usize): void {
  const noted = load<i32>(pixel, EARLY);
  write(pixel, noted < 0 ? limit : noted, 0.0);
}

/**
 * Takes a pixel in that is outside radius 2 at z_count = x + iy. It waits for its fraction until there
 * are eight such, as most of the time is latency.
 */
export function leave(pixel: usize, count: i32, x: f64, y: f64): void {
  const noted = load<i32>(pixel, EARLY);
  if (fractions === 0) {
    write(pixel, noted < 0 ? count : noted, 0.0);
    return;
  }
  const eighth = leaving + (<usize> left << 3);
  store<f64>(eighth, x);
  store<f64>(eighth, y, LEFT_Y);
  store<f64>(eighth, centreX + unit * load<f64>(pixel, CX), LEFT_CX);
  store<f64>(eighth, centreY + unit * load<f64>(pixel, CY), LEFT_CY);
  const fourth = leaving + (<usize> left << 2);
  store<i32>(fourth, noted < 0 ? count : noted, LEFT_COUNT);
  store<i32>(fourth, noted < 0 ? 0 : count - noted, LEFT_AHEAD);
  store<i32>(fourth, load<i32>(pixel, SAMPLE), LEFT_SAMPLE);
  left++;
  if (left === LEAVING) finishLeaving();
}

/**
 * Writes the samples of pixels that wait for their fraction. It is the kernel's own:
 *
 *   m + 1 - log2(log2 |z_m|) - count,   m the first index with |z_m| > 256
 *
 * From radius 2 on the orbit is far from 0, and plain steps are as good as differences.
 */
export function finishLeaving(): void {
  if (left === 0) return;
  for (let i = left; i < LEAVING; i++) store<f64>(leaving + (<usize> i << 3), FAR);
  for (let first: usize = 0; first < <usize> left; first += 4) {
    const eighth = leaving + (first << 3), fourth = leaving + (first << 2);
    const ahead0 = reachOut(eighth), size0 = reached;
    const ahead1 = reachOut(eighth + 16), size1 = reached;
    const ahead = i32x4.add(
      v128.load(fourth, LEFT_AHEAD),
      v128.shuffle<i32>(ahead0, ahead1, 0, 2, 4, 6),
    );
    v128.store(fourth, fractionsOf(size0, size1, ahead), LEFT_AHEAD);
  }
  for (let i = 0; i < left; i++) {
    const fourth = leaving + (<usize> i << 2);
    const index = <usize> load<u32>(fourth, LEFT_SAMPLE) << 2;
    store<i32>(counts + index, load<i32>(fourth, LEFT_COUNT));
    store<f32>(fractions + index, load<f32>(fourth, LEFT_AHEAD));
  }
  left = 0;
}

/** |z|^2 of two pixels where `reachOut` left them. */
let reached: v128 = i64x2.splat(0);

/** Takes two pixels beyond radius 256; returns their steps (i64). */

@inline
function reachOut(at: usize): v128 {
  let x = v128.load(at), y = v128.load(at, LEFT_Y);
  const cx = v128.load(at, LEFT_CX), cy = v128.load(at, LEFT_CY);
  let steps = i64x2.splat(0);
  let xx = f64x2.mul(x, x), yy = f64x2.mul(y, y);
  let size = f64x2.add(xx, yy);
  let inside = f64x2.le(size, f64x2.splat(FAR));
  while (v128.any_true(inside)) {
    const p = f64x2.mul(x, y);
    x = f64x2.add(f64x2.sub(xx, yy), cx);
    y = f64x2.add(f64x2.add(p, p), cy);
    steps = i64x2.sub(steps, inside);
    xx = f64x2.mul(x, x), yy = f64x2.mul(y, y);
    size = v128.bitselect(f64x2.add(xx, yy), size, inside);
    inside = f64x2.le(size, f64x2.splat(FAR));
  }
  reached = f64x2.min(size, f64x2.splat(1e300));
  return steps;
}

function write(pixel: usize, count: i32, fraction: f32): void {
  const index = <usize> load<u32>(pixel, SAMPLE) << 2;
  store<u32>(counts + index, count);
  if (fractions !== 0) store<f32>(fractions + index, fraction);
}
