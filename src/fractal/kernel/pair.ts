// Pairs of lanes: what the steps of a group do with two pixels at a time.

/** The real part of A z + B c. */

@inline
export function linear(
  ax: v128,
  ay: v128,
  bx: v128,
  by: v128,
  x: v128,
  y: v128,
  cx: v128,
  cy: v128,
): v128 {
  return f64x2.add(
    f64x2.sub(f64x2.mul(ax, x), f64x2.mul(ay, y)),
    f64x2.sub(f64x2.mul(bx, cx), f64x2.mul(by, cy)),
  );
}

/** The imaginary part of A z + B c. */

@inline
export function cross(
  ax: v128,
  ay: v128,
  bx: v128,
  by: v128,
  x: v128,
  y: v128,
  cx: v128,
  cy: v128,
): v128 {
  return f64x2.add(
    f64x2.add(f64x2.mul(ax, y), f64x2.mul(ay, x)),
    f64x2.add(f64x2.mul(bx, cy), f64x2.mul(by, cx)),
  );
}

/** Bits of a pair that is outside radius 2. */

@inline
export function outsideOf(u: v128, v: v128): i32 {
  return i64x2.bitmask(f64x2.gt(f64x2.add(f64x2.mul(u, u), f64x2.mul(v, v)), f64x2.splat(4.0)));
}

/** Bits of a pair whose orbit u + iv is nearer to 0 than `times` their difference is long. */

@inline
export function nearerOf(u: v128, v: v128, x: v128, y: v128, times: f64): i32 {
  return i64x2.bitmask(f64x2.lt(
    f64x2.pmax(f64x2.abs(u), f64x2.abs(v)),
    f64x2.mul(f64x2.splat(times), f64x2.pmax(f64x2.abs(x), f64x2.abs(y))),
  ));
}

/**
 * All ones in the lanes z = x + iy whose orbit Z + z is beyond |Z + z|^2 = rim, or may be nearer to 0 than z
 * is long: the squares of components say so too when they are equal or both too small for doubles.
 */

@inline
export function needsLook(zx: v128, zy: v128, x: v128, y: v128, rim: v128): v128 {
  const u = f64x2.add(zx, x), v = f64x2.add(zy, y);
  const uu = f64x2.mul(u, u), vv = f64x2.mul(v, v);
  return v128.or(
    f64x2.gt(f64x2.add(uu, vv), rim),
    f64x2.le(f64x2.pmax(uu, vv), f64x2.pmax(f64x2.mul(x, x), f64x2.mul(y, y))),
  );
}

/** Bits of a pair x + iy that is closer to p than `least`. */

@inline
export function closerOf(px: v128, py: v128, x: v128, y: v128, least: f64): i32 {
  const apart = f64x2.pmax(f64x2.abs(f64x2.sub(px, x)), f64x2.abs(f64x2.sub(py, y)));
  return i64x2.bitmask(f64x2.lt(apart, f64x2.splat(least)));
}

/** Bits of a pair for which |Z|^2 - 4 + 2 (Z_x x + Z_y y) + |z|^2 is above 0. */

@inline
export function beyondOf(ahead: v128, zx: v128, zy: v128, x: v128, y: v128): i32 {
  const linear = f64x2.add(f64x2.mul(zx, x), f64x2.mul(zy, y));
  const square = f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y));
  const all = f64x2.add(f64x2.add(ahead, f64x2.add(linear, linear)), square);
  return i64x2.bitmask(f64x2.gt(all, f64x2.splat(0.0)));
}

/** All ones in the lanes whose bits are set. */

@inline
export function pairOf(lanes: i32): v128 {
  return i64x2.replace_lane(i64x2.splat(-<i64> (lanes & 1)), 1, -<i64> ((lanes >> 1) & 1));
}
