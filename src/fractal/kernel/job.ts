// The memory of one running batch: where its counters, lanes, lists and queue lie.

/** Independent chains of two f64 lanes: enough to hide the latency of one step. */
export const CHAINS: i32 = 6;
export const LANES: i32 = CHAINS * 2;

/** Escaped lanes that wait for their exact count; a multiple of the eight that are replayed together. */
export const QUEUE: i32 = 64;

/** Pixels of a batch at most. */
export const MOST_PIXELS: i32 = 4096;

/** A clock that is never reached; half the range of i64, so that sums stay in it. */
export const NEVER: i64 = i64.MAX_VALUE / 2;

/** No pixel: the lane or the queue's entry is empty. A pixel is row << 16 | column. */
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
  /** Pixels that have left their lane, and lanes that hold one. */
  left: i32;
  active: i32;
  /** Pixels to iterate from the start, and orbits to continue, and how many of those lanes have taken. */
  todo: i32;
  orbits: i32;
  taken: i32;
  /** Entries in the queue; rounds of 8 steps before the one in which the latest of them escaped. */
  queued: i32;
  rounds: i32;
  /** Which of the two copies of z is current: 0 or 1. */
  side: i32;
}

// A chain's real parts lie at 32 k, its imaginary parts 16 bytes on.
const CHAIN_BYTES: usize = 32;
const ALL_CHAINS: usize = CHAIN_BYTES * CHAINS;

export const LANE_C: usize = 128;
/** Two copies of z: a block reads one and writes the other, so the block's start is still there. */
export const LANE_Z: usize = LANE_C + ALL_CHAINS;
export const LANE_SAVED: usize = LANE_Z + 2 * ALL_CHAINS;
/** i64 a lane: the clock at n = 0, and the clock at which z is to be saved. */
export const LANE_START: usize = LANE_SAVED + ALL_CHAINS;
export const LANE_SAVE_AT: usize = LANE_START + 8 * LANES;
/** i32 a lane. */
export const LANE_PIXEL: usize = LANE_SAVE_AT + 8 * LANES;

/** One array after the other: z and c (f64), n and m (i64), pixel (i32). */
export const QUEUE_X: usize = (LANE_PIXEL + 4 * LANES + 15) & ~15;
export const QUEUE_Y: usize = QUEUE_X + 8 * QUEUE;
export const QUEUE_CX: usize = QUEUE_Y + 8 * QUEUE;
export const QUEUE_CY: usize = QUEUE_CX + 8 * QUEUE;
export const QUEUE_N: usize = QUEUE_CY + 8 * QUEUE;
export const QUEUE_M: usize = QUEUE_N + 8 * QUEUE;
export const QUEUE_PIXEL: usize = QUEUE_M + 8 * QUEUE;

/** The list of pixels to iterate from the start: i32. */
export const TODO: usize = QUEUE_PIXEL + 4 * QUEUE;

/** The list of orbits to continue: z (two f64), n (i32), pixel (i32). */
export const ORBITS: usize = TODO + 4 * MOST_PIXELS;
export const ORBIT_BYTES: usize = 24;

export const SCRATCH_BYTES: usize = ORBITS + ORBIT_BYTES * MOST_PIXELS;

/** The address of z's copy 0 or 1. */
@inline
export function zOf(at: usize, side: i32): usize {
  return at + LANE_Z + <usize> side * ALL_CHAINS;
}

/** The offset of one lane's real part in an array of chains. */
@inline
export function laneOffset(lane: i32): usize {
  return (<usize> (lane >> 1)) * CHAIN_BYTES + (<usize> (lane & 1)) * 8;
}

@inline
export function columnOf(job: Job, pixel: i32): f64 {
  return load<f64>(job.columns + (<usize> (pixel & 0xFFFF) << 3));
}

@inline
export function rowOf(job: Job, pixel: i32): f64 {
  return load<f64>(job.rows + (<usize> (pixel >> 16) << 3));
}

/** Writes a pixel's samples. */
@inline
export function write(job: Job, pixel: i32, count: i32, fraction: f32): void {
  const index = <usize> ((pixel >> 16) * job.width + (pixel & 0xFFFF)) << 2;
  store<u32>(job.counts + index, count);
  if (job.fractions !== 0) store<f32>(job.fractions + index, fraction);
}

/** Writes a pixel that never escapes. */
export function writeInterior(job: Job, pixel: i32): void {
  write(job, pixel, job.limit, 0.0);
}
