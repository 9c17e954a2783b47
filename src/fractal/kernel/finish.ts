// The end of an orbit: the exact count of a lane that escaped, and the fraction for smooth colour.
//
// An entry of the queue is either a pixel's state at the start of the block in which it escaped, and
// eight of them are replayed together with a test at every step; or it is outside at n = 0. Then
//
//   count     n, the first index with |z_n| > 2
//   fraction  m + 1 - log2(log2 |z_m|) - n, where m is the first index with |z_m| > 256 of 0, 4, 8, ...
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
  writeFour,
} from "./job";
import { fractionsOf } from "./log2";

/** |z|^2 from which on the fraction is taken: 256^2. */
export const FAR: f64 = 65536.0;

/** Entries that are replayed together: four pairs. */
const GROUP: i32 = 8;

/** Queues a pixel by its state z_n at the start of a block, `rounds` times 8 steps before the last 8. */
export function enqueue(
  at: usize,
  pixel: i32,
  x: f64,
  y: f64,
  cx: f64,
  cy: f64,
  n: i32,
  rounds: i32,
): void {
  const job = changetype<Job>(at);
  if (job.queued === QUEUE) flush(at);
  const entry = at + (<usize> job.queued << 3);
  store<f64>(entry, x, QUEUE_X);
  store<f64>(entry, y, QUEUE_Y);
  store<f64>(entry, cx, QUEUE_CX);
  store<f64>(entry, cy, QUEUE_CY);
  const fourth = at + (<usize> job.queued << 2);
  store<i32>(fourth, n, QUEUE_N);
  store<i32>(fourth, pixel, QUEUE_PIXEL);
  job.queued++;
  job.rounds = max(job.rounds, rounds);
}

/** Queues a pixel that is outside at n = 0, where z = x + iy; its m is 0, 4, 8, ... . */
export function enqueueOutside(at: usize, pixel: i32, x: f64, y: f64, cx: f64, cy: f64): void {
  const job = changetype<Job>(at);
  if (job.queued === QUEUE) flushCounted(at);
  store<i32>(at + (<usize> job.queued << 2), 0, QUEUE_M);
  enqueue(at, pixel, x, y, cx, cy, 0, 0);
}

/** Replays and finishes every entry of the queue. */
export function flush(at: usize): void {
  const job = changetype<Job>(at);
  fillUp(at);
  for (let i = 0; i < job.queued; i += GROUP) {
    const entry = at + (<usize> i << 3);
    const fourth = at + (<usize> i << 2);
    for (let round = 0; round < job.rounds; round++) skip8(entry, fourth);
    count8(entry, fourth);
  }
  job.made += job.queued * 8 * (job.rounds + 1);
  job.rounds = 0;
  finish(at);
}

/** Finishes every entry of a queue of counted pixels. */
export function flushCounted(at: usize): void {
  fillUp(at);
  finish(at);
}

/** Completes the last group of the queue with empty entries. */
function fillUp(at: usize): void {
  const job = changetype<Job>(at);
  for (let i = job.queued; i % GROUP !== 0; i++) {
    store<i32>(at + (<usize> i << 2), NONE, QUEUE_PIXEL);
  }
}

/**
 * Writes the samples of all entries, four at a time, and empties the queue.
 */
function finish(at: usize): void {
  const job = changetype<Job>(at);
  const limit = i32x4.splat(job.limit);
  const smooth = job.fractions !== 0;
  // Of so many pixels i32 would not hold the sum.
  let steps = i64x2.splat(0);
  reaches = 0;
  for (let i = 0; i < job.queued; i += 4) {
    const entry = at + (<usize> i << 3);
    const fourth = at + (<usize> i << 2);
    const pixels = v128.load(fourth, QUEUE_PIXEL);
    const n = v128.load(fourth, QUEUE_N);
    const used = i32x4.ne(pixels, i32x4.splat(NONE));
    const escaped = v128.and(i32x4.lt_s(n, limit), used);
    const count = i32x4.min_s(n, limit);
    if (smooth) {
      const m = reachOut(entry, v128.load(fourth, QUEUE_M), escaped);
      const fraction = fractionsOf(size0, size1, i32x4.sub(m, n));
      writeFour(job, pixels, count, v128.and(fraction, escaped));
      const made = v128.bitselect(m, count, escaped);
      steps = i64x2.add(steps, sumsOf(v128.and(made, used)));
    } else {
      writeFour(job, pixels, count, count);
      steps = i64x2.add(steps, sumsOf(v128.and(count, used)));
    }
  }
  job.steps += i64x2.extract_lane(steps, 0) + i64x2.extract_lane(steps, 1);
  job.made += reaches * 16;
  job.queued = 0;
}

/** The sums of two and two of four i32, as i64. */

@inline
function sumsOf(x: v128): v128 {
  return i64x2.add(i64x2.extend_low_i32x4_s(x), i64x2.extend_high_i32x4_s(x));
}

/** Of four entries, after `reachOut`: |z_m|^2. */
let size0: v128 = i64x2.splat(0);
let size1: v128 = i64x2.splat(0);

/** How often four entries were moved on by 4 steps. */
let reaches: i32 = 0;

/** Moves those of four entries on, by 4 steps at a time, that escaped but are within radius 256; returns m. */

@inline
function reachOut(entry: usize, m: v128, escaped: v128): v128 {
  const far = f64x2.splat(FAR);
  const escaped0 = i64x2.extend_low_i32x4_s(escaped);
  const escaped1 = i64x2.extend_high_i32x4_s(escaped);
  let x0 = v128.load(entry, QUEUE_X), y0 = v128.load(entry, QUEUE_Y);
  let x1 = v128.load(entry, QUEUE_X + 16), y1 = v128.load(entry, QUEUE_Y + 16);
  const cx0 = v128.load(entry, QUEUE_CX), cy0 = v128.load(entry, QUEUE_CY);
  const cx1 = v128.load(entry, QUEUE_CX + 16), cy1 = v128.load(entry, QUEUE_CY + 16);
  let near0 = v128.and(f64x2.le(sizeOf(x0, y0), far), escaped0);
  let near1 = v128.and(f64x2.le(sizeOf(x1, y1), far), escaped1);
  // Once without asking, since nearly always one of four has a way to go.
  do {
    let u0 = x0, v0 = y0, u1 = x1, v1 = y1;
    reaches++;
    for (let k = 0; k < 4; k++) {
      let p = f64x2.mul(u0, v0);
      u0 = f64x2.add(f64x2.sub(f64x2.mul(u0, u0), f64x2.mul(v0, v0)), cx0);
      v0 = f64x2.add(f64x2.add(p, p), cy0);
      p = f64x2.mul(u1, v1);
      u1 = f64x2.add(f64x2.sub(f64x2.mul(u1, u1), f64x2.mul(v1, v1)), cx1);
      v1 = f64x2.add(f64x2.add(p, p), cy1);
    }
    x0 = v128.bitselect(u0, x0, near0), y0 = v128.bitselect(v0, y0, near0);
    x1 = v128.bitselect(u1, x1, near1), y1 = v128.bitselect(v1, y1, near1);
    const near = v128.shuffle<i32>(near0, near1, 0, 2, 4, 6);
    m = i32x4.add(m, v128.and(near, i32x4.splat(4)));
    size0 = sizeOf(x0, y0), size1 = sizeOf(x1, y1);
    near0 = v128.and(f64x2.le(size0, far), escaped0);
    near1 = v128.and(f64x2.le(size1, far), escaped1);
  } while (v128.any_true(v128.or(near0, near1)));
  return m;
}

/** |z|^2 of a pair. */

@inline
function sizeOf(x: v128, y: v128): v128 {
  return f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y));
}

/** Writes a pixel whose escape, at step n to z_n = x + iy, was found outside the queue. */
export function settle(at: usize, pixel: i32, n: i32, x: f64, y: f64, cx: f64, cy: f64): void {
  const job = changetype<Job>(at);
  if (job.fractions === 0) {
    write(job, pixel, n, 0.0);
    job.steps += n;
    return;
  }
  let m = n;
  while (x * x + y * y <= FAR) {
    const p = x * y;
    x = x * x - y * y + cx;
    y = p + p + cy;
    m++;
  }
  // Nothing sensible is seen so far out; an infinite logarithm must not spread.
  const size = f64x2.splat(min(x * x + y * y, 1e300));
  const fraction = fractionsOf(size, size, i32x4.splat(m - n));
  write(job, pixel, n, f32x4.extract_lane(fraction, 0));
  job.steps += m;
}

/** Moves those of eight entries on that are still within radius 2 after another 8 steps. */
function skip8(entry: usize, fourth: usize): void {
  for (let pair: usize = 0; pair < 8 * GROUP; pair += 16) {
    const at = entry + pair;
    let x = v128.load(at, QUEUE_X);
    let y = v128.load(at, QUEUE_Y);
    for (let k = 0; k < 8; k++) {
      const p = f64x2.mul(x, y);
      x = f64x2.add(f64x2.sub(f64x2.mul(x, x), f64x2.mul(y, y)), v128.load(at, QUEUE_CX));
      y = f64x2.add(f64x2.add(p, p), v128.load(at, QUEUE_CY));
    }
    const inside = f64x2.le(sizeOf(x, y), f64x2.splat(4.0));
    v128.store(at, v128.bitselect(x, v128.load(at, QUEUE_X), inside), QUEUE_X);
    v128.store(at, v128.bitselect(y, v128.load(at, QUEUE_Y), inside), QUEUE_Y);
    const n = fourth + (pair >> 1);
    const moved = v128.and(inside, i64x2.splat(0x0000000800000008));
    const two = i64x2.extract_lane(v128.shuffle<i32>(moved, moved, 0, 2, 0, 2), 0);
    store<i64>(n, load<i64>(n, QUEUE_N) + two, QUEUE_N);
  }
}

/**
 * Makes the 8 steps in which eight entries escape; leaves their counts as n, and z_m with its index m,
 * the fourth or the last of the 8. If all of z_n .. z_(n + 7) lie within radius 2 the count is n + 8:
 * then z_(n + 8) is outside, or the limit has ended the orbit.
 */
function count8(entry: usize, fourth: usize): void {
  const four = f64x2.splat(4.0);
  let x0 = v128.load(entry, QUEUE_X), y0 = v128.load(entry, QUEUE_Y);
  let x1 = v128.load(entry, QUEUE_X + 16), y1 = v128.load(entry, QUEUE_Y + 16);
  let x2 = v128.load(entry, QUEUE_X + 32), y2 = v128.load(entry, QUEUE_Y + 32);
  let x3 = v128.load(entry, QUEUE_X + 48), y3 = v128.load(entry, QUEUE_Y + 48);
  let in0 = i64x2.splat(0), in1 = in0, in2 = in0, in3 = in0;
  let far0 = in0, far1 = in0, far2 = in0, far3 = in0;
  for (let half = 0; half < 2; half++) {
    for (let k = 0; k < 4; k++) {
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
    // A lane that is far after 4 steps stays where it was then.
    keep(entry, x0, y0, far0), keep(entry + 16, x1, y1, far1);
    keep(entry + 32, x2, y2, far2), keep(entry + 48, x3, y3, far3);
    if (half !== 0) break;
    far0 = isFar(x0, y0), far1 = isFar(x1, y1), far2 = isFar(x2, y2), far3 = isFar(x3, y3);
  }
  const n = v128.load(fourth, QUEUE_N);
  const n4 = v128.load(fourth, QUEUE_N + 16);
  const eight = i32x4.splat(8);
  const four4 = i32x4.splat(4);
  const early = v128.and(v128.shuffle<i32>(far0, far1, 0, 2, 4, 6), four4);
  const early4 = v128.and(v128.shuffle<i32>(far2, far3, 0, 2, 4, 6), four4);
  v128.store(fourth, i32x4.sub(i32x4.add(n, eight), early), QUEUE_M);
  v128.store(fourth, i32x4.sub(i32x4.add(n4, eight), early4), QUEUE_M + 16);
  v128.store(fourth, i32x4.add(n, v128.shuffle<i32>(in0, in1, 0, 2, 4, 6)), QUEUE_N);
  v128.store(fourth, i32x4.add(n4, v128.shuffle<i32>(in2, in3, 0, 2, 4, 6)), QUEUE_N + 16);
}

/** Stores the z of an entry's pair, but for lanes that are to stay. */

@inline
function keep(entry: usize, x: v128, y: v128, stays: v128): void {
  v128.store(entry, v128.bitselect(v128.load(entry, QUEUE_X), x, stays), QUEUE_X);
  v128.store(entry, v128.bitselect(v128.load(entry, QUEUE_Y), y, stays), QUEUE_Y);
}

@inline
function isFar(x: v128, y: v128): v128 {
  return f64x2.gt(sizeOf(x, y), f64x2.splat(FAR));
}
