// Frames and places that the tests of the renderer share.

import { escapeTime } from "../../src/fractal/mod.ts";
import {
  columnsOf,
  Exact,
  type Frame,
  rowsOf,
  TileAddress,
  tileAt,
  type View,
} from "../../src/plane/mod.ts";
import type { Arithmetic, RenderedFrame, Sampled } from "../../src/render/mod.ts";
import places from "../data/places.json" with { type: "json" };

/** Tiles at all depths, with parts inside, outside and at the edge. */
export const TILES: readonly TileAddress[] = [
  TileAddress.of(0, 0n, 0n),
  TileAddress.of(3, 2n, 3n),
  TileAddress.of(8, 97n, 119n),
  tileAt(20, Exact.parse("-0.743643887037158704"), Exact.parse("0.131825904205311970")),
  tileAt(40, Exact.parse("-0.743643887037158704"), Exact.parse("0.131825904205311970")),
];

/** A place that takes a second or more: 256 pixels of it at 50,000 iterations. */
export function heavyView(side = 256): View {
  const place = places.places.find(({ name }) => name === "border-3e7")!;
  return {
    re: Exact.parse(place.re),
    im: Exact.parse(place.im),
    span: Exact.parse(place.span),
    width: side,
    height: side,
  };
}

/** The iterations of {@link heavyView}. */
export const HEAVY = 50_000;

/** A tile where doubles do not go. */
export interface DeepTile {
  readonly name: string;
  readonly address: TileAddress;
  readonly iterations: number;
}

/** The tile in which a listed place lies, at the zoom where a tile is as wide as its view. */
export function tileOfPlace(name: string, zoom?: number): DeepTile {
  const place = places.places.find((place) => place.name === name);
  if (place === undefined) throw new RangeError(`Cannot find a place ${name}`);
  const { re, im, tile_zoom, iterations } = place;
  const address = tileAt(zoom ?? tile_zoom, Exact.parse(re), Exact.parse(im));
  return { name, address, iterations };
}

/** Tiles of all listed places that need perturbation, and the first zoom of all that does. */
export function deepTiles(): DeepTile[] {
  const deep = places.places.filter(({ tile_zoom }) => tile_zoom > 40);
  const first = tileOfPlace("seahorse-1e31", 41);
  return [first, ...deep.map(({ name }) => tileOfPlace(name))];
}

/** The oracle's counts of a frame, row by row. */
export function oracleCounts(frame: Frame, iterations: number): Uint32Array {
  const columns = columnsOf(frame);
  const rows = rowsOf(frame);
  return Uint32Array.from(
    { length: columns.length * rows.length },
    (_, i) =>
      escapeTime(columns[i % columns.length]!, rows[Math.floor(i / columns.length)]!, iterations),
  );
}

/** Whether two arrays hold the same numbers. */
export function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** What a renderer that is made up answers with these counts. */
export function renderedCounts(
  counts: Uint32Array<ArrayBuffer>,
  arithmetic: Arithmetic = { kind: "double" },
): RenderedFrame {
  const bytes = new Uint8Array(counts.buffer);
  return { bytes, compute: 1, colour: 0, encode: 0, frames: 1, steps: 0, arithmetic };
}

/** Samples of a frame that lie in nobody's memory, for samplers that are made up. */
export function nowhere({ width, height }: Frame, iterations: number): Sampled {
  return {
    ...{ width, height, iterations, counts: 0, fractions: 0, milliseconds: 1, frames: 1, steps: 0 },
    arithmetic: { kind: "double" },
    [Symbol.dispose]() {},
  };
}
