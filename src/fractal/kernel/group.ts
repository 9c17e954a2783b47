// Eight pixels in step, at the same index of the orbit: all have the same Z, and one look-up is for all.
//
// A pixel leaves the group when it has escaped or reached the limit, and also when it is to be rebased: then
// it waits at the index 0 for others that were (queue.ts). So what becomes of a pixel does not depend on who
// goes with it, but for the skips: they are as long as the largest z of the eight allows.
//
// The eight live in globals, four chains of two lanes; see block.ts for why.

import {
  BLOCK,
  ENTRY_B,
  ENTRY_BYTES,
  ENTRY_D,
  ENTRY_G,
  ENTRY_LINEAR,
  ENTRY_RADIUS,
  isAtRim,
  isBeyond,
  levelOf,
  LONG_BLOCK,
  LOWEST,
  readExcess,
  Reference,
} from "./reference";
import { cross, linear, nearerOf, needsLook, outsideOf, pairOf } from "./pair";
import { CX, CY, E, EARLY, X, Y } from "./pixel";
import { powerOfTwo } from "./power";
import {
  alive,
  isSeen,
  LANES,
  letStay,
  m,
  moveOn,
  pixelAt,
  rebase,
  remove,
  stepsOf,
  stop,
  turnBack,
} from "./queue";
import { leave, stay } from "./samples";

const ZERO: v128 = i64x2.splat(0);

/**
 * |Z + z|^2 from which on a lane is looked at closely, in a variable: a constant would be built anew at
 * every use. It is below 4 by more than what `isAtRim` allows Z, and so includes every lane there.
 */
let nearRim: v128 = ZERO;

/** z. */
let x0: v128 = ZERO, x1: v128 = ZERO, x2: v128 = ZERO, x3: v128 = ZERO;
let y0: v128 = ZERO, y1: v128 = ZERO, y2: v128 = ZERO, y3: v128 = ZERO;
/** c. */
let cx0: v128 = ZERO, cx1: v128 = ZERO, cx2: v128 = ZERO, cx3: v128 = ZERO;
let cy0: v128 = ZERO, cy1: v128 = ZERO, cy2: v128 = ZERO, cy3: v128 = ZERO;

/** All ones in the lanes that are still on their way; the others have z = c = 0. */
let on0: v128 = ZERO, on1: v128 = ZERO, on2: v128 = ZERO, on3: v128 = ZERO;

/** Steps times lanes that tables skipped, and that were made. */
export let skipped: i64 = 0;
export let made: i64 = 0;

/** Whether steps may be skipped by the tables. */
let skipping: bool = true;

/**
 * |Z + z| against |z| up to which a pixel is rebased because another has to be, so that neighbours stay
 * together: that costs z twelve bits at most, so that its error is 2^-41, less than that of a skip.
 */
const MODEST: f64 = 4096.0;

/** Rebasings of the whole group, and after how many of them it is looked for cycles. */
let rebasings: i32 = 0;
const LOOK_EVERY: i32 = 32;

/** Forgets the counters, and says whether steps may be skipped. */
export function beginGroups(skips: bool): void {
  skipping = skips;
  skipped = 0;
  made = 0;
}

/** Takes the pixels of the group from where they lie; c counts `unit` each, 1 or, below the range of doubles, 0. */
export function takeGroup(unit: f64): void {
  nearRim = f64x2.splat(3.99);
  rebasings = 0;
  x0 = pairAt(0, X), y0 = pairAt(0, Y), x1 = pairAt(2, X), y1 = pairAt(2, Y);
  x2 = pairAt(4, X), y2 = pairAt(4, Y), x3 = pairAt(6, X), y3 = pairAt(6, Y);
  if (unit !== 0.0) {
    cx0 = pairAt(0, CX), cy0 = pairAt(0, CY), cx1 = pairAt(2, CX), cy1 = pairAt(2, CY);
    cx2 = pairAt(4, CX), cy2 = pairAt(4, CY), cx3 = pairAt(6, CX), cy3 = pairAt(6, CY);
  } else {
    cx0 = cy0 = cx1 = cy1 = cx2 = cy2 = cx3 = cy3 = ZERO;
    const e0 = scaleAt(0), e1 = scaleAt(2), e2 = scaleAt(4), e3 = scaleAt(6);
    x0 = f64x2.mul(x0, e0), y0 = f64x2.mul(y0, e0), x1 = f64x2.mul(x1, e1), y1 = f64x2.mul(y1, e1);
    x2 = f64x2.mul(x2, e2), y2 = f64x2.mul(y2, e2), x3 = f64x2.mul(x3, e3), y3 = f64x2.mul(y3, e3);
  }
  mark();
}

/** A number of two neighbouring pixels. */

@inline
function pairAt(lane: i32, number: usize): v128 {
  return v128.load64_lane(pixelAt(lane + 1) + number, v128.load64_zero(pixelAt(lane) + number), 1);
}

/** 2^e of two neighbouring pixels. */
function scaleAt(lane: i32): v128 {
  const left = powerOfTwo(load<i32>(pixelAt(lane), E));
  const right = powerOfTwo(load<i32>(pixelAt(lane + 1), E));
  return f64x2.replace_lane(f64x2.splat(left), 1, right);
}

/** Leaves z of the pixels that are on their way where they lie. */
export function giveGroup(): void {
  givePair(0, x0, y0), givePair(2, x1, y1), givePair(4, x2, y2), givePair(6, x3, y3);
}

@inline
function givePair(lane: i32, x: v128, y: v128): void {
  if (alive >> lane & 1) {
    const left = pixelAt(lane);
    v128.store64_lane(left + X, x, 0), v128.store64_lane(left + Y, y, 0);
    store<i32>(left, 0, E);
  }
  if (alive >> lane & 2) {
    const right = pixelAt(lane + 1);
    v128.store64_lane(right + X, x, 1), v128.store64_lane(right + Y, y, 1);
    store<i32>(right, 0, E);
  }
}

function realOf(lane: i32): f64 {
  const pair = lane < 2 ? x0 : lane < 4 ? x1 : lane < 6 ? x2 : x3;
  return lane & 1 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0);
}

function imaginaryOf(lane: i32): f64 {
  const pair = lane < 2 ? y0 : lane < 4 ? y1 : lane < 6 ? y2 : y3;
  return lane & 1 ? f64x2.extract_lane(pair, 1) : f64x2.extract_lane(pair, 0);
}

/** Lets lanes go. */
function drop(lanes: i32): void {
  remove(lanes);
  mark();
}

/** Marks the lanes that are on their way. The others stand still at 0, where nothing moves them. */
function mark(): void {
  on0 = pairOf(alive), on1 = pairOf(alive >> 2), on2 = pairOf(alive >> 4), on3 = pairOf(alive >> 6);
  x0 = v128.and(x0, on0), y0 = v128.and(y0, on0), cx0 = v128.and(cx0, on0), cy0 = v128.and(cy0, on0);
  x1 = v128.and(x1, on1), y1 = v128.and(y1, on1), cx1 = v128.and(cx1, on1), cy1 = v128.and(cy1, on1);
  x2 = v128.and(x2, on2), y2 = v128.and(y2, on2), cx2 = v128.and(cx2, on2), cy2 = v128.and(cy2, on2);
  x3 = v128.and(x3, on3), y3 = v128.and(y3, on3), cx3 = v128.and(cx3, on3), cy3 = v128.and(cy3, on3);
}

/**
 * Moves the group on until `few` of its pixels or fewer are left, one of them is at a z below `tiny`, or
 * `pause` steps of pixels have been made.
 */
export function iterateGroup(ref: usize, few: i32, tiny: f64, pause: i64): void {
  const reference = changetype<Reference>(ref);
  const length = reference.length;
  while (popcnt(alive) > few && made < pause) {
    const size = largest(x0, y0, x1, y1, x2, y2, x3, y3);
    if (tiny > 0.0 && smallest(x0, y0, x1, y1, x2, y2, x3, y3) < tiny) return;
    if (isBlock(reference)) {
      if (skips(ref, size)) continue;
      if (size < safeOf(reference)) {
        run(ref, size, tiny);
        continue;
      }
    }
    // A lane that begins at the index 0 has been looked at.
    let looked = m === 0;
    do {
      const most = min(BLOCK - ((m - 1) & (BLOCK - 1)), min(length, stop) - m);
      const steps = most > 0 ? walk(reference.orbit + (<usize> m << 4), most, looked) : 0;
      move(steps);
      if (steps > 0 && ((m - 1) & (BLOCK - 1)) === 0) break;
      test(ref, few, tiny);
      looked = true;
    } while (alive !== 0);
  }
}

/** The smallest of the largest components of all lanes on their way. */
function smallest(
  u0: v128,
  v0: v128,
  u1: v128,
  v1: v128,
  u2: v128,
  v2: v128,
  u3: v128,
  v3: v128,
): f64 {
  const gone = f64x2.splat(Infinity);
  const one = f64x2.pmin(
    v128.bitselect(sizeOf(u0, v0), gone, on0),
    v128.bitselect(sizeOf(u1, v1), gone, on1),
  );
  const other = f64x2.pmin(
    v128.bitselect(sizeOf(u2, v2), gone, on2),
    v128.bitselect(sizeOf(u3, v3), gone, on3),
  );
  const both = f64x2.pmin(one, other);
  return min(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1));
}

@inline
function sizeOf(x: v128, y: v128): v128 {
  return f64x2.pmax(f64x2.abs(x), f64x2.abs(y));
}

/** Whether a block begins at m (at 1, 9, 17, ...), and may be made to its end. */

@inline
function isBlock(reference: Reference): bool {
  return ((m - 1) & (BLOCK - 1)) === 0 && m + BLOCK <= min(reference.length, stop);
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
  if (m + LONG_BLOCK > min(reference.length, stop)) return 0.0;
  return load<f64>(reference.safeLong + (<usize> (<u32> (m - 1) / LONG_BLOCK) << 3));
}

/** Counts steps that all lanes on their way have made. */

@inline
function move(steps: i32): void {
  moveOn(steps);
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
  const one = f64x2.pmax(sizeOf(u0, v0), sizeOf(u1, v1));
  const other = f64x2.pmax(sizeOf(u2, v2), sizeOf(u3, v3));
  const both = f64x2.pmax(one, other);
  return max(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1));
}

/** Whether differences of that size may skip the block that begins at m. */

@inline
function skipsBlock(ref: usize, size: f64): bool {
  const entry = levelOf(ref, LOWEST) + ENTRY_BYTES * <usize> (<u32> (m - 1) / BLOCK);
  return skipping && size < load<f64>(entry, ENTRY_RADIUS);
}

/** Takes the longest skip from the block at m that holds for that size, if one does. */
function skips(ref: usize, size: f64): bool {
  if (!skipsBlock(ref, size)) return false;
  let level = LOWEST;
  let index = <u32> (m - 1) >> LOWEST;
  let entry = levelOf(ref, level) + ENTRY_BYTES * <usize> index;
  const reference = changetype<Reference>(ref);
  const end = min(reference.length, stop);
  while ((index & 1) === 0 && level + 1 < reference.levels) {
    if (m + (2 << level) > end) break;
    index >>= 1;
    const next = levelOf(ref, level + 1) + ENTRY_BYTES * <usize> index;
    if (!(size < load<f64>(next, ENTRY_RADIUS))) break;
    level++;
    entry = next;
  }
  const ax = v128.load64_splat(entry), ay = v128.load64_splat(entry, 8);
  const bx = v128.load64_splat(entry, ENTRY_B), by = v128.load64_splat(entry, ENTRY_B + 8);
  if (size < load<f64>(entry, ENTRY_LINEAR)) {
    let t = linear(ax, ay, bx, by, x0, y0, cx0, cy0);
    y0 = cross(ax, ay, bx, by, x0, y0, cx0, cy0), x0 = t;
    t = linear(ax, ay, bx, by, x1, y1, cx1, cy1);
    y1 = cross(ax, ay, bx, by, x1, y1, cx1, cy1), x1 = t;
    t = linear(ax, ay, bx, by, x2, y2, cx2, cy2);
    y2 = cross(ax, ay, bx, by, x2, y2, cx2, cy2), x2 = t;
    t = linear(ax, ay, bx, by, x3, y3, cx3, cy3);
    y3 = cross(ax, ay, bx, by, x3, y3, cx3, cy3), x3 = t;
  } else {
    const dx = v128.load64_splat(entry, ENTRY_D), dy = v128.load64_splat(entry, ENTRY_D + 8);
    const gx = v128.load64_splat(entry, ENTRY_G), gy = v128.load64_splat(entry, ENTRY_G + 8);
    let r = ZERO, s = ZERO;
    r = f64x2.add(dx, f64x2.sub(f64x2.mul(gx, x0), f64x2.mul(gy, y0)));
    s = f64x2.add(dy, f64x2.add(f64x2.mul(gx, y0), f64x2.mul(gy, x0)));
    let p = f64x2.add(ax, f64x2.sub(f64x2.mul(r, x0), f64x2.mul(s, y0)));
    let q = f64x2.add(ay, f64x2.add(f64x2.mul(r, y0), f64x2.mul(s, x0)));
    let t = linear(p, q, bx, by, x0, y0, cx0, cy0);
    y0 = cross(p, q, bx, by, x0, y0, cx0, cy0), x0 = t;
    r = f64x2.add(dx, f64x2.sub(f64x2.mul(gx, x1), f64x2.mul(gy, y1)));
    s = f64x2.add(dy, f64x2.add(f64x2.mul(gx, y1), f64x2.mul(gy, x1)));
    p = f64x2.add(ax, f64x2.sub(f64x2.mul(r, x1), f64x2.mul(s, y1)));
    q = f64x2.add(ay, f64x2.add(f64x2.mul(r, y1), f64x2.mul(s, x1)));
    t = linear(p, q, bx, by, x1, y1, cx1, cy1);
    y1 = cross(p, q, bx, by, x1, y1, cx1, cy1), x1 = t;
    r = f64x2.add(dx, f64x2.sub(f64x2.mul(gx, x2), f64x2.mul(gy, y2)));
    s = f64x2.add(dy, f64x2.add(f64x2.mul(gx, y2), f64x2.mul(gy, x2)));
    p = f64x2.add(ax, f64x2.sub(f64x2.mul(r, x2), f64x2.mul(s, y2)));
    q = f64x2.add(ay, f64x2.add(f64x2.mul(r, y2), f64x2.mul(s, x2)));
    t = linear(p, q, bx, by, x2, y2, cx2, cy2);
    y2 = cross(p, q, bx, by, x2, y2, cx2, cy2), x2 = t;
    r = f64x2.add(dx, f64x2.sub(f64x2.mul(gx, x3), f64x2.mul(gy, y3)));
    s = f64x2.add(dy, f64x2.add(f64x2.mul(gx, y3), f64x2.mul(gy, x3)));
    p = f64x2.add(ax, f64x2.sub(f64x2.mul(r, x3), f64x2.mul(s, y3)));
    q = f64x2.add(ay, f64x2.add(f64x2.mul(r, y3), f64x2.mul(s, x3)));
    t = linear(p, q, bx, by, x3, y3, cx3, cy3);
    y3 = cross(p, q, bx, by, x3, y3, cx3, cy3), x3 = t;
  }
  const length = 1 << level;
  moveOn(length);
  skipped += <i64> length * popcnt(alive);
  return true;
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
    if (tiny > 0.0 || !isBlock(reference) || skipsBlock(ref, size)) break;
  } while (size < safeOf(reference));
  x0 = u0, y0 = v0, x1 = u1, y1 = v1, x2 = u2, y2 = v2, x3 = u3, y3 = v3;
}

/**
 * Makes up to `most` steps from the point of the orbit at `point` on, and ends before one at which some
 * lane may have escaped or need rebasing: `test` then looks more closely. The first step is made in any
 * case when that has `looked` already. Returns the steps made.
 *
 * All lanes are in variables until the end: through globals, a step takes three times as long.
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
 * Looks at the orbits themselves: lets those go that have escaped, reached the limit or are to be rebased;
 * all, where the orbit has come to its end, unless it repeats itself.
 */
function test(ref: usize, few: i32, tiny: f64): void {
  const reference = changetype<Reference>(ref);
  const point = reference.orbit + (<usize> m << 4);
  const zx = v128.load64_splat(point), zy = v128.load64_splat(point, 8);
  const u0 = f64x2.add(zx, x0), v0 = f64x2.add(zy, y0);
  const u1 = f64x2.add(zx, x1), v1 = f64x2.add(zy, y1);
  const u2 = f64x2.add(zx, x2), v2 = f64x2.add(zy, y2);
  const u3 = f64x2.add(zx, x3), v3 = f64x2.add(zy, y3);
  if (m > 0 && isAtRim(load<f64>(point), load<f64>(point, 8))) lookAtRim(ref);
  let gone = (outsideOf(u0, v0) | outsideOf(u1, v1) << 2 | outsideOf(u2, v2) << 4 |
    outsideOf(u3, v3) << 6) & alive;
  if (gone !== 0) {
    letPairGo(gone, 0, u0, v0);
    letPairGo(gone, 2, u1, v1);
    letPairGo(gone, 4, u2, v2);
    letPairGo(gone, 6, u3, v3);
    drop(gone);
  }
  if (m >= stop && alive !== 0) drop(letStay());
  let needing = (nearerOf(u0, v0, x0, y0, 1.0) | nearerOf(u1, v1, x1, y1, 1.0) << 2 |
    nearerOf(u2, v2, x2, y2, 1.0) << 4 | nearerOf(u3, v3, x3, y3, 1.0) << 6) & alive;
  const atEnd = m === reference.length;
  if (atEnd && reference.period === 0) {
    needing = alive;
  } else if (needing !== 0 && needing !== alive) {
    // A lane that loses next to nothing by it goes along.
    needing = (nearerOf(u0, v0, x0, y0, MODEST) | nearerOf(u1, v1, x1, y1, MODEST) << 2 |
      nearerOf(u2, v2, x2, y2, MODEST) << 4 | nearerOf(u3, v3, x3, y3, MODEST) << 6) & alive;
  }
  if (needing !== 0 && needing === alive && rebaseAll(u0, v0, u1, v1, u2, v2, u3, v3, few, tiny)) return;
  if (needing !== 0) {
    rebasePair(needing, 0, u0, v0);
    rebasePair(needing, 2, u1, v1);
    rebasePair(needing, 4, u2, v2);
    rebasePair(needing, 6, u3, v3);
    drop(needing);
  }
  if (atEnd && alive !== 0) {
    turnBack(reference.period);
    lookForCycles();
  }
}

/**
 * Rebases the whole group where it is, from Z + z = u + iv. Not if few are left or one of them has become
 * tiny: they had better wait for others.
 */
function rebaseAll(
  u0: v128,
  v0: v128,
  u1: v128,
  v1: v128,
  u2: v128,
  v2: v128,
  u3: v128,
  v3: v128,
  few: i32,
  tiny: f64,
): bool {
  u0 = v128.and(u0, on0), v0 = v128.and(v0, on0), u1 = v128.and(u1, on1), v1 = v128.and(v1, on1);
  u2 = v128.and(u2, on2), v2 = v128.and(v2, on2), u3 = v128.and(u3, on3), v3 = v128.and(v3, on3);
  if (popcnt(alive) <= few) return false;
  if (tiny > 0.0 && smallest(u0, v0, u1, v1, u2, v2, u3, v3) < tiny) return false;
  x0 = u0, y0 = v0, x1 = u1, y1 = v1, x2 = u2, y2 = v2, x3 = u3, y3 = v3;
  turnBack(m);
  if ((++rebasings & (LOOK_EVERY - 1)) === 0) lookForCycles();
  return true;
}

/** Writes the pixels that have been at their z, and at this index, before. */
function lookForCycles(): void {
  let settled = 0;
  for (let lane = 0; lane < LANES; lane++) {
    if ((alive >> lane & 1) === 0) continue;
    const pixel = pixelAt(lane);
    if (!isSeen(pixel, realOf(lane), imaginaryOf(lane), 0, m)) continue;
    stay(pixel);
    settled |= 1 << lane;
  }
  if (settled !== 0) drop(settled);
}

/** Notes the counts of lanes outside radius 2 by less than a double can show. */
function lookAtRim(ref: usize): void {
  readExcess(ref, m);
  const point = changetype<Reference>(ref).orbit + (<usize> m << 4);
  const zx = load<f64>(point), zy = load<f64>(point, 8);
  for (let lane = 0; lane < LANES; lane++) {
    if ((alive >> lane & 1) === 0) continue;
    const pixel = pixelAt(lane);
    if (load<i32>(pixel, EARLY) >= 0) continue;
    if (isBeyond(zx, zy, realOf(lane), imaginaryOf(lane), 0)) {
      store<i32>(pixel, stepsOf(pixel) - 1, EARLY);
    }
  }
}

@inline
function letPairGo(lanes: i32, first: i32, u: v128, v: v128): void {
  if (lanes >> first & 1) letGo(first, f64x2.extract_lane(u, 0), f64x2.extract_lane(v, 0));
  if (lanes >> first & 2) letGo(first + 1, f64x2.extract_lane(u, 1), f64x2.extract_lane(v, 1));
}

function letGo(lane: i32, u: f64, v: f64): void {
  const pixel = pixelAt(lane);
  leave(pixel, stepsOf(pixel) - 1, u, v);
}

@inline
function rebasePair(lanes: i32, first: i32, u: v128, v: v128): void {
  if (lanes >> first & 1) rebase(first, f64x2.extract_lane(u, 0), f64x2.extract_lane(v, 0), 0);
  if (lanes >> first & 2) rebase(first + 1, f64x2.extract_lane(u, 1), f64x2.extract_lane(v, 1), 0);
}
