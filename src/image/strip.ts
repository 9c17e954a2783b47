/** A palette as a strip of colours: the library's maps, our own gradients and hex lists made alike. */

import { rgb } from "d3-color";
import { interpolateRgb, interpolateRgbBasisClosed } from "d3-interpolate";
import {
  interpolateCividis,
  interpolateInferno,
  interpolateMagma,
  interpolatePlasma,
  interpolateRainbow,
  interpolateSinebow,
  interpolateTurbo,
  interpolateViridis,
} from "d3-scale-chromatic";
import { listedColours, type Palette } from "./palette.ts";

/** A colour, sRGB, each channel 0 to 255 and not necessarily whole. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Evenly spaced colours, three bytes each. A closed strip goes on from its last to its first. */
interface Strip {
  readonly bytes: Uint8Array;
  readonly closed: boolean;
}

type ColourMap = (t: number) => string;

/** Deep blue, white, gold, dark brown. Even spacing; a closed cubic B-spline runs through them. */
const classicColours = [
  "#000764",
  "#1149a8",
  "#2b7bd6",
  "#8fcdf3",
  "#edffff",
  "#f6e6a0",
  "#ffb317",
  "#d97a06",
  "#5a2a05",
  "#100a12",
];

/** Pale, blue, violet, near black, wine, clay and back to pale: lightness falls and rises once. */
const twilightColours = [
  "#eae0ea",
  "#b4cad6",
  "#78a1c4",
  "#5f70bd",
  "#5c3fa6",
  "#4a1a72",
  "#2b1030",
  "#541645",
  "#8f2f51",
  "#b5624f",
  "#cc9a7c",
  "#dcc8c0",
];

/** Maps with two ends: shown there and back so that the colour index can wrap without a seam. */
const openMaps: ReadonlyMap<string, ColourMap> = new Map<string, ColourMap>([
  ["viridis", interpolateViridis],
  ["magma", interpolateMagma],
  ["inferno", interpolateInferno],
  ["plasma", interpolatePlasma],
  ["cividis", interpolateCividis],
  ["turbo", interpolateTurbo],
]);

/** Maps whose end is their beginning. */
const closedMaps: ReadonlyMap<string, ColourMap> = new Map<string, ColourMap>([
  ["classic", interpolateRgbBasisClosed(classicColours)],
  ["twilight", interpolateRgbBasisClosed(twilightColours)],
  ["rainbow", interpolateRainbow],
  ["sinebow", interpolateSinebow],
]);

/** Colours in the strip of a named map: viridis and its kin are tables of just so many. */
const namedSamples = 256;

/** Colours between one hex colour and the next. */
const samplesPerGap = 64;

/**
 * The colour wheel of a palette: colour as a continuous function of position, with period 1.
 *
 * On an open strip position 0 is the first colour, 1/2 the last and 1 the first again. The way
 * between turns slowly at both ends (see {@link ease}), as a sharp turn shows as a crease.
 */
export function colourWheel(palette: Palette): (position: number) => Rgb {
  const strip = stripOf(palette);
  if (strip.closed) return (position) => colourOn(strip, position - Math.floor(position));
  return (position) => {
    const t = position - Math.floor(position);
    return colourOn(strip, ease(1 - Math.abs(2 * t - 1)));
  };
}

/**
 * `count` colours of a palette as `#rrggbb`, evenly from its beginning to its end, for a preview or a
 * legend. An open map such as viridis comes as its authors drew it, not there and back, and 256
 * stops are its own table; on a closed one the last stop is the first again.
 *
 * @throws {RangeError} when count is not a whole number of at least 2
 *
 * @example
 * ```ts
 * import { paletteStops, parsePalette } from "./mod.ts";
 * console.assert(paletteStops(parsePalette("viridis"), 2).join() === "#440154,#fde725");
 * ```
 */
export function paletteStops(palette: Palette, count: number): string[] {
  if (!Number.isInteger(count) || count < 2) {
    throw new RangeError(`Cannot give ${count} palette stops as it takes a whole number from 2`);
  }
  const strip = stripOf(palette);
  return Array.from({ length: count }, (_, i) => {
    const channels = colourOn(strip, i / (count - 1)).map(Math.round);
    return "#" + channels.map((channel) => channel.toString(16).padStart(2, "0")).join("");
  });
}

function stripOf(palette: Palette): Strip {
  const listed = listedColours(palette);
  if (listed !== undefined) {
    const samples = listed.length * samplesPerGap;
    return { bytes: sample(listMap(listed), samples, samples), closed: true };
  }
  const closed = closedMaps.get(palette);
  if (closed !== undefined) {
    return { bytes: sample(closed, namedSamples, namedSamples), closed: true };
  }
  const open = openMaps.get(palette);
  if (open === undefined) throw new RangeError(`Cannot show palette ${palette} as it has no map`);
  return { bytes: sample(open, namedSamples, namedSamples - 1), closed: false };
}

/**
 * A closed gradient that passes through every given colour. Between neighbours channels are mixed
 * with gamma 2.2, near enough to light itself that red to green does not pass through mud.
 */
function listMap(colours: readonly string[]): ColourMap {
  const gaps: ColourMap[] = colours.map((colour, i) =>
    interpolateRgb.gamma(2.2)(colour, colours[(i + 1) % colours.length])
  );
  return (t) => {
    const gap = Math.min(Math.floor(t * gaps.length), gaps.length - 1);
    return gaps[gap]!(ease(t * gaps.length - gap));
  };
}

function sample(map: ColourMap, samples: number, end: number): Uint8Array {
  const bytes = new Uint8Array(3 * samples);
  for (let i = 0; i < samples; i++) {
    const { r, g, b } = rgb(map(i / end));
    bytes.set([r, g, b].map(Math.round), 3 * i);
  }
  return bytes;
}

/** The colour at t in 0 to 1, linear between the two samples on either side. */
function colourOn({ bytes, closed }: Strip, t: number): Rgb {
  const samples = bytes.length / 3;
  const at = t * (closed ? samples : samples - 1);
  const low = Math.floor(at);
  const part = at - low;
  const a = 3 * (low % samples);
  const b = closed ? 3 * ((low + 1) % samples) : Math.min(3 * (low + 1), bytes.length - 3);
  const between = (channel: number) =>
    bytes[a + channel]! * (1 - part) + bytes[b + channel]! * part;
  return [between(0), between(1), between(2)];
}

/** 0 to 1 with slope 0 at both ends: t^2 (3 - 2 t). Gradients made of it have no creases. */
function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
