// The first steps of every orbit: twelve pixels go together, since neighbours often leave together.
//
// A tile is six columns by two rows of the batch. Its pixels run without a test as far as those to the
// left, above and above to the right could; then with a test at every step, until few are inside. Those
// are listed (block.ts).
//
// What was tried besides: experiment kernel-2.

import { CALM, DOZEN_Y, Job, LANES, putOrbit, sumOf, write, zOf } from "./job";
import { fractionsOf } from "./log2";
import {
  allInside,
  allSteps,
  beginSteps,
  counted,
  far0,
  far1,
  far2,
  far3,
  far4,
  far5,
  follow,
  giveZ,
  lookedAt,
  looksFar,
  made,
  outside,
  takeTile,
  uncounted,
} from "./tile";

/** Steps that a tile makes at most. */
const TOGETHER: i32 = 256;

/** The largest number that a byte of CALM holds. */
const MOST_CALM: i32 = 255;

/** Columns of a tile. */
const SIX: i32 = 6;

const ALL: i32 = (1 << LANES) - 1;

/** What the tile to the left could do without a test. */
let calm: i32 = 0;

/** Steps of finished pixels (i32). */
let steps: v128 = i64x2.splat(0);

/**
 * Prepares for the tiles of a batch. What lies in CALM is of the batch before, most often the rows above:
 * nothing but the time depends on it.
 */
export function beginTiles(at: usize): void {
  const job = changetype<Job>(at);
  calm = MOST_CALM;
  // There is no tile to the right of the last one.
  store<u8>(at + CALM + <usize> (job.width - job.width % SIX), MOST_CALM);
  steps = i64x2.splat(0);
  beginSteps();
}

/** Adds the steps of a batch's tiles to its counters. */
export function endTiles(at: usize): void {
  const job = changetype<Job>(at);
  job.steps += sumOf(steps);
  job.made += <i64> allSteps * LANES;
}

/** Iterates six columns by two rows from the upper left `pixel` on, and lists what is left of them. */
export function iterateTile(at: usize, pixel: i32, columns: usize, y0: f64, y1: f64): void {
  const job = changetype<Job>(at);
  const above = at + CALM + ((columns - job.columns) >> 3);
  const patience = min(TOGETHER, job.limit);
  const ahead = min(min(<i32> load<u8>(above), <i32> load<u8>(above, SIX)), min(calm, patience));
  takeTile(columns, y0, y1);
  follow(ahead, patience, job.fractions !== 0);
  calm = min(MOST_CALM, max(0, allInside - 1));
  store<u8>(above, calm);
  writeTile(job, pixel);
  if (outside !== ALL) listInside(at, pixel, columns, y0, y1);
}

/** Writes the samples of a tile; those of pixels that are still inside are overwritten later. */
function writeTile(job: Job, pixel: i32): void {
  const limit = i32x4.splat(job.limit);
  const start = i32x4.splat(uncounted);
  const n0 = i32x4.add(start, counted(0));
  const n1 = i32x4.add(start, counted(1));
  const n2 = i32x4.add(start, counted(2));
  let steps0 = i32x4.min_s(n0, limit), steps1 = i32x4.min_s(n1, limit);
  let steps2 = i32x4.min_s(n2, limit);
  putTile(job.counts, pixel, job.width, steps0, steps1, steps2);
  if (job.fractions !== 0) {
    // The first of so many looks was (looks - 1) * 4 steps ago. Pixels inside have no fraction.
    const last = i32x4.splat(lookedAt + 4);
    const m0 = i32x4.sub(last, i32x4.shl(looksFar(0), 2));
    const m1 = i32x4.sub(last, i32x4.shl(looksFar(1), 2));
    const m2 = i32x4.sub(last, i32x4.shl(looksFar(2), 2));
    const escaped0 = i32x4.lt_s(n0, limit);
    const escaped1 = i32x4.lt_s(n1, limit);
    const escaped2 = i32x4.lt_s(n2, limit);
    putTile(
      job.fractions,
      pixel,
      job.width,
      v128.and(escaped0, fractionsOf(far0, far1, i32x4.sub(m0, n0))),
      v128.and(escaped1, fractionsOf(far2, far3, i32x4.sub(m1, n1))),
      v128.and(escaped2, fractionsOf(far4, far5, i32x4.sub(m2, n2))),
    );
    steps0 = v128.bitselect(m0, steps0, escaped0);
    steps1 = v128.bitselect(m1, steps1, escaped1);
    steps2 = v128.bitselect(m2, steps2, escaped2);
  }
  if (outside !== ALL) {
    steps0 = finished(steps0, 0), steps1 = finished(steps1, 4), steps2 = finished(steps2, 8);
  }
  steps = i32x4.add(steps, i32x4.add(i32x4.add(steps0, steps1), steps2));
}

/** Writes twelve samples, six by two. */

@inline
function putTile(samples: usize, pixel: i32, width: i32, s0: v128, s1: v128, s2: v128): void {
  const upper = samples + (<usize> pixel << 2);
  const lower = upper + (<usize> width << 2);
  v128.store(upper, s0);
  store<i64>(upper, i64x2.extract_lane(s1, 0), 16);
  store<i64>(lower, i64x2.extract_lane(s1, 1));
  v128.store(lower, s2, 8);
}

/** Of the steps of four lanes those of lanes outside; 0 for the others. */

@inline
function finished(steps: v128, lane: i32): v128 {
  const bits = i32x4(1, 2, 4, 8);
  return v128.and(steps, i32x4.eq(v128.and(i32x4.splat(outside >> lane), bits), bits));
}

/** Lists the pixels of a tile that are still inside. */
function listInside(at: usize, pixel: i32, columns: usize, y0: f64, y1: f64): void {
  const job = changetype<Job>(at);
  const z = zOf(at, 0);
  giveZ(z);
  for (let lanes = ALL & ~outside; lanes !== 0; lanes &= lanes - 1) {
    const lane = ctz(lanes);
    const lower = lane >= SIX;
    const column = lower ? lane - SIX : lane;
    const sample = pixel + column + (lower ? job.width : 0);
    if (made >= job.limit) {
      job.steps += job.limit;
      write(job, sample, job.limit, 0.0);
      continue;
    }
    const eighth = z + (<usize> lane << 3);
    putOrbit(
      at,
      job.listed++,
      load<f64>(eighth),
      load<f64>(eighth, DOZEN_Y),
      load<f64>(columns + (<usize> column << 3)),
      lower ? y1 : y0,
      made,
      sample,
    );
  }
}
