// Eight neighbouring pixels in step: differences from the reference orbit, in plain doubles.
//
//   z' = z (2 Z + z) + c,   the orbit itself is Z + z
//
// All eight have the same index m into the orbit, so one load of Z serves them, and one look into the
// skip tables. When one of them comes closer to 0 than its difference is long, all are rebased: z becomes
// Z + z, m becomes 0. For the one that needs it this removes the cancellation. For another the rounding
// of the sum, 2^-53 of |Z + z|, is harmless while it is nothing against its distance from the other
// pixels. Where it is not (some have gone far away, others are still together around the reference), the
// fewer of the two kinds part with the group.
//
// The eight live in globals, four chains of two lanes; see block.ts for why.

import {
  BLOCK,
  ENTRY_B,
  ENTRY_BYTES,
  ENTRY_RADIUS,
  isAtRim,
  levelOf,
  LONG_BLOCK,
  LOWEST,
  Reference,
  weighed,
} from "./reference";
import { limit, skipping } from "./pixels";
import { letGo, letStay, lookAtRim } from "./leaving";
import { cross, linear, nearerOf, needsLook, outsideOf, pairOf } from "./pair";
import { closeTogether } from "./close";

const ZERO: v128 = i64x2.splat(0);

/**
 * |Z + z|^2 from which on a lane is looked at closely, in a variable: a constant would be built anew at
 * every use. It is below 4 by more than what `isAtRim` allows Z, and so includes every lane there.
 */
let nearRim: v128 = ZERO;

/** z. */
export let x0: v128 = ZERO, x1: v128 = ZERO, x2: v128 = ZERO, x3: v128 = ZERO;
export let y0: v128 = ZERO, y1: v128 = ZERO, y2: v128 = ZERO, y3: v128 = ZERO;
/** c. */
let cx0: v128 = ZERO, cx1: v128 = ZERO, cx2: v128 = ZERO, cx3: v128 = ZERO;
let cy0: v128 = ZERO, cy1: v128 = ZERO, cy2: v128 = ZERO, cy3: v128 = ZERO;
/** All ones in the lanes that are still on their way; the others have z = c = 0. */
let on0: v128 = ZERO, on1: v128 = ZERO, on2: v128 = ZERO, on3: v128 = ZERO;
/** z at the rebasing that later ones are compared with, and how many are left until the next is kept. */
let kx0: v128 = ZERO, kx1: v128 = ZERO, kx2: v128 = ZERO, kx3: v128 = ZERO;
let ky0: v128 = ZERO, ky1: v128 = ZERO, ky2: v128 = ZERO, ky3: v128 = ZERO;
let untilKept: i32 = 0;
let keptFor: i32 = 0;

/** Lanes that cannot go on together with the others: whoever called `iterateGroup` finishes them alone. */
export let parting: i32 = 0;

/** |Z + z| against |z| up to which a rebasing loses nothing worth a look. */
const MODEST: f64 = 2.0;

/** A bit for each lane that is still on its way. */
export let alive: i32 = 0;
/** Steps since z_0 = 0, and the index into the orbit. */
export let n: i32 = 0;
export let m: i32 = 0;
/** Steps times lanes that tables skipped, and that were made. */
export let skipped: i64 = 0;
export let made: i64 = 0;

/** Forgets the counters. */
export function resetCounters(): void {
  skipped = 0;
  made = 0;
}

/** Takes eight differences c (all real parts, then all imaginary parts) in, at z = 0. */
export function takeC(c: usize): void {
  cx0 = v128.load(c, 0), cy0 = v128.load(c, 64);
  cx1 = v128.load(c, 16), cy1 = v128.load(c, 80);
  cx2 = v128.load(c, 32), cy2 = v128.load(c, 96);
  cx3 = v128.load(c, 48), cy3 = v128.load(c, 112);
}

/** Takes eight z in, with the steps that they have made. */
export function takeZ(z: usize, steps: i32, index: i32): void {
  x0 = v128.load(z, 0), y0 = v128.load(z, 64);
  x1 = v128.load(z, 16), y1 = v128.load(z, 80);
  x2 = v128.load(z, 32), y2 = v128.load(z, 96);
  x3 = v128.load(z, 48), y3 = v128.load(z, 112);
  n = steps;
  m = index;
  nearRim = f64x2.splat(3.99);
  parting = 0;
  untilKept = keptFor = 1;
  // No z is a NaN.
  kx0 = kx1 = kx2 = kx3 = f64x2.splat(NaN);
}

/** Counts the steps with which the eight began, after `takeZ`. */
export function countStart(steps: i32): void {
  made += steps * popcnt(alive);
}

/** Stores the eight z. */
export function giveZ(z: usize): void {
  v128.store(z, x0, 0), v128.store(z, y0, 64);
  v128.store(z, x1, 16), v128.store(z, y1, 80);
  v128.store(z, x2, 32), v128.store(z, y2, 96);
  v128.store(z, x3, 48), v128.store(z, y3, 112);
}

/** Says which lanes are on their way. Those that are not stand still at 0, where nothing moves them. */
export function setAlive(lanes: i32): void {
  alive = lanes;
  on0 = pairOf(lanes);
  on1 = pairOf(lanes >> 2);
  on2 = pairOf(lanes >> 4);
  on3 = pairOf(lanes >> 6);
  x0 = v128.and(x0, on0), y0 = v128.and(y0, on0), cx0 = v128.and(cx0, on0), cy0 = v128.and(cy0, on0);
  x1 = v128.and(x1, on1), y1 = v128.and(y1, on1), cx1 = v128.and(cx1, on1), cy1 = v128.and(cy1, on1);
  x2 = v128.and(x2, on2), y2 = v128.and(y2, on2), cx2 = v128.and(cx2, on2), cy2 = v128.and(cy2, on2);
  x3 = v128.and(x3, on3), y3 = v128.and(y3, on3), cx3 = v128.and(cx3, on3), cy3 = v128.and(cy3, on3);
}

/**
 * Moves the group on until `few` of its pixels or fewer are left, or all differences are below `tiny`, or
 * some are parting.
 */
export function iterateGroup(ref: usize, few: i32, tiny: f64): void {
  const reference = changetype<Reference>(ref);
  const length = reference.length;
  while (popcnt(alive) > few && parting === 0) {
    const size = largest(x0, y0, x1, y1, x2, y2, x3, y3);
    if (size < tiny) return;
    if (isBlock(reference)) {
      if (skipsBlock(ref, size)) {
        skip(ref, weighed(size, n, m));
        continue;
      }
      if (size < safeOf(reference)) {
        run(ref, size, tiny);
        continue;
      }
    }
    // Nothing has been reached at n = 0: z_0 = 0 is no point of the count.
    let looked = n === 0;
    do {
      const most = min(BLOCK - ((m - 1) & (BLOCK - 1)), min(length - m, limit - n));
      const steps = most > 0 ? walk(reference.orbit + (<usize> m << 4), most, looked) : 0;
      move(steps);
      if (steps > 0 && ((m - 1) & (BLOCK - 1)) === 0) break;
      test(ref, reference.orbit + (<usize> m << 4), m === length);
      looked = true;
    } while (alive !== 0 && parting === 0);
  }
}

/** Whether a block begins at m (at 1, 9, 17, ...), and may be made to its end. */

@inline
function isBlock(reference: Reference): bool {
  return ((m - 1) & (BLOCK - 1)) === 0 && m + BLOCK <= reference.length && n + BLOCK <= limit;
}

/** Whether differences of that size may skip the block that begins at m. */

@inline
function skipsBlock(ref: usize, size: f64): bool {
  const entry = levelOf(ref, LOWEST) + ENTRY_BYTES * <usize> (<u32> (m - 1) / BLOCK);
  return skipping && weighed(size, n, m) < load<f64>(entry, ENTRY_RADIUS);
}

/** The size of differences within which the block that begins at m needs no test. */

@inline
function safeOf(reference: Reference): f64 {
  return load<f64>(reference.safe + (<usize> (<u32> (m - 1) / BLOCK) << 3));
}

/** The same for a long block; 0 where none begins. */

@inline
function safeLongOf(reference: Reference): f64 {
  if (((m - 1) & (LONG_BLOCK - 1)) !== 0) return 0.0;
  if (m + LONG_BLOCK > reference.length || n + LONG_BLOCK > limit) return 0.0;
  return load<f64>(reference.safeLong + (<usize> (<u32> (m - 1) / LONG_BLOCK) << 3));
}

/** Counts steps that all who are on their way have made. */

@inline
function move(steps: i32): void {
  m += steps;
  n += steps;
  made += steps * popcnt(alive);
}

/** The largest component of eight z. */

@inline
function largest(
  u0: v128,
  v0: v128,
  u1: v128,
  v1: v128,
  u2: v128,
  v2: v128,
  u3: v128,
  v3: v128,
): f64 {
  const one = f64x2.pmax(
    f64x2.pmax(f64x2.abs(u0), f64x2.abs(v0)),
    f64x2.pmax(f64x2.abs(u1), f64x2.abs(v1)),
  );
  const other = f64x2.pmax(
    f64x2.pmax(f64x2.abs(u2), f64x2.abs(v2)),
    f64x2.pmax(f64x2.abs(u3), f64x2.abs(v3)),
  );
  const both = f64x2.pmax(one, other);
  return max(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1));
}

/** Takes the longest skip that holds for that weighed size here; the lowest does. */
function skip(ref: usize, size: f64): void {
  let level = LOWEST;
  let index = <u32> (m - 1) >> LOWEST;
  let entry = levelOf(ref, level) + ENTRY_BYTES * <usize> index;
  const levels = changetype<Reference>(ref).levels;
  while ((index & 1) === 0 && level + 1 < levels) {
    const length = 2 << level;
    if (n + length > limit || m + length > changetype<Reference>(ref).length) break;
    index >>= 1;
    const next = levelOf(ref, level + 1) + ENTRY_BYTES * <usize> index;
    if (!(size < load<f64>(next, ENTRY_RADIUS))) break;
    level++;
    entry = next;
  }
  const length = 1 << level;
  const ax = v128.load64_splat(entry), ay = v128.load64_splat(entry, 8);
  const bx = v128.load64_splat(entry, ENTRY_B), by = v128.load64_splat(entry, ENTRY_B + 8);
  let t = linear(ax, ay, bx, by, x0, y0, cx0, cy0);
  y0 = cross(ax, ay, bx, by, x0, y0, cx0, cy0), x0 = t;
  t = linear(ax, ay, bx, by, x1, y1, cx1, cy1);
  y1 = cross(ax, ay, bx, by, x1, y1, cx1, cy1), x1 = t;
  t = linear(ax, ay, bx, by, x2, y2, cx2, cy2);
  y2 = cross(ax, ay, bx, by, x2, y2, cx2, cy2), x2 = t;
  t = linear(ax, ay, bx, by, x3, y3, cx3, cy3);
  y3 = cross(ax, ay, bx, by, x3, y3, cx3, cy3), x3 = t;
  m += length;
  n += length;
  skipped += <i64> length * popcnt(alive);
}

/**
 * Makes the block that begins at m, and those behind it for which z is small enough and that cannot be
 * skipped, without a test.
 */
function run(ref: usize, from: f64, tiny: f64): void {
  const reference = changetype<Reference>(ref);
  let u0 = x0, v0 = y0, u1 = x1, v1 = y1, u2 = x2, v2 = y2, u3 = x3, v3 = y3;
  let size = from;
  do {
    const steps = size < safeLongOf(reference) ? LONG_BLOCK : BLOCK;
    let point = reference.orbit + (<usize> m << 4);
    for (let k = 0; k < steps; k++) {
      const zx = v128.load64_splat(point), zy = v128.load64_splat(point, 8);
      const px = f64x2.add(zx, zx), py = f64x2.add(zy, zy);
      let s = f64x2.add(px, u0), t = f64x2.add(py, v0);
      let w = f64x2.add(f64x2.sub(f64x2.mul(s, u0), f64x2.mul(t, v0)), cx0);
      v0 = f64x2.add(f64x2.add(f64x2.mul(s, v0), f64x2.mul(t, u0)), cy0), u0 = w;
      s = f64x2.add(px, u1), t = f64x2.add(py, v1);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u1), f64x2.mul(t, v1)), cx1);
      v1 = f64x2.add(f64x2.add(f64x2.mul(s, v1), f64x2.mul(t, u1)), cy1), u1 = w;
      s = f64x2.add(px, u2), t = f64x2.add(py, v2);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u2), f64x2.mul(t, v2)), cx2);
      v2 = f64x2.add(f64x2.add(f64x2.mul(s, v2), f64x2.mul(t, u2)), cy2), u2 = w;
      s = f64x2.add(px, u3), t = f64x2.add(py, v3);
      w = f64x2.add(f64x2.sub(f64x2.mul(s, u3), f64x2.mul(t, v3)), cx3);
      v3 = f64x2.add(f64x2.add(f64x2.mul(s, v3), f64x2.mul(t, u3)), cy3), u3 = w;
      point += 16;
    }
    move(steps);
    size = largest(u0, v0, u1, v1, u2, v2, u3, v3);
    if (size < tiny || !isBlock(reference) || skipsBlock(ref, size)) break;
  } while (size < safeOf(reference));
  x0 = u0, y0 = v0, x1 = u1, y1 = v1, x2 = u2, y2 = v2, x3 = u3, y3 = v3;
}

/**
 * Makes up to `most` steps from the point of the orbit at `point` on, and ends before one at which some
 * lane may have escaped or need rebasing: `test` then looks more closely. The first step is made in any
 * case when that has `looked` already. Returns the steps made.
 *
 * All lanes are in variables until the end. (2026-11-28: through the globals, with a call of `test` at
 * every step, a step takes three times as long.)
 */
function walk(point: usize, most: i32, looked: bool): i32 {
  const rim = nearRim;
  let u0 = x0, v0 = y0, u1 = x1, v1 = y1, u2 = x2, v2 = y2, u3 = x3, v3 = y3;
  let steps = 0;
  do {
    const zx = v128.load64_splat(point), zy = v128.load64_splat(point, 8);
    if (!looked) {
      const seen = v128.or(
        v128.or(needsLook(zx, zy, u0, v0, rim), needsLook(zx, zy, u1, v1, rim)),
        v128.or(needsLook(zx, zy, u2, v2, rim), needsLook(zx, zy, u3, v3, rim)),
      );
      if (v128.any_true(seen)) break;
    }
    looked = false;
    const px = f64x2.add(zx, zx), py = f64x2.add(zy, zy);
    let s = f64x2.add(px, u0), t = f64x2.add(py, v0);
    let w = f64x2.add(f64x2.sub(f64x2.mul(s, u0), f64x2.mul(t, v0)), cx0);
    v0 = f64x2.add(f64x2.add(f64x2.mul(s, v0), f64x2.mul(t, u0)), cy0), u0 = w;
    s = f64x2.add(px, u1), t = f64x2.add(py, v1);
    w = f64x2.add(f64x2.sub(f64x2.mul(s, u1), f64x2.mul(t, v1)), cx1);
    v1 = f64x2.add(f64x2.add(f64x2.mul(s, v1), f64x2.mul(t, u1)), cy1), u1 = w;
    s = f64x2.add(px, u2), t = f64x2.add(py, v2);
    w = f64x2.add(f64x2.sub(f64x2.mul(s, u2), f64x2.mul(t, v2)), cx2);
    v2 = f64x2.add(f64x2.add(f64x2.mul(s, v2), f64x2.mul(t, u2)), cy2), u2 = w;
    s = f64x2.add(px, u3), t = f64x2.add(py, v3);
    w = f64x2.add(f64x2.sub(f64x2.mul(s, u3), f64x2.mul(t, v3)), cx3);
    v3 = f64x2.add(f64x2.add(f64x2.mul(s, v3), f64x2.mul(t, u3)), cy3), u3 = w;
    point += 16;
    steps++;
  } while (steps < most);
  x0 = u0, y0 = v0, x1 = u1, y1 = v1, x2 = u2, y2 = v2, x3 = u3, y3 = v3;
  return steps;
}

/**
 * Looks at the orbits themselves: lets those go that have escaped or reached the limit, and rebases the
 * others if one needs it, or the orbit has come to its end.
 */
function test(ref: usize, point: usize, atEnd: bool): void {
  const zx = v128.load64_splat(point), zy = v128.load64_splat(point, 8);
  let u0 = f64x2.add(zx, x0), v0 = f64x2.add(zy, y0);
  let u1 = f64x2.add(zx, x1), v1 = f64x2.add(zy, y1);
  let u2 = f64x2.add(zx, x2), v2 = f64x2.add(zy, y2);
  let u3 = f64x2.add(zx, x3), v3 = f64x2.add(zy, y3);
  // At n = 0 nothing has been reached yet; z_0 = 0 is no point of the count.
  if (isAtRim(load<f64>(point), load<f64>(point, 8))) lookAtRim(ref, zx, zy);
  const outside = (outsideOf(u0, v0) | outsideOf(u1, v1) << 2 | outsideOf(u2, v2) << 4 |
    outsideOf(u3, v3) << 6) & alive;
  if (outside !== 0) {
    letGo(outside, u0, v0, u1, v1, u2, v2, u3, v3);
    if (alive === 0) return;
  }
  if (n >= limit) {
    letStay();
    return;
  }
  const needing = nearerOf(u0, v0, x0, y0, 1.0) | nearerOf(u1, v1, x1, y1, 1.0) << 2 |
    nearerOf(u2, v2, x2, y2, 1.0) << 4 | nearerOf(u3, v3, x3, y3, 1.0) << 6;
  if (atEnd || needing !== 0) {
    const modest = nearerOf(u0, v0, x0, y0, MODEST) | nearerOf(u1, v1, x1, y1, MODEST) << 2 |
      nearerOf(u2, v2, x2, y2, MODEST) << 4 | nearerOf(u3, v3, x3, y3, MODEST) << 6;
    if (!atEnd && (alive & ~modest) !== 0) {
      const staying = closeTogether(alive & ~modest, u0, v0, u1, v1, u2, v2, u3, v3);
      if (staying !== 0) {
        parting = popcnt(staying) < popcnt(needing) ? staying : needing;
        return;
      }
    }
    x0 = v128.and(u0, on0), y0 = v128.and(v0, on0);
    x1 = v128.and(u1, on1), y1 = v128.and(v1, on1);
    x2 = v128.and(u2, on2), y2 = v128.and(v2, on2);
    x3 = v128.and(u3, on3), y3 = v128.and(v3, on3);
    m = 0;
    lookForCycle();
  }
}

/**
 * Right after a rebasing, what follows depends on nothing but the eight z. If they are the very ones of an
 * earlier rebasing they will be so for ever, and never escape (Brent: kept at 1, 2, 4, ... rebasings).
 */
function lookForCycle(): void {
  const different = v128.or(
    v128.or(
      v128.or(v128.xor(x0, kx0), v128.xor(y0, ky0)),
      v128.or(v128.xor(x1, kx1), v128.xor(y1, ky1)),
    ),
    v128.or(
      v128.or(v128.xor(x2, kx2), v128.xor(y2, ky2)),
      v128.or(v128.xor(x3, kx3), v128.xor(y3, ky3)),
    ),
  );
  if (!v128.any_true(different)) {
    letStay();
    return;
  }
  if (--untilKept > 0) return;
  keptFor <<= 1;
  untilKept = keptFor;
  kx0 = x0, ky0 = y0, kx1 = x1, ky1 = y1, kx2 = x2, ky2 = y2, kx3 = x3, ky3 = y3;
}
