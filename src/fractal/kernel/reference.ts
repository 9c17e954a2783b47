// The memory of one reference orbit: what the main thread writes, and the tables that are built from it.
//
//   header, orbit, near-zero points, safe radii of blocks and long blocks, skip tables, floatexp skip tables
//
// The orbit is Z_0 = 0, Z_1 = C, ... Z_length, as pairs of f64. It ends where the caller needs no more, or
// at its first point beyond radius 4.

import { exponentOf, powerOfTwo, ZERO_EXPONENT } from "./power";

/** The lowest level that is kept: skips of 8 steps. Looking for shorter ones costs more than they save. */
export const LOWEST: i32 = 3;

/** Steps of a block at that level. */
export const BLOCK: i32 = 8;

/** Four blocks, aligned to as much, for which there is a safe radius too; and its level. */
export const LONG_BLOCK: i32 = 32;
export const LONG_LEVEL: i32 = 5;

/** What a skip may leave out, against z: 2^-44 of a linear one, which leaves out the square of z. */
export const SKIP_ERROR: f64 = 1.0 / 17592186044416.0;

/** |z / Z| up to which the square and the cube of z are all that matters beside z: 2^-12, an error of 2^-36. */
export const CUBIC_SHARE: f64 = 1.0 / 4096.0;

/**
 * Radii are compared with the larger component, which may be 1/sqrt(2) of the absolute value; and 8 exact
 * steps within a 64th of Z let z grow by a 15th more than their linear part says.
 */
export const CAUTION: f64 = 0.65;

/** 2^-900. Points below it are held as tiny ones, with an exponent, besides. */
export const TINY: f64 = 1.1830521861667747e-271;

/** How close |Z|^2 may be to 4 before doubles cannot tell on which side of radius 2 a neighbour is. */
const RIM: f64 = 1.0 / 1048576.0;

/** Levels at most: 2^25 steps are more than any orbit has room for. */
const LEVELS: i32 = 26;

@unmanaged
export class Reference {
  /** Index of the orbit's last point. */
  length: i32;
  /** One above the highest level of the tables. */
  levels: i32;
  /** Whether differences need an exponent of their own at first. */
  floatexp: i32;
  /** Number of points of which a double does not say enough. */
  nearZero: i32;
  /** Addresses. */
  orbit: usize;
  fine: usize;
  safe: usize;
  safeLong: usize;
  /** How far before its last point the orbit has been at that point already; 0: nowhere. */
  period: i32;
}

/** Where the addresses of the levels stand in the header, and where what follows it begins. */
const PLAIN: usize = offsetof<Reference>();
const FLOATEXP: usize = PLAIN + 4 * LEVELS;
export const HEADER_BYTES: usize = 256;

/**
 * A fine point: two mantissas (f64), their exponent and the point's index (i32), in the order of the
 * indices. It is the point itself where that is tiny, and |Z|^2 - 4 where that is nearly 0.
 */
export const NEAR_ZERO_BYTES: usize = 24;
export const FINE_EXPONENT: usize = 16;
export const FINE_INDEX: usize = 20;

/**
 * An entry of a skip table: A, B, D and G of z' = A z + B c + D z^2 + G z^3, and the radii within which it
 * holds without D and G, and with them.
 */
export const ENTRY_BYTES: usize = 80;
export const ENTRY_B: usize = 16;
export const ENTRY_D: usize = 32;
export const ENTRY_G: usize = 48;
export const ENTRY_LINEAR: usize = 64;
export const ENTRY_RADIUS: usize = 72;

/** A floatexp one: the mantissas of A, B and the radius, and then their exponents (i32). */
export const FLOATEXP_BYTES: usize = 56;
export const FLOATEXP_EXPONENTS: usize = 40;

/** Entries of a level: every 2^level steps from Z_1 on. */

@inline
export function entriesOf(length: i32, level: i32): i32 {
  return (length - 1) >> level;
}

/** The address of a level's first entry. */

@inline
export function levelOf(ref: usize, level: i32): usize {
  return <usize> load<u32>(ref + (<usize> level << 2), PLAIN);
}

@inline
export function floatexpLevelOf(ref: usize, level: i32): usize {
  return <usize> load<u32>(ref + (<usize> level << 2), FLOATEXP);
}

/**
 * Lays a reference out behind its orbit and its near-zero points, which are there already. Returns the first
 * address behind it.
 */
export function layOut(ref: usize, length: i32, nearZero: i32, floatexp: i32, period: i32): usize {
  const reference = changetype<Reference>(ref);
  reference.length = length;
  reference.floatexp = floatexp;
  reference.nearZero = nearZero;
  reference.period = period;
  reference.orbit = ref + HEADER_BYTES;
  reference.fine = reference.orbit + 16 * (<usize> length + 1);
  reference.safe = reference.fine + NEAR_ZERO_BYTES * <usize> nearZero;
  reference.safeLong = reference.safe + 8 * <usize> entriesOf(length, LOWEST);
  let next = reference.safeLong + 8 * <usize> entriesOf(length, LONG_LEVEL);
  let level = LOWEST;
  for (; level < LEVELS && entriesOf(length, level) > 0; level++) {
    const entries = <usize> entriesOf(length, level);
    store<u32>(ref + (<usize> level << 2), <u32> next, PLAIN);
    next += ENTRY_BYTES * entries;
    if (floatexp) {
      store<u32>(ref + (<usize> level << 2), <u32> next, FLOATEXP);
      next += FLOATEXP_BYTES * entries;
    }
  }
  reference.levels = level;
  return next;
}

/** The fine point with index m; 0 when there is none. */
export function fineAt(ref: usize, m: i32): usize {
  const reference = changetype<Reference>(ref);
  let low = 0;
  let high = reference.nearZero;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = reference.fine + NEAR_ZERO_BYTES * <usize> middle;
    const index = load<i32>(at, FINE_INDEX);
    if (index === m) return at;
    if (index < m) low = middle + 1;
    else high = middle;
  }
  return 0;
}

/** Whether a point's distance from radius 2 has to be looked up. */

@inline
export function isAtRim(x: f64, y: f64): bool {
  return abs(x * x + y * y - 4.0) < RIM;
}

/** |Z_m|^2 - 4 of a point at the rim, as `readExcess` found it: mantissa and exponent. */
export let excess: f64 = 0.0;
export let excessE: i32 = 0;

export function readExcess(ref: usize, m: i32): void {
  const fine = fineAt(ref, m);
  excess = fine === 0 ? 0.0 : load<f64>(fine);
  excessE = fine === 0 ? ZERO_EXPONENT : load<i32>(fine, FINE_EXPONENT);
}

/**
 * Whether |Z + z| > 2, for the point Z of which the excess was read and z = (x + iy) 2^e:
 *
 *   |Z + z|^2 - 4 = (|Z|^2 - 4) + 2 (Z_x x + Z_y y) 2^e + (x^2 + y^2) 2^2e
 *
 * Each term has an exponent of its own: for c = -2 + iy the last one alone decides, however small y is.
 */
export function isBeyond(zx: f64, zy: f64, x: f64, y: f64, e: i32): bool {
  const size = exponentOf(max(abs(x), abs(y)));
  if (size === ZERO_EXPONENT) return excess > 0.0;
  const scale = powerOfTwo(-size);
  x *= scale;
  y *= scale;
  e += size;
  const linear = 2.0 * (zx * x + zy * y);
  const top = max(excess === 0.0 ? ZERO_EXPONENT : excessE, linear === 0.0 ? 2 * e : e);
  const sum = excess * powerOfTwo(excessE - top) + linear * powerOfTwo(e - top);
  return sum + (x * x + y * y) * powerOfTwo(2 * e - top) > 0.0;
}
