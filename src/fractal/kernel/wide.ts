// The eight of a group while their differences are below the range of doubles.
//
//   z = w 2^e,   c = d 2^k
//
// with one exponent e for all eight w. The steps are those of group.ts, in step and with the same
// rebasing; nothing can escape but together with the reference. As soon as z is large enough the group
// goes on in plain doubles, where c is too small against z to be felt.

import {
  BLOCK,
  ENTRY_BYTES,
  excess,
  excessE,
  isAtRim,
  levelOf,
  LOWEST,
  readExcess,
  Reference,
  weighed,
  WIDE_BYTES,
  WIDE_EXPONENTS,
  wideLevelOf,
} from "./reference";
import { exponentOf, powerOfTwo, ZERO_EXPONENT } from "./power";
import { pointE, pointX, pointY, readPoint } from "./wide_table";
import { limit, note, skipping } from "./pixels";
import { alive, giveZ, m, n, takeZ } from "./group";
import { letAllGo, letStay } from "./leaving";

/** Differences below 2^-850 are iterated here, up to 2^-800. */
const LEAVE: i32 = -800;

/** 2^-700. */
const FAR_FROM_ZERO: f64 = 1.9010858e-211;

/** |w| is brought back to 1 when its exponent has come this far. */
const DRIFT: i32 = 60;

/** Linear steps in a row at most: in so many |w| grows by 2^64, and doubles reach to 2^1023. */
const MOST_LINEAR: i32 = 32;

/** 2^-64: blocks that shrink w by more are looked behind at once. */
const LEAST_GROWTH: f64 = 5.421010862427522e-20;

/** Steps times lanes that tables skipped, and that were made. */
export let wideSkipped: i64 = 0;
export let wideMade: i64 = 0;

/** Forgets the counters. */
export function resetWideCounters(): void {
  wideSkipped = 0;
  wideMade = 0;
}

/** Bytes of memory that `iterateWide` works in: w, and d without the lanes that are done. */
export const WIDE_SCRATCH: usize = 256;

/** The exponent of w. */
let e: i32 = 0;

/**
 * Moves the group on until its differences are plain doubles again, or none is left. `d` is the address
 * of the eight mantissas of c (f64, real parts first), and `k` their exponent.
 */
export function iterateWide(ref: usize, w: usize, mantissas: usize, k: i32): void {
  const reference = changetype<Reference>(ref);
  const lanes = popcnt(alive);
  let steps = n, index = m;
  giveZ(w);
  const d = w + 128;
  for (let lane = 0; lane < 8; lane++) {
    const at = <usize> lane << 3;
    const on = (alive >> lane & 1) !== 0;
    store<f64>(d + at, on ? load<f64>(mantissas + at) : 0.0);
    store<f64>(d + at, on ? load<f64>(mantissas + at, 64) : 0.0, 64);
  }
  e = 0;
  while (true) {
    let size = largestOf(w);
    let exponent = exponentOf(size);
    if (exponent === ZERO_EXPONENT) {
      // All are 0; what a double cannot hold is less than 2^-200 of what was there.
      e = k;
      exponent = 0;
    } else if (abs(exponent) > DRIFT) {
      scale(w, powerOfTwo(-exponent));
      e += exponent;
      size *= powerOfTwo(-exponent);
      exponent = 0;
    }
    if (size > 0.0 && e + exponent >= LEAVE) {
      scale(w, powerOfTwo(e));
      takeZ(w, steps, index);
      return;
    }
    if (
      skipping && ((index - 1) & (BLOCK - 1)) === 0 && index + BLOCK <= reference.length &&
      steps + BLOCK <= limit
    ) {
      const skipped = skip(ref, w, d, k, size, steps, index);
      if (skipped > 0) {
        index += skipped;
        steps += skipped;
        wideSkipped += <i64> skipped * lanes;
        continue;
      }
    }
    if (isLinear(reference, index, steps)) {
      let ahead = BLOCK;
      // Behind any of them a skip might be possible.
      while (
        !skipping && ahead < MOST_LINEAR && keepsSize(ref, index + ahead - BLOCK) &&
        isLinear(reference, index + ahead, steps + ahead)
      ) ahead += BLOCK;
      const unit = powerOfTwo(min(1000, k - e));
      linearSteps(w, d, reference.orbit + (<usize> index << 4), unit, ahead);
      index += ahead;
      steps += ahead;
      wideMade += ahead * lanes;
      continue;
    }
    readPoint(ref, index);
    if (isAtRim(pointX, pointY)) {
      readExcess(ref, index);
      note(lanesBeyond(w) & alive, steps - 1);
    } else if (pointX * pointX + pointY * pointY > 4.0) {
      takeZ(w, steps, index);
      letAllGo(pointX, pointY);
      return;
    }
    if (steps >= limit) {
      letStay();
      return;
    }
    if (index === reference.length || isNearer(w, e + exponent)) {
      add(w);
      index = 0;
      continue;
    }
    step(w, d, k);
    index++;
    steps++;
    wideMade += lanes;
  }
}

/** Bits of the lanes for which |Z|^2 - 4 + 2 (Z_x x + Z_y y), with z = w 2^e, is above 0. */
function lanesBeyond(w: usize): i32 {
  const top = excess === 0.0 ? e : max(excessE, e);
  const ahead = f64x2.splat(excess === 0.0 ? 0.0 : excess * powerOfTwo(excessE - top));
  const scaled = powerOfTwo(e - top);
  const zx = f64x2.splat(2.0 * pointX * scaled), zy = f64x2.splat(2.0 * pointY * scaled);
  let lanes = 0;
  for (let pair = 0; pair < 4; pair++) {
    const at = w + (<usize> pair << 4);
    const linear = f64x2.add(f64x2.mul(zx, v128.load(at)), f64x2.mul(zy, v128.load(at, 64)));
    const beyond = f64x2.gt(f64x2.add(ahead, linear), f64x2.splat(0.0));
    lanes |= i64x2.bitmask(beyond) << (2 * pair);
  }
  return lanes;
}

/**
 * Whether a whole block can be made of steps w' = 2 Z w + c: where even differences of 2^-700 were safe,
 * those here are 2^-100 of Z at most, and their squares are nothing.
 */

@inline
function isLinear(reference: Reference, index: i32, steps: i32): bool {
  if (((index - 1) & (BLOCK - 1)) !== 0) return false;
  if (index + BLOCK > reference.length || steps + BLOCK > limit) return false;
  return load<f64>(reference.safe + (<usize> (<u32> (index - 1) / BLOCK) << 3)) > FAR_FROM_ZERO;
}

/** Whether the block at `index` leaves of w so much that the next one may begin without another look. */

@inline
function keepsSize(ref: usize, index: i32): bool {
  const entry = levelOf(ref, LOWEST) + ENTRY_BYTES * <usize> (<u32> (index - 1) / BLOCK);
  return max(abs(load<f64>(entry)), abs(load<f64>(entry, 8))) > LEAST_GROWTH;
}

/** Makes so many linear steps from the orbit's point at `point` on; c is d times `unit`. */
function linearSteps(w: usize, d: usize, point: usize, unit: f64, steps: i32): void {
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
function largestOf(w: usize): f64 {
  let most = f64x2.abs(v128.load(w));
  for (let i: usize = 16; i < 128; i += 16) most = f64x2.pmax(most, f64x2.abs(v128.load(w + i)));
  return max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

function scale(w: usize, factor: f64): void {
  const by = f64x2.splat(factor);
  for (let i: usize = 0; i < 128; i += 16) v128.store(w + i, f64x2.mul(v128.load(w + i), by));
}

/** Whether the orbit of one of the eight is nearer to 0 than its difference, of about 2^size, is long. */
function isNearer(w: usize, size: i32): bool {
  if (pointE + exponentOf(max(abs(pointX), abs(pointY))) > size + 2) return false;
  const most = max(pointE, e);
  const p = powerOfTwo(pointE - most), q = f64x2.splat(powerOfTwo(e - most));
  const zx = f64x2.splat(pointX * p), zy = f64x2.splat(pointY * p);
  for (let i: usize = 0; i < 64; i += 16) {
    const x = f64x2.mul(v128.load(w + i), q), y = f64x2.mul(v128.load(w + i, 64), q);
    const u = f64x2.add(zx, x), v = f64x2.add(zy, y);
    const nearer = f64x2.lt(
      f64x2.pmax(f64x2.abs(u), f64x2.abs(v)),
      f64x2.pmax(f64x2.abs(x), f64x2.abs(y)),
    );
    if (v128.any_true(nearer)) return true;
  }
  return false;
}

/** Adds the point to every w: rebases. Lanes that are not on their way stay 0. */
function add(w: usize): void {
  const most = max(pointE, e);
  const p = powerOfTwo(pointE - most), q = f64x2.splat(powerOfTwo(e - most));
  const zx = pointX * p, zy = pointY * p;
  for (let lane = 0; lane < 8; lane++) {
    if ((alive >> lane & 1) === 0) continue;
    const at = w + (<usize> lane << 3);
    store<f64>(at, load<f64>(at) * f64x2.extract_lane(q, 0) + zx);
    store<f64>(at, load<f64>(at, 64) * f64x2.extract_lane(q, 0) + zy, 64);
  }
  e = most;
}

/** Makes one step from the point that was read: w' 2^e' = 2 Z w 2^e + w^2 2^2e + d 2^k. */
function step(w: usize, d: usize, k: i32): void {
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
function skip(ref: usize, w: usize, d: usize, k: i32, size: f64, steps: i32, at: i32): i32 {
  const reference = changetype<Reference>(ref);
  let level = LOWEST;
  let index = <u32> (at - 1) >> LOWEST;
  let entry = wideLevelOf(ref, level) + WIDE_BYTES * <usize> index;
  const weight = weighed(size, steps, at);
  if (!isWithin(entry, weight)) return 0;
  while ((index & 1) === 0 && level + 1 < reference.levels) {
    const length = 2 << level;
    if (steps + length > limit || at + length > reference.length) break;
    index >>= 1;
    const next = wideLevelOf(ref, level + 1) + WIDE_BYTES * <usize> index;
    if (!isWithin(next, weight)) break;
    level++;
    entry = next;
  }
  const linear = load<i32>(entry, WIDE_EXPONENTS) + e;
  const moved = load<i32>(entry, WIDE_EXPONENTS + 4) + k;
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
  const ahead = load<i32>(entry, WIDE_EXPONENTS + 8) - e;
  // |w| and the radius's mantissa lie between 2^-60 and 2^65.
  if (ahead > 200) return true;
  if (ahead < -200) return false;
  return size < radius * powerOfTwo(ahead);
}
