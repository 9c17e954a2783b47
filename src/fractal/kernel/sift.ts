// The first look at a batch: which pixels need no orbit, and the list of those that do.

import { columnOf, Job, rowOf, TODO, writeInterior } from "./job";
import { enqueue, settle } from "./finish";

/**
 * Within 1e-8 of the circle of radius 2 rounding could let an orbit step out and in again, so every
 * step is tested there; likewise beyond 6, where eight steps on end would overflow.
 */
const ALMOST_4: f64 = 3.99999996;
const SURELY_4: f64 = 4.00000004;
const OVERFLOWS: f64 = 36.0;

/**
 * Settles the pixels that are interior by a closed formula or outside from the start, and lists the
 * others.
 *
 *   cardioid:       q = (x - 1/4)^2 + y^2,   q (q + x - 1/4) <= y^2 / 4
 *   period-2 disc:  (x + 1)^2 + y^2 <= 1/16
 */
export function sift(at: usize, height: i32): void {
  const job = changetype<Job>(at);
  for (let row = 0; row < height; row++) {
    const y = load<f64>(job.rows + (<usize> row << 3));
    const yy = f64x2.splat(y * y);
    let column = 0;
    for (; column < job.width - 1; column += 2) {
      const x = v128.load(job.columns + (<usize> column << 3));
      const d = f64x2.sub(x, f64x2.splat(0.25));
      const e = f64x2.add(x, f64x2.splat(1.0));
      const q = f64x2.add(f64x2.mul(d, d), yy);
      const cardioid = f64x2.le(
        f64x2.mul(q, f64x2.add(q, d)),
        f64x2.mul(yy, f64x2.splat(0.25)),
      );
      const disc = f64x2.le(f64x2.add(f64x2.mul(e, e), yy), f64x2.splat(0.0625));
      const outside = f64x2.gt(f64x2.add(f64x2.mul(x, x), yy), f64x2.splat(ALMOST_4));
      const pixel = row << 16 | column;
      if (v128.any_true(v128.or(v128.or(cardioid, disc), outside))) {
        siftOne(at, pixel);
        siftOne(at, pixel + 1);
      } else {
        const todo = at + (<usize> job.todo << 2);
        store<i32>(todo, pixel, TODO);
        store<i32>(todo, pixel + 1, TODO + 4);
        job.todo += 2;
      }
    }
    if (column < job.width) siftOne(at, row << 16 | column);
  }
}

function siftOne(at: usize, pixel: i32): void {
  const job = changetype<Job>(at);
  const x = columnOf(job, pixel);
  const y = rowOf(job, pixel);
  const d = x - 0.25;
  const e = x + 1.0;
  const q = d * d + y * y;
  const size = x * x + y * y;
  if (q * (q + d) <= 0.25 * (y * y) || e * e + y * y <= 0.0625) {
    writeInterior(job, pixel);
  } else if (size <= ALMOST_4) {
    store<i32>(at + (<usize> job.todo << 2), pixel, TODO);
    job.todo++;
  } else if (size > SURELY_4 && size <= OVERFLOWS) {
    // From z_(-1) = 0 the first step is z_0 = c, which the replay finds outside.
    enqueue(at, pixel, 0.0, 0.0, x, y, -1, 0);
  } else {
    iterateCarefully(at, pixel, x, y);
  }
}

/** The plain loop, one pixel, a test a step. */
function iterateCarefully(at: usize, pixel: i32, cx: f64, cy: f64): void {
  const job = changetype<Job>(at);
  let x = cx;
  let y = cy;
  for (let n = 0; n < job.limit; n++) {
    if (x * x + y * y > 4.0) {
      settle(at, pixel, n, x, y, cx, cy);
      return;
    }
    const p = x * y;
    x = x * x - y * y + cx;
    y = p + p + cy;
  }
  job.steps += job.limit;
  writeInterior(job, pixel);
}
