// The eight of a group while one of their differences is below what plain doubles can carry.
//
//   z = w 2^e,   c = d 2^k
//
// with one exponent e for all eight w. The steps are those of group.ts. Nothing here can escape but together
// with the reference. What the numbers may be:
//
//   |w|   2^-64 to 2^124 for the largest, down to 2^-400 of it for the smallest: lanes of a group differ
//         by 2^200 at most, and a step that squares doubles that; so no square leaves the doubles. Pixels
//         that pass near 0 again and again without being rebased part when they have come so far apart.
//   |Z|   any: a point below 2^-900 has an exponent, and so has every entry of the tables
//   |z|   below 2^-100: a larger lane leaves, alone or with the others once all are above 2^-400

import {
  BLOCK,
  ENTRY_BYTES,
  isAtRim,
  isBeyond,
  levelOf,
  LOWEST,
  readExcess,
  Reference,
  FLOATEXP_BYTES,
  FLOATEXP_EXPONENTS,
  floatexpLevelOf,
} from "./reference";
import { exponentOf, powerOfTwo, ZERO_EXPONENT } from "./power";
import { pointE, pointX, pointY, readPoint } from "./floatexp_table";
import { CX, CY, E, EARLY, M, N, X, Y } from "./pixel";
import {
  alive,
  isSeen,
  LANES,
  letStay,
  m,
  moveOn,
  needsExponent,
  pixelAt,
  rebase,
  remove,
  stepsOf,
  stop,
  turnBack,
} from "./queue";
import { leave, stay } from "./samples";

/** 2^-100: a z that has grown to this goes on in plain doubles, whatever the others do. */
const LARGE: i32 = -100;

/** z this much below a block's safe radius (log2) loses nothing by losing its square, 32 steps long. */
const FAR_BELOW: i32 = 100;

/** Pixels further apart than 2^200 part. */
const SPREAD: i32 = 200;

/** |w| is brought back to 1 when its exponent has come this far. */
const DRIFT: i32 = 60;

/** Linear steps in a row at most: in so many |w| grows by 2^64, and doubles reach to 2^1023. */
const MOST_LINEAR: i32 = 32;

/** 2^-64: blocks that shrink w by more are looked behind at once. */
const LEAST_GROWTH: f64 = 5.421010862427522e-20;

/** Steps times lanes that tables skipped, and that were made. */
export let floatexpSkipped: i64 = 0;
export let floatexpMade: i64 = 0;

/** Whether steps may be skipped by the tables. */
let skipping: bool = true;

/** w and d: real parts first. */
let w: usize = 0;
let d: usize = 0;

/** Bytes of memory that they take. */
export const FLOATEXP_SCRATCH: usize = 32 * LANES;

/** Whether a step may have squared the ratios of the eight z since they were last compared. */
let mayBeApart: bool = false;

/** The exponents of w and of d. */
let e: i32 = 0;
let k: i32 = 0;

/** Forgets the counters; c is in units of 2^unit, and w and d lie at `at`. */
export function beginFloatexp(skips: bool, unit: i32, at: usize): void {
  w = at;
  d = at + 16 * LANES;
  skipping = skips;
  k = unit;
  floatexpSkipped = 0;
  floatexpMade = 0;
}

/** Takes the pixels of the group from where they lie. */
export function takeFloatexp(): void {
  mayBeApart = true;
  e = ZERO_EXPONENT;
  for (let lane = 0; lane < LANES; lane++) {
    if ((alive >> lane & 1) === 0) continue;
    const pixel = pixelAt(lane);
    const size = exponentOf(max(abs(load<f64>(pixel, X)), abs(load<f64>(pixel, Y))));
    if (size !== ZERO_EXPONENT) e = max(e, size + load<i32>(pixel, E));
  }
  for (let lane = 0; lane < LANES; lane++) {
    const at = <usize> lane << 3;
    const pixel = pixelAt(lane);
    let x = 0.0, y = 0.0, cx = 0.0, cy = 0.0;
    if ((alive >> lane & 1) !== 0) {
      cx = load<f64>(pixel, CX), cy = load<f64>(pixel, CY);
      x = load<f64>(pixel, X), y = load<f64>(pixel, Y);
      if (max(abs(x), abs(y)) !== 0.0) {
        // At most 2^1022, where the pixel's own number is as small as a double can be.
        const scale = powerOfTwo(load<i32>(pixel, E) - e);
        x *= scale, y *= scale;
      }
    }
    store<f64>(w + at, x), store<f64>(w + at, y, 64);
    store<f64>(d + at, cx), store<f64>(d + at, cy, 64);
  }
}

/** Takes the pixels of a group of new ones, all at z = 0. */
export function takeNew(): void {
  mayBeApart = false;
  e = ZERO_EXPONENT;
  const zero = i64x2.splat(0);
  for (let at: usize = 0; at < FLOATEXP_SCRATCH; at += 32) {
    v128.store(w + at, zero), v128.store(w + at, zero, 16);
  }
  for (let lane = 0; lane < LANES; lane++) {
    if ((alive >> lane & 1) === 0) continue;
    const pixel = pixelAt(lane);
    const at = d + (<usize> lane << 3);
    store<f64>(at, load<f64>(pixel, CX)), store<f64>(at, load<f64>(pixel, CY), 64);
  }
}

/** Leaves z of the pixels where they lie. */
export function giveFloatexp(): void {
  for (let lane = 0; lane < LANES; lane++) if ((alive >> lane & 1) !== 0) giveOne(lane);
}

function giveOne(lane: i32): void {
  const pixel = pixelAt(lane);
  const at = w + (<usize> lane << 3);
  store<f64>(pixel, load<f64>(at), X);
  store<f64>(pixel, load<f64>(at, 64), Y);
  store<i32>(pixel, e, E);
}

/** Lets lanes go. */
function drop(lanes: i32): void {
  remove(lanes);
  for (let lane = 0; lane < LANES; lane++) {
    if ((alive >> lane & 1) !== 0) continue;
    const at = <usize> lane << 3;
    store<f64>(w + at, 0.0), store<f64>(w + at, 0.0, 64);
    store<f64>(d + at, 0.0), store<f64>(d + at, 0.0, 64);
  }
}

/**
 * Moves the group on until all its z can be plain doubles, none is left, or `pause` steps of pixels have
 * been made. Returns the lanes that have to go on alone, at the index that the pixel says.
 */
export function iterateFloatexp(ref: usize, pause: i64): i32 {
  const reference = changetype<Reference>(ref);
  while (floatexpMade < pause && alive !== 0) {
    let size = largestOf(w);
    let exponent = exponentOf(size);
    if (exponent === ZERO_EXPONENT) {
      // All are 0: at the beginning, or at the reference itself.
      e = k;
      exponent = 0;
    } else if (abs(exponent) > DRIFT) {
      scale(powerOfTwo(-exponent));
      e += exponent;
      size *= powerOfTwo(-exponent);
      exponent = 0;
    }
    if (size > 0.0 && !needsExponent(size, 0.0, e)) {
      const small = smallLanes();
      if (small === 0) return 0;
      if (e + exponent >= LARGE) {
        return partLanes(alive & ~small);
      }
    }
    if (mayBeApart) {
      mayBeApart = false;
      const behind = lanesBelow(e + exponent - SPREAD);
      if (behind !== 0) return partLanes(behind);
    }
    if (skipping && ((m - 1) & (BLOCK - 1)) === 0 && m + BLOCK <= min(reference.length, stop)) {
      const steps = skip(ref, size);
      if (steps > 0) {
        moveOn(steps);
        floatexpSkipped += <i64> steps * popcnt(alive);
        continue;
      }
    }
    if (isLinear(reference, m, e + exponent)) {
      let ahead = BLOCK;
      // Behind any of them a skip might be possible.
      while (
        !skipping && ahead < MOST_LINEAR && keepsSize(ref, m + ahead - BLOCK) &&
        isLinear(reference, m + ahead, e + exponent)
      ) ahead += BLOCK;
      linearSteps(reference.orbit + (<usize> m << 4), powerOfTwo(min(1000, k - e)), ahead);
      moveOn(ahead);
      floatexpMade += ahead * popcnt(alive);
      continue;
    }
    test(ref, e + exponent);
    if (alive === 0) return 0;
    step();
    mayBeApart = true;
    moveOn(1);
    floatexpMade += popcnt(alive);
  }
  return 0;
}

/** The lanes whose z is too small for plain doubles. */
function smallLanes(): i32 {
  let lanes = 0;
  for (let lane = 0; lane < LANES; lane++) {
    const at = w + (<usize> lane << 3);
    if (needsExponent(load<f64>(at), load<f64>(at, 64), e)) lanes |= 1 << lane;
  }
  return lanes & alive;
}

/** The lanes whose z is below 2^least, but for those at 0. */
function lanesBelow(least: i32): i32 {
  let lanes = 0;
  for (let lane = 0; lane < LANES; lane++) {
    const at = w + (<usize> lane << 3);
    const size = exponentOf(max(abs(load<f64>(at)), abs(load<f64>(at, 64))));
    if (size !== ZERO_EXPONENT && size + e < least) lanes |= 1 << lane;
  }
  return lanes;
}

/** Leaves lanes where they lie, at the index that they have come to, to go on alone; returns them. */
export function partLanes(lanes: i32): i32 {
  for (let lane = 0; lane < LANES; lane++) {
    if ((lanes >> lane & 1) === 0) continue;
    giveOne(lane);
    const pixel = pixelAt(lane);
    if (!needsExponent(load<f64>(pixel, X), load<f64>(pixel, Y), e)) {
      store<f64>(pixel, load<f64>(pixel, X) * powerOfTwo(e), X);
      store<f64>(pixel, load<f64>(pixel, Y) * powerOfTwo(e), Y);
      store<i32>(pixel, 0, E);
    }
    store<i32>(pixel, stepsOf(pixel) - m, N);
    store<i32>(pixel, m, M);
  }
  drop(lanes);
  return lanes;
}

/**
 * Looks at the orbits themselves: lets those go that have escaped, reached the limit or are to be rebased;
 * all, where the orbit has come to its end, unless it repeats itself. The largest z is about 2^size.
 */
function test(ref: usize, size: i32): void {
  const reference = changetype<Reference>(ref);
  readPoint(ref, m);
  if (m > 0 && pointE === 0) {
    if (isAtRim(pointX, pointY)) {
      lookAtRim(ref);
    } else if (pointX * pointX + pointY * pointY > 4.0) {
      for (let lane = 0; lane < LANES; lane++) {
        const pixel = pixelAt(lane);
        if ((alive >> lane & 1) !== 0) leave(pixel, stepsOf(pixel) - 1, pointX, pointY);
      }
      drop(alive);
      return;
    }
  }
  if (m >= stop) {
    drop(letStay());
    if (alive === 0) return;
  }
  const atEnd = m === reference.length;
  const needing = atEnd && reference.period === 0 ? alive : nearerLanes(size);
  if (needing !== 0) {
    const most = max(pointE, e);
    const p = powerOfTwo(pointE - most), q = powerOfTwo(e - most);
    for (let lane = 0; lane < LANES; lane++) {
      if ((needing >> lane & 1) === 0) continue;
      const at = w + (<usize> lane << 3);
      rebase(lane, load<f64>(at) * q + pointX * p, load<f64>(at, 64) * q + pointY * p, most);
    }
    drop(needing);
  }
  if (!atEnd || alive === 0) return;
  turnBack(reference.period);
  let settled = 0;
  for (let lane = 0; lane < LANES; lane++) {
    if ((alive >> lane & 1) === 0) continue;
    const pixel = pixelAt(lane);
    const at = w + (<usize> lane << 3);
    if (!isSeen(pixel, load<f64>(at), load<f64>(at, 64), e, m)) continue;
    stay(pixel);
    settled |= 1 << lane;
  }
  if (settled !== 0) drop(settled);
}

/** Notes the counts of lanes outside radius 2 by less than a double can show. */
function lookAtRim(ref: usize): void {
  readExcess(ref, m);
  for (let lane = 0; lane < LANES; lane++) {
    if ((alive >> lane & 1) === 0) continue;
    const pixel = pixelAt(lane);
    if (load<i32>(pixel, EARLY) >= 0) continue;
    const at = w + (<usize> lane << 3);
    if (isBeyond(pointX, pointY, load<f64>(at), load<f64>(at, 64), e)) {
      store<i32>(pixel, stepsOf(pixel) - 1, EARLY);
    }
  }
}

/**
 * Whether a whole block can be made of steps w' = 2 Z w + c, for z of about 2^size: where far larger ones
 * were safe their squares are nothing.
 */

@inline
function isLinear(reference: Reference, index: i32, size: i32): bool {
  if (((index - 1) & (BLOCK - 1)) !== 0) return false;
  if (index + BLOCK > min(reference.length, stop)) return false;
  const safe = load<f64>(reference.safe + (<usize> (<u32> (index - 1) / BLOCK) << 3));
  return exponentOf(safe) > size + FAR_BELOW;
}

/** Whether the block at `index` leaves of w so much that the next one may begin without another look. */

@inline
function keepsSize(ref: usize, index: i32): bool {
  const entry = levelOf(ref, LOWEST) + ENTRY_BYTES * <usize> (<u32> (index - 1) / BLOCK);
  return max(abs(load<f64>(entry)), abs(load<f64>(entry, 8))) > LEAST_GROWTH;
}

/** Makes so many linear steps from the orbit's point at `point` on; c is d times `unit`. */
function linearSteps(point: usize, unit: f64, steps: i32): void {
  const by = f64x2.splat(unit);
  let u0 = v128.load(w), v0 = v128.load(w, 64);
  let u1 = v128.load(w, 16), v1 = v128.load(w, 80);
  let u2 = v128.load(w, 32), v2 = v128.load(w, 96);
  let u3 = v128.load(w, 48), v3 = v128.load(w, 112);
  const cx0 = f64x2.mul(by, v128.load(d)), cy0 = f64x2.mul(by, v128.load(d, 64));
  const cx1 = f64x2.mul(by, v128.load(d, 16)), cy1 = f64x2.mul(by, v128.load(d, 80));
  const cx2 = f64x2.mul(by, v128.load(d, 32)), cy2 = f64x2.mul(by, v128.load(d, 96));
  const cx3 = f64x2.mul(by, v128.load(d, 48)), cy3 = f64x2.mul(by, v128.load(d, 112));
  for (let k = 0; k < steps; k++) {
    const zx = v128.load64_splat(point), zy = v128.load64_splat(point, 8);
    const px = f64x2.add(zx, zx), py = f64x2.add(zy, zy);
    let t = f64x2.add(f64x2.sub(f64x2.mul(px, u0), f64x2.mul(py, v0)), cx0);
    v0 = f64x2.add(f64x2.add(f64x2.mul(px, v0), f64x2.mul(py, u0)), cy0), u0 = t;
    t = f64x2.add(f64x2.sub(f64x2.mul(px, u1), f64x2.mul(py, v1)), cx1);
    v1 = f64x2.add(f64x2.add(f64x2.mul(px, v1), f64x2.mul(py, u1)), cy1), u1 = t;
    t = f64x2.add(f64x2.sub(f64x2.mul(px, u2), f64x2.mul(py, v2)), cx2);
    v2 = f64x2.add(f64x2.add(f64x2.mul(px, v2), f64x2.mul(py, u2)), cy2), u2 = t;
    t = f64x2.add(f64x2.sub(f64x2.mul(px, u3), f64x2.mul(py, v3)), cx3);
    v3 = f64x2.add(f64x2.add(f64x2.mul(px, v3), f64x2.mul(py, u3)), cy3), u3 = t;
    point += 16;
  }
  v128.store(w, u0), v128.store(w, v0, 64);
  v128.store(w, u1, 16), v128.store(w, v1, 80);
  v128.store(w, u2, 32), v128.store(w, v2, 96);
  v128.store(w, u3, 48), v128.store(w, v3, 112);
}

/** The largest of 16 numbers' absolute values. */
function largestOf(at: usize): f64 {
  let most = f64x2.abs(v128.load(at));
  for (let i: usize = 16; i < 128; i += 16) most = f64x2.pmax(most, f64x2.abs(v128.load(at + i)));
  return max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

function scale(factor: f64): void {
  const by = f64x2.splat(factor);
  for (let i: usize = 0; i < 128; i += 16) v128.store(w + i, f64x2.mul(v128.load(w + i), by));
}

/** The lanes whose orbit is nearer to 0 than their z is long, where the largest z is about 2^size. */
function nearerLanes(size: i32): i32 {
  if (pointE + exponentOf(max(abs(pointX), abs(pointY))) > size + 2) return 0;
  const most = max(pointE, e);
  const p = powerOfTwo(pointE - most), q = f64x2.splat(powerOfTwo(e - most));
  const zx = f64x2.splat(pointX * p), zy = f64x2.splat(pointY * p);
  let lanes = 0;
  for (let pair = 0; pair < 4; pair++) {
    const at = w + (<usize> pair << 4);
    const x = f64x2.mul(v128.load(at), q), y = f64x2.mul(v128.load(at, 64), q);
    const u = f64x2.add(zx, x), v = f64x2.add(zy, y);
    const nearer = f64x2.lt(
      f64x2.pmax(f64x2.abs(u), f64x2.abs(v)),
      f64x2.pmax(f64x2.abs(x), f64x2.abs(y)),
    );
    lanes |= i64x2.bitmask(nearer) << (2 * pair);
  }
  return lanes & alive;
}

/** Makes one step from the point that was read: w' 2^e' = 2 Z w 2^e + w^2 2^2e + d 2^k. */
function step(): void {
  const size = exponentOf(max(abs(pointX), abs(pointY)));
  const linear = size === ZERO_EXPONENT ? ZERO_EXPONENT : pointE + size + 1 + e;
  const most = max(linear, max(2 * e, k));
  // The point's own exponent goes first, so that no factor can overflow.
  const p = powerOfTwo(pointE + size + 1 + e - most) * powerOfTwo(-size);
  const zx = f64x2.splat(size === ZERO_EXPONENT ? 0.0 : pointX * p);
  const zy = f64x2.splat(size === ZERO_EXPONENT ? 0.0 : pointY * p);
  const square = f64x2.splat(powerOfTwo(2 * e - most));
  const move = f64x2.splat(powerOfTwo(k - most));
  for (let i: usize = 0; i < 64; i += 16) {
    const x = v128.load(w + i), y = v128.load(w + i, 64);
    const s = f64x2.add(zx, f64x2.mul(square, x)), t = f64x2.add(zy, f64x2.mul(square, y));
    const u = f64x2.sub(f64x2.mul(s, x), f64x2.mul(t, y));
    const v = f64x2.add(f64x2.mul(s, y), f64x2.mul(t, x));
    v128.store(w + i, f64x2.add(u, f64x2.mul(move, v128.load(d + i))));
    v128.store(w + i, f64x2.add(v, f64x2.mul(move, v128.load(d + i, 64))), 64);
  }
  e = most;
}

/** Takes the longest skip that holds here, if one does; returns its steps. */
function skip(ref: usize, size: f64): i32 {
  const reference = changetype<Reference>(ref);
  let level = LOWEST;
  let index = <u32> (m - 1) >> LOWEST;
  let entry = floatexpLevelOf(ref, level) + FLOATEXP_BYTES * <usize> index;
  if (!isWithin(entry, size)) return 0;
  const end = min(reference.length, stop);
  while ((index & 1) === 0 && level + 1 < reference.levels) {
    if (m + (2 << level) > end) break;
    index >>= 1;
    const next = floatexpLevelOf(ref, level + 1) + FLOATEXP_BYTES * <usize> index;
    if (!isWithin(next, size)) break;
    level++;
    entry = next;
  }
  const linear = load<i32>(entry, FLOATEXP_EXPONENTS) + e;
  const moved = load<i32>(entry, FLOATEXP_EXPONENTS + 4) + k;
  const most = max(linear, moved);
  const a = powerOfTwo(linear - most), b = powerOfTwo(moved - most);
  const ax = f64x2.splat(load<f64>(entry) * a), ay = f64x2.splat(load<f64>(entry, 8) * a);
  const bx = f64x2.splat(load<f64>(entry, 16) * b), by = f64x2.splat(load<f64>(entry, 24) * b);
  for (let i: usize = 0; i < 64; i += 16) {
    const x = v128.load(w + i), y = v128.load(w + i, 64);
    const cx = v128.load(d + i), cy = v128.load(d + i, 64);
    const u = f64x2.sub(f64x2.mul(ax, x), f64x2.mul(ay, y));
    const v = f64x2.add(f64x2.mul(ax, y), f64x2.mul(ay, x));
    v128.store(w + i, f64x2.add(u, f64x2.sub(f64x2.mul(bx, cx), f64x2.mul(by, cy))));
    v128.store(w + i, f64x2.add(v, f64x2.add(f64x2.mul(bx, cy), f64x2.mul(by, cx))), 64);
  }
  e = most;
  return 1 << level;
}

/** Whether a difference of size * 2^e is within an entry's radius. */
function isWithin(entry: usize, size: f64): bool {
  const radius = load<f64>(entry, 32);
  if (radius === 0.0) return false;
  const ahead = load<i32>(entry, FLOATEXP_EXPONENTS + 8) - e;
  // |w| and the radius's mantissa lie between 2^-60 and 2^65.
  if (ahead > 200) return true;
  if (ahead < -200) return false;
  return size < radius * powerOfTwo(ahead);
}
