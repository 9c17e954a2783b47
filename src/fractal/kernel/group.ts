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
  excess,
  excessE,
  isAtRim,
  levelOf,
  LONG_BLOCK,
  LOWEST,
  readExcess,
  Reference,
} from "./reference";
import { leave, limit, note, skipping, stay } from "./pixels";
import { beyondOf, closerOf, cross, linear, nearerOf, outsideOf, pairOf } from "./pair";
import { powerOfTwo } from "./power";

const ZERO: v128 = i64x2.splat(0);

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

/**
 * What a lane's distance from the next one is to |Z + z| at least, so that 41 of its bits stay. (2026-11,
 * of 64 pixels at the edge of a small copy of the set those that are not what they are alone, with 2^-25:
 * 3; with 2^-20, 2^-12 and 2^-10: 0. The time is the same within the noise.)
 */
const APART: f64 = 1.0 / 4096.0;

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
  parting = 0;
  untilKept = keptFor = 1;
  // No z is a NaN.
  kx0 = kx1 = kx2 = kx3 = f64x2.splat(NaN);
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
  const table = levelOf(ref, LOWEST);
  while (popcnt(alive) > few) {
    const size = largest();
    if (size < tiny) return;
    // Blocks begin at 1, 9, 17, ...
    if (((m - 1) & (BLOCK - 1)) === 0 && m + BLOCK <= length && n + BLOCK <= limit) {
      const block = <usize> (<u32> (m - 1) / BLOCK);
      if (skipping && size < load<f64>(table + ENTRY_BYTES * block, ENTRY_RADIUS)) {
        skip(ref, size);
        continue;
      }
      if (size < load<f64>(reference.safe + (block << 3))) {
        let steps = BLOCK;
        if (
          ((m - 1) & (LONG_BLOCK - 1)) === 0 && m + LONG_BLOCK <= length &&
          n + LONG_BLOCK <= limit &&
          size < load<f64>(reference.safeLong + (<usize> (<u32> (m - 1) / LONG_BLOCK) << 3))
        ) steps = LONG_BLOCK;
        makeSteps(reference.orbit + (<usize> m << 4), steps);
        m += steps;
        n += steps;
        made += steps * popcnt(alive);
        continue;
      }
    }
    do {
      test(ref, reference.orbit + (<usize> m << 4), m === length);
      if (alive === 0 || parting !== 0) return;
      step(reference.orbit + (<usize> m << 4));
      m++;
      n++;
      made += popcnt(alive);
    } while (((m - 1) & (BLOCK - 1)) !== 0);
  }
}

/** The largest component of all z. */
export function largest(): f64 {
  const one = f64x2.pmax(
    f64x2.pmax(f64x2.abs(x0), f64x2.abs(y0)),
    f64x2.pmax(f64x2.abs(x1), f64x2.abs(y1)),
  );
  const other = f64x2.pmax(
    f64x2.pmax(f64x2.abs(x2), f64x2.abs(y2)),
    f64x2.pmax(f64x2.abs(x3), f64x2.abs(y3)),
  );
  const both = f64x2.pmax(one, other);
  return max(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1));
}

/** Takes the longest skip that holds here; the lowest does. */
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

/** Makes `steps` steps from the point of the orbit at `point` on, without a test. */
function makeSteps(point: usize, steps: i32): void {
  let u0 = x0, v0 = y0, u1 = x1, v1 = y1, u2 = x2, v2 = y2, u3 = x3, v3 = y3;
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
  x0 = u0, y0 = v0, x1 = u1, y1 = v1, x2 = u2, y2 = v2, x3 = u3, y3 = v3;
}

/** Makes one step. */
function step(point: usize): void {
  const zx = v128.load64_splat(point), zy = v128.load64_splat(point, 8);
  const px = f64x2.add(zx, zx), py = f64x2.add(zy, zy);
  let s = f64x2.add(px, x0), t = f64x2.add(py, y0);
  let w = f64x2.add(f64x2.sub(f64x2.mul(s, x0), f64x2.mul(t, y0)), cx0);
  y0 = f64x2.add(f64x2.add(f64x2.mul(s, y0), f64x2.mul(t, x0)), cy0), x0 = w;
  s = f64x2.add(px, x1), t = f64x2.add(py, y1);
  w = f64x2.add(f64x2.sub(f64x2.mul(s, x1), f64x2.mul(t, y1)), cx1);
  y1 = f64x2.add(f64x2.add(f64x2.mul(s, y1), f64x2.mul(t, x1)), cy1), x1 = w;
  s = f64x2.add(px, x2), t = f64x2.add(py, y2);
  w = f64x2.add(f64x2.sub(f64x2.mul(s, x2), f64x2.mul(t, y2)), cx2);
  y2 = f64x2.add(f64x2.add(f64x2.mul(s, y2), f64x2.mul(t, x2)), cy2), x2 = w;
  s = f64x2.add(px, x3), t = f64x2.add(py, y3);
  w = f64x2.add(f64x2.sub(f64x2.mul(s, x3), f64x2.mul(t, y3)), cx3);
  y3 = f64x2.add(f64x2.add(f64x2.mul(s, y3), f64x2.mul(t, x3)), cy3), x3 = w;
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

/** Notes the lanes that are outside radius 2 by however little: |Z + z|^2 - 4 without cancellation. */
function lookAtRim(ref: usize, zx: v128, zy: v128): void {
  readExcess(ref, m);
  const ahead = f64x2.splat(excess * powerOfTwo(excessE));
  const lanes = beyondOf(ahead, zx, zy, x0, y0) | beyondOf(ahead, zx, zy, x1, y1) << 2 |
    beyondOf(ahead, zx, zy, x2, y2) << 4 | beyondOf(ahead, zx, zy, x3, y3) << 6;
  if (n > 0) note(lanes & alive, n - 1);
}

/** Of these lanes, those that are closer to another one than the rounding of Z + z = u + iv allows. */
function closeTogether(
  lanes: i32,
  u0: v128,
  v0: v128,
  u1: v128,
  v1: v128,
  u2: v128,
  v2: v128,
  u3: v128,
  v3: v128,
): i32 {
  let close = 0;
  if (lanes & 1) close |= isClose(x0, y0, u0, v0, 0);
  if (lanes & 2) close |= isClose(x0, y0, u0, v0, 1);
  if (lanes & 4) close |= isClose(x1, y1, u1, v1, 2);
  if (lanes & 8) close |= isClose(x1, y1, u1, v1, 3);
  if (lanes & 16) close |= isClose(x2, y2, u2, v2, 4);
  if (lanes & 32) close |= isClose(x2, y2, u2, v2, 5);
  if (lanes & 64) close |= isClose(x3, y3, u3, v3, 6);
  if (lanes & 128) close |= isClose(x3, y3, u3, v3, 7);
  return close;
}

/** The lane's bit, if it is too close to another lane that is on its way. */
function isClose(x: v128, y: v128, u: v128, v: v128, lane: i32): i32 {
  const odd = lane & 1;
  const px = f64x2.splat(odd ? f64x2.extract_lane(x, 1) : f64x2.extract_lane(x, 0));
  const py = f64x2.splat(odd ? f64x2.extract_lane(y, 1) : f64x2.extract_lane(y, 0));
  const size = f64x2.pmax(f64x2.abs(u), f64x2.abs(v));
  const least = APART * (odd ? f64x2.extract_lane(size, 1) : f64x2.extract_lane(size, 0));
  const close = closerOf(px, py, x0, y0, least) | closerOf(px, py, x1, y1, least) << 2 |
    closerOf(px, py, x2, y2, least) << 4 | closerOf(px, py, x3, y3, least) << 6;
  return (close & alive & ~(1 << lane)) !== 0 ? 1 << lane : 0;
}

function letGo(
  lanes: i32,
  u0: v128,
  v0: v128,
  u1: v128,
  v1: v128,
  u2: v128,
  v2: v128,
  u3: v128,
  v3: v128,
): void {
  letPairGo(lanes, 0, u0, v0);
  letPairGo(lanes, 2, u1, v1);
  letPairGo(lanes, 4, u2, v2);
  letPairGo(lanes, 6, u3, v3);
  setAlive(alive & ~lanes);
}

@inline
function letPairGo(lanes: i32, first: i32, u: v128, v: v128): void {
  if (lanes >> first & 1) leave(first, n - 1, f64x2.extract_lane(u, 0), f64x2.extract_lane(v, 0));
  if (lanes >> first & 2) {
    leave(first + 1, n - 1, f64x2.extract_lane(u, 1), f64x2.extract_lane(v, 1));
  }
}

/** Counts all that are left as interior. */
export function letStay(): void {
  for (let lane = 0; lane < 8; lane++) if (alive >> lane & 1) stay(lane);
  setAlive(0);
}

/** Lets all that are left go at the orbit's point itself: their differences are nothing against it. */
export function letAllGo(x: f64, y: f64): void {
  for (let lane = 0; lane < 8; lane++) {
    if (alive >> lane & 1) leave(lane, n - 1, x, y);
  }
  setAlive(0);
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
