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
//   group.ts       eight neighbours in step, and wide.ts below the range of doubles
//   lane.ts        one pixel alone
//   pixels.ts      the samples

import { layOut, Reference } from "./reference";
import { build } from "./table";
import { beginPixels, placeGroup } from "./pixels";
import {
  alive,
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

// Scratch: the group's plain c, wide c, w, z of survivors, indices of samples, early counts.
const PLAIN_C: usize = 0;
const WIDE_C: usize = 16 * LANES;
const W: usize = 32 * LANES;
const Z: usize = W + WIDE_SCRATCH;
const SAMPLES: usize = Z + 16 * LANES;
const EARLY: usize = SAMPLES + 4 * LANES;

/** Bytes of scratch memory that a batch needs, aligned to 16. */
export const scratchBytes: i32 = <i32> (EARLY + 4 * LANES);

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
  beginPixels(iterations, skips !== 0, counts, fractions);
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
    placeNext((next % across) * COLUMNS, (next / across) * ROWS);
    next++;
    iterate();
  }
  return 1;
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
  const wide = changetype<Reference>(reference).wide;
  let lanes = 0;
  for (let lane = 0; lane < LANES; lane++) {
    const i = column + lane % COLUMNS;
    const j = row + lane / COLUMNS;
    const inside = i < width && j < height;
    if (inside) lanes |= 1 << lane;
    const dx = inside ? load<f64>(columns + (<usize> i << 3)) : 0.0;
    const dy = inside ? load<f64>(rows + (<usize> j << 3)) : 0.0;
    const at = scratch + (<usize> lane << 3);
    store<f64>(at, wide ? 0.0 : dx, PLAIN_C);
    store<f64>(at, wide ? 0.0 : dy, PLAIN_C + 8 * LANES);
    store<f64>(at, dx, WIDE_C);
    store<f64>(at, dy, WIDE_C + 8 * LANES);
    store<i32>(scratch + SAMPLES + (<usize> lane << 2), j * stride + i);
  }
  memory.fill(scratch + Z, 0, 16 * LANES);
  takeC(scratch + PLAIN_C);
  takeZ(scratch + Z, 0, 0);
  setAlive(lanes);
  placeGroup(centreX, centreY, scratch + PLAIN_C, scratch + SAMPLES, scratch + EARLY);
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
