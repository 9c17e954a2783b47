/** What an orbit shows of its surroundings while it is iterated: how near 0 it came, and its derivatives. */

import { isSmaller, ONE, type Scaled, scaled, ZERO } from "./scaled.ts";

/**
 * A point of an orbit that is nearer to 0 than all before. Where C is near a component of the set, the
 * indices of these points are the periods of the components around (their "atom domains").
 */
export interface Approach {
  readonly index: number;
  /** Z_index. */
  readonly z: Scaled;
  /** Its derivative by C. */
  readonly byC: Scaled;
  /** Its derivative by Z_1, the product of 2 Z_k for k from 1 to index - 1. */
  readonly byZ: Scaled;
}

/** What is known of an orbit so far. Plain data, as the orbit. */
export interface Course {
  /** Its last point, and the derivatives of that by C and by Z_1: mantissas of any size, as they came. */
  readonly last: Scaled;
  readonly byC: Scaled;
  readonly byZ: Scaled;
  readonly approaches: readonly Approach[];
  /** Lengths at which it has not come nearer to 0 for long, so that it may have a period. */
  readonly surveys: readonly number[];
  /** The next such length, unless it comes nearer before. */
  readonly nextSurvey: number;
}

/**
 * How much longer than its last approach, and than it was at the last survey, an orbit is surveyed. Points
 * around a copy of the set with period p mostly escape after 4 p to 9 p steps; to find the nucleus takes as
 * long as 3 p.
 */
const FARTHER = 8;

/** Shorter ones are not worth it. */
const FIRST_SURVEY = 256;

/** Beyond these sizes (log2) a derivative's mantissa is brought back. */
const STEP = 400;
const LARGE = 2 ** STEP;
const SMALL = 2 ** -STEP;

/** |Z|^2 below which doubles do not compare it. */
const UNSURE = 2 ** -900;

/** The course of an orbit that has not begun. */
export const NO_COURSE: Course = {
  last: ZERO,
  byC: ZERO,
  byZ: ONE,
  approaches: [],
  surveys: [],
  nextSurvey: FIRST_SURVEY,
};

/** The points that came next: re and im in turn, and those that are tiny with an exponent. */
interface NextPoints {
  readonly points: Float64Array;
  /** In the order of their indices; others than the tiny ones are left out. */
  readonly tiny: readonly (Scaled & { readonly index: number })[];
}

/**
 * The course of an orbit that had `length` points behind Z_0 and now has some more:
 *
 *     dZ'/dC = 2 Z dZ/dC + 1,   dZ'/dZ_1 = 2 Z dZ/dZ_1
 */
export function followed(course: Course, length: number, { points, tiny }: NextPoints): Course {
  let { approaches, surveys, nextSurvey } = course;
  const { last, byC, byZ } = course;
  // Numbers that went through this are doubles for the compiler, too: a quarter of the time.
  const state = Float64Array.of(
    ...[last.x, last.y, last.exponent],
    ...[byC.x, byC.y, byC.exponent],
    ...[byZ.x, byZ.y, byZ.exponent],
  );
  // The last point, and the derivatives there.
  let x = state[0]!, y = state[1]!, e = state[2]!;
  let cx = state[3]!, cy = state[4]!, ce = state[5]!;
  let zx = state[6]!, zy = state[7]!, ze = state[8]!;
  /** 1 in units of 2^ce. */
  let one = 2 ** -ce;
  let far = approaches.length === 0 ? Infinity : farOf(approaches.at(-1)!.z);
  let nextTiny = 0;
  for (let i = 0; i < points.length; i += 2) {
    const index = length + 1 + i / 2;
    const dx = x + x;
    const dy = y + y;
    const real = dx * cx - dy * cy;
    cy = dx * cy + dy * cx;
    cx = real;
    if (index > 1) {
      const real = dx * zx - dy * zy;
      zy = dx * zy + dy * zx;
      zx = real;
    }
    const c = Math.abs(cx) + Math.abs(cy);
    const z = Math.abs(zx) + Math.abs(zy);
    if (e !== 0 || c > LARGE || (c < SMALL && ce > 0) || z > LARGE || z < SMALL) {
      ce += e;
      if (index > 1) ze += e;
      const c = scaled(cx, cy, ce);
      const z = scaled(zx, zy, ze);
      // Far below 1, which is added to it, it may lose what it has.
      const unit = 2 ** Math.max(-1000, Math.min(0, c.exponent));
      state.set([c.x * unit, c.y * unit, Math.max(0, c.exponent), z.x, z.y, z.exponent], 3);
      cx = state[3]!, cy = state[4]!, ce = state[5]!;
      zx = state[6]!, zy = state[7]!, ze = state[8]!;
      one = 2 ** -ce;
    }
    cx += one;
    x = points[i]!;
    y = points[i + 1]!;
    e = 0;
    if (x * x + y * y < far) {
      const fine = tiny[nextTiny];
      if (fine?.index === index) {
        state.set([fine.x, fine.y, fine.exponent]);
        x = state[0]!, y = state[1]!, e = state[2]!;
        nextTiny++;
      }
      const point = scaled(x, y, e);
      if (approaches.length === 0 || isSmaller(point, approaches.at(-1)!.z)) {
        const derivatives = { byC: scaled(cx, cy, ce), byZ: scaled(zx, zy, ze) };
        approaches = [...approaches, { index, z: point, ...derivatives }];
        nextSurvey = Math.max(FARTHER * index, nextSurvey);
        far = farOf(point);
      }
    }
    if (index === nextSurvey) {
      surveys = [...surveys, index];
      nextSurvey = FARTHER * index;
    }
  }
  return {
    ...{ approaches, surveys, nextSurvey },
    last: { x, y, exponent: e },
    byC: { x: cx, y: cy, exponent: ce },
    byZ: { x: zx, y: zy, exponent: ze },
  };
}

/** |Z|^2 from which on a point is not nearer than z, or cannot be compared as a double. */
function farOf({ x, y, exponent }: Scaled): number {
  return Math.max(UNSURE, (x * x + y * y) * 2 ** Math.min(0, 2 * exponent));
}
