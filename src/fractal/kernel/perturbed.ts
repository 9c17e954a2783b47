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
//   start.ts       the first steps of two groups side by side
//   group.ts       eight neighbours in step, and wide.ts below the range of doubles
//   close.ts       which of them cannot be rebased together, and leaving.ts how they leave
//   lane.ts        one pixel alone
//   pixels.ts      the samples

import { layOut, Reference } from "./reference";
import { startTwo } from "./start";
import { build } from "./table";
import { beginPixels, finishLeaving, LEAVING_BYTES, placeGroup, skipping } from "./pixels";
import {
  alive,
  countStart,
  giveZ,
  iterateGroup,
  m,
  made,
  n,
  parting,
  resetCounters,
  setAlive,
  skipped,
  takeC,
  takeZ,
} from "./group";
import {
  iterateLane,
  laneM,
  laneMade,
  laneN,
  laneSkipped,
  laneX,
  laneY,
  resetLaneCounters,
  takeLane,
} from "./lane";
import { iterateWide, resetWideCounters, WIDE_SCRATCH, wideMade, wideSkipped } from "./wide";

/** Columns and rows of a group. */
const COLUMNS: i32 = 4;
const ROWS: i32 = 2;
const LANES: i32 = COLUMNS * ROWS;

/** With so few pixels left, each goes on alone: a lane's step costs less than a group's. */
const FEW: i32 = 2;

/** 2^-850: where the differences of a wide reference leave plain doubles. */
const WIDE_BELOW: f64 = 1.3319772e-256;

const ZERO: v128 = i64x2.splat(0);

// Scratch: the group's plain c, wide c, w, z of survivors, indices of samples, early counts, z of
// two groups at their start, pixels that wait for their fraction.
const PLAIN_C: usize = 0;
const WIDE_C: usize = 16 * LANES;
const W: usize = 32 * LANES;
const Z: usize = W + WIDE_SCRATCH;
const SAMPLES: usize = Z + 16 * LANES;
const EARLY: usize = SAMPLES + 4 * LANES;
const START: usize = EARLY + 4 * LANES;
const LEAVING: usize = START + 32 * LANES;

/** Bytes of scratch memory that a batch needs, aligned to 16. */
export const scratchBytes: i32 = <i32> (LEAVING + LEAVING_BYTES);

let scratch: usize = 0;
let reference: usize = 0;
let columns: usize = 0;
let rows: usize = 0;
let width: i32 = 0;
let height: i32 = 0;
let exponent: i32 = 0;
let centreX: f64 = 0.0;
let centreY: f64 = 0.0;
let stride: i32 = 0;
let next: i32 = 0;

/** Lays a reference out whose orbit and fine points are in place; returns the address behind it. */
export function layOutReference(ref: usize, length: i32, fines: i32, wide: i32): usize {
  return layOut(ref, length, fines, wide);
}

/** Builds the tables of a reference for |c| up to 2^reach. */
export function buildTables(ref: usize, reach: i32): void {
  build(ref, reach);
}

/**
 * Begins a batch. `columns` and `rows` point to the f64 differences of its pixels from the reference, in
 * units of 2^exponent (0 unless the reference is wide); x and y are the reference's point as doubles.
 */
export function beginPerturbed(
  scratchAt: usize,
  referenceAt: usize,
  columnsAt: usize,
  batchWidth: i32,
  rowsAt: usize,
  batchHeight: i32,
  unit: i32,
  x: f64,
  y: f64,
): void {
  scratch = scratchAt;
  reference = referenceAt;
  columns = columnsAt;
  width = batchWidth;
  rows = rowsAt;
  height = batchHeight;
  exponent = unit;
  centreX = x;
  centreY = y;
  next = 0;
  resetCounters();
  resetLaneCounters();
  resetWideCounters();
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
  beginPixels(iterations, skips !== 0, counts, fractions, scratch + LEAVING);
}

/**
 * Computes groups until `steps` steps or skips of a pixel were made; a group once begun is finished.
 * Returns 1 when the batch is done, else 0.
 */
export function advancePerturbed(steps: i32): i32 {
  const across = (width + COLUMNS - 1) / COLUMNS;
  const groups = across * ((height + ROWS - 1) / ROWS);
  const pause = stepsMade() + steps;
  while (next < groups) {
    if (stepsMade() >= pause) return 0;
    const column = (next % across) * COLUMNS, row = (next / across) * ROWS;
    if (startsTwo(column, row)) {
      const at = scratch + START;
      const started = startTwo(
        reference,
        columns + (<usize> column << 3),
        rows + (<usize> row << 3),
        at,
      );
      iterateFrom(column, row, at, started);
      iterateFrom(column + COLUMNS, row, at + 16 * LANES, started);
      next += 2;
    } else {
      for (let at: usize = 0; at < 16 * LANES; at += 16) v128.store(scratch + at, ZERO, START);
      iterateFrom(column, row, scratch + START, 0);
      next++;
    }
  }
  finishLeaving();
  return 1;
}

/** Whether the group at (column, row) and the next one start together: all pixels exist, and none may skip. */

@inline
function startsTwo(column: i32, row: i32): bool {
  return !skipping && !changetype<Reference>(reference).wide && column + 2 * COLUMNS <= width &&
    row + ROWS <= height;
}

/** Computes the group at (column, row) whose pixels have made so many steps to z. */
function iterateFrom(column: i32, row: i32, z: usize, steps: i32): void {
  placeNext(column, row);
  takeZ(z, steps, steps);
  countStart(steps);
  iterate();
}

/** Steps of single pixels that were made, and that were skipped. */
export function madePerturbed(): f64 {
  return <f64> stepsMade();
}
export function skippedPerturbed(): f64 {
  return <f64> (skipped + laneSkipped + wideSkipped);
}

@inline
function stepsMade(): i64 {
  return made + laneMade + wideMade;
}

/** Takes the group in whose upper left pixel is (column, row). */
function placeNext(column: i32, row: i32): void {
  const x = columns + (<usize> column << 3), y = rows + (<usize> row << 3);
  const pixel = i32x4.add(i32x4.splat(row * stride + column), i32x4(0, 1, 2, 3));
  const left = v128.load(x), right = v128.load(x, 16);
  const upper = v128.load64_splat(y), lower = v128.load64_splat(y, 8);
  putC(scratch + WIDE_C, left, right, upper, lower);
  if (changetype<Reference>(reference).wide) putC(scratch + PLAIN_C, ZERO, ZERO, ZERO, ZERO);
  else putC(scratch + PLAIN_C, left, right, upper, lower);
  v128.store(scratch, pixel, SAMPLES);
  v128.store(scratch, i32x4.add(pixel, i32x4.splat(stride)), SAMPLES + 16);
  takeC(scratch + PLAIN_C);
  // What lies beyond the batch's last column and row is read, but is on no one's way.
  const inRow = (1 << min(COLUMNS, width - column)) - 1;
  setAlive(row + 1 < height ? inRow | inRow << COLUMNS : inRow);
  placeGroup(centreX, centreY, scratch + PLAIN_C, scratch + SAMPLES, scratch + EARLY);
}

/** Stores c of a group, from those of its columns and its two rows. */

@inline
function putC(at: usize, left: v128, right: v128, upper: v128, lower: v128): void {
  v128.store(at, left), v128.store(at, right, 16);
  v128.store(at, left, 32), v128.store(at, right, 48);
  v128.store(at, upper, 64), v128.store(at, upper, 80);
  v128.store(at, lower, 96), v128.store(at, lower, 112);
}

function iterate(): void {
  const tiny = changetype<Reference>(reference).wide ? WIDE_BELOW : -1.0;
  while (alive !== 0) {
    iterateGroup(reference, FEW, tiny);
    if (alive === 0) return;
    if (parting !== 0) {
      const rest = alive & ~parting;
      const steps = n, index = m;
      finishAlone(parting, tiny);
      takeC(scratch + PLAIN_C);
      takeZ(scratch + Z, steps, index);
      setAlive(rest);
      continue;
    }
    if (popcnt(alive) <= FEW) return finishAlone(alive, tiny);
    iterateWide(reference, scratch + W, scratch + WIDE_C, exponent);
  }
}

/** Finishes pixels of the group one after the other. All z are left in scratch memory, and none alive. */
function finishAlone(lanes: i32, tiny: f64): void {
  giveZ(scratch + Z);
  const steps = n, index = m;
  let rest = lanes;
  while (rest !== 0) {
    const lane = ctz(rest);
    rest &= rest - 1;
    const at = scratch + (<usize> lane << 3);
    takeLane(load<f64>(at, Z), load<f64>(at, Z + 8 * LANES), steps, index);
    const cx = load<f64>(at, PLAIN_C), cy = load<f64>(at, PLAIN_C + 8 * LANES);
    while (!iterateLane(reference, lane, cx, cy, tiny)) {
      // Too small for a double again: as a group of one, until it is not.
      if (!widen(lane)) break;
    }
  }
  setAlive(0);
}

/** Moves a pixel on by itself in wide numbers; false when it is done. */
function widen(lane: i32): bool {
  const at = scratch + W + (<usize> lane << 3);
  memory.fill(scratch + W, 0, 16 * LANES);
  store<f64>(at, laneX);
  store<f64>(at, laneY, 8 * LANES);
  takeZ(scratch + W, laneN, laneM);
  setAlive(1 << lane);
  iterateWide(reference, scratch + W, scratch + WIDE_C, exponent);
  if (alive === 0) return false;
  giveZ(scratch + W);
  takeLane(load<f64>(at), load<f64>(at, 8 * LANES), n, m);
  return true;
}
