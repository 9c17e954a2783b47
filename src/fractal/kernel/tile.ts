// A tile's twelve pixels on their way together: one function, so that z stays in its registers.
//
//   re' = (re*re - im*im) + c_re,   im' = (re*im + im*re) + c_im
//
// as in block.ts, with c in globals for the same reason.

import { FAR } from "./finish";

/** Steps between two looks at them. What they do without a test is a multiple of it. */
const LOOK: i32 = 4;

/** Steps at a time that all do without a test, when none was outside for some looks. */
const LEAP: i32 = 8;

/** Looks at most, once a lane is outside: two bits a step in 64. */
const LOOKS: i32 = 8;

/** Looks that may show all twelve inside before they go ahead without a test again. */
const QUIET: i32 = 4;

/** Fewer lanes inside than this break a tile up (experiment kernel-3). */
const FEW: i32 = 4;

const ALL: i32 = 0xFFF;

const ZERO: v128 = i64x2.splat(0);

/** The largest |z|^2 within radius 2, and FAR, in variables: a constant would be built anew at every use. */
let four: v128 = ZERO;
let farther: v128 = ZERO;

/** z before steps that may have to be made again; afterwards where the lanes are that are inside. */
let x0: v128 = ZERO,
  x1: v128 = ZERO,
  x2: v128 = ZERO,
  x3: v128 = ZERO,
  x4: v128 = ZERO,
  x5: v128 = ZERO;
let y0: v128 = ZERO,
  y1: v128 = ZERO,
  y2: v128 = ZERO,
  y3: v128 = ZERO,
  y4: v128 = ZERO,
  y5: v128 = ZERO;
/** c. */
let cx0: v128 = ZERO,
  cx1: v128 = ZERO,
  cx2: v128 = ZERO,
  cx3: v128 = ZERO,
  cx4: v128 = ZERO,
  cx5: v128 = ZERO;
let cy0: v128 = ZERO,
  cy1: v128 = ZERO,
  cy2: v128 = ZERO,
  cy3: v128 = ZERO,
  cy4: v128 = ZERO,
  cy5: v128 = ZERO;
/** Two bits a step, one a lane, set where the state stepped from is within radius 2. */
let seen0: i64 = 0,
  seen1: i64 = 0,
  seen2: i64 = 0,
  seen3: i64 = 0,
  seen4: i64 = 0,
  seen5: i64 = 0;
/** |z|^2 at the first look at which it is above FAR; before, at the latest look. */
export let far0: v128 = ZERO,
  far1: v128 = ZERO,
  far2: v128 = ZERO,
  far3: v128 = ZERO,
  far4: v128 = ZERO,
  far5: v128 = ZERO;
/** Two bits for each look, one a lane, set where |z|^2 is or was above FAR. */
let gone0: i64 = 0,
  gone1: i64 = 0,
  gone2: i64 = 0,
  gone3: i64 = 0,
  gone4: i64 = 0,
  gone5: i64 = 0;

/** Steps made, those before the counted ones, a bit for each lane outside. */
export let made: i32 = 0;
export let uncounted: i32 = 0;
export let outside: i32 = 0;
/** Steps that all twelve made from within radius 2. */
export let allInside: i32 = 0;
/** Steps at the last look for |z| > 256. */
export let lookedAt: i32 = 0;

/** Steps of all tiles since `beginSteps`, those included that were made in vain or too far. */
export let allSteps: i32 = 0;

export function beginSteps(): void {
  allSteps = 0;
  four = f64x2.splat(4.0);
  farther = f64x2.splat(FAR);
}

/** Takes twelve pixels in, six columns by two rows, at z = c. */
export function takeTile(columns: usize, rowY0: f64, rowY1: f64): void {
  const upper = f64x2.splat(rowY0);
  const lower = f64x2.splat(rowY1);
  const left = v128.load(columns, 0);
  const middle = v128.load(columns, 16);
  const right = v128.load(columns, 32);
  x0 = cx0 = left, x1 = cx1 = middle, x2 = cx2 = right;
  x3 = cx3 = left, x4 = cx4 = middle, x5 = cx5 = right;
  y0 = cy0 = upper, y1 = cy1 = upper, y2 = cy2 = upper;
  y3 = cy3 = lower, y4 = cy4 = lower, y5 = cy5 = lower;
}

/** Stores the twelve z. */
export function giveZ(z: usize): void {
  v128.store(z, x0, 0), v128.store(z, y0, 96);
  v128.store(z, x1, 16), v128.store(z, y1, 112);
  v128.store(z, x2, 32), v128.store(z, y2, 128);
  v128.store(z, x3, 48), v128.store(z, y3, 144);
  v128.store(z, x4, 64), v128.store(z, y4, 160);
  v128.store(z, x5, 80), v128.store(z, y5, 176);
}

/** Of the first, second or third four lanes: the states within radius 2 that were counted (i32). */

@inline
export function counted(four: i32): v128 {
  if (four === 0) return fourOf(seen0, seen1);
  return four === 1 ? fourOf(seen2, seen3) : fourOf(seen4, seen5);
}

/** Likewise the looks since |z|^2 is above FAR. */

@inline
export function looksFar(four: i32): v128 {
  if (four === 0) return fourOf(gone0, gone1);
  return four === 1 ? fourOf(gone2, gone3) : fourOf(gone4, gone5);
}

/** How many bits are set for each lane of two chains: four i32. */

@inline
function fourOf(chain0: i64, chain1: i64): v128 {
  return i64x2.replace_lane(i64x2.splat(twoOf(chain0)), 1, twoOf(chain1));
}

@inline
function twoOf(chain: i64): i64 {
  const first = popcnt(chain & 0x5555555555555555);
  return first | (popcnt(chain) - first) << 32;
}

/**
 * Iterates the twelve: `ahead` steps without a test, fewer if one of them is outside then; then with a
 * test at each, until few are inside, or for about `patience` steps. When `smooth`, follows those outside
 * until |z| > 256: 36 steps at most, at c = -2.
 */
export function follow(ahead: i32, patience: i32, smooth: bool): void {
  let u0 = x0, v0 = y0;
  let u1 = x1, v1 = y1;
  let u2 = x2, v2 = y2;
  let u3 = x3, v3 = y3;
  let u4 = x4, v4 = y4;
  let u5 = x5, v5 = y5;
  let s0: i64 = 0, s1: i64 = 0, s2: i64 = 0, s3: i64 = 0, s4: i64 = 0, s5: i64 = 0;
  let age = 0, before = 0, vain = 0;
  let looks = 0, far = 0;
  let inside = ALL;
  let length = ahead & ~(LOOK - 1);
  let next = 0;
  do {
    while (length > 0) {
      for (let k = 0; k < length; k++) {
        let p = f64x2.mul(u0, v0);
        u0 = f64x2.add(f64x2.sub(f64x2.mul(u0, u0), f64x2.mul(v0, v0)), cx0);
        v0 = f64x2.add(f64x2.add(p, p), cy0);
        p = f64x2.mul(u1, v1);
        u1 = f64x2.add(f64x2.sub(f64x2.mul(u1, u1), f64x2.mul(v1, v1)), cx1);
        v1 = f64x2.add(f64x2.add(p, p), cy1);
        p = f64x2.mul(u2, v2);
        u2 = f64x2.add(f64x2.sub(f64x2.mul(u2, u2), f64x2.mul(v2, v2)), cx2);
        v2 = f64x2.add(f64x2.add(p, p), cy2);
        p = f64x2.mul(u3, v3);
        u3 = f64x2.add(f64x2.sub(f64x2.mul(u3, u3), f64x2.mul(v3, v3)), cx3);
        v3 = f64x2.add(f64x2.add(p, p), cy3);
        p = f64x2.mul(u4, v4);
        u4 = f64x2.add(f64x2.sub(f64x2.mul(u4, u4), f64x2.mul(v4, v4)), cx4);
        v4 = f64x2.add(f64x2.add(p, p), cy4);
        p = f64x2.mul(u5, v5);
        u5 = f64x2.add(f64x2.sub(f64x2.mul(u5, u5), f64x2.mul(v5, v5)), cx5);
        v5 = f64x2.add(f64x2.add(p, p), cy5);
      }
      const calm = v128.and(
        v128.and(v128.and(within(u0, v0), within(u1, v1)), v128.and(within(u2, v2), within(u3, v3))),
        v128.and(within(u4, v4), within(u5, v5)),
      );
      if (i64x2.bitmask(calm) === 3) {
        age += length;
        if (next === 0) break;
        length = age + next > patience ? 0 : next;
        x0 = u0, y0 = v0;
        x1 = u1, y1 = v1;
        x2 = u2, y2 = v2;
        x3 = u3, y3 = v3;
        x4 = u4, y4 = v4;
        x5 = u5, y5 = v5;
      } else {
        vain += length;
        length = next === 0 ? (length * 3 >> 2) & ~(LOOK - 1) : 0;
        u0 = x0, v0 = y0;
        u1 = x1, v1 = y1;
        u2 = x2, v2 = y2;
        u3 = x3, v3 = y3;
        u4 = x4, v4 = y4;
        u5 = x5, v5 = y5;
      }
    }
    s0 = s1 = s2 = s3 = s4 = s5 = 0;
    before = age;
    looks = 0;
    const within2 = four;
    do {
      for (let k = 0; k < LOOK; k++) {
        let p = f64x2.mul(u0, v0);
        let xx = f64x2.mul(u0, u0), yy = f64x2.mul(v0, v0);
        s0 = (s0 << 2) + <i64> <u32> i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
        u0 = f64x2.add(f64x2.sub(xx, yy), cx0);
        v0 = f64x2.add(f64x2.add(p, p), cy0);
        p = f64x2.mul(u1, v1);
        xx = f64x2.mul(u1, u1), yy = f64x2.mul(v1, v1);
        s1 = (s1 << 2) + <i64> <u32> i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
        u1 = f64x2.add(f64x2.sub(xx, yy), cx1);
        v1 = f64x2.add(f64x2.add(p, p), cy1);
        p = f64x2.mul(u2, v2);
        xx = f64x2.mul(u2, u2), yy = f64x2.mul(v2, v2);
        s2 = (s2 << 2) + <i64> <u32> i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
        u2 = f64x2.add(f64x2.sub(xx, yy), cx2);
        v2 = f64x2.add(f64x2.add(p, p), cy2);
        p = f64x2.mul(u3, v3);
        xx = f64x2.mul(u3, u3), yy = f64x2.mul(v3, v3);
        s3 = (s3 << 2) + <i64> <u32> i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
        u3 = f64x2.add(f64x2.sub(xx, yy), cx3);
        v3 = f64x2.add(f64x2.add(p, p), cy3);
        p = f64x2.mul(u4, v4);
        xx = f64x2.mul(u4, u4), yy = f64x2.mul(v4, v4);
        s4 = (s4 << 2) + <i64> <u32> i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
        u4 = f64x2.add(f64x2.sub(xx, yy), cx4);
        v4 = f64x2.add(f64x2.add(p, p), cy4);
        p = f64x2.mul(u5, v5);
        xx = f64x2.mul(u5, u5), yy = f64x2.mul(v5, v5);
        s5 = (s5 << 2) + <i64> <u32> i64x2.bitmask(f64x2.le(f64x2.add(xx, yy), within2));
        u5 = f64x2.add(f64x2.sub(xx, yy), cx5);
        v5 = f64x2.add(f64x2.add(p, p), cy5);
      }
      age += LOOK;
      looks++;
      inside = <i32> ((s0 & 3) | (s1 & 3) << 2 | (s2 & 3) << 4 | (s3 & 3) << 6 | (s4 & 3) << 8 |
        (s5 & 3) << 10);
      if (inside === ALL) {
        if (looks === QUIET) break;
      } else {
        if (smooth) {
          if (far === 0) beginFar();
          far0 = firstFar(far0, u0, v0), far1 = firstFar(far1, u1, v1), far2 = firstFar(far2, u2, v2);
          far3 = firstFar(far3, u3, v3), far4 = firstFar(far4, u4, v4), far5 = firstFar(far5, u5, v5);
          far = lookFar();
        }
        if (looks === LOOKS || popcnt(inside) < FEW) break;
      }
    } while (age < patience);
    // For the list; or, if no one is out, for going further ahead.
    if (inside !== 0) {
      x0 = u0, y0 = v0;
      x1 = u1, y1 = v1;
      x2 = u2, y2 = v2;
      x3 = u3, y3 = v3;
      x4 = u4, y4 = v4;
      x5 = u5, y5 = v5;
    }
    length = next = LEAP;
  } while (inside === ALL && age < patience);
  seen0 = s0, seen1 = s1, seen2 = s2, seen3 = s3, seen4 = s4, seen5 = s5;
  const all = s0 & s1 & s2 & s3 & s4 & s5;
  allInside = before + <i32> popcnt(all & (all >> 1) & 0x5555555555555555);
  const out = inside ^ ALL;
  made = age, uncounted = before, outside = out;
  if (smooth) {
    while ((out & ~far) !== 0) {
      for (let k = 0; k < LOOK; k++) {
        let p = f64x2.mul(u0, v0);
        u0 = f64x2.add(f64x2.sub(f64x2.mul(u0, u0), f64x2.mul(v0, v0)), cx0);
        v0 = f64x2.add(f64x2.add(p, p), cy0);
        p = f64x2.mul(u1, v1);
        u1 = f64x2.add(f64x2.sub(f64x2.mul(u1, u1), f64x2.mul(v1, v1)), cx1);
        v1 = f64x2.add(f64x2.add(p, p), cy1);
        p = f64x2.mul(u2, v2);
        u2 = f64x2.add(f64x2.sub(f64x2.mul(u2, u2), f64x2.mul(v2, v2)), cx2);
        v2 = f64x2.add(f64x2.add(p, p), cy2);
        p = f64x2.mul(u3, v3);
        u3 = f64x2.add(f64x2.sub(f64x2.mul(u3, u3), f64x2.mul(v3, v3)), cx3);
        v3 = f64x2.add(f64x2.add(p, p), cy3);
        p = f64x2.mul(u4, v4);
        u4 = f64x2.add(f64x2.sub(f64x2.mul(u4, u4), f64x2.mul(v4, v4)), cx4);
        v4 = f64x2.add(f64x2.add(p, p), cy4);
        p = f64x2.mul(u5, v5);
        u5 = f64x2.add(f64x2.sub(f64x2.mul(u5, u5), f64x2.mul(v5, v5)), cx5);
        v5 = f64x2.add(f64x2.add(p, p), cy5);
      }
      age += LOOK;
      far0 = firstFar(far0, u0, v0), far1 = firstFar(far1, u1, v1), far2 = firstFar(far2, u2, v2);
      far3 = firstFar(far3, u3, v3), far4 = firstFar(far4, u4, v4), far5 = firstFar(far5, u5, v5);
      far = lookFar();
    }
  }
  lookedAt = age;
  allSteps += age + vain;
}

@inline
function beginFar(): void {
  gone0 = gone1 = gone2 = gone3 = gone4 = gone5 = 0;
  far0 = far1 = far2 = far3 = far4 = far5 = ZERO;
}

/** Notes lanes that are far; returns a bit for each whose |z|^2 is or was above FAR at a look. */

@inline
function lookFar(): i32 {
  const now0 = isFar(far0), now1 = isFar(far1), now2 = isFar(far2);
  const now3 = isFar(far3), now4 = isFar(far4), now5 = isFar(far5);
  gone0 = gone0 << 2 | <i64> <u32> now0;
  gone1 = gone1 << 2 | <i64> <u32> now1;
  gone2 = gone2 << 2 | <i64> <u32> now2;
  gone3 = gone3 << 2 | <i64> <u32> now3;
  gone4 = gone4 << 2 | <i64> <u32> now4;
  gone5 = gone5 << 2 | <i64> <u32> now5;
  return now0 | now1 << 2 | now2 << 4 | now3 << 6 | now4 << 8 | now5 << 10;
}

@inline
function firstFar(size: v128, x: v128, y: v128): v128 {
  return v128.bitselect(
    size,
    f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)),
    f64x2.gt(size, farther),
  );
}

@inline
function isFar(size: v128): i32 {
  return i64x2.bitmask(f64x2.gt(size, farther));
}

/** All ones in each lane of a pair that is within radius 2. */

@inline
function within(x: v128, y: v128): v128 {
  return f64x2.le(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), four);
}
