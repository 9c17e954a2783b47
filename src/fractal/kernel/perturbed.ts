// The escape-time kernel for pixels that doubles cannot tell apart: the door of its WASM module.
//
// A pixel is a difference c from a reference point C whose orbit has been computed with as many bits as
// it takes. One job is a batch: the differences of its columns and of its rows.
//
//   z_0 = 0,   z' = 2 Z z + z^2 + c,   and the orbit of C + c is Z + z
//   the count is the first n with |Z_(n+1) + z_(n+1)| > 2
//
//   reference.ts   the orbit's memory
//   table.ts       skips of many steps where z is small, and wide_table.ts below the range of doubles
//   queue.ts       the pixels that are on their way: eight in step, and those that were rebased
//   group.ts       the eight in plain doubles, and floatexp.ts below the range of doubles
//   lane.ts        one pixel alone
//   samples.ts     what is written

import { layOut, Reference } from "./reference";
import { build } from "./table";
import { E, M, N, X, Y } from "./pixel";
import {
  alive,
  beginGroup,
  beginNew,
  beginQueues,
  bringIn,
  hasRoom,
  LANES,
  m,
  needsExponent,
  PLAIN_FROM,
  pixelAt,
  QUEUE_BYTES,
  remove,
  stepsOf,
  takeWaiting,
} from "./queue";
import { beginGroups, giveGroup, iterateGroup, made, skipped, takeGroup } from "./group";
import { beginLanes, iterateLane, laneMade, laneSkipped } from "./lane";
import { beginSamples, finishLeaving, LEAVING_BYTES, placeReference } from "./samples";
import {
  beginFloatexp,
  giveFloatexp,
  iterateFloatexp,
  partLanes,
  takeNew,
  takeFloatexp,
  FLOATEXP_SCRATCH,
  floatexpMade,
  floatexpSkipped,
} from "./floatexp";
import { powerOfTwo } from "./power";

/** Columns and rows of a group of new pixels. */
const COLUMNS: i32 = 4;
const ROWS: i32 = 2;

/**
 * With so few pixels left, each goes on alone: a lane's step costs less than a group's (experiment kernel-7).
 */
const FEW: i32 = 3;

// Scratch: w and c of a floatexp group, pixels that wait for their fraction, and the queues.
const FLOATEXP: usize = 0;
const LEAVING: usize = FLOATEXP + FLOATEXP_SCRATCH;
const QUEUES: usize = LEAVING + LEAVING_BYTES;

/** Bytes of scratch memory that a batch needs, aligned to 16. */
export const scratchBytes: i32 = <i32> (QUEUES + QUEUE_BYTES);

let reference: usize = 0;
let columns: usize = 0;
let rows: usize = 0;
let width: i32 = 0;
let height: i32 = 0;
let stride: i32 = 0;
let next: i32 = 0;
let scratch: usize = 0;
/** The exponent of the unit of c; what c counts in plain doubles: 0 where it is too small for them. */
let exponent: i32 = 0;
let unit: f64 = 1.0;
/** The size of z below which plain doubles are left; 0 where they never are. */
let tiny: f64 = 0.0;
/** Whether the group has an exponent of its own; and lanes that go on alone, one after the other. */
let isFloatexp: bool = false;
let lonely: i32 = 0;

/**
 * Lays a reference out whose orbit and near-zero points are in place; returns the address behind it. `period` is
 * how far before its last point the orbit has been at that point already, 0 where it does not repeat itself.
 */
export function layOutReference(
  ref: usize,
  length: i32,
  nearZero: i32,
  floatexp: i32,
  period: i32,
): usize {
  return layOut(ref, length, nearZero, floatexp, period);
}

/** Builds the tables of a reference for |c| up to 2^reach. */
export function buildTables(ref: usize, reach: i32): void {
  build(ref, reach);
}

/**
 * Begins a batch. `columns` and `rows` point to the f64 differences of its pixels from the reference, in
 * units of 2^unitExponent (0 unless the reference has exponents); x and y are the reference's point as doubles.
 */
export function beginPerturbed(
  scratchAt: usize,
  referenceAt: usize,
  columnsAt: usize,
  batchWidth: i32,
  rowsAt: usize,
  batchHeight: i32,
  unitExponent: i32,
  x: f64,
  y: f64,
): void {
  scratch = scratchAt;
  reference = referenceAt;
  columns = columnsAt;
  width = batchWidth;
  rows = rowsAt;
  height = batchHeight;
  exponent = unitExponent;
  next = 0;
  lonely = 0;
  const floatexp = changetype<Reference>(reference).floatexp !== 0;
  unit = floatexp ? 0.0 : 1.0;
  tiny = floatexp ? powerOfTwo(PLAIN_FROM) : 0.0;
  placeReference(x, y, unit);
  beginQueues(scratch + QUEUES, floatexp);
}

/**
 * Says how far to iterate, whether tables may be used, and where the samples go (fractions 0: none), of
 * which those of a row lie `samplesApart` samples behind those of the row before.
 */
export function aimPerturbed(
  iterations: i32,
  skips: i32,
  counts: usize,
  fractions: usize,
  samplesApart: i32,
): void {
  stride = samplesApart;
  beginGroups(skips !== 0);
  beginLanes(skips !== 0);
  beginFloatexp(skips !== 0, exponent, scratch + FLOATEXP);
  beginSamples(iterations, counts, fractions, scratch + LEAVING);
}

/**
 * Computes until about `steps` steps of a pixel were made; the rest waits for the next call. Returns 1 when
 * the batch is done, else 0.
 */
export function advancePerturbed(steps: i32): i32 {
  const pause = stepsMade() + steps;
  while (true) {
    const left = pause - stepsMade();
    if (left <= 0) return 0;
    if (alive !== 0) advanceGroup(left);
    else if (lonely !== 0) advanceLonely(left);
    else if (!beginNext()) {
      finishLeaving();
      return 1;
    }
  }
}

/** Steps of single pixels that were made, and that were skipped. */
export function madePerturbed(): f64 {
  return <f64> stepsMade();
}
export function skippedPerturbed(): f64 {
  return <f64> (skipped + laneSkipped + floatexpSkipped);
}

@inline
function stepsMade(): i64 {
  return made + laneMade + floatexpMade;
}

/** Moves the group on; lanes that cannot or need not go with the others are lonely from then on. */
function advanceGroup(left: i64): void {
  if (isFloatexp) {
    const pause = floatexpMade + left;
    const parted = iterateFloatexp(reference, pause);
    lonely |= parted;
    if (alive === 0 || parted !== 0 || floatexpMade >= pause) return;
    if (popcnt(alive) <= FEW) {
      lonely |= partLanes(alive);
      return;
    }
    giveFloatexp();
    isFloatexp = false;
    takeGroup(unit);
    return;
  }
  const pause = made + left;
  iterateGroup(reference, FEW, tiny, pause);
  if (alive === 0) return;
  if (popcnt(alive) <= FEW) {
    giveGroup();
    for (let lane = 0; lane < LANES; lane++) {
      if ((alive >> lane & 1) === 0) continue;
      const pixel = pixelAt(lane);
      store<i32>(pixel, stepsOf(pixel) - m, N);
      store<i32>(pixel, m, M);
    }
    lonely |= alive;
    remove(alive);
  } else if (made < pause) {
    // One of them has become tiny.
    giveGroup();
    isFloatexp = true;
    takeFloatexp();
  }
}

/** Moves the first of the lonely on. */
function advanceLonely(left: i64): void {
  const lane = ctz(lonely);
  const pixel = pixelAt(lane);
  if (needsExponent(load<f64>(pixel, X), load<f64>(pixel, Y), load<i32>(pixel, E))) {
    beginGroup(1 << lane, load<i32>(pixel, M));
    isFloatexp = true;
    takeFloatexp();
  } else if (!iterateLane(reference, pixel, unit, tiny, laneMade + left)) {
    return;
  }
  lonely &= lonely - 1;
}

/** Begins with the next group: of new pixels, or of those that were rebased. False when there is none. */
function beginNext(): bool {
  const across = (width + COLUMNS - 1) / COLUMNS;
  if (next < across * ((height + ROWS - 1) / ROWS) && hasRoom()) {
    bringGroupIn((next % across) * COLUMNS, (next / across) * ROWS);
    next++;
    isFloatexp = tiny > 0.0;
    if (isFloatexp) {
      takeNew();
      return true;
    }
  } else if (takeWaiting()) {
    const first = pixelAt(0);
    isFloatexp = needsExponent(load<f64>(first, X), load<f64>(first, Y), load<i32>(first, E));
  } else {
    return false;
  }
  if (isFloatexp) takeFloatexp();
  else takeGroup(unit);
  return true;
}

/** Makes a group of the pixels whose upper left is (column, row). */
function bringGroupIn(column: i32, row: i32): void {
  let lanes = 0;
  for (let j = 0; j < ROWS && row + j < height; j++) {
    for (let i = 0; i < COLUMNS && column + i < width; i++) {
      const lane = COLUMNS * j + i;
      bringIn(
        lane,
        load<f64>(columns + (<usize> (column + i) << 3)),
        load<f64>(rows + (<usize> (row + j) << 3)),
        (row + j) * stride + column + i,
      );
      lanes |= 1 << lane;
    }
  }
  beginNew(lanes);
}
