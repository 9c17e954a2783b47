// Twelve orbits on their way: a run of blocks without a test, and a block with a test at every step.
//
//   re' = (re*re - im*im) + c_re,   im' = (re*im + im*re) + c_im
//
// with re*im + im*re computed as p + p, p = re*im: the two products round alike.
//
// The twelve live in globals, six chains of two lanes. Every access to memory is checked against the
// memory's size, four instructions for one load; a global is not (2026-11: c in memory is 5 % slower on
// long orbits; c in locals pushes z out of the sixteen registers).

const ZERO: v128 = i64x2.splat(0);

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
/** states within radius 2, of those that were tested. */
let in0: v128 = ZERO,
  in1: v128 = ZERO,
  in2: v128 = ZERO,
  in3: v128 = ZERO,
  in4: v128 = ZERO,
  in5: v128 = ZERO;

/** Blocks that the latest `run` made. */
export let blocksMade: i32 = 0;

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

/** Stores twelve indices (i32): those at `starts`, and the counter of `count` added to each. */
export function giveCounts(starts: usize, counts: usize): void {
  v128.store(counts, i32x4.add(v128.load(starts), v128.shuffle<i32>(in0, in1, 0, 2, 4, 6)));
  v128.store(counts, i32x4.add(v128.load(starts, 16), v128.shuffle<i32>(in2, in3, 0, 2, 4, 6)), 16);
  v128.store(counts, i32x4.add(v128.load(starts, 32), v128.shuffle<i32>(in4, in5, 0, 2, 4, 6)), 32);
}

/** Sets the twelve counters of `count`. */
export function setInside(n: i64): void {
  const ns = i64x2.splat(n);
  in0 = ns;
  in1 = ns;
  in2 = ns;
  in3 = ns;
  in4 = ns;
  in5 = ns;
}

/**
 * Makes blocks of `steps` steps, `blocks` at most, until a lane is outside radius 2 at a block's end.
 * Returns a bit for each lane that is (a NaN is outside).
 */
export function run(steps: i32, blocks: i32): i32 {
  let u0 = x0, v0 = y0;
  let u1 = x1, v1 = y1;
  let u2 = x2, v2 = y2;
  let u3 = x3, v3 = y3;
  let u4 = x4, v4 = y4;
  let u5 = x5, v5 = y5;
  let made = 0;
  let calm = ZERO;
  do {
    bx0 = u0, by0 = v0;
    bx1 = u1, by1 = v1;
    bx2 = u2, by2 = v2;
    bx3 = u3, by3 = v3;
    bx4 = u4, by4 = v4;
    bx5 = u5, by5 = v5;
    for (let k = 0; k < steps; k++) {
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
 * Makes 8 steps; every state that is stepped from within radius 2 is counted. Returns as `run`. (2026-11:
 * three chains after three are as fast; 4 steps at a time gain nothing.)
 */
export function count(): i32 {
  let u0 = x0, v0 = y0;
  let u1 = x1, v1 = y1;
  let u2 = x2, v2 = y2;
  let u3 = x3, v3 = y3;
  let u4 = x4, v4 = y4;
  let u5 = x5, v5 = y5;
  for (let k = 0; k < 8; k++) {
    let xx = f64x2.mul(u0, u0), yy = f64x2.mul(v0, v0), p = f64x2.mul(u0, v0);
    let size = f64x2.add(xx, yy);
    u0 = f64x2.add(f64x2.sub(xx, yy), cx0);
    v0 = f64x2.add(f64x2.add(p, p), cy0);
    in0 = i64x2.sub(in0, f64x2.le(size, four));
    xx = f64x2.mul(u1, u1), yy = f64x2.mul(v1, v1), p = f64x2.mul(u1, v1);
    size = f64x2.add(xx, yy);
    u1 = f64x2.add(f64x2.sub(xx, yy), cx1);
    v1 = f64x2.add(f64x2.add(p, p), cy1);
    in1 = i64x2.sub(in1, f64x2.le(size, four));
    xx = f64x2.mul(u2, u2), yy = f64x2.mul(v2, v2), p = f64x2.mul(u2, v2);
    size = f64x2.add(xx, yy);
    u2 = f64x2.add(f64x2.sub(xx, yy), cx2);
    v2 = f64x2.add(f64x2.add(p, p), cy2);
    in2 = i64x2.sub(in2, f64x2.le(size, four));
    xx = f64x2.mul(u3, u3), yy = f64x2.mul(v3, v3), p = f64x2.mul(u3, v3);
    size = f64x2.add(xx, yy);
    u3 = f64x2.add(f64x2.sub(xx, yy), cx3);
    v3 = f64x2.add(f64x2.add(p, p), cy3);
    in3 = i64x2.sub(in3, f64x2.le(size, four));
    xx = f64x2.mul(u4, u4), yy = f64x2.mul(v4, v4), p = f64x2.mul(u4, v4);
    size = f64x2.add(xx, yy);
    u4 = f64x2.add(f64x2.sub(xx, yy), cx4);
    v4 = f64x2.add(f64x2.add(p, p), cy4);
    in4 = i64x2.sub(in4, f64x2.le(size, four));
    xx = f64x2.mul(u5, u5), yy = f64x2.mul(v5, v5), p = f64x2.mul(u5, v5);
    size = f64x2.add(xx, yy);
    u5 = f64x2.add(f64x2.sub(xx, yy), cx5);
    v5 = f64x2.add(f64x2.add(p, p), cy5);
    in5 = i64x2.sub(in5, f64x2.le(size, four));
  }
  x0 = u0, y0 = v0;
  x1 = u1, y1 = v1;
  x2 = u2, y2 = v2;
  x3 = u3, y3 = v3;
  x4 = u4, y4 = v4;
  x5 = u5, y5 = v5;
  return outside();
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
