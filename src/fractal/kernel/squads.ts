// The first steps of every orbit: twelve pixels go together, since neighbours often leave together.
//
// Twelve run in blocks without a test, as many as the twelve before them could make or until one is
// outside; then, from that block's start, with a test at every step until few are inside. Those are
// listed, and a few passes over the list make new dozens of them. What is left goes on lane by lane
// (lanes.ts).
//
// A tile is six columns by two rows of the batch: its c needs no list, its counts are two short rows.
//
// 2026-11, the window x 0.1015, y -0.633, size 0.01 at 255 iterations: 40 steps of a pixel are made
// without a test and 18 with one, which costs 1.6 times as much. Pairs that each leave for themselves
// and are replayed took 1.6 times as long in all; tiles read from a list like the rest, 1.1 times.

import {
  DOZEN_CX,
  DOZEN_CY,
  DOZEN_N,
  DOZEN_PIXEL,
  DOZEN_Y,
  dozenOf,
  Job,
  LANE_COUNT,
  LANES,
  putOrbit,
  sumOf,
  TILE,
  write,
  writeFour,
  zOf,
} from "./job";
import { enqueuePair, flushCounted } from "./finish";
import {
  blocksMade,
  count,
  giveC,
  giveCounts,
  giveZ,
  goBack,
  run,
  setInside,
  take,
  takeTile,
} from "./block";

/** Steps between two looks at a dozen. */
const BLOCK: i32 = 8;

const ALL: i32 = (1 << LANES) - 1;

/** A dozen is broken up when fewer lanes than this are inside (2026-11: 5 and 6 alike, 8 is 3 % slower). */
const FEW: i32 = 5;

/** Steps that a tile makes at most; so does a dozen in the first pass, and half as many in each later one. */
const TOGETHER: i32 = 256;

const PASSES: i32 = 4;

/** Of the dozen iterated last: steps made, and a bit for each lane that is outside. */
let age: i32 = 0;
let outside: i32 = 0;

/** Steps without a test that a dozen makes at first: what the dozen before it could make. */
let calm: i32 = 0;

/** Prepares for the tiles of a batch. */
export function beginTiles(at: usize): void {
  calm = 0;
  memory.fill(at + TILE + DOZEN_N, 0, 4 * LANES);
}

/** Iterates six columns by two rows from the upper left `pixel` on, and lists what is left of them. */
export function iterateTile(at: usize, pixel: i32, columns: usize, y0: f64, y1: f64): void {
  const job = changetype<Job>(at);
  const smooth = job.fractions !== 0;
  const tile = at + TILE;
  takeTile(columns, y0, y1);
  if (smooth) giveTile(tile, pixel, job.width);
  iterate(at, tile, min(TOGETHER, job.limit), smooth);
  if (!smooth) writeTile(at, pixel);
  if (outside === ALL) return;
  if (!smooth) giveTile(tile, pixel, job.width);
  job.listed = keepInside(at, tile, job.listed);
}

/** Stores c and the pixels of a tile as a dozen. */
function giveTile(tile: usize, pixel: i32, width: i32): void {
  giveC(tile + DOZEN_CX);
  const first = i32x4.splat(pixel);
  const second = i32x4.splat(pixel + width);
  v128.store(tile, i32x4.add(first, i32x4(0, 1, 2, 3)), DOZEN_PIXEL);
  const both = v128.shuffle<i32>(first, second, 0, 1, 4, 5);
  v128.store(tile, i32x4.add(both, i32x4(4, 5, 0, 1)), DOZEN_PIXEL + 16);
  v128.store(tile, i32x4.add(second, i32x4(2, 3, 4, 5)), DOZEN_PIXEL + 32);
}

/** Iterates the list's dozens; afterwards the list holds the orbits that are to be continued. */
export function iterateSquads(at: usize): void {
  const job = changetype<Job>(at);
  for (let pass = 0; pass < PASSES; pass++) {
    const before = job.listed;
    let kept = 0;
    let orbit = 0;
    for (; orbit + LANES <= before; orbit += LANES) kept = runDozen(at, orbit, pass, kept);
    for (; orbit < before; orbit++) keep(at, orbit, kept++);
    job.listed = kept;
    if (kept < LANES || kept * 2 > before) break;
  }
  flushCounted(at);
}

/** Moves an orbit of the list that has not been touched. */
function keep(at: usize, orbit: i32, to: i32): void {
  const dozen = dozenOf(at, orbit);
  const lane = <usize> (orbit % LANES);
  const eighth = dozen + (lane << 3);
  const fourth = dozen + (lane << 2);
  putOrbit(
    at,
    to,
    load<f64>(eighth),
    load<f64>(eighth, DOZEN_Y),
    load<f64>(eighth, DOZEN_CX),
    load<f64>(eighth, DOZEN_CY),
    load<i32>(fourth, DOZEN_N),
    load<i32>(fourth, DOZEN_PIXEL),
  );
}

/** Iterates one dozen, and lists again what is left of it; returns how many orbits are listed so far. */
function runDozen(at: usize, orbit: i32, pass: i32, kept: i32): i32 {
  const job = changetype<Job>(at);
  const smooth = job.fractions !== 0;
  const dozen = dozenOf(at, orbit);
  take(dozen, dozen + DOZEN_CX);
  iterate(at, dozen, min(TOGETHER >> pass, job.limit - latest(dozen)), smooth);
  if (!smooth) writeDozen(at, dozen);
  return outside === ALL ? kept : keepInside(at, dozen, kept);
}

/** Iterates the twelve that have been taken in until few are inside, or for `patience` steps. */
function iterate(at: usize, dozen: usize, patience: i32, smooth: bool): void {
  let made = 0;
  const blocks = min(calm, patience) >> 3;
  if (blocks > 0) {
    const early = run(BLOCK, blocks);
    made = blocksMade * BLOCK;
    if (early !== 0) {
      goBack();
      made -= BLOCK;
    }
  }
  setInside(made);
  let out = 0;
  let first = -1;
  do {
    const before = out;
    out = count();
    if (out !== 0 && first < 0) first = made;
    made += BLOCK;
    if (smooth && out !== before) queueEscaped(at, dozen, out & ~before, made);
  } while (popcnt(ALL & ~out) >= FEW && made < patience);
  calm = first < 0 ? made : first;
  age = made;
  outside = out;
}

/** The largest n of a dozen. */

@inline
function latest(dozen: usize): i32 {
  const n = i32x4.max_s(
    i32x4.max_s(v128.load(dozen, DOZEN_N), v128.load(dozen, DOZEN_N + 16)),
    v128.load(dozen, DOZEN_N + 32),
  );
  const half = i32x4.max_s(n, v128.shuffle<i32>(n, n, 2, 3, 0, 1));
  return max(i32x4.extract_lane(half, 0), i32x4.extract_lane(half, 1));
}

/** Queues the pairs of a dozen of which a lane has just escaped, at `made` steps. */
function queueEscaped(at: usize, dozen: usize, escaped: i32, made: i32): void {
  const z = zOf(at, 0);
  giveZ(z);
  giveCounts(dozen + DOZEN_N, at + LANE_COUNT);
  for (let lane = 0; lane < LANES; lane += 2) {
    const bits = escaped >> lane & 3;
    if (bits === 0) continue;
    const eighth = <usize> lane << 3;
    const fourth = dozen + (<usize> lane << 2);
    // A lane that is not meant is no pixel: all ones.
    const unused = <i64> <u32> ((bits & 1) - 1) | <i64> ((bits >> 1) - 1) << 32;
    enqueuePair(
      at,
      v128.load(z + eighth),
      v128.load(z + eighth, DOZEN_Y),
      v128.load(dozen + eighth, DOZEN_CX),
      v128.load(dozen + eighth, DOZEN_CY),
      load<i64>(at + (<usize> lane << 2), LANE_COUNT),
      load<i64>(fourth, DOZEN_N) + (<i64> made << 32 | <i64> made),
      load<i64>(fourth, DOZEN_PIXEL) | unused,
    );
  }
}

/** Writes the counts of a tile; those of lanes that are still inside are overwritten later. */
function writeTile(at: usize, pixel: i32): void {
  const job = changetype<Job>(at);
  const limit = i32x4.splat(job.limit);
  giveCounts(at + TILE + DOZEN_N, at + LANE_COUNT);
  const four0 = i32x4.min_s(v128.load(at, LANE_COUNT), limit);
  const four1 = i32x4.min_s(v128.load(at, LANE_COUNT + 16), limit);
  const four2 = i32x4.min_s(v128.load(at, LANE_COUNT + 32), limit);
  const upper = job.counts + (<usize> pixel << 2);
  const lower = upper + (<usize> job.width << 2);
  v128.store(upper, four0);
  store<i64>(upper, i64x2.extract_lane(four1, 0), 16);
  store<i64>(lower, i64x2.extract_lane(four1, 1));
  v128.store(lower, four2, 8);
  job.steps += sumOf(
    i32x4.add(i32x4.add(finished(four0, 0), finished(four1, 4)), finished(four2, 8)),
  );
}

/** Writes the counts of a dozen; those of lanes that are still inside are overwritten later. */
function writeDozen(at: usize, dozen: usize): void {
  const job = changetype<Job>(at);
  giveCounts(dozen + DOZEN_N, at + LANE_COUNT);
  let steps = i32x4.splat(0);
  for (let lane = 0; lane < LANES; lane += 4) {
    const fourth = <usize> lane << 2;
    const counts = i32x4.min_s(v128.load(at + fourth, LANE_COUNT), i32x4.splat(job.limit));
    writeFour(job, v128.load(dozen + fourth, DOZEN_PIXEL), counts, counts);
    steps = i32x4.add(steps, finished(counts, lane));
  }
  job.steps += sumOf(steps);
}

/** Of the counts of four lanes those that are outside; 0 for the others. */

@inline
function finished(counts: v128, lane: i32): v128 {
  const bits = i32x4(1, 2, 4, 8);
  return v128.and(counts, i32x4.eq(v128.and(i32x4.splat(outside >> lane), bits), bits));
}

/** Lists the lanes of a dozen that are still inside again; returns how many are listed. */
function keepInside(at: usize, dozen: usize, kept: i32): i32 {
  const job = changetype<Job>(at);
  const z = zOf(at, 0);
  giveZ(z);
  for (let lanes = ALL & ~outside; lanes !== 0; lanes &= lanes - 1) {
    const lane = <usize> ctz(lanes);
    const eighth = lane << 3;
    const fourth = dozen + (lane << 2);
    const n = load<i32>(fourth, DOZEN_N) + age;
    const pixel = load<i32>(fourth, DOZEN_PIXEL);
    if (n >= job.limit) {
      job.steps += job.limit;
      write(job, pixel, job.limit, 0.0);
    } else {
      putOrbit(
        at,
        kept++,
        load<f64>(z + eighth),
        load<f64>(z + eighth, DOZEN_Y),
        load<f64>(dozen + eighth, DOZEN_CX),
        load<f64>(dozen + eighth, DOZEN_CY),
        n,
        pixel,
      );
    }
  }
  return kept;
}
