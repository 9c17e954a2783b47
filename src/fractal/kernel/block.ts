// Twelve orbits on their way, each for itself: blocks of steps without a test, and with a test each; and
// the list's orbits, which take turns in the twelve lanes for 256 steps.
//
//   re' = (re*re - im*im) + c_re,   im' = (re*im + im*re) + c_im
//
// with re*im + im*re computed as p + p, p = re*im: the two products round alike.
//
// The twelve live in globals, six chains of two lanes. Every access to memory is checked against the
// memory's size, four instructions for one load; a global is not (experiment kernel-6).

import {
  DOZEN_CX,
  DOZEN_CY,
  DOZEN_N,
  DOZEN_PIXEL,
  DOZEN_Y,
  dozenOf,
  Job,
  LANE_PIXEL,
  LANE_SAVE_AT,
  LANE_START,
  LANES,
  NONE,
  putOrbit,
  write,
} from "./job";
import { enqueue, flush, flushCounted } from "./finish";

const ZERO: v128 = i64x2.splat(0);

const ALL: i32 = (1 << LANES) - 1;

/** The largest |z|^2 within radius 2, in a variable: a constant would be built anew at every use. */
let four: v128 = ZERO;

/** z. */
let x0: v128 = ZERO,
  x1: v128 = ZERO,
  x2: v128 = ZERO,
  x3: v128 = ZERO,
  x4: v128 = ZERO,
  x5: v128 = ZERO;
let y0: v128 = ZERO,
  y1: v128 = ZERO,
  y2: v128 = ZERO,
  y3: v128 = ZERO,
  y4: v128 = ZERO,
  y5: v128 = ZERO;
/** c. */
let cx0: v128 = ZERO,
  cx1: v128 = ZERO,
  cx2: v128 = ZERO,
  cx3: v128 = ZERO,
  cx4: v128 = ZERO,
  cx5: v128 = ZERO;
let cy0: v128 = ZERO,
  cy1: v128 = ZERO,
  cy2: v128 = ZERO,
  cy3: v128 = ZERO,
  cy4: v128 = ZERO,
  cy5: v128 = ZERO;
/** z where the latest block of `run` began. */
let bx0: v128 = ZERO,
  bx1: v128 = ZERO,
  bx2: v128 = ZERO,
  bx3: v128 = ZERO,
  bx4: v128 = ZERO,
  bx5: v128 = ZERO;
let by0: v128 = ZERO,
  by1: v128 = ZERO,
  by2: v128 = ZERO,
  by3: v128 = ZERO,
  by4: v128 = ZERO,
  by5: v128 = ZERO;
/** What `count` saw: two bits a step, one a lane, set where the state stepped from is within radius 2. */
let seen0: i32 = 0, seen1: i32 = 0, seen2: i32 = 0, seen3: i32 = 0, seen4: i32 = 0, seen5: i32 = 0;

/** Blocks that the latest `run` or `count` made. */
export let blocksMade: i32 = 0;

/** Takes twelve orbits in: z at `z` and c at `c`, all real parts and then all imaginary parts. */
export function take(z: usize, c: usize): void {
  x0 = v128.load(z, 0), y0 = v128.load(z, 96);
  x1 = v128.load(z, 16), y1 = v128.load(z, 112);
  x2 = v128.load(z, 32), y2 = v128.load(z, 128);
  x3 = v128.load(z, 48), y3 = v128.load(z, 144);
  x4 = v128.load(z, 64), y4 = v128.load(z, 160);
  x5 = v128.load(z, 80), y5 = v128.load(z, 176);
  cx0 = v128.load(c, 0), cy0 = v128.load(c, 96);
  cx1 = v128.load(c, 16), cy1 = v128.load(c, 112);
  cx2 = v128.load(c, 32), cy2 = v128.load(c, 128);
  cx3 = v128.load(c, 48), cy3 = v128.load(c, 144);
  cx4 = v128.load(c, 64), cy4 = v128.load(c, 160);
  cx5 = v128.load(c, 80), cy5 = v128.load(c, 176);
  four = f64x2.splat(4.0);
}

/** Stores the twelve z. */
export function giveZ(z: usize): void {
  v128.store(z, x0, 0), v128.store(z, y0, 96);
  v128.store(z, x1, 16), v128.store(z, y1, 112);
  v128.store(z, x2, 32), v128.store(z, y2, 128);
  v128.store(z, x3, 48), v128.store(z, y3, 144);
  v128.store(z, x4, 64), v128.store(z, y4, 160);
  v128.store(z, x5, 80), v128.store(z, y5, 176);
}

/** Stores the twelve z where the latest block of `run` began. */
export function giveBefore(z: usize): void {
  v128.store(z, bx0, 0), v128.store(z, by0, 96);
  v128.store(z, bx1, 16), v128.store(z, by1, 112);
  v128.store(z, bx2, 32), v128.store(z, by2, 128);
  v128.store(z, bx3, 48), v128.store(z, by3, 144);
  v128.store(z, bx4, 64), v128.store(z, by4, 160);
  v128.store(z, bx5, 80), v128.store(z, by5, 176);
}

/** Empties all lanes: an empty one stays at 0. */
function clear(): void {
  four = f64x2.splat(4.0);
  x0 = x1 = x2 = x3 = x4 = x5 = y0 = y1 = y2 = y3 = y4 = y5 = ZERO;
  cx0 = cx1 = cx2 = cx3 = cx4 = cx5 = cy0 = cy1 = cy2 = cy3 = cy4 = cy5 = ZERO;
}

/**
 * Makes blocks of `steps` steps without a test, `blocks` at most, until a lane is outside radius 2 at a
 * block's end. Returns a bit for each lane that is (a NaN is outside).
 */
export function run(steps: i32, blocks: i32): i32 {
  let u0 = x0, v0 = y0;
  let u1 = x1, v1 = y1;
  let u2 = x2, v2 = y2;
  let u3 = x3, v3 = y3;
  let u4 = x4, v4 = y4;
  let u5 = x5, v5 = y5;
  let made = 0;
  let calm = ZERO;
  do {
    bx0 = u0, by0 = v0;
    bx1 = u1, by1 = v1;
    bx2 = u2, by2 = v2;
    bx3 = u3, by3 = v3;
    bx4 = u4, by4 = v4;
    bx5 = u5, by5 = v5;
    for (let k = 0; k < steps; k++) {
      let p = f64x2.mul(u0, v0);
      u0 = f64x2.add(f64x2.sub(f64x2.mul(u0, u0), f64x2.mul(v0, v0)), cx0);
      v0 = f64x2.add(f64x2.add(p, p), cy0);
      p = f64x2.mul(u1, v1);
      u1 = f64x2.add(f64x2.sub(f64x2.mul(u1, u1), f64x2.mul(v1, v1)), cx1);
      v1 = f64x2.add(f64x2.add(p, p), cy1);
      p = f64x2.mul(u2, v2);
      u2 = f64x2.add(f64x2.sub(f64x2.mul(u2, u2), f64x2.mul(v2, v2)), cx2);
      v2 = f64x2.add(f64x2.add(p, p), cy2);
      p = f64x2.mul(u3, v3);
      u3 = f64x2.add(f64x2.sub(f64x2.mul(u3, u3), f64x2.mul(v3, v3)), cx3);
      v3 = f64x2.add(f64x2.add(p, p), cy3);
      p = f64x2.mul(u4, v4);
      u4 = f64x2.add(f64x2.sub(f64x2.mul(u4, u4), f64x2.mul(v4, v4)), cx4);
      v4 = f64x2.add(f64x2.add(p, p), cy4);
      p = f64x2.mul(u5, v5);
      u5 = f64x2.add(f64x2.sub(f64x2.mul(u5, u5), f64x2.mul(v5, v5)), cx5);
      v5 = f64x2.add(f64x2.add(p, p), cy5);
    }
    made++;
    calm = v128.and(
      v128.and(v128.and(within(u0, v0), within(u1, v1)), v128.and(within(u2, v2), within(u3, v3))),
      v128.and(within(u4, v4), within(u5, v5)),
    );
  } while (i64x2.bitmask(calm) === 3 && made < blocks);
  x0 = u0, y0 = v0;
  x1 = u1, y1 = v1;
  x2 = u2, y2 = v2;
  x3 = u3, y3 = v3;
  x4 = u4, y4 = v4;
  x5 = u5, y5 = v5;
  blocksMade = made;
  return i64x2.bitmask(calm) === 3 ? 0 : outside();
}

/**
 * Makes blocks of `steps` steps, at most 16, every state that is stepped from tested, `blocks` at most,
 * until a lane is outside. Returns a bit for each lane that is.
 *
 * A test leaves its two bits in an integer register, as z needs the sixteen vector registers. The sum
 * before the new z is what keeps z in them.
 */
function count(steps: i32, blocks: i32): i32 {
  const within2 = four;
  let u0 = x0, v0 = y0;
  let u1 = x1, v1 = y1;
  let u2 = x2, v2 = y2;
  let u3 = x3, v3 = y3;
  let u4 = x4, v4 = y4;
  let u5 = x5, v5 = y5;
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0;
  let made = 0;
  do {
    for (let k = 0; k < steps; k++) {
      let p = f64x2.mul(u0, v0);
      let xx = f64x2.mul(u0, u0), yy = f64x2.mul(v0, v0);
      s0 = (s0 << 2) + i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
      u0 = f64x2.add(f64x2.sub(xx, yy), cx0);
      v0 = f64x2.add(f64x2.add(p, p), cy0);
      p = f64x2.mul(u1, v1);
      xx = f64x2.mul(u1, u1), yy = f64x2.mul(v1, v1);
      s1 = (s1 << 2) + i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
      u1 = f64x2.add(f64x2.sub(xx, yy), cx1);
      v1 = f64x2.add(f64x2.add(p, p), cy1);
      p = f64x2.mul(u2, v2);
      xx = f64x2.mul(u2, u2), yy = f64x2.mul(v2, v2);
      s2 = (s2 << 2) + i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
      u2 = f64x2.add(f64x2.sub(xx, yy), cx2);
      v2 = f64x2.add(f64x2.add(p, p), cy2);
      p = f64x2.mul(u3, v3);
      xx = f64x2.mul(u3, u3), yy = f64x2.mul(v3, v3);
      s3 = (s3 << 2) + i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
      u3 = f64x2.add(f64x2.sub(xx, yy), cx3);
      v3 = f64x2.add(f64x2.add(p, p), cy3);
      p = f64x2.mul(u4, v4);
      xx = f64x2.mul(u4, u4), yy = f64x2.mul(v4, v4);
      s4 = (s4 << 2) + i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
      u4 = f64x2.add(f64x2.sub(xx, yy), cx4);
      v4 = f64x2.add(f64x2.add(p, p), cy4);
      p = f64x2.mul(u5, v5);
      xx = f64x2.mul(u5, u5), yy = f64x2.mul(v5, v5);
      s5 = (s5 << 2) + i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
      u5 = f64x2.add(f64x2.sub(xx, yy), cx5);
      v5 = f64x2.add(f64x2.add(p, p), cy5);
    }
    made++;
  } while ((s0 & s1 & s2 & s3 & s4 & s5 & 3) === 3 && made < blocks);
  x0 = u0, y0 = v0;
  x1 = u1, y1 = v1;
  x2 = u2, y2 = v2;
  x3 = u3, y3 = v3;
  x4 = u4, y4 = v4;
  x5 = u5, y5 = v5;
  seen0 = s0, seen1 = s1, seen2 = s2, seen3 = s3, seen4 = s4, seen5 = s5;
  blocksMade = made;
  return ((s0 & 3) | (s1 & 3) << 2 | (s2 & 3) << 4 | (s3 & 3) << 6 | (s4 & 3) << 8 |
    (s5 & 3) << 10) ^ ALL;
}

/**
 * Gives the lanes of a bit mask the list's next orbits; `out` are those of them that are outside. (Each
 * lane's code stands for itself: a global cannot be indexed, and memory is checked.)
 */
function exchange(at: usize, lanes: i32, out: i32): void {
  if ((lanes & 3) !== 0) {
    if ((lanes & 1) !== 0) {
      leave(at, 0, out, seen0, x0, y0, cx0, cy0, bx0, by0);
      x0 = f64x2.replace_lane(x0, 0, nextX), y0 = f64x2.replace_lane(y0, 0, nextY);
      cx0 = f64x2.replace_lane(cx0, 0, nextCx), cy0 = f64x2.replace_lane(cy0, 0, nextCy);
    }
    if ((lanes & 2) !== 0) {
      leave(at, 1, out, seen0 >> 1, x0, y0, cx0, cy0, bx0, by0);
      x0 = f64x2.replace_lane(x0, 1, nextX), y0 = f64x2.replace_lane(y0, 1, nextY);
      cx0 = f64x2.replace_lane(cx0, 1, nextCx), cy0 = f64x2.replace_lane(cy0, 1, nextCy);
    }
  }
  if ((lanes & 12) !== 0) {
    if ((lanes & 4) !== 0) {
      leave(at, 2, out, seen1, x1, y1, cx1, cy1, bx1, by1);
      x1 = f64x2.replace_lane(x1, 0, nextX), y1 = f64x2.replace_lane(y1, 0, nextY);
      cx1 = f64x2.replace_lane(cx1, 0, nextCx), cy1 = f64x2.replace_lane(cy1, 0, nextCy);
    }
    if ((lanes & 8) !== 0) {
      leave(at, 3, out, seen1 >> 1, x1, y1, cx1, cy1, bx1, by1);
      x1 = f64x2.replace_lane(x1, 1, nextX), y1 = f64x2.replace_lane(y1, 1, nextY);
      cx1 = f64x2.replace_lane(cx1, 1, nextCx), cy1 = f64x2.replace_lane(cy1, 1, nextCy);
    }
  }
  if ((lanes & 48) !== 0) {
    if ((lanes & 16) !== 0) {
      leave(at, 4, out, seen2, x2, y2, cx2, cy2, bx2, by2);
      x2 = f64x2.replace_lane(x2, 0, nextX), y2 = f64x2.replace_lane(y2, 0, nextY);
      cx2 = f64x2.replace_lane(cx2, 0, nextCx), cy2 = f64x2.replace_lane(cy2, 0, nextCy);
    }
    if ((lanes & 32) !== 0) {
      leave(at, 5, out, seen2 >> 1, x2, y2, cx2, cy2, bx2, by2);
      x2 = f64x2.replace_lane(x2, 1, nextX), y2 = f64x2.replace_lane(y2, 1, nextY);
      cx2 = f64x2.replace_lane(cx2, 1, nextCx), cy2 = f64x2.replace_lane(cy2, 1, nextCy);
    }
  }
  if ((lanes & 192) !== 0) {
    if ((lanes & 64) !== 0) {
      leave(at, 6, out, seen3, x3, y3, cx3, cy3, bx3, by3);
      x3 = f64x2.replace_lane(x3, 0, nextX), y3 = f64x2.replace_lane(y3, 0, nextY);
      cx3 = f64x2.replace_lane(cx3, 0, nextCx), cy3 = f64x2.replace_lane(cy3, 0, nextCy);
    }
    if ((lanes & 128) !== 0) {
      leave(at, 7, out, seen3 >> 1, x3, y3, cx3, cy3, bx3, by3);
      x3 = f64x2.replace_lane(x3, 1, nextX), y3 = f64x2.replace_lane(y3, 1, nextY);
      cx3 = f64x2.replace_lane(cx3, 1, nextCx), cy3 = f64x2.replace_lane(cy3, 1, nextCy);
    }
  }
  if ((lanes & 768) !== 0) {
    if ((lanes & 256) !== 0) {
      leave(at, 8, out, seen4, x4, y4, cx4, cy4, bx4, by4);
      x4 = f64x2.replace_lane(x4, 0, nextX), y4 = f64x2.replace_lane(y4, 0, nextY);
      cx4 = f64x2.replace_lane(cx4, 0, nextCx), cy4 = f64x2.replace_lane(cy4, 0, nextCy);
    }
    if ((lanes & 512) !== 0) {
      leave(at, 9, out, seen4 >> 1, x4, y4, cx4, cy4, bx4, by4);
      x4 = f64x2.replace_lane(x4, 1, nextX), y4 = f64x2.replace_lane(y4, 1, nextY);
      cx4 = f64x2.replace_lane(cx4, 1, nextCx), cy4 = f64x2.replace_lane(cy4, 1, nextCy);
    }
  }
  if ((lanes & 3072) !== 0) {
    if ((lanes & 1024) !== 0) {
      leave(at, 10, out, seen5, x5, y5, cx5, cy5, bx5, by5);
      x5 = f64x2.replace_lane(x5, 0, nextX), y5 = f64x2.replace_lane(y5, 0, nextY);
      cx5 = f64x2.replace_lane(cx5, 0, nextCx), cy5 = f64x2.replace_lane(cy5, 0, nextCy);
    }
    if ((lanes & 2048) !== 0) {
      leave(at, 11, out, seen5 >> 1, x5, y5, cx5, cy5, bx5, by5);
      x5 = f64x2.replace_lane(x5, 1, nextX), y5 = f64x2.replace_lane(y5, 1, nextY);
      cx5 = f64x2.replace_lane(cx5, 1, nextCx), cy5 = f64x2.replace_lane(cy5, 1, nextCy);
    }
  }
}

@inline
function outside(): i32 {
  return (bits(x0, y0) | bits(x1, y1) << 2 | bits(x2, y2) << 4 | bits(x3, y3) << 6 |
    bits(x4, y4) << 8 | bits(x5, y5) << 10) ^ 0xFFF;
}

@inline
function bits(x: v128, y: v128): i32 {
  return i64x2.bitmask(within(x, y));
}

/** All ones in each lane of a pair that is within radius 2. */

@inline
function within(x: v128, y: v128): v128 {
  return f64x2.le(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), four);
}

/** Steps of an orbit at most; what is still inside then is listed again. */
const TOGETHER: i32 = 256;

/** Fewer orbits than this are left to the lanes. */
const FEW: i32 = 4;

/**
 * Steps of a block. With a test at each, when counts are all that is wanted;
 * without one for smooth pixels, whose last 8 are made again in the queue to find what is needed.
 */
const COUNTED: i32 = 16;
const REPLAYED: i32 = 8;

/** Steps made so far; before `event` no lane has made all its steps. */
let clock: i32 = 0;
let event: i32 = 0;
/** Steps of a block. */
let steps: i32 = 0;
/** Orbits in lanes, taken from the list, and listed again. */
let active: i32 = 0;
let taken: i32 = 0;
let kept: i32 = 0;

/** The orbit for the lane that was left last. */
let nextX: f64 = 0.0;
let nextY: f64 = 0.0;
let nextCx: f64 = 0.0;
let nextCy: f64 = 0.0;

/** Iterates the list's orbits; afterwards the list holds those that are to be continued. */
export function iterateList(at: usize): void {
  const job = changetype<Job>(at);
  flushCounted(at);
  if (job.listed >= LANES) {
    const smooth = job.fractions !== 0;
    steps = smooth ? REPLAYED : COUNTED;
    clock = 0;
    event = i32.MAX_VALUE;
    active = 0, taken = 0, kept = 0;
    for (let lane = 0; lane < LANES; lane++) {
      store<i32>(at + (<usize> lane << 2), NONE, LANE_PIXEL);
    }
    clear();
    exchange(at, ALL, 0);
    do {
      const blocks = <i32> (<u32> (event - clock + steps - 1) / steps);
      const out = smooth ? run(steps, blocks) : count(steps, blocks);
      clock += blocksMade * steps;
      exchange(at, clock >= event ? out | overdue(at) : out, out);
    } while (active >= FEW);
    exchange(at, ALL, 0);
    job.listed = kept;
    job.made += <i64> clock * LANES;
  }
  flush(at);
}

/** The lanes that have made all their steps; finds when the next one can have. */
function overdue(at: usize): i32 {
  let lanes = 0;
  event = i32.MAX_VALUE;
  for (let lane = 0; lane < LANES; lane++) {
    if (load<i32>(at + (<usize> lane << 2), LANE_PIXEL) === NONE) continue;
    const due = load<i32>(at + (<usize> lane << 3), LANE_SAVE_AT);
    if (due <= clock) lanes |= 1 << lane;
    else event = min(event, due);
  }
  return lanes;
}

/**
 * Takes an orbit from its lane of a pair at z = x + iy, a block before at bx + i by, and finds the next
 * one. If the lane is among those outside, every other bit of `seen` says from which states it stepped
 * inside.
 */
function leave(
  at: usize,
  lane: i32,
  out: i32,
  seen: i32,
  x: v128,
  y: v128,
  cx: v128,
  cy: v128,
  bx: v128,
  by: v128,
): void {
  const job = changetype<Job>(at);
  const fourth = at + (<usize> lane << 2);
  const eighth = at + (<usize> lane << 3);
  const pixel = load<i32>(fourth, LANE_PIXEL);
  const limit = job.limit;
  if (pixel !== NONE) {
    const n = clock - load<i32>(eighth, LANE_START);
    if ((out >> lane & 1) === 0 && n < limit) {
      putOrbit(at, kept++, half(x, lane), half(y, lane), half(cx, lane), half(cy, lane), n, pixel);
    } else if (job.fractions === 0) {
      const inside = popcnt(seen & (0x55555555 >> (32 - 2 * COUNTED)));
      const reached = min(limit, (out >> lane & 1) !== 0 ? n - COUNTED + inside : n);
      store<i32>(job.counts + (<usize> pixel << 2), reached);
      job.steps += reached;
    } else if ((out >> lane & 1) !== 0) {
      const zx = half(bx, lane), zy = half(by, lane);
      enqueue(at, pixel, zx, zy, half(cx, lane), half(cy, lane), n - REPLAYED, 0);
    } else {
      write(job, pixel, limit, 0.0);
      job.steps += limit;
    }
    active--;
  }
  if (taken === job.listed) {
    nextX = nextY = nextCx = nextCy = 0.0;
    store<i32>(fourth, NONE, LANE_PIXEL);
    return;
  }
  const dozen = dozenOf(at, taken);
  const other = <usize> (<u32> taken % LANES);
  const from = dozen + (other << 3);
  nextX = load<f64>(from);
  nextY = load<f64>(from, DOZEN_Y);
  nextCx = load<f64>(from, DOZEN_CX);
  nextCy = load<f64>(from, DOZEN_CY);
  const n = load<i32>(dozen + (other << 2), DOZEN_N);
  // The limit may be 2^31 - 1: nothing is added to it.
  const due = clock + min(TOGETHER, limit - n);
  store<i32>(eighth, clock - n, LANE_START);
  store<i32>(eighth, due, LANE_SAVE_AT);
  event = min(event, due);
  store<i32>(fourth, load<i32>(dozen + (other << 2), DOZEN_PIXEL), LANE_PIXEL);
  taken++;
  active++;
}

/** Of a pair the lane's. */

@inline
function half(pair: v128, lane: i32): f64 {
  return (lane & 1) !== 0 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0);
}
