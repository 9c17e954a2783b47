// The escape-time kernel for pixels that doubles can tell apart: the door of the WASM module.
//
// One job is a batch: the real parts of its columns and the imaginary parts of its rows. Twelve
// pixels are in flight at once, two in each of six independent chains, so that the latency of one
// chain hides behind the work of the others.
//
//   z_0 = c,   re' = (re*re - im*im) + c_re,   im' = (re*im + im*re) + c_im      (not fused)
//   the count is the first n with re*re + im*im > 4
//
// For a Julia set z_0 is the pixel and c the same for all.
//
// Nothing is tested inside a block of up to 32 steps. Past radius 2 an orbit only grows, so the test
// at the block's end misses nothing; when a lane has escaped, steps are made again from the block's
// start with a test each to find its count. Counts are the plain loop's, bit for bit.
//
//   sift.ts    settles the pixels that need no orbit, in tiles
//   squads.ts  the first steps, twelve neighbours together (tile.ts: the steps themselves)
//   lanes.ts   what goes on longer, likewise, with a search for cycles
//   block.ts   the next 256, every lane for itself; and the steps of both
//   finish.ts  the replay of a long orbit's end, the fraction, the samples

import { Job, LANES, MOST_PIXELS, SCRATCH_BYTES } from "./job";
import { flush } from "./finish";
import { beginLogs } from "./log2";
import { iterateCarefully, listPoints, sift } from "./sift";
import { iterateList } from "./block";
import { beginLanes, iterateLanes } from "./lanes";

/** Pixels that one batch may have at most. */
export const mostPixels: i32 = MOST_PIXELS;

/** Bytes of scratch memory that one job needs, aligned to 16. */
export const scratchBytes: i32 = <i32> SCRATCH_BYTES;

/**
 * Begins a batch of the Mandelbrot set in the scratch memory `at`. `columns` and `rows` point to f64;
 * `counts` (u32) and `fractions` (f32, or 0 when only counts are wanted) to the batch's own
 * width * height samples, row by row. Takes a millisecond or two: the first steps of all orbits are made
 * here. The limit is at most 2 * 10^9: a block past it, and the counts of such pixels' last steps, still
 * are i32.
 */
export function beginDirect(
  at: usize,
  columns: usize,
  width: i32,
  rows: usize,
  height: i32,
  limit: i32,
  counts: usize,
  fractions: usize,
): void {
  prepare(at, columns, width, rows, limit, counts, fractions);
  sift(at, height);
  iterateList(at);
  beginLanes(at);
}

/** The same for the Julia set of c = cx + i cy, |c| at most 2: the pixel is z_0. */
export function beginJulia(
  at: usize,
  columns: usize,
  width: i32,
  rows: usize,
  height: i32,
  limit: i32,
  counts: usize,
  fractions: usize,
  cx: f64,
  cy: f64,
): void {
  prepare(at, columns, width, rows, limit, counts, fractions);
  listPoints(at, height, cx, cy);
  iterateList(at);
  beginLanes(at);
}

function prepare(
  at: usize,
  columns: usize,
  width: i32,
  rows: usize,
  limit: i32,
  counts: usize,
  fractions: usize,
): void {
  memory.fill(at, 0, offsetof<Job>());
  const job = changetype<Job>(at);
  job.columns = columns;
  job.rows = rows;
  job.width = width;
  job.limit = limit;
  job.counts = counts;
  job.fractions = fractions;
  beginLogs();
}

/**
 * Runs a batch for about `steps` steps of every lane, so that a call is short and the caller can give
 * up in between. Returns 1 when the batch is done, else 0.
 */
export function advanceDirect(at: usize, steps: i32): i32 {
  const job = changetype<Job>(at);
  if (!iterateLanes(at, job.clock + <i64> steps)) return 0;
  flush(at);
  if (!iterateCarefully(at, steps)) return 0;
  return 1;
}

/** Steps that the batch's orbits needed so far, without replays and without steps past the end. */
export function stepsDirect(at: usize): f64 {
  return <f64> changetype<Job>(at).steps;
}

/**
 * Steps of all lanes that were made for them so far, idle lanes, replays and steps past the end included
 * (but for pixels on the circle of radius 2 and far outside, which go one by one).
 */
export function madeDirect(at: usize): f64 {
  const job = changetype<Job>(at);
  return <f64> (job.made + job.clock * LANES);
}
