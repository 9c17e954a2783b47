// The skip tables of a reference: bilinear approximation (BLA).
//
// While z is small against Z, the step z' = 2 Z z + z^2 + c loses its square, and l steps in a row
// collapse into
//
//   z' = A z + B c,   as long as |z| < R
//
//   one step at m:   A = 2 Z_m,  B = 1,  R = 2 eps |Z_m|
//   x, then y:       A = A_y A_x,  B = A_y B_x + B_y,  R = min(R_x, (R_y - |B_x| c_max) / |A_x|)
//
// Source: the notes of Zhuoran and C. Heiland-Allen on bilinear approximation. Blocks of 8 steps are
// composed step by step, then neighbours are merged level by level.
//
// Linear approximation aligned to the period, which makes one skip of all that follow each other, would have
// the same radius and so the same steps in between. (2026-11, skips a group made, runs of skips, and steps:
// seahorse-1e31 73, 18, 220; deep-1e50 353, 85, 4118; deep-5e113 44, 10, 781; deep-1e77 6, 2, 40. So it
// could save 19, 6, 4 and 9 of a hundred at most, and was not built.)
//
// The same recursion with a larger eps gives the radius within which 8 exact steps need no test.

import {
  BLOCK,
  CAUTION,
  entriesOf,
  ENTRY_B,
  ENTRY_BYTES,
  ENTRY_RADIUS,
  levelOf,
  LONG_BLOCK,
  LONG_LEVEL,
  LOWEST,
  Reference,
  SKIP_ERROR,
  TINY,
} from "./reference";
import { powerOfTwo } from "./power";
import { buildWideTables } from "./wide_table";

/** Within 32 steps, not 8, z may grow by a quarter more than their linear part says. */
const LONG_CAUTION: f64 = 0.8;

/** How large z may be against Z where nothing is tested: far from the rebasing at 1. */
const SAFE_SHARE: f64 = 1.0 / 64.0;

/**
 * Builds the tables of a reference for |c| up to 2^reach. A wide reference has wide tables as well, and
 * its plain ones leave c out: where z is a plain double there, c is far too small to matter.
 */
export function build(ref: usize, reach: i32): void {
  const reference = changetype<Reference>(ref);
  const most = reference.wide ? 0.0 : powerOfTwo(reach);
  buildBlocks(ref, most);
  buildLongBlocks(ref, most);
  for (let level = LOWEST + 1; level < reference.levels; level++) merge(ref, level, most);
  if (reference.wide) buildWideTables(ref, reach);
}

/** The radius at one point: z is small against it, and the point itself has not escaped. */

@inline
function radiusAt(size: f64, share: f64): f64 {
  return CAUTION * max(0.0, min(share * size, 2.0 - size));
}

@inline
function absolute(x: f64, y: f64): f64 {
  return Math.sqrt(x * x + y * y);
}

function buildBlocks(ref: usize, most: f64): void {
  const reference = changetype<Reference>(ref);
  const table = levelOf(ref, LOWEST);
  const entries = entriesOf(reference.length, LOWEST);
  const takesC: f64 = reference.wide ? 0.0 : 1.0;
  for (let i = 0; i < entries; i++) {
    let ax = 1.0, ay = 0.0, bx = 0.0, by = 0.0;
    let radius = Infinity, safe = Infinity;
    for (let k = 0; k < BLOCK; k++) {
      const point = reference.orbit + (<usize> (1 + i * BLOCK + k) << 4);
      const zx = load<f64>(point), zy = load<f64>(point, 8);
      const size = absolute(zx, zy);
      const sizeA = absolute(ax, ay);
      const moved = absolute(bx, by) * most;
      radius = min(radius, (radiusAt(size, 2.0 * SKIP_ERROR) - moved) / sizeA);
      safe = min(safe, (radiusAt(size, SAFE_SHARE) - moved) / sizeA);
      const px = 2.0 * zx, py = 2.0 * zy;
      let t = px * ax - py * ay;
      ay = px * ay + py * ax;
      ax = t;
      t = px * bx - py * by + takesC;
      by = px * by + py * bx;
      bx = t;
    }
    putEntry(table + ENTRY_BYTES * <usize> i, ax, ay, bx, by, radius);
    store<f64>(reference.safe + (<usize> i << 3), safe > 0.0 ? safe : 0.0);
  }
}

/** The radius within which the steps of a long block need no test, from those of its four blocks. */
function buildLongBlocks(ref: usize, most: f64): void {
  const reference = changetype<Reference>(ref);
  const table = levelOf(ref, LOWEST);
  const entries = entriesOf(reference.length, LONG_LEVEL);
  const blocks = LONG_BLOCK / BLOCK;
  for (let i = 0; i < entries; i++) {
    let ax = 1.0, ay = 0.0, bx = 0.0, by = 0.0;
    let safe = Infinity;
    for (let k = 0; k < blocks; k++) {
      const block = <usize> (i * blocks + k);
      const radius = load<f64>(reference.safe + (block << 3));
      safe = min(safe, (radius - absolute(bx, by) * most) / absolute(ax, ay));
      const entry = table + ENTRY_BYTES * block;
      const yax = load<f64>(entry), yay = load<f64>(entry, 8);
      const t = yax * bx - yay * by + load<f64>(entry, ENTRY_B);
      by = yax * by + yay * bx + load<f64>(entry, ENTRY_B + 8);
      bx = t;
      const u = yax * ax - yay * ay;
      ay = yax * ay + yay * ax;
      ax = u;
    }
    safe *= LONG_CAUTION;
    store<f64>(reference.safeLong + (<usize> i << 3), safe > 0.0 ? safe : 0.0);
  }
}

function merge(ref: usize, level: i32, most: f64): void {
  const from = levelOf(ref, level - 1);
  const to = levelOf(ref, level);
  const entries = entriesOf(changetype<Reference>(ref).length, level);
  for (let i = 0; i < entries; i++) {
    const x = from + 2 * ENTRY_BYTES * <usize> i;
    const y = x + ENTRY_BYTES;
    const xax = load<f64>(x), xay = load<f64>(x, 8);
    const xbx = load<f64>(x, ENTRY_B), xby = load<f64>(x, ENTRY_B + 8);
    const yax = load<f64>(y), yay = load<f64>(y, 8);
    const ybx = load<f64>(y, ENTRY_B), yby = load<f64>(y, ENTRY_B + 8);
    const reached = (load<f64>(y, ENTRY_RADIUS) - absolute(xbx, xby) * most) / absolute(xax, xay);
    putEntry(
      to + ENTRY_BYTES * <usize> i,
      yax * xax - yay * xay,
      yax * xay + yay * xax,
      yax * xbx - yay * xby + ybx,
      yax * xby + yay * xbx + yby,
      min(load<f64>(x, ENTRY_RADIUS), reached),
    );
  }
}

/** Stores an entry; one that would lose z, or has an infinity or a NaN in it, gets the radius 0. */
function putEntry(at: usize, ax: f64, ay: f64, bx: f64, by: f64, radius: f64): void {
  store<f64>(at, ax);
  store<f64>(at, ay, 8);
  store<f64>(at, bx, ENTRY_B);
  store<f64>(at, by, ENTRY_B + 8);
  const sizeA = max(abs(ax), abs(ay));
  const usable = radius > 0.0 && sizeA >= TINY && sizeA < Infinity &&
    max(abs(bx), abs(by)) < Infinity;
  store<f64>(at, usable ? radius : 0.0, ENTRY_RADIUS);
}
