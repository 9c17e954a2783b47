// Long orbits: every lane for itself. When a pixel leaves, the next one takes its lane.

import {
  DOZEN_CX,
  DOZEN_CY,
  DOZEN_N,
  DOZEN_PIXEL,
  DOZEN_Y,
  dozenOf,
  Job,
  LANE_C,
  LANE_PIXEL,
  LANE_SAVE_AT,
  LANE_SAVED,
  LANE_START,
  LANES,
  NEVER,
  NONE,
  writeInterior,
  zOf,
} from "./job";
import { enqueue } from "./finish";
import { blocksMade, giveBefore, giveZ, run, take } from "./block";

/** Blocks are 8 steps while lanes are emptied often, and 32 once this many are made for a pixel. */
const LONG_ORBIT: i64 = 300;

/** Steps between two looks for a repeated point: a power of two, and at least a long block. */
const PERIOD_CHECK: i64 = 64;

/** Whether the lanes in memory are the twelve of block.ts: not after a change. */
let inGlobals: bool = false;

/** Gives every lane the first orbits of the list. */
export function beginLanes(at: usize): void {
  const job = changetype<Job>(at);
  job.clock = 0;
  job.event = 0;
  job.nextSave = 0;
  job.left = 0;
  job.taken = 0;
  for (let lane = 0; lane < LANES; lane++) refill(at, lane);
}

/** Iterates until the clock says `pause` or no orbit is left; returns true in the latter case. */
export function iterateLanes(at: usize, pause: i64): bool {
  const job = changetype<Job>(at);
  inGlobals = false;
  while (job.active > 0) {
    if (job.clock >= pause) return false;
    if (job.clock * LANES > LONG_ORBIT * <i64> (job.left + LANES)) advance(at, 32, pause);
    else advance(at, 8, pause);
  }
  return true;
}

/** Makes blocks of `steps` steps until there is something to do. */
function advance(at: usize, steps: i32, pause: i64): void {
  const job = changetype<Job>(at);
  const check = (job.clock & ~(PERIOD_CHECK - 1)) + PERIOD_CHECK;
  const until = min(min(job.event, pause), check);
  if (!inGlobals) take(zOf(at, 0), at + LANE_C);
  inGlobals = true;
  const outside = run(steps, <i32> ((until - job.clock + steps - 1) / steps));
  giveZ(zOf(at, 0));
  job.clock += blocksMade * steps;
  if (outside !== 0) {
    giveBefore(zOf(at, 1));
    retire(at, outside, steps);
  }
  if (job.clock >= job.event) {
    giveBefore(zOf(at, 1));
    retire(at, overdue(at), steps);
  }
  if (job.clock >= check) checkPeriods(at);
}

/** Queues the lanes of the bit mask by their state before the block's `steps`, and refills them. */
function retire(at: usize, lanes: i32, steps: i32): void {
  const job = changetype<Job>(at);
  const before = zOf(at, 1);
  const c = at + LANE_C;
  for (; lanes !== 0; lanes &= lanes - 1) {
    const lane = ctz(lanes);
    const offset = <usize> lane << 3;
    enqueue(
      at,
      load<i32>(at + (<usize> lane << 2), LANE_PIXEL),
      load<f64>(before + offset),
      load<f64>(before + offset, DOZEN_Y),
      load<f64>(c + offset),
      load<f64>(c + offset, DOZEN_Y),
      <i32> (job.clock - steps - load<i64>(at + (<usize> lane << 3), LANE_START)),
      (steps >> 3) - 1,
    );
    leave(at, lane);
  }
}

/** The lanes that have reached the limit; finds the clock at which the next one can. */
function overdue(at: usize): i32 {
  const job = changetype<Job>(at);
  let lanes = 0;
  job.event = NEVER;
  for (let lane = 0; lane < LANES; lane++) {
    const due = load<i64>(at + (<usize> lane << 3), LANE_START) + job.limit;
    if (due <= job.clock) lanes |= 1 << lane;
    else job.event = min(job.event, due);
  }
  return lanes;
}

/**
 * Brent's search for a cycle: an orbit that returns to a saved point exactly will do so for ever. The
 * point is saved 64, 128, 256, ... steps after the orbit took its lane.
 */
function checkPeriods(at: usize): void {
  const job = changetype<Job>(at);
  const z = zOf(at, 0);
  for (let lane = 0; lane < LANES; lane += 2) {
    const chain = <usize> lane << 3;
    const same = v128.and(
      f64x2.eq(v128.load(z + chain), v128.load(at + chain, LANE_SAVED)),
      f64x2.eq(v128.load(z + chain, DOZEN_Y), v128.load(at + chain, LANE_SAVED + DOZEN_Y)),
    );
    if (v128.any_true(same)) {
      const lanes = i64x2.bitmask(same);
      if (lanes & 1) closeCycle(at, lane);
      if (lanes & 2) closeCycle(at, lane + 1);
    }
  }
  if (job.clock >= job.nextSave) savePoints(at);
}

function closeCycle(at: usize, lane: i32): void {
  const job = changetype<Job>(at);
  job.steps += job.clock - load<i64>(at + (<usize> lane << 3), LANE_START);
  writeInterior(job, load<i32>(at + (<usize> lane << 2), LANE_PIXEL));
  leave(at, lane);
}

function savePoints(at: usize): void {
  const job = changetype<Job>(at);
  const z = zOf(at, 0);
  job.nextSave = NEVER;
  for (let lane = 0; lane < LANES; lane++) {
    const eighth = at + (<usize> lane << 3);
    let saveAt = load<i64>(eighth, LANE_SAVE_AT);
    if (saveAt <= job.clock) {
      const offset = <usize> lane << 3;
      store<f64>(at + offset, load<f64>(z + offset), LANE_SAVED);
      store<f64>(at + offset, load<f64>(z + offset, DOZEN_Y), LANE_SAVED + DOZEN_Y);
      saveAt = 2 * job.clock - load<i64>(eighth, LANE_START);
      store<i64>(eighth, saveAt, LANE_SAVE_AT);
    }
    job.nextSave = min(job.nextSave, saveAt);
  }
}

/** Counts a pixel out of its lane and takes the next one in. */
function leave(at: usize, lane: i32): void {
  const job = changetype<Job>(at);
  job.left++;
  job.active--;
  refill(at, lane);
}

/** Gives a lane the next orbit, or leaves it idle at a point that stays where it is. */
function refill(at: usize, lane: i32): void {
  const job = changetype<Job>(at);
  let x = 0.0, y = 0.0, cx = 0.0, cy = 0.0;
  let pixel = NONE;
  let start = NEVER;
  let saveAt = NEVER;
  if (job.taken < job.listed) {
    const dozen = dozenOf(at, job.taken);
    const other = <usize> (<u32> job.taken % LANES);
    const eighth = dozen + (other << 3);
    x = load<f64>(eighth);
    y = load<f64>(eighth, DOZEN_Y);
    cx = load<f64>(eighth, DOZEN_CX);
    cy = load<f64>(eighth, DOZEN_CY);
    start = job.clock - <i64> load<i32>(dozen + (other << 2), DOZEN_N);
    pixel = load<i32>(dozen + (other << 2), DOZEN_PIXEL);
    saveAt = job.clock + PERIOD_CHECK;
    job.nextSave = min(job.nextSave, saveAt);
    job.event = min(job.event, start + job.limit);
    job.taken++;
    job.active++;
  }
  inGlobals = false;
  const offset = <usize> lane << 3;
  const z = zOf(at, 0) + offset;
  store<f64>(z, x);
  store<f64>(z, y, DOZEN_Y);
  store<f64>(at + offset, cx, LANE_C);
  store<f64>(at + offset, cy, LANE_C + DOZEN_Y);
  // Nothing equals NaN: no cycle is seen before a point of this orbit is saved.
  store<f64>(at + offset, NaN, LANE_SAVED);
  store<f64>(at + offset, NaN, LANE_SAVED + DOZEN_Y);
  store<i64>(at + (<usize> lane << 3), start, LANE_START);
  store<i64>(at + (<usize> lane << 3), saveAt, LANE_SAVE_AT);
  store<i32>(at + (<usize> lane << 2), pixel, LANE_PIXEL);
}
