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
// composed step by step, then neighbours are merged level by level. With more terms of the series,
//
//   z' = A z + B c + D z^2 + G z^3
//
//   one step at m:   D = 1,  G = 0
//   x, then y:       D = A_y D_x + D_y A_x^2,  G = A_y G_x + 2 D_y A_x D_x + G_y A_x^3
//
// it is the fourth power of z and the products of z and c that are left out. So z may be much larger; where c
// itself is within the linear radius on the way, its products are as small.
//
// The same recursion with a larger share gives the radius within which 8 exact steps need no test.

import {
  BLOCK,
  CAUTION,
  entriesOf,
  ENTRY_B,
  ENTRY_BYTES,
  ENTRY_D,
  ENTRY_G,
  ENTRY_LINEAR,
  ENTRY_RADIUS,
  excess,
  excessE,
  isAtRim,
  levelOf,
  LONG_BLOCK,
  LONG_LEVEL,
  LOWEST,
  CUBIC_SHARE,
  readExcess,
  Reference,
  SKIP_ERROR,
  TINY,
} from "./reference";
import { powerOfTwo } from "./power";
import { buildFloatexpTables } from "./floatexp_table";

/** Within 32 steps, not 8, z may grow by a quarter more than their linear part says. */
const LONG_CAUTION: f64 = 0.8;

/** How large z may be against Z where nothing is tested: far from the rebasing at 1. */
const SAFE_SHARE: f64 = 1.0 / 64.0;

/**
 * Builds the tables of a reference for |c| up to 2^reach. A reference with exponents has such tables as well, and
 * its plain ones leave c out: where z is a plain double there, c is far too small to matter.
 */
export function build(ref: usize, reach: i32): void {
  const reference = changetype<Reference>(ref);
  const most = reference.floatexp ? 0.0 : powerOfTwo(reach);
  buildBlocks(ref, most);
  buildLongBlocks(ref, most);
  for (let level = LOWEST + 1; level < reference.levels; level++) merge(ref, level, most);
  if (reference.floatexp) buildFloatexpTables(ref, reach);
}

/** The radius at one point: z is small against it, and cannot take it out of radius 2. */

@inline
function radiusAt(size: f64, room: f64, share: f64): f64 {
  return CAUTION * max(0.0, min(share * size, room));
}

/** How far Z_m is inside radius 2: near it (2 - |Z|) (2 + |Z|) = 4 - |Z|^2 is known there. */
function roomAt(ref: usize, m: i32, zx: f64, zy: f64): f64 {
  if (!isAtRim(zx, zy)) return 2.0 - absolute(zx, zy);
  readExcess(ref, m);
  return -0.25 * excess * powerOfTwo(excessE);
}

@inline
function absolute(x: f64, y: f64): f64 {
  return Math.sqrt(x * x + y * y);
}

function buildBlocks(ref: usize, most: f64): void {
  const reference = changetype<Reference>(ref);
  const table = levelOf(ref, LOWEST);
  const entries = entriesOf(reference.length, LOWEST);
  const takesC: f64 = reference.floatexp ? 0.0 : 1.0;
  for (let i = 0; i < entries; i++) {
    let ax = 1.0, ay = 0.0, bx = 0.0, by = 0.0;
    let dx = 0.0, dy = 0.0, gx = 0.0, gy = 0.0;
    let straight = Infinity, radius = Infinity, safe = Infinity;
    for (let k = 0; k < BLOCK; k++) {
      const point = reference.orbit + (<usize> (1 + i * BLOCK + k) << 4);
      const zx = load<f64>(point), zy = load<f64>(point, 8);
      const size = absolute(zx, zy);
      const sizeA = absolute(ax, ay);
      const room = roomAt(ref, 1 + i * BLOCK + k, zx, zy);
      const moved = absolute(bx, by) * most;
      const linear = radiusAt(size, room, 2.0 * SKIP_ERROR) - moved;
      straight = min(straight, linear / sizeA);
      radius = linear > 0.0
        ? min(radius, (radiusAt(size, room, 2.0 * CUBIC_SHARE) - moved) / sizeA)
        : 0.0;
      safe = min(safe, (radiusAt(size, room, SAFE_SHARE) - moved) / sizeA);
      const px = 2.0 * zx, py = 2.0 * zy;
      let t = px * gx - py * gy + 2.0 * (ax * dx - ay * dy);
      gy = px * gy + py * gx + 2.0 * (ax * dy + ay * dx);
      gx = t;
      t = px * dx - py * dy + (ax * ax - ay * ay);
      dy = px * dy + py * dx + 2.0 * ax * ay;
      dx = t;
      t = px * ax - py * ay;
      ay = px * ay + py * ax;
      ax = t;
      t = px * bx - py * by + takesC;
      by = px * by + py * bx;
      bx = t;
    }
    const entry = table + ENTRY_BYTES * <usize> i;
    putEntry(entry, ax, ay, bx, by, straight);
    putPowers(entry, dx, dy, gx, gy, radius);
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
    const xdx = load<f64>(x, ENTRY_D), xdy = load<f64>(x, ENTRY_D + 8);
    const yax = load<f64>(y), yay = load<f64>(y, 8);
    const ybx = load<f64>(y, ENTRY_B), yby = load<f64>(y, ENTRY_B + 8);
    const ydx = load<f64>(y, ENTRY_D), ydy = load<f64>(y, ENTRY_D + 8);
    const xgx = load<f64>(x, ENTRY_G), xgy = load<f64>(x, ENTRY_G + 8);
    const ygx = load<f64>(y, ENTRY_G), ygy = load<f64>(y, ENTRY_G + 8);
    const sizeA = absolute(xax, xay), moved = absolute(xbx, xby) * most;
    const linear = load<f64>(y, ENTRY_LINEAR) - moved;
    const larger = linear > 0.0 ? load<f64>(y, ENTRY_RADIUS) - moved : 0.0;
    const entry = to + ENTRY_BYTES * <usize> i;
    putEntry(
      entry,
      yax * xax - yay * xay,
      yax * xay + yay * xax,
      yax * xbx - yay * xby + ybx,
      yax * xby + yay * xbx + yby,
      min(load<f64>(x, ENTRY_LINEAR), linear / sizeA),
    );
    const sx = xax * xax - xay * xay, sy = 2.0 * xax * xay;
    const cx = sx * xax - sy * xay, cy = sx * xay + sy * xax;
    const tx = 2.0 * (xax * xdx - xay * xdy), ty = 2.0 * (xax * xdy + xay * xdx);
    putPowers(
      entry,
      yax * xdx - yay * xdy + (ydx * sx - ydy * sy),
      yax * xdy + yay * xdx + (ydx * sy + ydy * sx),
      yax * xgx - yay * xgy + (ydx * tx - ydy * ty) + (ygx * cx - ygy * cy),
      yax * xgy + yay * xgx + (ydx * ty + ydy * tx) + (ygx * cy + ygy * cx),
      min(load<f64>(x, ENTRY_RADIUS), larger / sizeA),
    );
  }
}

/** Stores the linear part of an entry; one that would lose z, or is no number, gets the radius 0. */
function putEntry(at: usize, ax: f64, ay: f64, bx: f64, by: f64, radius: f64): void {
  store<f64>(at, ax);
  store<f64>(at, ay, 8);
  store<f64>(at, bx, ENTRY_B);
  store<f64>(at, by, ENTRY_B + 8);
  const sizeA = max(abs(ax), abs(ay));
  const usable = radius > 0.0 && sizeA >= TINY && sizeA < Infinity &&
    max(abs(bx), abs(by)) < Infinity;
  store<f64>(at, usable ? radius : 0.0, ENTRY_LINEAR);
}

/** Stores the rest of an entry whose linear part is in place. */
function putPowers(at: usize, dx: f64, dy: f64, gx: f64, gy: f64, radius: f64): void {
  store<f64>(at, dx, ENTRY_D);
  store<f64>(at, dy, ENTRY_D + 8);
  store<f64>(at, gx, ENTRY_G);
  store<f64>(at, gy, ENTRY_G + 8);
  const linear = load<f64>(at, ENTRY_LINEAR);
  const largest = max(max(abs(dx), abs(dy)), max(abs(gx), abs(gy)));
  const usable = linear > 0.0 && largest < Infinity;
  store<f64>(at, usable ? max(linear, radius) : linear, ENTRY_RADIUS);
}
