// The memory of one reference orbit: what the main thread writes, and the tables that are built from it.
//
//   header, orbit, fine points, safe radii of blocks and long blocks, skip tables, wide skip tables
//
// The orbit is Z_0 = 0, Z_1 = C, ... Z_length, as pairs of f64. It ends where the caller needs no more, or
// at its first point beyond radius 4.

/** The lowest level that is kept: skips of 8 steps. Looking for shorter ones costs more than they save. */
export const LOWEST: i32 = 3;

/** Steps of a block at that level. */
export const BLOCK: i32 = 8;

/** Four blocks, aligned to as much, for which there is a safe radius too; and its level. */
export const LONG_BLOCK: i32 = 32;
export const LONG_LEVEL: i32 = 5;

/**
 * What a skipped square may be, against the linear term: the relative error of one skip, 2^-36.
 * (2026-11, iterations a step at 2^-24 / 2^-30 / 2^-36 / 2^-42, and counts of 4096 that skips changed:
 * past-double-1e14 1.5, 75 / 1.2, 13 / 1.0, 0 / 1.0, 0; deep-1e50 99 / 63 / 39 / 26; deep-5e113 55, 26 /
 * 40, 4 / 30, 1 / 24, 0; seahorse-1e31 575, 2 / 386, 2 / 225, 0 / 122, 0.)
 */
export const SKIP_ERROR: f64 = 1.0 / 68719476736.0;

/**
 * What a difference is taken for, over itself, before the first rebasing. There z is c grown, and the
 * error of a skip is like a move of c by SKIP_ERROR |c|: a share of the distance from the reference, up to
 * 128 tiles, where only a share of a pixel does no harm. (2026-11-28, of 1000 pixels on both sides of a
 * border of references at seahorse-1e31 those that differ from exact arithmetic, and steps in millions:
 * at 1 71, 137; 4 60, 145; 16 48, 154; 256 45, 171; 4096 41, 193; at 1 with references 3 levels up, not
 * 7, 43, 131. At the listed places 16 costs a tenth of 2 ms at deep-1e77, and elsewhere nothing that can
 * be told. With 2^-40 for SKIP_ERROR 37 differ, for a tenth to a quarter of the time everywhere.)
 */
const FIRST_PASS: f64 = 16.0;

/** What a difference of that size is taken for after n steps, at the index m, against a skip's radius. */

@inline
export function weighed(size: f64, n: i32, m: i32): f64 {
  return n === m ? FIRST_PASS * size : size;
}

/**
 * Radii are compared with the larger component, which may be 1/sqrt(2) of the absolute value; and 8 exact
 * steps within a 64th of Z let z grow by a 15th more than their linear part says.
 */
export const CAUTION: f64 = 0.65;

/** 2^-900. Points below it are held as tiny ones, with an exponent, besides. */
export const TINY: f64 = 1.1830521861667747e-271;

/** How close |Z|^2 may be to 4 before doubles cannot tell on which side of radius 2 a neighbour is. */
const RIM: f64 = 1.0 / 1048576.0;

/** Levels at most: 2^27 steps are more than any orbit has. */
const LEVELS: i32 = 28;

@unmanaged
export class Reference {
  /** Index of the orbit's last point. */
  length: i32;
  /** One above the highest level of the tables. */
  levels: i32;
  /** Whether differences need an exponent of their own at first. */
  wide: i32;
  /** Number of points of which a double does not say enough. */
  fines: i32;
  /** Addresses. */
  orbit: usize;
  fine: usize;
  safe: usize;
  safeLong: usize;
}

/** Where the addresses of the levels stand in the header, and where what follows it begins. */
const PLAIN: usize = offsetof<Reference>();
const WIDE: usize = PLAIN + 4 * LEVELS;
export const HEADER_BYTES: usize = 256;

/**
 * A fine point: two mantissas (f64), their exponent and the point's index (i32), in the order of the
 * indices. It is the point itself where that is tiny, and |Z|^2 - 4 where that is nearly 0.
 */
export const FINE_BYTES: usize = 24;
export const FINE_EXPONENT: usize = 16;
export const FINE_INDEX: usize = 20;

/** An entry of a skip table: A and B of z' = A z + B c, and the radius within which it holds. */
export const ENTRY_BYTES: usize = 40;
export const ENTRY_B: usize = 16;
export const ENTRY_RADIUS: usize = 32;

/** A wide one: the mantissas of A, B and the radius, and then their exponents (i32). */
export const WIDE_BYTES: usize = 56;
export const WIDE_EXPONENTS: usize = 40;

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
export function wideLevelOf(ref: usize, level: i32): usize {
  return <usize> load<u32>(ref + (<usize> level << 2), WIDE);
}

/**
 * Lays a reference out behind its orbit and its fine points, which are there already. Returns the first
 * address behind it.
 */
export function layOut(ref: usize, length: i32, fines: i32, wide: i32): usize {
  const reference = changetype<Reference>(ref);
  reference.length = length;
  reference.wide = wide;
  reference.fines = fines;
  reference.orbit = ref + HEADER_BYTES;
  reference.fine = reference.orbit + 16 * (<usize> length + 1);
  reference.safe = reference.fine + FINE_BYTES * <usize> fines;
  reference.safeLong = reference.safe + 8 * <usize> entriesOf(length, LOWEST);
  let next = reference.safeLong + 8 * <usize> entriesOf(length, LONG_LEVEL);
  let level = LOWEST;
  for (; level < LEVELS && entriesOf(length, level) > 0; level++) {
    const entries = <usize> entriesOf(length, level);
    store<u32>(ref + (<usize> level << 2), <u32> next, PLAIN);
    next += ENTRY_BYTES * entries;
    if (wide) {
      store<u32>(ref + (<usize> level << 2), <u32> next, WIDE);
      next += WIDE_BYTES * entries;
    }
  }
  reference.levels = level;
  return next;
}

/** The fine point with index m; 0 when there is none. */
export function fineAt(ref: usize, m: i32): usize {
  const reference = changetype<Reference>(ref);
  let low = 0;
  let high = reference.fines;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = reference.fine + FINE_BYTES * <usize> middle;
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
  excessE = fine === 0 ? 0 : load<i32>(fine, FINE_EXPONENT);
}
