// One pixel alone: what is left of a group when the others have gone.

import {
  BLOCK,
  ENTRY_B,
  ENTRY_BYTES,
  ENTRY_RADIUS,
  excess,
  excessE,
  isAtRim,
  levelOf,
  LOWEST,
  readExcess,
  Reference,
  weighed,
} from "./reference";
import { leave, limit, note, skipping, stay } from "./pixels";
import { powerOfTwo } from "./power";

/** z, and where it is: read and left by `iterateLane`. */
export let laneX: f64 = 0.0;
export let laneY: f64 = 0.0;
export let laneN: i32 = 0;
export let laneM: i32 = 0;
/** Steps that tables skipped, and that were made. */
export let laneSkipped: i64 = 0;
export let laneMade: i64 = 0;

/** Forgets the counters. */
export function resetLaneCounters(): void {
  laneSkipped = 0;
  laneMade = 0;
}

/** Takes a pixel in. */
export function takeLane(x: f64, y: f64, n: i32, m: i32): void {
  laneX = x;
  laneY = y;
  laneN = n;
  laneM = m;
}

/**
 * Iterates the pixel with the difference cx + i cy until it is done (true), or z is below `tiny` (false).
 */
export function iterateLane(ref: usize, lane: i32, cx: f64, cy: f64, tiny: f64): bool {
  const reference = changetype<Reference>(ref);
  const length = reference.length;
  const orbit = reference.orbit;
  const table = levelOf(ref, LOWEST);
  let x = laneX, y = laneY;
  let n = laneN, m = laneM;
  // As in group.ts, by rebasings: z right after one of them, kept to be compared with later ones.
  let keptX = NaN, keptY = NaN;
  let untilKept = 1, keptFor = 1;
  while (true) {
    const size = max(abs(x), abs(y));
    if (size < tiny) {
      takeLane(x, y, n, m);
      return false;
    }
    if (((m - 1) & (BLOCK - 1)) === 0 && m + BLOCK <= length && n + BLOCK <= limit) {
      let index = <u32> (m - 1) >> LOWEST;
      let entry = table + ENTRY_BYTES * <usize> index;
      const weight = weighed(size, n, m);
      if (skipping && weight < load<f64>(entry, ENTRY_RADIUS)) {
        let level = LOWEST;
        while ((index & 1) === 0 && level + 1 < reference.levels) {
          const steps = 2 << level;
          if (n + steps > limit || m + steps > length) break;
          index >>= 1;
          const next = levelOf(ref, level + 1) + ENTRY_BYTES * <usize> index;
          if (!(weight < load<f64>(next, ENTRY_RADIUS))) break;
          level++;
          entry = next;
        }
        const ax = load<f64>(entry), ay = load<f64>(entry, 8);
        const bx = load<f64>(entry, ENTRY_B), by = load<f64>(entry, ENTRY_B + 8);
        const t = (ax * x - ay * y) + (bx * cx - by * cy);
        y = (ax * y + ay * x) + (bx * cy + by * cx);
        x = t;
        m += 1 << level;
        n += 1 << level;
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
        n += BLOCK;
        laneMade += BLOCK;
        continue;
      }
    }
    do {
      const point = orbit + (<usize> m << 4);
      let zx = load<f64>(point), zy = load<f64>(point, 8);
      const u = zx + x, v = zy + y;
      if (isAtRim(zx, zy)) {
        readExcess(ref, m);
        const ahead = excess * powerOfTwo(excessE);
        if (ahead + 2.0 * (zx * x + zy * y) + (x * x + y * y) > 0.0) note(1 << lane, n - 1);
      }
      if (u * u + v * v > 4.0) {
        leave(lane, n - 1, u, v);
        return true;
      }
      if (n >= limit) {
        stay(lane);
        return true;
      }
      if (m === length || max(abs(u), abs(v)) < max(abs(x), abs(y))) {
        x = u;
        y = v;
        m = 0;
        zx = zy = 0.0;
        if (x === keptX && y === keptY) {
          stay(lane);
          return true;
        }
        if (--untilKept === 0) {
          keptFor <<= 1;
          untilKept = keptFor;
          keptX = x;
          keptY = y;
        }
      }
      const s = 2.0 * zx + x, t = 2.0 * zy + y;
      const w = (s * x - t * y) + cx;
      y = (s * y + t * x) + cy;
      x = w;
      m++;
      n++;
      laneMade++;
    } while (((m - 1) & (BLOCK - 1)) !== 0);
  }
  return true;
}
