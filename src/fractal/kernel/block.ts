// Twelve orbits on their way: a run of blocks without a test, and steps with a test each.
//
//   re' = (re*re - im*im) + c_re,   im' = (re*im + im*re) + c_im
//
// with re*im + im*re computed as p + p, p = re*im: the two products round alike.
//
// The twelve live in globals, six chains of two lanes. Every access to memory is checked against the
// memory's size, four instructions for one load; a global is not (2026-11: c in memory is 5 % slower on
// long orbits; c in locals pushes z out of the sixteen registers).

const ZERO: v128 = i64x2.splat(0);

/** |z|^2 from which on the fraction is taken: 256^2. */
export const FAR: f64 = 65536.0;

/** The largest |z|^2 within radius 2, in a variable: a constant would be built anew at every use. */
let four: v128 = ZERO;

/** z. */
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
/** z where the latest block of `run` began. */
let bx0: v128 = ZERO,
  bx1: v128 = ZERO,
  bx2: v128 = ZERO,
  bx3: v128 = ZERO,
  bx4: v128 = ZERO,
  bx5: v128 = ZERO;
let by0: v128 = ZERO,
  by1: v128 = ZERO,
  by2: v128 = ZERO,
  by3: v128 = ZERO,
  by4: v128 = ZERO,
  by5: v128 = ZERO;
/** What `count` saw: two bits a step, one a lane, set where the state stepped from is within radius 2. */
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
/** What `look` saw: two bits for each look, one a lane, set where |z|^2 is or was above FAR. */
let gone0: i64 = 0,
  gone1: i64 = 0,
  gone2: i64 = 0,
  gone3: i64 = 0,
  gone4: i64 = 0,
  gone5: i64 = 0;

/** Blocks that the latest `run` made. */
export let blocksMade: i32 = 0;

/** Looks that the latest `count` made. */
export let looksMade: i32 = 0;

/** Takes twelve orbits in: z at `z` and c at `c`, all real parts and then all imaginary parts. */
export function take(z: usize, c: usize): void {
  x0 = v128.load(z, 0), y0 = v128.load(z, 96);
  x1 = v128.load(z, 16), y1 = v128.load(z, 112);
  x2 = v128.load(z, 32), y2 = v128.load(z, 128);
  x3 = v128.load(z, 48), y3 = v128.load(z, 144);
  x4 = v128.load(z, 64), y4 = v128.load(z, 160);
  x5 = v128.load(z, 80), y5 = v128.load(z, 176);
  cx0 = v128.load(c, 0), cy0 = v128.load(c, 96);
  cx1 = v128.load(c, 16), cy1 = v128.load(c, 112);
  cx2 = v128.load(c, 32), cy2 = v128.load(c, 128);
  cx3 = v128.load(c, 48), cy3 = v128.load(c, 144);
  cx4 = v128.load(c, 64), cy4 = v128.load(c, 160);
  cx5 = v128.load(c, 80), cy5 = v128.load(c, 176);
  four = f64x2.splat(4.0);
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
  four = f64x2.splat(4.0);
}

/** Stores the twelve c. */
export function giveC(c: usize): void {
  v128.store(c, cx0, 0), v128.store(c, cy0, 96);
  v128.store(c, cx1, 16), v128.store(c, cy1, 112);
  v128.store(c, cx2, 32), v128.store(c, cy2, 128);
  v128.store(c, cx3, 48), v128.store(c, cy3, 144);
  v128.store(c, cx4, 64), v128.store(c, cy4, 160);
  v128.store(c, cx5, 80), v128.store(c, cy5, 176);
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

/** Stores the twelve z where the latest block of `run` began. */
export function giveBefore(z: usize): void {
  v128.store(z, bx0, 0), v128.store(z, by0, 96);
  v128.store(z, bx1, 16), v128.store(z, by1, 112);
  v128.store(z, bx2, 32), v128.store(z, by2, 128);
  v128.store(z, bx3, 48), v128.store(z, by3, 144);
  v128.store(z, bx4, 64), v128.store(z, by4, 160);
  v128.store(z, bx5, 80), v128.store(z, by5, 176);
}

/** Goes back to where the latest block of `run` began. */
export function goBack(): void {
  x0 = bx0, y0 = by0;
  x1 = bx1, y1 = by1;
  x2 = bx2, y2 = by2;
  x3 = bx3, y3 = by3;
  x4 = bx4, y4 = by4;
  x5 = bx5, y5 = by5;
}

/** Forgets what `count` and `look` saw. */
export function beginCount(): void {
  seen0 = seen1 = seen2 = seen3 = seen4 = seen5 = 0;
  gone0 = gone1 = gone2 = gone3 = gone4 = gone5 = 0;
  far0 = far1 = far2 = far3 = far4 = far5 = ZERO;
}

/** Of the first, second or third four lanes: the states within radius 2 that `count` saw (i32). */

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

/** Steps that `count` saw all lanes make from within radius 2. */
export function allCounted(): i32 {
  const all = seen0 & seen1 & seen2 & seen3 & seen4 & seen5;
  return <i32> popcnt(all & (all >> 1) & 0x5555555555555555);
}

/**
 * Makes blocks of `steps` steps, the first of `first`, `blocks` at most, until a lane is outside radius 2
 * at a block's end. Returns a bit for each lane that is (a NaN is outside).
 */
export function run(first: i32, steps: i32, blocks: i32): i32 {
  let u0 = x0, v0 = y0;
  let u1 = x1, v1 = y1;
  let u2 = x2, v2 = y2;
  let u3 = x3, v3 = y3;
  let u4 = x4, v4 = y4;
  let u5 = x5, v5 = y5;
  let made = 0;
  let length = first;
  let calm = ZERO;
  do {
    bx0 = u0, by0 = v0;
    bx1 = u1, by1 = v1;
    bx2 = u2, by2 = v2;
    bx3 = u3, by3 = v3;
    bx4 = u4, by4 = v4;
    bx5 = u5, by5 = v5;
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
    made++;
    length = steps;
    calm = v128.and(
      v128.and(v128.and(within(u0, v0), within(u1, v1)), v128.and(within(u2, v2), within(u3, v3))),
      v128.and(within(u4, v4), within(u5, v5)),
    );
  } while (i64x2.bitmask(calm) === 3 && made < blocks);
  x0 = u0, y0 = v0;
  x1 = u1, y1 = v1;
  x2 = u2, y2 = v2;
  x3 = u3, y3 = v3;
  x4 = u4, y4 = v4;
  x5 = u5, y5 = v5;
  blocksMade = made;
  return i64x2.bitmask(calm) === 3 ? 0 : outside();
}

/**
 * Makes 4 steps at a time, every state that is stepped from tested, `looks` times at most, until fewer
 * lanes than `few` are within radius 2. Returns a bit for each lane whose last tested state is outside.
 *
 * A test leaves its two bits in an integer register. (2026-11: counters in vectors go through memory, as
 * z needs the sixteen registers: a step takes 1.3 times as long. The sum before the new z is what keeps
 * z in its registers here.)
 */
export function count(looks: i32, few: i32): i32 {
  const within2 = four;
  let u0 = x0, v0 = y0;
  let u1 = x1, v1 = y1;
  let u2 = x2, v2 = y2;
  let u3 = x3, v3 = y3;
  let u4 = x4, v4 = y4;
  let u5 = x5, v5 = y5;
  let s0 = seen0, s1 = seen1, s2 = seen2, s3 = seen3, s4 = seen4, s5 = seen5;
  let made = 0;
  let inside = 0;
  do {
    for (let k = 0; k < 4; k++) {
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
    made++;
    inside = <i32> ((s0 & 3) | (s1 & 3) << 2 | (s2 & 3) << 4 | (s3 & 3) << 6 | (s4 & 3) << 8 |
      (s5 & 3) << 10);
  } while (made < looks && popcnt(inside) >= few);
  x0 = u0, y0 = v0;
  x1 = u1, y1 = v1;
  x2 = u2, y2 = v2;
  x3 = u3, y3 = v3;
  x4 = u4, y4 = v4;
  x5 = u5, y5 = v5;
  seen0 = s0, seen1 = s1, seen2 = s2, seen3 = s3, seen4 = s4, seen5 = s5;
  looksMade = made;
  return inside ^ 0xFFF;
}

/** Looks where the lanes are; returns a bit for each whose |z|^2 is or was above FAR at a look. */
export function look(): i32 {
  far0 = firstFar(far0, x0, y0), far1 = firstFar(far1, x1, y1), far2 = firstFar(far2, x2, y2);
  far3 = firstFar(far3, x3, y3), far4 = firstFar(far4, x4, y4), far5 = firstFar(far5, x5, y5);
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
    f64x2.gt(size, f64x2.splat(FAR)),
  );
}

@inline
function isFar(size: v128): i32 {
  return i64x2.bitmask(f64x2.gt(size, f64x2.splat(FAR)));
}

@inline
function outside(): i32 {
  return (bits(x0, y0) | bits(x1, y1) << 2 | bits(x2, y2) << 4 | bits(x3, y3) << 6 |
    bits(x4, y4) << 8 | bits(x5, y5) << 10) ^ 0xFFF;
}

@inline
function bits(x: v128, y: v128): i32 {
  return i64x2.bitmask(within(x, y));
}

/** All ones in each lane of a pair that is within radius 2. */

@inline
function within(x: v128, y: v128): v128 {
  return f64x2.le(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), four);
}
