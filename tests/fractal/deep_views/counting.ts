// Which pixels of a view are counted, and their exact counts.

import { escapeTime, settledEscapeTime } from "../../../src/fractal/mod.ts";
import { columnsOf, Exact, frameOfView, pointOf, rowsOf } from "../../../src/plane/mod.ts";
import { integerIn } from "../../plane/random.ts";
import { besideNeck, type Neck, type Place } from "./places.ts";
import type { DeepView } from "./view.ts";

/** Pixels of a view that are counted. */
const PIXELS = 24;

/** How often a limit of iterations is doubled, at most, until enough pixels escape. */
const DOUBLINGS = 1;

/** Digits beyond which a coordinate is not looked at: every place has fewer. */
const ALL_DIGITS = 10_000;

/**
 * The view of a place with exact counts of random pixels, under a limit of iterations with which a quarter
 * of them escape; undefined where none does.
 */
export function countedView(place: Place, random: () => number): DeepView | undefined {
  const { re, im, span, width } = place;
  const frame = frameOfView({ re, im, span, width, height: width });
  const chosen = pixelsOf(width, random);
  let iterations = place.iterations;
  for (let doubling = 0;; doubling++) {
    const pixels = chosen.map(([i, j]) =>
      [i, j, settledEscapeTime(pointOf(frame, i, j), iterations).count] as const
    );
    const escaping = pixels.filter(([, , count]) => count < iterations).length;
    if (4 * escaping < PIXELS && doubling < DOUBLINGS) {
      iterations *= 2;
      continue;
    }
    if (escaping === 0) return undefined;
    const { id, kind, period, note } = place;
    return {
      ...{ id, kind, re: re.toDecimal(ALL_DIGITS), im: im.toDecimal(ALL_DIGITS) },
      ...{ span: span.toDecimal(ALL_DIGITS), iterations, width },
      ...{ depth: depthOf(span), period, note, pixels },
    };
  }
}

/** A place beside a neck where orbits are long and neighbours differ, as doubles see it. */
export function longOrbitsBeside(neck: Neck, random: () => number): Place {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const { x, y, span } = besideNeck(neck, random);
    const iterations = 1000 * integerIn(random, 35, 60);
    const place = {
      ...{ re: Exact.parse(`${x}`), im: Exact.parse(`${y}`), span: Exact.parse(`${span}`) },
      width: 32 as const,
    };
    const frame = frameOfView({ ...place, width: 5, height: 5 });
    const counts = [...rowsOf(frame)].flatMap((im) =>
      [...columnsOf(frame)].map((re) => escapeTime(re, im, iterations))
    );
    const long = counts.filter((count) => count > 5000 && count < iterations);
    if (long.length < 12 || new Set(long).size < 10) continue;
    const id = `${neck.name}-double-e${Math.floor(-Math.log10(span))}`;
    const note = "doubles compute it, and the orbits are long";
    return { ...place, id, kind: "long orbits", iterations, period: null, note };
  }
  throw new Error(`Cannot find long orbits beside ${neck.name} in 2000 attempts`);
}

/**
 * Random pixels, no two alike; two in the middle where there is one. (Without one, the pixel beside it may be
 * on the very nucleus, and differences in doubles tell no point from those within 2^-36 of a pixel.)
 */
function pixelsOf(width: number, random: () => number): [column: number, row: number][] {
  const chosen = new Map<number, [number, number]>();
  const add = (i: number, j: number) => chosen.set(j * width + i, [i, j]);
  if (width % 2 === 1) {
    add(16, 16);
    add(16, 13);
  }
  while (chosen.size < PIXELS) {
    add(integerIn(random, 0, width - 1), integerIn(random, 0, width - 1));
  }
  return [...chosen.values()];
}

/** -log10 of a span, to a digit. */
function depthOf(span: Exact): number {
  const [mantissa = "1", exponent = "0"] = span.toDecimal(6).split("e");
  return Number((-Math.log10(Number(mantissa)) - Number(exponent)).toFixed(1));
}
