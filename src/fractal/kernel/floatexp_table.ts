// Skip tables whose A, B and radius carry exponents of their own: below the range of doubles.
//
// The same recursion as in table.ts. A complex number here is two mantissas and one exponent, and after
// every operation the larger mantissa is brought back to [1, 2).

import {
  BLOCK,
  CAUTION,
  entriesOf,
  excess,
  excessE,
  isAtRim,
  readExcess,
  LOWEST,
  Reference,
  SKIP_ERROR,
  TINY,
  FINE_EXPONENT,
  fineAt,
  FLOATEXP_BYTES,
  FLOATEXP_EXPONENTS,
  floatexpLevelOf,
} from "./reference";
import { exponentOf, powerOfTwo, ZERO_EXPONENT } from "./power";

/** A point of the orbit, as `readPoint` found it: mantissas and exponent. */
export let pointX: f64 = 0.0;
export let pointY: f64 = 0.0;
export let pointE: i32 = 0;

/** Reads Z_m; its larger mantissa is in [1, 2) where it is tiny, and the exponent 0 where it is not. */
export function readPoint(ref: usize, m: i32): void {
  const point = changetype<Reference>(ref).orbit + (<usize> m << 4);
  pointX = load<f64>(point);
  pointY = load<f64>(point, 8);
  pointE = 0;
  if (max(abs(pointX), abs(pointY)) >= TINY) return;
  const tiny = fineAt(ref, m);
  if (tiny === 0) {
    pointX = pointY = 0.0;
    return;
  }
  pointX = load<f64>(tiny);
  pointY = load<f64>(tiny, 8);
  pointE = load<i32>(tiny, FINE_EXPONENT);
}

/** The complex number that the functions below leave behind. */
let x: f64 = 0.0;
let y: f64 = 0.0;
let e: i32 = 0;

/** Sets the result to (px + i py) 2^pe, normalised. */
function normalise(px: f64, py: f64, pe: i32): void {
  const size = exponentOf(max(abs(px), abs(py)));
  if (size === ZERO_EXPONENT) {
    x = y = 0.0;
    e = ZERO_EXPONENT;
    return;
  }
  const scale = powerOfTwo(-size);
  x = px * scale;
  y = py * scale;
  e = pe + size;
}

/** p + q. */
function add(px: f64, py: f64, pe: i32, qx: f64, qy: f64, qe: i32): void {
  const most = max(pe, qe);
  const p = powerOfTwo(pe - most), q = powerOfTwo(qe - most);
  normalise(px * p + qx * q, py * p + qy * q, most);
}

/** The real number that the functions below leave behind: a radius. */
let r: f64 = 0.0;
let rE: i32 = 0;

/** Sets r to the smaller of r and (q 2^qe - |b| most) / |a|; to 0 where that is negative. */
function narrow(q: f64, qe: i32, a: f64, ae: i32, moved: f64, movedE: i32): void {
  const top = max(qe, movedE);
  let left = q * powerOfTwo(qe - top) - moved * powerOfTwo(movedE - top);
  if (!(left > 0.0)) {
    r = 0.0;
    rE = ZERO_EXPONENT;
    return;
  }
  left /= a;
  const size = exponentOf(left);
  if (size === ZERO_EXPONENT) {
    r = 0.0;
    rE = ZERO_EXPONENT;
    return;
  }
  left *= powerOfTwo(-size);
  const exponent = top - ae + size;
  if (exponent < rE || (exponent === rE && left < r)) {
    r = left;
    rE = exponent;
  }
}

/** Builds all levels for |c| up to 2^reach. */
export function buildFloatexpTables(ref: usize, reach: i32): void {
  buildBlocks(ref, reach);
  const reference = changetype<Reference>(ref);
  for (let level = LOWEST + 1; level < reference.levels; level++) {
    merge(ref, level, reach);
  }
}

@inline
function absolute(px: f64, py: f64): f64 {
  return Math.sqrt(px * px + py * py);
}

function buildBlocks(ref: usize, reach: i32): void {
  const reference = changetype<Reference>(ref);
  const table = floatexpLevelOf(ref, LOWEST);
  const entries = entriesOf(reference.length, LOWEST);
  for (let i = 0; i < entries; i++) {
    let ax = 1.0, ay = 0.0, aE = 0;
    let bx = 0.0, by = 0.0, bE = ZERO_EXPONENT;
    r = 1.0;
    rE = 0;
    for (let k = 0; k < BLOCK; k++) {
      readPoint(ref, 1 + i * BLOCK + k);
      // Normalised, so that nothing below can underflow.
      normalise(pointX, pointY, pointE);
      const zx = x, zy = y, zE = e;
      const size = absolute(zx, zy);
      const radius = CAUTION * 2.0 * SKIP_ERROR * size;
      const sizeA = absolute(ax, ay), moved = absolute(bx, by);
      narrow(radius, zE, sizeA, aE, moved, bE + reach);
      // Only a point of ordinary size can be near radius 2; how near it is, is known there.
      if (zE >= 0) {
        if (isAtRim(pointX, pointY)) {
          readExcess(ref, 1 + i * BLOCK + k);
          narrow(CAUTION * -0.25 * excess, excessE, sizeA, aE, moved, bE + reach);
        } else {
          narrow(CAUTION * (2.0 * powerOfTwo(-zE) - size), zE, sizeA, aE, moved, bE + reach);
        }
      }
      normalise(zx * ax - zy * ay, zx * ay + zy * ax, zE + 1 + aE);
      ax = x, ay = y, aE = e;
      add(zx * bx - zy * by, zx * by + zy * bx, zE + 1 + bE, 1.0, 0.0, 0);
      bx = x, by = y, bE = e;
    }
    putEntry(table + FLOATEXP_BYTES * <usize> i, ax, ay, aE, bx, by, bE);
  }
}

function merge(ref: usize, level: i32, reach: i32): void {
  const from = floatexpLevelOf(ref, level - 1);
  const to = floatexpLevelOf(ref, level);
  const entries = entriesOf(changetype<Reference>(ref).length, level);
  for (let i = 0; i < entries; i++) {
    const p = from + 2 * FLOATEXP_BYTES * <usize> i;
    const q = p + FLOATEXP_BYTES;
    const pax = load<f64>(p), pay = load<f64>(p, 8), paE = load<i32>(p, FLOATEXP_EXPONENTS);
    const pbx = load<f64>(p, 16), pby = load<f64>(p, 24), pbE = load<i32>(p, FLOATEXP_EXPONENTS + 4);
    const qax = load<f64>(q), qay = load<f64>(q, 8), qaE = load<i32>(q, FLOATEXP_EXPONENTS);
    r = load<f64>(p, 32);
    rE = load<i32>(p, FLOATEXP_EXPONENTS + 8);
    narrow(
      load<f64>(q, 32),
      load<i32>(q, FLOATEXP_EXPONENTS + 8),
      absolute(pax, pay),
      paE,
      absolute(pbx, pby),
      pbE + reach,
    );
    normalise(qax * pax - qay * pay, qax * pay + qay * pax, qaE + paE);
    const ax = x, ay = y, aE = e;
    add(
      qax * pbx - qay * pby,
      qax * pby + qay * pbx,
      qaE + pbE,
      load<f64>(q, 16),
      load<f64>(q, 24),
      load<i32>(q, FLOATEXP_EXPONENTS + 4),
    );
    putEntry(to + FLOATEXP_BYTES * <usize> i, ax, ay, aE, x, y, e);
  }
}

/** Stores an entry with the radius r. */
function putEntry(at: usize, ax: f64, ay: f64, aE: i32, bx: f64, by: f64, bE: i32): void {
  store<f64>(at, ax);
  store<f64>(at, ay, 8);
  store<f64>(at, bx, 16);
  store<f64>(at, by, 24);
  store<f64>(at, r, 32);
  store<i32>(at, aE, FLOATEXP_EXPONENTS);
  store<i32>(at, bE, FLOATEXP_EXPONENTS + 4);
  store<i32>(at, rE, FLOATEXP_EXPONENTS + 8);
}
