// Grids for the tests of the kernel: at every depth that doubles reach, and wherever it is delicate.

import { escapeTime } from "../../src/fractal/mod.ts";
import { columnsOf, Exact, frameOfTile, rowsOf, tileAt } from "../../src/plane/mod.ts";
import { integerIn } from "../plane/random.ts";
import type { Grid } from "./sampler.ts";

type Random = () => number;

/** Odd ones among them: the kernel works on pairs. */
const WIDTHS = [1, 2, 3, 5, 13, 31, 64, 256];

const TILE = 256;

/**
 * A point at the edge of the set, as seen with 2000 iterations: halfway, again and again, between a
 * point of the set and one outside.
 */
export function edgePoint(random: Random): { re: number; im: number } {
  let inside = { re: -0.2, im: 0 };
  let outside = pointOnCircle(random, 2);
  for (let k = 0; k < 60; k++) {
    const middle = { re: (inside.re + outside.re) / 2, im: (inside.im + outside.im) / 2 };
    if (escapeTime(middle.re, middle.im, 2000) === 2000) inside = middle;
    else outside = middle;
  }
  return outside;
}

/** A piece of a tile at zoom z that holds a point of the set's edge: at most so many pixels. */
export function tilePiece(random: Random, z: number, mostPixels: number): Grid {
  const { re, im } = edgePoint(random);
  const frame = frameOfTile(tileAt(z, Exact.of(re), Exact.of(im)), TILE);
  const fitting = WIDTHS.filter((width) => width <= mostPixels);
  const width = fitting[integerIn(random, 0, fitting.length - 1)]!;
  const height = Math.min(TILE, Math.floor(mostPixels / width));
  const column = integerIn(random, 0, TILE - width);
  const row = integerIn(random, 0, TILE - height);
  return {
    columns: columnsOf(frame, column, column + width),
    rows: rowsOf(frame, row, row + height),
  };
}

/** Grids of at most 1024 points where the kernel takes its short cuts, or has to be careful. */
export function delicateGrids(random: Random): Grid[] {
  const grid = (columns: number[], rows: number[]): Grid => ({
    columns: Float64Array.from(columns),
    rows: Float64Array.from(rows),
  });
  const list = <T>(count: number, value: (i: number) => T) =>
    Array.from({ length: count }, (_, i) => value(i));
  const either = () => random() < 0.5 ? -1 : 1;
  const around = (centre: number) => () => centre + either() * 10 ** -integerIn(random, 1, 18);
  const anywhere = () => 4 * random() - 2;
  const beyond = (largest: number) => () => either() * 6 * (largest / 6) ** random();
  // Beside the curves within which no orbit is needed: the cardioid and the disc of period 2.
  const onCurve = list(400, (i) => {
    const angle = 2 * Math.PI * random();
    const point = i % 2 === 0
      ? {
        re: Math.cos(angle) / 2 - Math.cos(2 * angle) / 4,
        im: Math.sin(angle) / 2 - Math.sin(2 * angle) / 4,
      }
      : { re: -1 + Math.cos(angle) / 4, im: Math.sin(angle) / 4 };
    const off = either() * 10 ** -integerIn(random, 3, 17);
    return { re: point.re + off, im: point.im - off };
  });
  const onCircle = list(400, () => pointOnCircle(random, around(2)()));
  return [
    // The tip and the cusp.
    grid([-2, ...list(31, around(-2))], [0, -0, ...list(30, around(0))]),
    grid([0.25, ...list(32, around(0.25))], [0, -0, ...list(29, around(0))]),
    // The axes, from both sides of zero.
    grid(list(1000, anywhere), [0]),
    grid(list(333, anywhere), [-0]),
    grid([0, -0], list(333, anywhere)),
    grid(list(33, anywhere), list(31, anywhere)),
    // Beyond radius 6, where eight steps on end would overflow.
    grid(list(33, beyond(100)), list(31, anywhere)),
    grid(list(31, beyond(1e10)), list(33, beyond(1e10))),
    grid([1e10, -1e10, 3e7, 0.1], [0, 1e10, -1e10, 0.2]),
    grid([5e-324, 1e-300, -1e-160, 1], [0, 1e-160, -5e-324]),
    // Orbits that come back exactly.
    grid([-1, 0, -0.5, -1.75, -2], [0, 1, 0.25]),
    ...[...onCurve, ...onCircle].map(({ re, im }) => grid([re], [im])),
  ];
}

function pointOnCircle(random: Random, radius: number): { re: number; im: number } {
  const angle = 2 * Math.PI * random();
  return { re: radius * Math.cos(angle), im: radius * Math.sin(angle) };
}
