// The pixels of a group: where their samples go, and what is written when one of them is done.

import { fractionsOf } from "./log2";

/** Iterations after which a pixel counts as interior. */
export let limit: i32 = 0;
/** Whether steps may be skipped by the tables. */
export let skipping: bool = true;

/** Addresses of the u32 counts and the f32 fractions (0: none wanted). */
let counts: usize = 0;
let fractions: usize = 0;
/** The reference's C, and the address of the eight c of the group. */
let centreX: f64 = 0.0;
let centreY: f64 = 0.0;
let offsets: usize = 0;
/** Indices of the eight samples. */
let samples: usize = 0;
/** Counts of the eight that were noted before they left (i32); -1 where none was. */
let early: usize = 0;

/** |z|^2 from which on the fraction is taken: 256^2. */
const FAR: f64 = 65536.0;

/** Prepares for a batch. */
export function beginPixels(
  iterations: i32,
  skips: bool,
  countsAt: usize,
  fractionsAt: usize,
): void {
  limit = iterations;
  skipping = skips;
  counts = countsAt;
  fractions = fractionsAt;
}

/** Says where the group's eight c (f64, real parts first), indices of samples and early counts (i32) lie. */
export function placeGroup(
  x: f64,
  y: f64,
  offsetsAt: usize,
  samplesAt: usize,
  earlyAt: usize,
): void {
  centreX = x;
  centreY = y;
  offsets = offsetsAt;
  samples = samplesAt;
  early = earlyAt;
  memory.fill(early, 0xFF, 32);
}

/**
 * Notes the count of pixels (a bit each) that are outside radius 2 by less than a double can tell. They
 * go on until it can: from there the fraction is found.
 */
export function note(lanes: i32, count: i32): void {
  for (let lane = 0; lane < 8; lane++) {
    const at = early + (<usize> lane << 2);
    if ((lanes >> lane & 1) !== 0 && load<i32>(at) < 0) store<i32>(at, count);
  }
}

/** Writes a pixel that never escaped, as far as doubles can tell. */
export function stay(lane: i32): void {
  const noted = load<i32>(early + (<usize> lane << 2));
  write(lane, noted < 0 ? limit : noted, 0.0);
}

/**
 * Writes a pixel that is outside radius 2 at z_count = x + iy. The fraction is the kernel's own:
 *
 *   m + 1 - log2(log2 |z_m|) - count,   m the first index with |z_m| > 256
 *
 * From here on the orbit is far from 0, and plain steps are as good as differences.
 */
export function leave(lane: i32, count: i32, x: f64, y: f64): void {
  const noted = load<i32>(early + (<usize> lane << 2));
  let steps = 0;
  if (noted >= 0) {
    steps = count - noted;
    count = noted;
  }
  if (fractions === 0) {
    write(lane, count, 0.0);
    return;
  }
  const c = offsets + (<usize> lane << 3);
  const cx = centreX + load<f64>(c), cy = centreY + load<f64>(c, 64);
  while (x * x + y * y <= FAR) {
    const p = x * y;
    x = x * x - y * y + cx;
    y = p + p + cy;
    steps++;
  }
  const size = f64x2.splat(min(x * x + y * y, 1e300));
  write(lane, count, f32x4.extract_lane(fractionsOf(size, size, i32x4.splat(steps)), 0));
}

function write(lane: i32, count: i32, fraction: f32): void {
  const index = <usize> load<u32>(samples + (<usize> lane << 2)) << 2;
  store<u32>(counts + index, count);
  if (fractions !== 0) store<f32>(fractions + index, fraction);
}
