// The first steps of every orbit: twelve pixels go together, since neighbours often leave together.
//
// Twelve run without a test as far as the twelve before them could; then with a test at every step, until
// few are inside. Those are listed, and a few passes over the list make new dozens of them. What is left
// goes on lane by lane (lanes.ts).
//
// A tile is six columns by two rows of the batch: its c needs no list, its counts are two short rows.
//
// 2026-11-28, the window x 0.1015, y -0.633, size 0.01 at 255 iterations, mean count 52. Seven tenths of the
// tiles have counts at most 4 apart: 20 ns a pixel, 12 of them the steps at the limit. The others take 71
// ns, 34 of them the steps: their first count is 70, the mean 93, the largest 171. What lost, by its time
// for the window's counts, the whole window in turns with what is here:
//
//   pairs that each leave for themselves and are replayed                               1.6
//   every |z|^2 stored and looked at where a lane has left, pairs taking turns          1.5
//   sweeps over a list of pairs, 20 steps and all samples written, no jump on a lane    1.06 (smooth 1.08)
//   tiles read from a list like the rest                                                1.1
//
// and, batch by batch:
//
//   a tile's first steps made where it is taken in, without a block's test              1.05
//   as many looks as the tile before needed, without a jump between them                1.05
//   the bits of two chains in one register, so that one instruction moves four          1.1
//   64 counted steps of a tile, or 96, instead of 32                                    1.02
//
// A batch that is repeated at once flatters whatever jumps, as the processor knows its jumps by then: there
// this takes 0.93 of what it took with leaps of 16 steps, in the whole window 0.96 to 0.98.
//
// Nothing is gained by half of the doublings as products (adders and multipliers would be equally busy),
// nor by a block's steps written out (up to 1.4 times).

import {
  DOZEN_CX,
  DOZEN_CY,
  DOZEN_N,
  DOZEN_PIXEL,
  DOZEN_Y,
  dozenOf,
  Job,
  LANES,
  putOrbit,
  sumOf,
  TILE,
  write,
  writeFour,
  zOf,
} from "./job";
import { flushCounted } from "./finish";
import { fractionsOf } from "./log2";
import {
  allCounted,
  beginCount,
  blocksMade,
  count,
  counted,
  far0,
  far1,
  far2,
  far3,
  far4,
  far5,
  giveC,
  giveZ,
  goBack,
  look,
  looksFar,
  looksMade,
  run,
  take,
  takeTile,
} from "./block";

/**
 * Steps between two tests while a dozen goes ahead, and between two looks at it afterwards. (2026-11-28,
 * the time of the lesson's window: with leaps of 16 steps 1.00 to 1.02, of 4 steps 1.10.)
 */
const LEAP: i32 = 8;
const LOOK: i32 = 4;

/** Looks at most: `count` keeps two bits a step in 64. */
const LOOKS: i32 = 8;

/** Looks that may show all twelve inside before they go ahead again. */
const QUIET: i32 = 4;

const ALL: i32 = (1 << LANES) - 1;

/** Fewer lanes inside than this break a dozen up (2026-11: 3 and 5 alike, 6 is 2 % slower). */
const FEW: i32 = 4;

/** Steps that a tile makes at most, and a dozen in each pass. */
const TOGETHER: i32 = 256;

/** Passes over the list at most; one that leaves most in it is the last (2026-11: 4 are 2 % slower). */
const PASSES: i32 = 8;

/** Of the dozen iterated last: steps made, those before the counted ones, a bit for each lane outside. */
let age: i32 = 0;
let uncounted: i32 = 0;
let outside: i32 = 0;
/** Steps at the last look for |z| > 256. */
let lookedAt: i32 = 0;

/** Steps that a dozen goes ahead: what the dozen before it could make. */
let calm: i32 = 0;

/** Prepares for the tiles of a batch. */
export function beginTiles(at: usize): void {
  calm = 0;
  memory.fill(at + TILE + DOZEN_N, 0, 4 * LANES);
}

/** Iterates six columns by two rows from the upper left `pixel` on, and lists what is left of them. */
export function iterateTile(at: usize, pixel: i32, columns: usize, y0: f64, y1: f64): void {
  const job = changetype<Job>(at);
  const tile = at + TILE;
  takeTile(columns, y0, y1);
  iterate(at, min(TOGETHER, job.limit));
  if (outside !== ALL) giveTile(tile, pixel, job.width);
  writeTile(at, pixel);
  if (outside !== ALL) job.listed = keepInside(at, tile, job.listed);
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
  calm = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    const before = job.listed;
    let kept = 0;
    let orbit = 0;
    for (; orbit + LANES <= before; orbit += LANES) kept = runDozen(at, orbit, kept);
    for (; orbit < before; orbit++) keep(at, orbit, kept++);
    job.listed = kept;
    if (kept < LANES || kept * 4 > before * 3) break;
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
function runDozen(at: usize, orbit: i32, kept: i32): i32 {
  const job = changetype<Job>(at);
  const dozen = dozenOf(at, orbit);
  take(dozen, dozen + DOZEN_CX);
  iterate(at, min(TOGETHER, job.limit - latest(dozen)));
  writeDozen(at, dozen);
  return outside === ALL ? kept : keepInside(at, dozen, kept);
}

/**
 * Iterates the twelve that have been taken in until few are inside, or for about `patience` steps. Leaves
 * the z of those in memory, and follows the others until |z| > 256 when fractions are wanted: 36 steps at
 * most, at c = -2.
 */
function iterate(at: usize, patience: i32): void {
  const smooth = changetype<Job>(at).fractions !== 0;
  let made = 0;
  let out = 0;
  let ahead = min(calm, patience);
  do {
    if (ahead - made >= LOOK) made += goAhead(ahead - made);
    beginCount();
    uncounted = made;
    // For the fraction a lane is looked at as soon as it is out; a count can be told later.
    out = count(QUIET, smooth ? LANES : FEW);
    made += LOOK * looksMade;
    // No one is out: all could have gone further ahead.
    ahead = patience;
  } while (out === 0 && made < patience);
  let far = smooth && out !== 0 ? look() : 0;
  let looks = LOOKS - looksMade;
  while (looks > 0 && popcnt(ALL & ~out) >= FEW && made < patience) {
    out = count(smooth ? 1 : looks, FEW);
    made += LOOK * looksMade;
    looks -= looksMade;
    if (smooth) far = look();
  }
  calm = max(0, uncounted + allCounted() - 1);
  age = made;
  outside = out;
  if (out !== ALL) giveZ(zOf(at, 0));
  lookedAt = made;
  if (!smooth) return;
  while ((out & ~far) !== 0) {
    run(LOOK, LOOK, 1);
    lookedAt += LOOK;
    far = look();
  }
}

/**
 * Makes `steps` steps, rounded down to whole looks, without a test at every one; fewer if a lane is
 * outside before. Returns how many.
 */
function goAhead(steps: i32): i32 {
  const blocks = <u32> (steps + LEAP - LOOK) / LEAP;
  const rest = (steps & (LEAP - LOOK)) || LEAP;
  const early = run(rest, LEAP, blocks);
  if (early === 0) return rest + LEAP * (blocksMade - 1);
  goBack();
  return max(0, rest + LEAP * (blocksMade - 2));
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

/** Writes the samples of a tile; those of lanes that are still inside are overwritten later. */
function writeTile(at: usize, pixel: i32): void {
  const job = changetype<Job>(at);
  findSamples(at, at + TILE);
  putTile(job.counts, pixel, job.width, counts0, counts1, counts2);
  if (job.fractions !== 0) {
    putTile(job.fractions, pixel, job.width, fractions0, fractions1, fractions2);
  }
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

/** Writes the samples of a dozen; those of lanes that are still inside are overwritten later. */
function writeDozen(at: usize, dozen: usize): void {
  const job = changetype<Job>(at);
  findSamples(at, dozen);
  writeFour(job, v128.load(dozen, DOZEN_PIXEL), counts0, fractions0);
  writeFour(job, v128.load(dozen, DOZEN_PIXEL + 16), counts1, fractions1);
  writeFour(job, v128.load(dozen, DOZEN_PIXEL + 32), counts2, fractions2);
}

/** The samples of a dozen, after `findSamples`: i32 and f32, four each. */
let counts0: v128 = i64x2.splat(0), counts1: v128 = i64x2.splat(0), counts2: v128 = i64x2.splat(0);
let fractions0: v128 = i64x2.splat(0),
  fractions1: v128 = i64x2.splat(0),
  fractions2: v128 = i64x2.splat(0);

/** Finds the samples of the dozen iterated last; lanes that are inside have no fraction. */
function findSamples(at: usize, dozen: usize): void {
  const job = changetype<Job>(at);
  const limit = i32x4.splat(job.limit);
  const base = i32x4.splat(uncounted);
  const start0 = i32x4.add(v128.load(dozen, DOZEN_N), base);
  const start1 = i32x4.add(v128.load(dozen, DOZEN_N + 16), base);
  const start2 = i32x4.add(v128.load(dozen, DOZEN_N + 32), base);
  const n0 = i32x4.add(start0, counted(0));
  const n1 = i32x4.add(start1, counted(1));
  const n2 = i32x4.add(start2, counted(2));
  let steps0 = i32x4.min_s(n0, limit), steps1 = i32x4.min_s(n1, limit);
  let steps2 = i32x4.min_s(n2, limit);
  counts0 = steps0, counts1 = steps1, counts2 = steps2;
  if (job.fractions !== 0) {
    // The first of so many looks was (looks - 1) * LOOK steps ago.
    const last = i32x4.splat(lookedAt - uncounted + LOOK);
    const m0 = i32x4.sub(i32x4.add(start0, last), i32x4.shl(looksFar(0), 2));
    const m1 = i32x4.sub(i32x4.add(start1, last), i32x4.shl(looksFar(1), 2));
    const m2 = i32x4.sub(i32x4.add(start2, last), i32x4.shl(looksFar(2), 2));
    const escaped0 = i32x4.lt_s(n0, limit);
    const escaped1 = i32x4.lt_s(n1, limit);
    const escaped2 = i32x4.lt_s(n2, limit);
    fractions0 = v128.and(escaped0, fractionsOf(far0, far1, i32x4.sub(m0, n0)));
    fractions1 = v128.and(escaped1, fractionsOf(far2, far3, i32x4.sub(m1, n1)));
    fractions2 = v128.and(escaped2, fractionsOf(far4, far5, i32x4.sub(m2, n2)));
    steps0 = v128.bitselect(m0, steps0, escaped0);
    steps1 = v128.bitselect(m1, steps1, escaped1);
    steps2 = v128.bitselect(m2, steps2, escaped2);
  }
  if (outside !== ALL) {
    steps0 = finished(steps0, 0), steps1 = finished(steps1, 4), steps2 = finished(steps2, 8);
  }
  job.steps += sumOf(i32x4.add(i32x4.add(steps0, steps1), steps2));
}

/** Of the steps of four lanes those of lanes outside; 0 for the others. */

@inline
function finished(steps: v128, lane: i32): v128 {
  const bits = i32x4(1, 2, 4, 8);
  return v128.and(steps, i32x4.eq(v128.and(i32x4.splat(outside >> lane), bits), bits));
}

/** Lists the lanes of a dozen that are still inside again; returns how many are listed. */
function keepInside(at: usize, dozen: usize, kept: i32): i32 {
  const job = changetype<Job>(at);
  const z = zOf(at, 0);
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
