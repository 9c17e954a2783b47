/** Whether a point is inside the set by an attracting cycle that its orbit comes to, found in doubles. */

/** Steps that an orbit gets to come near its cycle, and the longest cycle that is looked for. */
const STEPS = 1024;
const LONGEST = 256;

/** Newton's steps towards a cycle; it is reached when one of them is as short as this. */
const NEWTON_STEPS = 12;
const REACHED = 1e-9;

/** How clearly a cycle has to attract: near the border of its component rounding could say anything. */
const CLEARLY = 1 - 1e-6;

/**
 * Whether c = re + i im is inside the set: then its orbit has an attracting cycle, found by Newton's
 * method from where the orbit is after 1024 steps. Points that it does not say to be inside may still be:
 * those with long cycles, and those at the border of their component. A few microseconds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hasAttractingCycle } from "./mod.ts";
 * assert.equal(hasAttractingCycle(-0.12, 0.75), true); // period 3
 * assert.equal(hasAttractingCycle(0.3, 0), false);
 * ```
 */
export function hasAttractingCycle(re: number, im: number): boolean {
  const start = iterated({ x: 0, y: 0 }, { re, im, steps: STEPS });
  let { x, y } = start;
  let nearest = Infinity;
  for (let period = 1; period <= LONGEST; period++) {
    const real = (x + y) * (x - y) + re;
    y = 2 * x * y + im;
    x = real;
    if (!(x * x + y * y <= 4)) return false;
    const distance = (x - start.x) ** 2 + (y - start.y) ** 2;
    // A cycle brings its orbit closer to where it was than it has been before.
    if (distance >= nearest) continue;
    nearest = distance;
    if (attracts(start, { re, im, period })) return true;
  }
  return false;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** z after so many steps; it may be outside, or no number any more. */
function iterated(
  { x, y }: Point,
  { re, im, steps }: { readonly re: number; readonly im: number; readonly steps: number },
): Point {
  for (let step = 0; step < steps; step++) {
    const real = (x + y) * (x - y) + re;
    y = 2 * x * y + im;
    x = real;
  }
  return { x, y };
}

/** Whether a cycle of that period is near a point and attracts: the product of all 2 z is below 1. */
function attracts(
  start: Point,
  { re, im, period }: { readonly re: number; readonly im: number; readonly period: number },
): boolean {
  let { x, y } = start;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let [u, v, a, b] = [x, y, 1, 0];
    for (let n = 0; n < period; n++) {
      const slope = 2 * (a * u - b * v);
      b = 2 * (a * v + b * u);
      a = slope;
      const real = (u + v) * (u - v) + re;
      v = 2 * u * v + im;
      u = real;
    }
    const [dx, dy, c] = [u - x, v - y, a - 1];
    const size = c * c + b * b;
    if (dx * dx + dy * dy <= size * REACHED * REACHED) return a * a + b * b <= CLEARLY;
    x -= (dx * c + dy * b) / size;
    y -= (dy * c - dx * b) / size;
    if (!(x * x + y * y <= 4)) return false;
  }
  return false;
}
