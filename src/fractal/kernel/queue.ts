// The pixels on their way: the eight of the group that is iterated, and those that were rebased and wait.
//
// A rebased pixel is at the index 0 of the orbit, whatever its count. So any eight that wait can go on in
// step, and no pixel is rebased for the sake of another.

import { exponentOf, powerOfTwo, ZERO_EXPONENT } from "./power";
import {
  CX,
  CY,
  E,
  EARLY,
  KEPT_E,
  KEPT_FOR,
  KEPT_M,
  KEPT_X,
  KEPT_Y,
  M,
  N,
  PIXEL_BYTES,
  SAMPLE,
  UNTIL_KEPT,
  X,
  Y,
} from "./pixel";
import { limit, stay } from "./samples";

/** Pixels of a group. */
export const LANES: i32 = 8;

/** Pixels that may wait, in one of the two queues or in both together. */
const WAITING: i32 = 256;

/** Memory of the group's pixels and of the queues. */
export const QUEUE_BYTES: usize = PIXEL_BYTES * <usize> (LANES + 2 * WAITING);

/**
 * The exponent from which on z is iterated in plain doubles although c is too small for them. There, and
 * right after a rebasing,
 *
 *   z' = z^2 + c  with  |z^2| >= 2^-800,  |c| <= 2^-860:  what c adds is below the rounding of z^2
 *
 * and z^2 is far above 2^-1022. A smaller z needs both its square and c, and so an exponent of its own.
 */
export const PLAIN_FROM: i32 = -400;

/** Pixels whose z differ by more than 2^200 do not go together: the square of a ratio must be a double. */
const SPREAD: i32 = 200;

/** A bit for each of the group's pixels that is still on its way. */
export let alive: i32 = 0;
/** The index into the orbit, and the steps that were made at the index 0 beyond those of the pixel. */
export let m: i32 = 0;
let turned: i32 = 0;
/** The index at which the first of the group reaches the limit of iterations, at the earliest. */
export let stop: i32 = 0;

let group: usize = 0;
/** The first pixel that waits, and how many do: plain ones, and those with an exponent. */
let queues: usize = 0;
let plainFirst: i32 = 0, plainWaiting: i32 = 0;
let floatexpFirst: i32 = 0, floatexpWaiting: i32 = 0;
let floatexp: bool = false;

/** Begins a batch: no pixel is on its way. */
export function beginQueues(at: usize, isFloatexp: bool): void {
  group = at;
  queues = at + PIXEL_BYTES * <usize> LANES;
  floatexp = isFloatexp;
  alive = 0;
  plainFirst = plainWaiting = floatexpFirst = floatexpWaiting = 0;
}

/** The address of one of the group's pixels. */

@inline
export function pixelAt(lane: i32): usize {
  return group + PIXEL_BYTES * <usize> lane;
}

/** Steps that one of the group's pixels has made. */

@inline
export function stepsOf(pixel: usize): i32 {
  return load<i32>(pixel, N) + m + turned;
}

/** Whether a group that rebases all its pixels finds room in the queues. */
export function hasRoom(): bool {
  return plainWaiting + floatexpWaiting + LANES <= WAITING;
}

/** Makes a new pixel one of the group, at z = 0. What is not set here is not read before it is. */
export function bringIn(lane: i32, cx: f64, cy: f64, sample: i32): void {
  const pixel = pixelAt(lane);
  v128.store(pixel, i64x2.splat(0), X);
  store<f64>(pixel, cx, CX);
  store<f64>(pixel, cy, CY);
  store<f64>(pixel, NaN, KEPT_X);
  // Two numbers at a time: E and N, UNTIL_KEPT and KEPT_FOR, SAMPLE and EARLY.
  store<i64>(pixel, 0, E);
  store<i64>(pixel, 1 | (<i64> 1 << 32), UNTIL_KEPT);
  store<i64>(pixel, <i64> <u32> sample | (<i64> -1 << 32), SAMPLE);
}

/** Lets new pixels begin. */
export function beginNew(lanes: i32): void {
  alive = lanes;
  m = 0;
  turned = 0;
  stop = limit;
}

/** Lets those lanes begin at the index `from`, where their pixels have made N steps more than that. */
export function beginGroup(lanes: i32, from: i32): void {
  alive = lanes;
  m = from;
  turned = 0;
  findStop();
}

/** Takes up to eight waiting pixels as the next group; false when none waits. */
export function takeWaiting(): bool {
  let lanes = 0, count = 0;
  if (plainWaiting >= LANES || floatexpWaiting === 0) {
    count = min(plainWaiting, LANES);
    for (let lane = 0; lane < count; lane++) takeFirst(lane, false);
  } else {
    const first = exponentAt(slot(true, floatexpFirst));
    const most = min(floatexpWaiting, LANES);
    while (count < most) {
      const exponent = exponentAt(slot(true, floatexpFirst));
      const isZero = exponent === ZERO_EXPONENT || first === ZERO_EXPONENT;
      if (count > 0 && !isZero && abs(exponent - first) > SPREAD) break;
      takeFirst(count, true);
      count++;
    }
  }
  lanes = (1 << count) - 1;
  beginGroup(lanes, 0);
  return count > 0;
}

function takeFirst(lane: i32, isFloatexp: bool): void {
  copy(pixelAt(lane), slot(isFloatexp, isFloatexp ? floatexpFirst : plainFirst));
  if (isFloatexp) {
    floatexpFirst = (floatexpFirst + 1) % WAITING;
    floatexpWaiting--;
  } else {
    plainFirst = (plainFirst + 1) % WAITING;
    plainWaiting--;
  }
}

/** Copies a pixel. (memory.copy takes longer for so few bytes.) */
function copy(to: usize, from: usize): void {
  for (let at: usize = 0; at < PIXEL_BYTES; at += 8) store<i64>(to + at, load<i64>(from + at));
}

/** The address of a place in a queue. */

@inline
function slot(isFloatexp: bool, index: i32): usize {
  return queues + PIXEL_BYTES * <usize> (isFloatexp ? WAITING + index : index);
}

/** floor(log2) of a pixel's |z|. */

@inline
function exponentAt(pixel: usize): i32 {
  const size = exponentOf(max(abs(load<f64>(pixel, X)), abs(load<f64>(pixel, Y))));
  return size === ZERO_EXPONENT ? ZERO_EXPONENT : size + load<i32>(pixel, E);
}

/** Whether a pixel at z = (x + iy) 2^e cannot go on in plain doubles. */

@inline
export function needsExponent(x: f64, y: f64, e: i32): bool {
  const size = exponentOf(max(abs(x), abs(y)));
  return floatexp && (size === ZERO_EXPONENT || size + e < PLAIN_FROM);
}

/** Moves the index of all back; the steps that they have made stay the same. */
export function turnBack(period: i32): void {
  m -= period;
  turned += period;
  stop -= period;
}

/** Moves the index on. */

@inline
export function moveOn(steps: i32): void {
  m += steps;
}

/** Lets lanes go. */

@inline
export function remove(lanes: i32): void {
  alive &= ~lanes;
}

function findStop(): void {
  let most = 0;
  for (let lane = 0; lane < LANES; lane++) {
    if (alive >> lane & 1) most = max(most, load<i32>(pixelAt(lane), N));
  }
  stop = limit - most - turned;
}

/** Writes the pixels whose iterations are used up, and finds out when the next will be; returns their lanes. */
export function letStay(): i32 {
  let lanes = 0;
  for (let lane = 0; lane < LANES; lane++) {
    const pixel = pixelAt(lane);
    if ((alive >> lane & 1) === 0 || stepsOf(pixel) < limit) continue;
    stay(pixel);
    lanes |= 1 << lane;
  }
  alive &= ~lanes;
  findStop();
  return lanes;
}

/** Puts a pixel of the group where the rebased wait, at z = (x + iy) 2^e; or writes it, if it is in a cycle. */
export function rebase(lane: i32, x: f64, y: f64, e: i32): void {
  const pixel = pixelAt(lane);
  store<i32>(pixel, stepsOf(pixel), N);
  putRebased(pixel, x, y, e);
}

/** The same for a pixel that has made N steps. */
export function putRebased(pixel: usize, x: f64, y: f64, e: i32): void {
  const exponent = exponentOf(max(abs(x), abs(y)));
  if (exponent === ZERO_EXPONENT) {
    x = y = 0.0;
    e = 0;
  } else if (floatexp) {
    const scale = powerOfTwo(-exponent);
    x *= scale;
    y *= scale;
    e += exponent;
  }
  if (isSeen(pixel, x, y, e, 0)) {
    stay(pixel);
    return;
  }
  store<f64>(pixel, x, X);
  store<f64>(pixel, y, Y);
  store<i32>(pixel, e, E);
  store<i32>(pixel, 0, M);
  const isFloatexp = needsExponent(x, y, e);
  const index = isFloatexp ? floatexpFirst + floatexpWaiting++ : plainFirst + plainWaiting++;
  copy(slot(isFloatexp, index % WAITING), pixel);
}

/**
 * Whether a pixel has been at the very same z at that index before: what follows depends on nothing else,
 * so it will be there for ever again, and never escape (Brent: z is kept at the 1st, 2nd, 4th, ... look).
 */
export function isSeen(pixel: usize, x: f64, y: f64, e: i32, index: i32): bool {
  if (
    x === load<f64>(pixel, KEPT_X) && y === load<f64>(pixel, KEPT_Y) &&
    e === load<i32>(pixel, KEPT_E) && index === load<i32>(pixel, KEPT_M)
  ) return true;
  const left = load<i32>(pixel, UNTIL_KEPT) - 1;
  if (left > 0) {
    store<i32>(pixel, left, UNTIL_KEPT);
    return false;
  }
  const more = load<i32>(pixel, KEPT_FOR) << 1;
  store<i32>(pixel, more, KEPT_FOR);
  store<i32>(pixel, more, UNTIL_KEPT);
  store<f64>(pixel, x, KEPT_X);
  store<f64>(pixel, y, KEPT_Y);
  store<i32>(pixel, e, KEPT_E);
  store<i32>(pixel, index, KEPT_M);
  return false;
}
