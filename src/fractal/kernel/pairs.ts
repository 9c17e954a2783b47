// The first steps of every orbit: neighbours iterate as a pair, since they often leave together.
//
// A chain holds two pixels of the list. When both leave in one block, they go to the queue and the
// next two come in, with two vectors moved instead of lane by lane. When only one leaves, or the pair
// has been in for a while, those that remain are listed to be continued one by one (lanes.ts).

import {
  columnOf,
  Job,
  LANE_C,
  LANE_PIXEL,
  LANE_START,
  laneOffset,
  LANES,
  NEVER,
  NONE,
  ORBIT_BYTES,
  ORBITS,
  rowOf,
  TODO,
  writeInterior,
  zOf,
} from "./job";
import { enqueuePair } from "./finish";
import { block } from "./block";

const BLOCK: i32 = 8;

/** Steps that a pair stays together at most; longer orbits go on by themselves. */
const TOGETHER: i32 = 256;

/** Starts all pixels of the list; afterwards those that are not settled stand among the orbits. */
export function iteratePairs(at: usize): void {
  const job = changetype<Job>(at);
  const patience = min(job.limit, TOGETHER);
  for (let lane = 0; lane < LANES; lane += 2) seat(at, lane);
  // Pairs sit down in turn, so the oldest is due first: `event` is the earliest clock it can be.
  job.event = patience;
  while (job.active > 0) {
    let lanes = block(at, zOf(at, job.side), zOf(at, job.side ^ 1), BLOCK);
    job.side ^= 1;
    job.clock += BLOCK;
    for (; lanes !== 0;) {
      const lane = ctz(lanes) & ~1;
      unseat(at, lane, lanes >> lane & 3);
      lanes &= ~(3 << lane);
    }
    if (job.clock >= job.event) unseatOld(at, patience);
  }
}

/** Empties the seats of pairs that have been together for `patience` steps. */
function unseatOld(at: usize, patience: i32): void {
  const job = changetype<Job>(at);
  let oldest = NEVER;
  for (let lane = 0; lane < LANES; lane += 2) {
    let start = load<i64>(at + (<usize> lane << 3), LANE_START);
    if (start + patience <= job.clock) {
      // At the limit itself the queue finds out whether the last steps escaped.
      unseat(at, lane, patience === job.limit ? 3 : 0);
      start = load<i64>(at + (<usize> lane << 3), LANE_START);
    }
    oldest = min(oldest, start);
  }
  job.event = oldest + patience;
}

/** Queues the lanes of a pair whose bit is set in `out`, lists the others as orbits, seats the next. */
function unseat(at: usize, lane: i32, out: i32): void {
  const job = changetype<Job>(at);
  const chain = laneOffset(lane);
  const now = zOf(at, job.side) + chain;
  const before = zOf(at, job.side ^ 1) + chain;
  const age = job.clock - load<i64>(at + (<usize> lane << 3), LANE_START);
  const pixels = at + (<usize> lane << 2);
  let pixel0 = load<i32>(pixels, LANE_PIXEL);
  let pixel1 = load<i32>(pixels, LANE_PIXEL + 4);
  if (!(out & 1)) {
    addOrbit(at, pixel0, load<f64>(now), load<f64>(now, 16), <i32> age);
    pixel0 = NONE;
  }
  if (!(out & 2)) {
    addOrbit(at, pixel1, load<f64>(now, 8), load<f64>(now, 24), <i32> age);
    pixel1 = NONE;
  }
  if (out !== 0) {
    enqueuePair(
      at,
      pixel0,
      pixel1,
      v128.load(before),
      v128.load(before, 16),
      v128.load(at + chain, LANE_C),
      v128.load(at + chain, LANE_C + 16),
      age - BLOCK,
    );
  }
  job.left += 2;
  job.active -= 2;
  seat(at, lane);
}

function addOrbit(at: usize, pixel: i32, x: f64, y: f64, n: i32): void {
  if (pixel === NONE) return;
  const job = changetype<Job>(at);
  if (n >= job.limit) {
    job.steps += job.limit;
    writeInterior(job, pixel);
    return;
  }
  const orbit = at + <usize> job.orbits * ORBIT_BYTES;
  store<f64>(orbit, x, ORBITS);
  store<f64>(orbit, y, ORBITS + 8);
  store<i32>(orbit, n, ORBITS + 16);
  store<i32>(orbit, pixel, ORBITS + 20);
  job.orbits++;
}

/** Gives a chain the next two pixels, at n = 0, or points that stay where they are. */
function seat(at: usize, lane: i32): void {
  const job = changetype<Job>(at);
  let x = f64x2.splat(0.0);
  let y = f64x2.splat(0.0);
  let pixel0 = NONE;
  let pixel1 = NONE;
  let start = NEVER;
  const waiting = job.todo - job.taken;
  if (waiting > 0) {
    const todo = at + (<usize> job.taken << 2);
    pixel0 = load<i32>(todo, TODO);
    pixel1 = waiting > 1 ? load<i32>(todo, TODO + 4) : NONE;
    const other = waiting > 1 ? pixel1 : pixel0;
    x = f64x2.replace_lane(f64x2.splat(columnOf(job, pixel0)), 1, columnOf(job, other));
    y = f64x2.replace_lane(f64x2.splat(rowOf(job, pixel0)), 1, rowOf(job, other));
    start = job.clock;
    job.taken += 2;
    job.active += 2;
  }
  const chain = laneOffset(lane);
  const z = zOf(at, job.side) + chain;
  v128.store(z, x);
  v128.store(z, y, 16);
  v128.store(at + chain, x, LANE_C);
  v128.store(at + chain, y, LANE_C + 16);
  store<i64>(at + (<usize> lane << 3), start, LANE_START);
  store<i32>(at + (<usize> lane << 2), pixel0, LANE_PIXEL);
  store<i32>(at + (<usize> lane << 2), pixel1, LANE_PIXEL + 4);
}
