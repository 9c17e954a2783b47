// The end of an orbit: the exact count of a lane that escaped, and the fraction for smooth colour.
//
// An entry of the queue is a pixel's state at the start of the block in which it escaped. Eight
// entries are replayed together with the block's own instructions, now with a test a step:
//
//   count     n, the first index with |z_n| > 2
//   fraction  m + 1 - log2(log2 |z_m|) - n, where m is the first index with |z_m| > 256 among the end
//             of the 8 steps (counted from z_0) in which n lies, and every fourth index after it
//
// count + fraction is continuous in c to 4e-6. Which m it is depends on nothing but the pixel.

import {
  Job,
  NONE,
  QUEUE,
  QUEUE_CX,
  QUEUE_CY,
  QUEUE_M,
  QUEUE_N,
  QUEUE_PIXEL,
  QUEUE_X,
  QUEUE_Y,
  write,
} from "./job";
import { log2x2 } from "./log2";

/** |z|^2 from which on the fraction is taken: 256^2. */
const FAR: f64 = 65536.0;

/** Entries that are replayed together: four pairs. */
const GROUP: i32 = 8;
const PAIR_BYTES: usize = 16;
const GROUP_BYTES: usize = 64;

/** Queues a pixel by its state z_n at the start of a block, `rounds` times 8 steps before the last 8. */
export function enqueue(
  at: usize,
  pixel: i32,
  x: f64,
  y: f64,
  cx: f64,
  cy: f64,
  n: i64,
  rounds: i32,
): void {
  const job = changetype<Job>(at);
  if (job.queued === QUEUE) flush(at);
  const entry = at + (<usize> job.queued << 3);
  store<f64>(entry + QUEUE_X, x);
  store<f64>(entry + QUEUE_Y, y);
  store<f64>(entry + QUEUE_CX, cx);
  store<f64>(entry + QUEUE_CY, cy);
  store<i64>(entry + QUEUE_N, n);
  store<i32>(at + (<usize> job.queued << 2) + QUEUE_PIXEL, pixel);
  job.queued++;
  job.rounds = max(job.rounds, rounds);
}

/** Queues two pixels at once; one of them may be NONE. */
@inline
export function enqueuePair(
  at: usize,
  pixel0: i32,
  pixel1: i32,
  x: v128,
  y: v128,
  cx: v128,
  cy: v128,
  n: i64,
): void {
  const job = changetype<Job>(at);
  if (job.queued >= QUEUE - 1) flush(at);
  const entry = at + (<usize> job.queued << 3);
  v128.store(entry, x, QUEUE_X);
  v128.store(entry, y, QUEUE_Y);
  v128.store(entry, cx, QUEUE_CX);
  v128.store(entry, cy, QUEUE_CY);
  // An empty lane is past the limit, so that nobody waits for it to escape.
  store<i64>(entry, pixel0 === NONE ? job.limit : n, QUEUE_N);
  store<i64>(entry, pixel1 === NONE ? job.limit : n, QUEUE_N + 8);
  const pixels = at + (<usize> job.queued << 2);
  store<i32>(pixels, pixel0, QUEUE_PIXEL);
  store<i32>(pixels, pixel1, QUEUE_PIXEL + 4);
  job.queued += 2;
}

/** Finishes every entry of the queue. */
export function flush(at: usize): void {
  const job = changetype<Job>(at);
  const filled = job.queued;
  const limit = i64x2.splat(job.limit);
  for (let i = filled; i % GROUP !== 0; i++) {
    const entry = at + (<usize> i << 3);
    store<i64>(entry, job.limit, QUEUE_N);
    store<i32>(at + (<usize> i << 2), NONE, QUEUE_PIXEL);
  }
  for (let i = 0; i < filled; i += GROUP) {
    const entry = at + (<usize> i << 3);
    for (let round = 0; round < job.rounds; round++) skip8(entry);
    count8(entry);
    if (job.fractions !== 0) {
      while (reachOut(entry, limit)) {}
      writeSmooth(at, i, limit);
    } else {
      writeCounts(at, i);
    }
  }
  job.queued = 0;
  job.rounds = 0;
}

/** Writes a pixel whose escape, at step n to z_n = x + iy, was found outside the queue. */
export function settle(at: usize, pixel: i32, n: i32, x: f64, y: f64, cx: f64, cy: f64): void {
  const job = changetype<Job>(at);
  let m = n;
  while (x * x + y * y <= FAR) {
    const p = x * y;
    x = x * x - y * y + cx;
    y = p + p + cy;
    m++;
  }
  // Nothing sensible is seen so far out; an infinite logarithm must not spread.
  const size = f64x2.splat(min(x * x + y * y, 1e300));
  const fraction = fractionOf(size, i64x2.splat(m - n));
  write(job, pixel, n, <f32> f64x2.extract_lane(fraction, 0));
  job.steps += m;
}

/** Moves those of eight entries on that are still within radius 2 after another 8 steps. */
function skip8(entry: usize): void {
  for (let pair: usize = 0; pair < GROUP_BYTES; pair += PAIR_BYTES) {
    const at = entry + pair;
    const x = v128.load(at, QUEUE_X);
    const y = v128.load(at, QUEUE_Y);
    let nextX = x;
    let nextY = y;
    for (let k = 0; k < 8; k++) {
      const p = f64x2.mul(nextX, nextY);
      nextX = f64x2.sub(f64x2.mul(nextX, nextX), f64x2.mul(nextY, nextY));
      nextX = f64x2.add(nextX, v128.load(at, QUEUE_CX));
      nextY = f64x2.add(f64x2.add(p, p), v128.load(at, QUEUE_CY));
    }
    const size = f64x2.add(f64x2.mul(nextX, nextX), f64x2.mul(nextY, nextY));
    const inside = f64x2.le(size, f64x2.splat(4.0));
    v128.store(at, v128.bitselect(nextX, x, inside), QUEUE_X);
    v128.store(at, v128.bitselect(nextY, y, inside), QUEUE_Y);
    const n = v128.load(at, QUEUE_N);
    v128.store(at, i64x2.add(n, v128.and(inside, i64x2.splat(8))), QUEUE_N);
  }
}

/** Makes the 8 steps in which eight entries escape; leaves their counts as n, and z_m with its index m. */
function count8(entry: usize): void {
  let x0 = v128.load(entry, QUEUE_X), y0 = v128.load(entry, QUEUE_Y);
  let x1 = v128.load(entry, QUEUE_X + 16), y1 = v128.load(entry, QUEUE_Y + 16);
  let x2 = v128.load(entry, QUEUE_X + 32), y2 = v128.load(entry, QUEUE_Y + 32);
  let x3 = v128.load(entry, QUEUE_X + 48), y3 = v128.load(entry, QUEUE_Y + 48);
  const four = f64x2.splat(4.0);
  let in0 = i64x2.splat(0), in1 = in0, in2 = in0, in3 = in0;
  for (let k = 0; k < 8; k++) {
    let xx = f64x2.mul(x0, x0), yy = f64x2.mul(y0, y0), p = f64x2.mul(x0, y0);
    in0 = i64x2.sub(in0, f64x2.le(f64x2.add(xx, yy), four));
    x0 = f64x2.add(f64x2.sub(xx, yy), v128.load(entry, QUEUE_CX));
    y0 = f64x2.add(f64x2.add(p, p), v128.load(entry, QUEUE_CY));

    xx = f64x2.mul(x1, x1), yy = f64x2.mul(y1, y1), p = f64x2.mul(x1, y1);
    in1 = i64x2.sub(in1, f64x2.le(f64x2.add(xx, yy), four));
    x1 = f64x2.add(f64x2.sub(xx, yy), v128.load(entry, QUEUE_CX + 16));
    y1 = f64x2.add(f64x2.add(p, p), v128.load(entry, QUEUE_CY + 16));

    xx = f64x2.mul(x2, x2), yy = f64x2.mul(y2, y2), p = f64x2.mul(x2, y2);
    in2 = i64x2.sub(in2, f64x2.le(f64x2.add(xx, yy), four));
    x2 = f64x2.add(f64x2.sub(xx, yy), v128.load(entry, QUEUE_CX + 32));
    y2 = f64x2.add(f64x2.add(p, p), v128.load(entry, QUEUE_CY + 32));

    xx = f64x2.mul(x3, x3), yy = f64x2.mul(y3, y3), p = f64x2.mul(x3, y3);
    in3 = i64x2.sub(in3, f64x2.le(f64x2.add(xx, yy), four));
    x3 = f64x2.add(f64x2.sub(xx, yy), v128.load(entry, QUEUE_CX + 48));
    y3 = f64x2.add(f64x2.add(p, p), v128.load(entry, QUEUE_CY + 48));
  }
  keep(entry, x0, y0, in0);
  keep(entry + 16, x1, y1, in1);
  keep(entry + 32, x2, y2, in2);
  keep(entry + 48, x3, y3, in3);
}

/**
 * Stores the outcome of a pair of which `inside` states among z_n .. z_(n + 7) lie within radius 2. If
 * all eight do, the count is n + 8: then z_(n + 8) is outside, or the limit has ended the orbit.
 */
@inline
function keep(at: usize, x: v128, y: v128, inside: v128): void {
  const n = v128.load(at, QUEUE_N);
  v128.store(at, x, QUEUE_X);
  v128.store(at, y, QUEUE_Y);
  v128.store(at, i64x2.add(n, i64x2.splat(8)), QUEUE_M);
  v128.store(at, i64x2.add(n, inside), QUEUE_N);
}

/** Moves those of eight entries on by 4 steps that escaped but are within radius 256; false if none did. */
function reachOut(entry: usize, limit: v128): bool {
  let moved = i64x2.splat(0);
  for (let pair: usize = 0; pair < GROUP_BYTES; pair += PAIR_BYTES) {
    const at = entry + pair;
    const x = v128.load(at, QUEUE_X);
    const y = v128.load(at, QUEUE_Y);
    const size = f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y));
    const escaped = i64x2.lt_s(v128.load(at, QUEUE_N), limit);
    const near = v128.and(f64x2.le(size, f64x2.splat(FAR)), escaped);
    let nextX = x;
    let nextY = y;
    for (let k = 0; k < 4; k++) {
      const p = f64x2.mul(nextX, nextY);
      nextX = f64x2.sub(f64x2.mul(nextX, nextX), f64x2.mul(nextY, nextY));
      nextX = f64x2.add(nextX, v128.load(at, QUEUE_CX));
      nextY = f64x2.add(f64x2.add(p, p), v128.load(at, QUEUE_CY));
    }
    v128.store(at, v128.bitselect(nextX, x, near), QUEUE_X);
    v128.store(at, v128.bitselect(nextY, y, near), QUEUE_Y);
    const m = v128.load(at, QUEUE_M);
    v128.store(at, i64x2.add(m, v128.and(near, i64x2.splat(4))), QUEUE_M);
    moved = v128.or(moved, near);
  }
  return v128.any_true(moved);
}

/** Writes counts and fractions of eight entries. */
function writeSmooth(at: usize, first: i32, limit: v128): void {
  const job = changetype<Job>(at);
  let steps: i64 = 0;
  for (let i = first; i < first + GROUP; i += 2) {
    const entry = at + (<usize> i << 3);
    const x = v128.load(entry, QUEUE_X);
    const y = v128.load(entry, QUEUE_Y);
    const n = v128.load(entry, QUEUE_N);
    const m = v128.load(entry, QUEUE_M);
    const escaped = i64x2.lt_s(n, limit);
    const size = f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y));
    const fraction = v128.and(fractionOf(size, i64x2.sub(m, n)), escaped);
    const count = v128.bitselect(n, limit, escaped);
    const made = v128.bitselect(m, limit, escaped);
    const pixels = at + (<usize> i << 2);
    const pixel0 = load<i32>(pixels, QUEUE_PIXEL);
    const pixel1 = load<i32>(pixels, QUEUE_PIXEL + 4);
    if (pixel0 !== NONE) {
      write(job, pixel0, i32x4.extract_lane(count, 0), <f32> f64x2.extract_lane(fraction, 0));
      steps += i64x2.extract_lane(made, 0);
    }
    if (pixel1 !== NONE) {
      write(job, pixel1, i32x4.extract_lane(count, 2), <f32> f64x2.extract_lane(fraction, 1));
      steps += i64x2.extract_lane(made, 1);
    }
  }
  job.steps += steps;
}

/** Writes the counts of eight entries alone. */
function writeCounts(at: usize, first: i32): void {
  const job = changetype<Job>(at);
  let steps: i64 = 0;
  for (let i = first; i < first + GROUP; i++) {
    const pixel = load<i32>(at + (<usize> i << 2), QUEUE_PIXEL);
    if (pixel === NONE) continue;
    const count = min<i64>(load<i64>(at + (<usize> i << 3), QUEUE_N), job.limit);
    write(job, pixel, <i32> count, 0.0);
    steps += count;
  }
  job.steps += steps;
}

/** (m - n) + 1 - log2(log2 |z_m|) of two lanes, from |z_m|^2 and the integers m - n. */
@inline
function fractionOf(size: v128, ahead: v128): v128 {
  const steps = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(ahead, ahead, 0, 2, 0, 2));
  // log2 |z| is half of log2 |z|^2, and the outer logarithm turns the half into a 1.
  return f64x2.sub(f64x2.add(steps, f64x2.splat(2.0)), log2x2(log2x2(size)));
}
