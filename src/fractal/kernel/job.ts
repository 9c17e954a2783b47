// The memory of one running batch: where its counters, lanes, list and queue lie.

/** Independent chains of two f64 lanes: enough to hide the latency of one step. */
export const CHAINS: i32 = 6;
export const LANES: i32 = CHAINS * 2;

/** Escaped pixels that wait to be finished; a multiple of the eight that are finished together. */
export const QUEUE: i32 = 64;

/** Pixels of a batch at most. */
export const MOST_PIXELS: i32 = 4096;

/** A clock that is never reached; half the range of i64, so that sums stay in it. */
export const NEVER: i64 = i64.MAX_VALUE / 2;

/** No pixel: the lane or the queue's entry is empty. A pixel is the index of its sample. */
export const NONE: i32 = -1;

/** The counters of a job; the arrays below follow in memory. */
@unmanaged
export class Job {
  /** Addresses: of the f64 coordinates, and of the u32 and f32 samples (0: no fractions wanted). */
  columns: usize;
  rows: usize;
  counts: usize;
  fractions: usize;
  width: i32;
  /** Iterations after which a pixel counts as interior. */
  limit: i32;
  /** Steps that every lane has made since its list was begun. */
  clock: i64;
  /** No lane can reach the limit before this clock. */
  event: i64;
  /** No lane is due to be saved for the period check before this clock. */
  nextSave: i64;
  /** Steps of finished orbits, without replays. */
  steps: i64;
  /** Steps of all lanes, but those that the clock counts: idle lanes, replays and steps too far included. */
  made: i64;
  /** Pixels that have left their lane, and lanes that hold one. */
  left: i32;
  active: i32;
  /** Orbits in the list, and how many of them the lanes have taken. */
  listed: i32;
  taken: i32;
  /** Entries in the queue; rounds of 8 steps before the one in which the latest of them escaped. */
  queued: i32;
  rounds: i32;
  /** Orbits at the end of the list's memory that go one by one (sift.ts). */
  careful: i32;
}

// A dozen orbits: z and c (f64: all real parts, then all imaginary parts), n and pixel (i32).
export const DOZEN_Y: usize = 8 * LANES;
export const DOZEN_CX: usize = 16 * LANES;
export const DOZEN_CY: usize = 24 * LANES;
export const DOZEN_N: usize = 32 * LANES;
export const DOZEN_PIXEL: usize = 36 * LANES;
export const DOZEN_BYTES: usize = 40 * LANES;

/** Bytes of the z, or the c, of a dozen. */
const Z_BYTES: usize = 16 * LANES;

export const LANE_C: usize = (offsetof<Job>() + 15) & ~15;
/** Two copies of z: a block reads one and writes the other, so the block's start is still there. */
export const LANE_Z: usize = LANE_C + Z_BYTES;
export const LANE_SAVED: usize = LANE_Z + 2 * Z_BYTES;
/** i64 a lane: the clock at n = 0, and the clock at which z is to be saved. */
export const LANE_START: usize = LANE_SAVED + Z_BYTES;
export const LANE_SAVE_AT: usize = LANE_START + 8 * LANES;
/** i32 a lane: the pixel. */
export const LANE_PIXEL: usize = LANE_SAVE_AT + 8 * LANES;

/** One array after the other: z and c (f64), n, m and pixel (i32). */
export const QUEUE_X: usize = LANE_PIXEL + 4 * LANES;
export const QUEUE_Y: usize = QUEUE_X + 8 * QUEUE;
export const QUEUE_CX: usize = QUEUE_Y + 8 * QUEUE;
export const QUEUE_CY: usize = QUEUE_CX + 8 * QUEUE;
export const QUEUE_N: usize = QUEUE_CY + 8 * QUEUE;
export const QUEUE_M: usize = QUEUE_N + 4 * QUEUE;
export const QUEUE_PIXEL: usize = QUEUE_M + 4 * QUEUE;

/** u8 a column: the steps that all pixels of the tile made which began there last. */
export const CALM: usize = QUEUE_PIXEL + 4 * QUEUE;

/**
 * The list of orbits to be continued, in dozens. Those that go one by one lie at its end, the first of them
 * last: a pixel has but one orbit, so the two never meet.
 */
export const LIST: usize = CALM + ((MOST_PIXELS + 31) & ~15);

/** The last place of the list. */
export const LAST_ORBIT: i32 = (MOST_PIXELS + LANES - 1) / LANES * LANES - 1;

export const SCRATCH_BYTES: usize = LIST + DOZEN_BYTES * ((MOST_PIXELS + LANES - 1) / LANES);

/** The address of z's copy 0 or 1. */

@inline
export function zOf(at: usize, side: i32): usize {
  return at + LANE_Z + <usize> side * Z_BYTES;
}

/** The address of the dozen that holds an orbit of the list. */

@inline
export function dozenOf(at: usize, orbit: i32): usize {
  return at + LIST + <usize> (<u32> orbit / LANES) * DOZEN_BYTES;
}

/** Writes an orbit into the list. */

@inline
export function putOrbit(
  at: usize,
  orbit: i32,
  x: f64,
  y: f64,
  cx: f64,
  cy: f64,
  n: i32,
  pixel: i32,
): void {
  const lane = <usize> (<u32> orbit % LANES);
  const dozen = dozenOf(at, orbit);
  const eighth = dozen + (lane << 3);
  store<f64>(eighth, x);
  store<f64>(eighth, y, DOZEN_Y);
  store<f64>(eighth, cx, DOZEN_CX);
  store<f64>(eighth, cy, DOZEN_CY);
  store<i32>(dozen + (lane << 2), n, DOZEN_N);
  store<i32>(dozen + (lane << 2), pixel, DOZEN_PIXEL);
}

/** Writes a pixel's samples. */
export function write(job: Job, pixel: i32, count: i32, fraction: f32): void {
  const index = <usize> pixel << 2;
  store<u32>(job.counts + index, count);
  if (job.fractions !== 0) store<f32>(job.fractions + index, fraction);
}

/** Writes the samples of four pixels; NONE among them are left out. Neighbours are written together. */

@inline
export function writeFour(job: Job, pixels: v128, counts: v128, fractions: v128): void {
  writeSamples(job.counts, pixels, counts);
  if (job.fractions !== 0) writeSamples(job.fractions, pixels, fractions);
}

@inline
function writeSamples(samples: usize, pixels: v128, values: v128): void {
  const pixel0 = i32x4.extract_lane(pixels, 0);
  const pixel1 = i32x4.extract_lane(pixels, 1);
  const pixel2 = i32x4.extract_lane(pixels, 2);
  const pixel3 = i32x4.extract_lane(pixels, 3);
  if (pixel1 > 0 && pixel1 === pixel0 + 1) {
    store<i64>(samples + (<usize> pixel0 << 2), i64x2.extract_lane(values, 0));
  } else {
    if (pixel0 !== NONE) store<i32>(samples + (<usize> pixel0 << 2), i32x4.extract_lane(values, 0));
    if (pixel1 !== NONE) store<i32>(samples + (<usize> pixel1 << 2), i32x4.extract_lane(values, 1));
  }
  if (pixel3 > 0 && pixel3 === pixel2 + 1) {
    store<i64>(samples + (<usize> pixel2 << 2), i64x2.extract_lane(values, 1));
  } else {
    if (pixel2 !== NONE) store<i32>(samples + (<usize> pixel2 << 2), i32x4.extract_lane(values, 2));
    if (pixel3 !== NONE) store<i32>(samples + (<usize> pixel3 << 2), i32x4.extract_lane(values, 3));
  }
}

/** Writes a pixel that never escapes. */
export function writeInterior(job: Job, pixel: i32): void {
  write(job, pixel, job.limit, 0.0);
}

/** The sum of four i32. */

@inline
export function sumOf(x: v128): i32 {
  const pairs = i32x4.add(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}
