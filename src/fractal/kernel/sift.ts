// The first look at a batch: which pixels need no orbit, and the list of those that do.

import {
  DOZEN_CX,
  DOZEN_CY,
  DOZEN_N,
  DOZEN_PIXEL,
  DOZEN_Y,
  dozenOf,
  Job,
  LANES,
  LAST_ORBIT,
  putOrbit,
  writeInterior,
} from "./job";
import { enqueueOutside, settle } from "./finish";
import { beginTiles, endTiles, iterateTile } from "./squads";

/**
 * Within 1e-8 of the circle of radius 2 rounding could let an orbit step out and in again, so every
 * step is tested there; likewise beyond 6, where steps without a test could overflow.
 */
const ALMOST_4: f64 = 3.99999996;
const SURELY_4: f64 = 4.00000004;
const OVERFLOWS: f64 = 36.0;

/**
 * Settles the pixels that are interior by a closed formula or outside from the start. Of the others,
 * tiles of six columns by two rows are iterated at once, and the rest is listed at n = 0.
 *
 *   cardioid:       q = (x - 1/4)^2 + y^2,   q (q + x - 1/4) <= y^2 / 4
 *   period-2 disc:  (x + 1)^2 + y^2 <= 1/16
 */
export function sift(at: usize, height: i32): void {
  const job = changetype<Job>(at);
  const width = job.width;
  const columns = job.columns;
  findBounds(columns, width);
  beginTiles(at);
  for (let row = 0; row < height; row += 2) {
    const rows = job.rows + (<usize> row << 3);
    const pixel = row * width;
    let column = 0;
    if (row + 1 < height) {
      const y0 = load<f64>(rows);
      const y1 = load<f64>(rows, 8);
      const hard = noneEasy(y0) && noneEasy(y1);
      for (; column + 6 <= width; column += 6) {
        const x = columns + (<usize> column << 3);
        if (!hard && v128.any_true(v128.or(anyEasy(x, y0), anyEasy(x, y1)))) {
          siftRow(at, pixel + column, x, 6, y0);
          siftRow(at, pixel + width + column, x, 6, y1);
        } else {
          iterateTile(at, pixel + column, x, y0, y1);
        }
      }
    }
    const x = columns + (<usize> column << 3);
    for (let r = row; r < min(row + 2, height); r++) {
      siftRow(at, r * width + column, x, width - column, load<f64>(job.rows + (<usize> r << 3)));
    }
  }
  endTiles(at);
}

/**
 * The first look at a batch of a Julia set, where c = cx + i cy is the same for all pixels and z_0 is the
 * pixel: nothing is interior by a formula. Past radius 2 an orbit grows by a step if |c| is below 2, so
 * steps need no test each; where |c| is almost 2 every orbit goes one by one.
 */
export function listPoints(at: usize, height: i32, cx: f64, cy: f64): void {
  const job = changetype<Job>(at);
  const width = job.width;
  const grows = cx * cx + cy * cy <= ALMOST_4;
  for (let row = 0; row < height; row++) {
    const y = load<f64>(job.rows + (<usize> row << 3));
    for (let column = 0; column < width; column++) {
      const x = load<f64>(job.columns + (<usize> column << 3));
      const pixel = row * width + column;
      const size = x * x + y * y;
      if (grows && size <= 4.0) {
        putOrbit(at, job.listed++, x, y, cx, cy, 0, pixel);
      } else if (grows && size <= OVERFLOWS) {
        enqueueOutside(at, pixel, x, y, cx, cy);
      } else {
        job.careful++;
        putOrbit(at, LAST_ORBIT + 1 - job.careful, x, y, cx, cy, 0, pixel);
        iterateCarefully(at, FIRST_STEPS);
      }
    }
  }
}

/** The least and the largest of a batch's columns, after `findBounds`. */
let left: f64 = 0.0;
let right: f64 = 0.0;

function findBounds(columns: usize, width: i32): void {
  let least = v128.load64_splat(columns);
  let most = least;
  const last = columns + (<usize> (width - 1) << 3);
  for (let x = columns; x < last; x += 16) {
    const two = v128.load(x);
    least = f64x2.pmin(least, two);
    most = f64x2.pmax(most, two);
  }
  const x = load<f64>(last);
  left = min(x, min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)));
  right = max(x, max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)));
}

/**
 * Whether no pixel of a row can be interior by formula or almost outside, from the bounds of the columns
 * alone. The numbers here are wider than what rounding could change.
 */
function noneEasy(y: f64): bool {
  const reach = max(abs(left), abs(right));
  const yy = y * y;
  const d = nearest(left - 0.25, right - 0.25);
  const e = nearest(left + 1.0, right + 1.0);
  const q = d * d + yy;
  const least = q + (left - 0.25);
  return reach * reach + yy < 3.99 && e * e + yy > 0.0626 && least > 0.0 && q * least > 0.2501 * yy;
}

/** The number from `left` to `right` that is nearest to 0. */

@inline
function nearest(left: f64, right: f64): f64 {
  return max(left, min(right, 0.0));
}

/** All ones where one of six neighbours in a row is interior by formula, or almost outside. */

@inline
function anyEasy(columns: usize, y: f64): v128 {
  const yy = f64x2.splat(y * y);
  return v128.or(
    v128.or(easy(v128.load(columns), yy), easy(v128.load(columns, 16), yy)),
    easy(v128.load(columns, 32), yy),
  );
}

@inline
function easy(x: v128, yy: v128): v128 {
  const d = f64x2.sub(x, f64x2.splat(0.25));
  const e = f64x2.add(x, f64x2.splat(1.0));
  const q = f64x2.add(f64x2.mul(d, d), yy);
  const cardioid = f64x2.le(f64x2.mul(q, f64x2.add(q, d)), f64x2.mul(yy, f64x2.splat(0.25)));
  const disc = f64x2.le(f64x2.add(f64x2.mul(e, e), yy), f64x2.splat(0.0625));
  const outside = f64x2.gt(f64x2.add(f64x2.mul(x, x), yy), f64x2.splat(ALMOST_4));
  return v128.or(v128.or(cardioid, disc), outside);
}

function siftRow(at: usize, pixel: i32, columns: usize, width: i32, y: f64): void {
  for (let i = 0; i < width; i++) siftOne(at, pixel + i, load<f64>(columns + (<usize> i << 3)), y);
}

function siftOne(at: usize, pixel: i32, x: f64, y: f64): void {
  const job = changetype<Job>(at);
  const d = x - 0.25;
  const e = x + 1.0;
  const q = d * d + y * y;
  const size = x * x + y * y;
  // A size that overflows would pass for interior: infinity <= infinity.
  const inside = size <= ALMOST_4;
  if (inside && (q * (q + d) <= 0.25 * (y * y) || e * e + y * y <= 0.0625)) {
    writeInterior(job, pixel);
  } else if (inside) {
    putOrbit(at, job.listed++, x, y, x, y, 0, pixel);
  } else if (size > SURELY_4 && size <= OVERFLOWS) {
    enqueueOutside(at, pixel, x, y, x, y);
  } else {
    job.careful++;
    putOrbit(at, LAST_ORBIT + 1 - job.careful, x, y, x, y, 0, pixel);
    iterateCarefully(at, FIRST_STEPS);
  }
}

/** Steps that a careful orbit makes at once; nearly all of them have escaped by then. */
const FIRST_STEPS: i32 = 64;

/**
 * The plain loop for the orbits that go one by one, a test a step: about `steps` steps altogether, the
 * latest of them first. Returns whether none is left.
 */
export function iterateCarefully(at: usize, steps: i32): bool {
  const job = changetype<Job>(at);
  const limit = job.limit;
  while (job.careful > 0) {
    if (steps <= 0) return false;
    const orbit = LAST_ORBIT + 1 - job.careful;
    const dozen = dozenOf(at, orbit);
    const eighth = dozen + (<usize> (<u32> orbit % LANES) << 3);
    const fourth = dozen + (<usize> (<u32> orbit % LANES) << 2);
    const cx = load<f64>(eighth, DOZEN_CX), cy = load<f64>(eighth, DOZEN_CY);
    const pixel = load<i32>(fourth, DOZEN_PIXEL);
    let x = load<f64>(eighth), y = load<f64>(eighth, DOZEN_Y);
    let n = load<i32>(fourth, DOZEN_N);
    const end = min(limit, n + steps);
    steps -= end - n;
    let inside = true;
    while (n < end) {
      if (x * x + y * y > 4.0) {
        inside = false;
        break;
      }
      const p = x * y;
      const next = x * x - y * y + cx;
      y = p + p + cy;
      n++;
      // c = -2 stays at 2 for ever.
      if (next === x && y === 0.0 && cy === 0.0) n = limit;
      x = next;
    }
    if (inside && n < limit) {
      store<f64>(eighth, x);
      store<f64>(eighth, y, DOZEN_Y);
      store<i32>(fourth, n, DOZEN_N);
      return false;
    }
    job.careful--;
    if (inside) {
      job.steps += limit;
      writeInterior(job, pixel);
    } else {
      settle(at, pixel, n, x, y, cx, cy);
    }
  }
  return true;
}
