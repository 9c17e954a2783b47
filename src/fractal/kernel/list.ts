// Orbits that are listed: twelve at a time for 256 steps. Who leaves makes room for the next one.
//
// 2026-11-28, the window of squads.ts, a tenth of its pixels are listed. What lost, by the time for all:
//
//   dozens of the list that go together until few are inside, and are listed again        1.02
//   the lanes' own way: every exchange by memory, all replayed                              1.02
//   the blocks of smooth pixels for counts too                                              1.04
//   tested blocks of 4 steps for smooth pixels                                              1.05

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
import { blocksMade, clear, count, exchange, run } from "./block";

/** Steps of an orbit at most; what is still inside then is listed again. */
const TOGETHER: i32 = 256;

/** Fewer orbits than this are left to the lanes. */
const FEW: i32 = 4;

/**
 * Steps of a block. With a test at each, when counts are all that is wanted (2026-11-28: 8 are 1.01);
 * without one for smooth pixels, whose last 8 are made again in the queue to find what is needed.
 */
const COUNTED: i32 = 16;
const REPLAYED: i32 = 8;

const ALL: i32 = (1 << LANES) - 1;

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
export let nextX: f64 = 0.0;
export let nextY: f64 = 0.0;
export let nextCx: f64 = 0.0;
export let nextCy: f64 = 0.0;

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
export function leave(
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
