// One pixel alone, to its next rebasing: what is left of a group when the others have gone.

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
  LOWEST,
  readExcess,
  Reference,
} from "./reference";
import { CX, CY, E, EARLY, M, N, X, Y } from "./pixel";
import { isSeen, putRebased } from "./queue";
import { leave, limit, stay } from "./samples";

/** Steps that tables skipped, and that were made. */
export let laneSkipped: i64 = 0;
export let laneMade: i64 = 0;

/** Whether steps may be skipped by the tables. */
let skipping: bool = true;

/** Forgets the counters, and says whether steps may be skipped. */
export function beginLanes(skips: bool): void {
  skipping = skips;
  laneSkipped = 0;
  laneMade = 0;
}

/**
 * Iterates a pixel that has made N steps more than its index M says, from a z with the exponent 0. Returns
 * true when it has been written or waits for its next turn, and false when it is left as it is: at a z below
 * `tiny`, or because `pause` steps have been made. c counts `unit` each.
 */
export function iterateLane(ref: usize, pixel: usize, unit: f64, tiny: f64, pause: i64): bool {
  const reference = changetype<Reference>(ref);
  const length = reference.length;
  const orbit = reference.orbit;
  const table = levelOf(ref, LOWEST);
  const cx = unit * load<f64>(pixel, CX), cy = unit * load<f64>(pixel, CY);
  let x = load<f64>(pixel, X), y = load<f64>(pixel, Y);
  let ahead = load<i32>(pixel, N), m = load<i32>(pixel, M);
  while (true) {
    const size = max(abs(x), abs(y));
    if (size < tiny || laneMade >= pause) {
      store<f64>(pixel, x, X);
      store<f64>(pixel, y, Y);
      store<i32>(pixel, 0, E);
      store<i32>(pixel, ahead, N);
      store<i32>(pixel, m, M);
      return false;
    }
    const end = min(length, limit - ahead);
    if (((m - 1) & (BLOCK - 1)) === 0 && m + BLOCK <= end) {
      let index = <u32> (m - 1) >> LOWEST;
      let entry = table + ENTRY_BYTES * <usize> index;
      if (skipping && size < load<f64>(entry, ENTRY_RADIUS)) {
        let level = LOWEST;
        while ((index & 1) === 0 && level + 1 < reference.levels) {
          if (m + (2 << level) > end) break;
          index >>= 1;
          const next = levelOf(ref, level + 1) + ENTRY_BYTES * <usize> index;
          if (!(size < load<f64>(next, ENTRY_RADIUS))) break;
          level++;
          entry = next;
        }
        let ax = load<f64>(entry), ay = load<f64>(entry, 8);
        const bx = load<f64>(entry, ENTRY_B), by = load<f64>(entry, ENTRY_B + 8);
        if (!(size < load<f64>(entry, ENTRY_LINEAR))) {
          const gx = load<f64>(entry, ENTRY_G), gy = load<f64>(entry, ENTRY_G + 8);
          const dx = load<f64>(entry, ENTRY_D) + (gx * x - gy * y);
          const dy = load<f64>(entry, ENTRY_D + 8) + (gx * y + gy * x);
          ax += dx * x - dy * y;
          ay += dx * y + dy * x;
        }
        const t = (ax * x - ay * y) + (bx * cx - by * cy);
        y = (ax * y + ay * x) + (bx * cy + by * cx);
        x = t;
        m += 1 << level;
        laneSkipped += 1 << level;
        continue;
      }
      if (size < load<f64>(reference.safe + (<usize> index << 3))) {
        let point = orbit + (<usize> m << 4);
        for (let k = 0; k < BLOCK; k++) {
          const s = 2.0 * load<f64>(point) + x, t = 2.0 * load<f64>(point, 8) + y;
          const w = (s * x - t * y) + cx;
          y = (s * y + t * x) + cy;
          x = w;
          point += 16;
        }
        m += BLOCK;
        laneMade += BLOCK;
        continue;
      }
    }
    // To the end of the block, or to where a closer look is needed: as in group.ts.
    let point = orbit + (<usize> m << 4);
    const last = orbit + (<usize> min(end, m + BLOCK - ((m - 1) & (BLOCK - 1))) << 4);
    const first = point;
    // A pixel that begins at the index 0 has been looked at.
    let looked = m === 0;
    let needsLook = false;
    while (point < last) {
      const zx = load<f64>(point), zy = load<f64>(point, 8);
      if (!looked) {
        const u = zx + x, v = zy + y;
        const uu = u * u, vv = v * v;
        if (uu + vv > 3.99 || max(uu, vv) <= max(x * x, y * y)) {
          needsLook = true;
          break;
        }
      }
      looked = false;
      const s = zx + zx + x, t = zy + zy + y;
      const w = (s * x - t * y) + cx;
      y = (s * y + t * x) + cy;
      x = w;
      point += 16;
    }
    const steps = <i32> ((point - first) >> 4);
    m += steps;
    laneMade += steps;
    if (!needsLook && m < end) continue;
    const zx = load<f64>(point), zy = load<f64>(point, 8);
    const u = zx + x, v = zy + y;
    if (m > 0 && isAtRim(zx, zy) && load<i32>(pixel, EARLY) < 0) {
      readExcess(ref, m);
      if (isBeyond(zx, zy, x, y, 0)) store<i32>(pixel, ahead + m - 1, EARLY);
    }
    if (u * u + v * v > 4.0) {
      leave(pixel, ahead + m - 1, u, v);
      return true;
    }
    if (m >= limit - ahead) {
      stay(pixel);
      return true;
    }
    const repeats = m === length && reference.period !== 0;
    if ((m === length && !repeats) || max(abs(u), abs(v)) < max(abs(x), abs(y))) {
      store<i32>(pixel, ahead + m, N);
      putRebased(pixel, u, v, 0);
      return true;
    }
    if (repeats) {
      m -= reference.period;
      ahead += reference.period;
      if (isSeen(pixel, x, y, 0, m)) {
        stay(pixel);
        return true;
      }
      continue;
    }
    // It may go on: this step, and then another look at where it is.
    const s = zx + zx + x, t = zy + zy + y;
    const w = (s * x - t * y) + cx;
    y = (s * y + t * x) + cy;
    x = w;
    m++;
    laneMade++;
  }
  return true;
}
