// Where the views are: places of every kind that is hard to compute, found from a seed.

import { Exact } from "../../../src/plane/mod.ts";
import { integerIn, randomFrom } from "../../plane/random.ts";
import { type Complex, FixedPoint, minus, plus } from "./complex.ts";
import { borderPoint, type Minibrot, minibrotNear, misiurewiczNear, periodNear } from "./points.ts";

/** A view before anything is counted. */
export interface Place {
  readonly id: string;
  readonly kind: string;
  readonly re: Exact;
  readonly im: Exact;
  readonly span: Exact;
  /** Pixels a side. */
  readonly width: 32 | 33;
  /** The least limit of iterations; it is raised until a quarter of the pixels escape. */
  readonly iterations: number;
  readonly period: number | null;
  readonly note: string;
}

/** A Misiurewicz point: preperiod and period of its orbit, and about where it is. */
interface Base {
  readonly name: string;
  readonly about: readonly [number, number];
  readonly type: readonly [preperiod: number, period: number];
}

const TIP: Base = { name: "tip", about: [-2, 0], type: [2, 1] };
const I: Base = { name: "i", about: [0, 1], type: [2, 2] };
const M1543: Base = { name: "m1543", about: [-1.5437, 0], type: [3, 1] };
const M228: Base = { name: "m228", about: [-0.228, 1.115], type: [3, 1] };
const M101: Base = { name: "m101", about: [-0.101, 0.956], type: [4, 1] };
const M344: Base = { name: "m344", about: [0.344, 0.7006], type: [4, 1] };
const M1430: Base = { name: "m1430", about: [-1.4303576, 0], type: [5, 2] };
const M776: Base = { name: "m776", about: [-0.7756837, 0.1364674], type: [24, 2] };
const M034: Base = { name: "m034", about: [0.0344, 0.858], type: [5, 3] };

/**
 * How the minibrots are found: within 10^-near of a base, then `nested` times beside the one before. Of
 * each the views of the kinds that are named.
 */
interface Search {
  readonly base: Base;
  readonly near: number;
  readonly nested?: number;
  readonly kinds: readonly Kind[];
}

type Kind = "mini" | "near" | "bound" | "embed" | "corner";

const SEARCHES: readonly Search[] = [
  { base: TIP, near: 22, kinds: ["near", "bound"] },
  { base: TIP, near: 155, kinds: ["mini", "near"] },
  { base: TIP, near: 170, kinds: ["near"] },
  { base: TIP, near: 205, kinds: ["mini", "corner"] },
  { base: TIP, near: 252, kinds: ["mini", "near"] },
  { base: TIP, near: 330, kinds: ["mini", "near"] },
  { base: TIP, near: 480, kinds: ["mini"] },
  { base: TIP, near: 598, kinds: ["near"] },
  { base: I, near: 9, kinds: ["mini", "near", "embed"] },
  { base: I, near: 33, kinds: ["near", "embed", "bound", "corner"] },
  { base: I, near: 148, kinds: ["mini", "near", "embed", "bound"] },
  { base: I, near: 190, kinds: ["mini", "embed"] },
  { base: I, near: 245, kinds: ["near", "mini"] },
  { base: I, near: 420, kinds: ["mini"] },
  { base: M1543, near: 14, nested: 1, kinds: ["mini", "embed"] },
  { base: M1543, near: 60, nested: 1, kinds: ["mini", "near"] },
  { base: M1543, near: 149, kinds: ["mini", "embed"] },
  { base: M228, near: 30, nested: 1, kinds: ["mini", "embed", "bound"] },
  { base: M228, near: 95, nested: 1, kinds: ["mini", "near"] },
  { base: M228, near: 160, kinds: ["near", "corner"] },
  { base: M101, near: 12, nested: 2, kinds: ["mini", "embed"] },
  { base: M101, near: 55, nested: 2, kinds: ["mini"] },
  { base: M344, near: 20, nested: 3, kinds: ["mini", "embed"] },
  { base: M344, near: 152, kinds: ["mini", "bound"] },
  { base: M1430, near: 10, nested: 2, kinds: ["near", "bound"] },
  { base: M776, near: 8, nested: 1, kinds: ["mini", "embed"] },
  { base: M776, near: 40, kinds: ["bound", "corner"] },
  { base: M034, near: 75, nested: 1, kinds: ["embed", "mini"] },
];

/** Views centred at a base: -2 and i exactly, the others to the digits of the view. */
const CENTRED: readonly (readonly [base: Base, depth: number])[] = [
  [TIP, 13],
  [TIP, 145],
  [TIP, 310],
  [TIP, 1200],
  [I, 16],
  [I, 290],
  [I, 505],
  [I, 1000],
  [M1543, 19],
  [M1543, 300],
  [M228, 150],
  [M228, 460],
  [M101, 320],
  [M344, 700],
  [M1430, 27],
  [M776, 45],
  [M034, 390],
];

/** Views beside an exact point: so many pixels to the right and up. */
const BESIDE: readonly (readonly [base: Base, depth: number, right: number, up: number])[] = [
  [TIP, 14, 0, 3],
  [TIP, 250, 0, 1],
  [TIP, 296, 0, 5],
  [TIP, 520, 0, 2],
  [TIP, 305, 4, 0],
  [I, 293, 0, 3],
  [I, 150, 2, 0],
];

/** Views whose centre is a corner of four tiles at the zoom of the view, at an exact point. */
const CORNERS: readonly (readonly [base: Base, zoom: number])[] = [
  [TIP, 60],
  [TIP, 1004],
  [I, 1440],
  [TIP, 2700],
];

/** All places but those that doubles compute, in a fixed order: the same for a seed. */
export function* deepPlaces(seed: number): Generator<Place> {
  for (const [index, search] of SEARCHES.entries()) {
    yield* placesOf(search, randomFrom(seed + index));
  }
  for (const [base, depth] of CENTRED) yield centred(base, depth);
  for (const [base, depth, right, up] of BESIDE) yield beside(base, { depth, right, up });
  for (const [base, zoom] of CORNERS) yield tileCorner(base, zoom);
}

function* placesOf({ base, near, nested = 0, kinds }: Search, random: () => number) {
  // A minibrot 10^-k from its base is about 10^-2k large, and one beside another about 1.8 times as deep.
  const arithmetic = new FixedPoint(Math.ceil(3.33 * 2 * near * 1.85 ** nested) + 400);
  let mini = miniBeside(arithmetic, basePoint(arithmetic, base), {
    distance: arithmetic.ofDecimal(1, -near),
    real: base.about[1] === 0,
    random,
  });
  for (let k = 0; k < nested; k++) {
    mini = miniBeside(arithmetic, mini.nucleus, {
      distance: distanceFrom(mini, 0.8),
      real: false,
      random,
    });
  }
  for (const kind of kinds) {
    const family = nested > 0 ? "nest" : "mini";
    yield placeOf(kind, { mini, name: `${family}-${base.name}-${near}`, nested, random });
  }
}

/** A minibrot at about a distance from a point, in a random direction (to the right where it is real). */
function miniBeside(
  arithmetic: FixedPoint,
  point: Complex,
  { distance, real, random }: { distance: bigint; real: boolean; random: () => number },
): Minibrot {
  for (let attempt = 0; attempt < 100; attempt++) {
    const angle = real ? 0 : 2 * Math.PI * random();
    const away = 0.4 + 0.6 * random();
    const direction = arithmetic.of(away * Math.cos(angle), away * Math.sin(angle));
    const c = plus(point, arithmetic.times(direction, { x: distance, y: 0n }));
    const radius = distance / 4n;
    const period = periodNear(arithmetic, { c, radius, most: 20_000 });
    if (period === undefined) continue;
    const mini = minibrotNear(arithmetic, { c, period });
    if (mini === undefined) continue;
    const { x, y } = minus(mini.nucleus, c);
    const size = log10(arithmetic, mini.size);
    if (x * x + y * y > 4n * radius * radius || arithmetic.bits < -3.33 * size + 90) continue;
    return mini;
  }
  throw new Error("Cannot find a minibrot in 100 attempts");
}

/** |size|^share as a length. */
function distanceFrom({ arithmetic, size }: Minibrot, share: number): bigint {
  const exponent = share * log10(arithmetic, size);
  return arithmetic.ofDecimal(10 ** (exponent - Math.floor(exponent)), Math.floor(exponent));
}

function placeOf(
  kind: Kind,
  { mini, name, nested, random }: {
    mini: Minibrot;
    name: string;
    nested: number;
    random: () => number;
  },
): Place {
  const { arithmetic, nucleus, period, size } = mini;
  const depth = -log10(arithmetic, size);
  const beside = nested > 0 ? `, nested ${nested} deep` : "";
  const place = (
    what: { kind: string; centre: Complex; depth: number; width?: 33; periods: number },
    note: string,
  ): Place => ({
    ...centreOf(arithmetic, what.centre, what.depth),
    id: `${name}-p${period}-${kind}-e${Math.floor(what.depth)}`,
    kind: what.kind,
    width: what.width ?? 32,
    iterations: what.periods * period,
    period,
    note: note + beside,
  });
  switch (kind) {
    case "mini":
      return place({
        kind: nested > 0 ? "nested minibrot" : "minibrot",
        ...{ centre: nucleus, depth: depth - Math.log10(4), width: 33, periods: 14 },
      }, "centred on the nucleus, 4 sizes wide");
    case "near":
      return place({
        kind: "near minibrot",
        ...{ centre: nucleus, depth: depth * 0.94, periods: 8 },
      }, "10^(0.06 depth) sizes wide");
    case "bound": {
      const centre = borderPoint(mini, 0.1 + 0.8 * random());
      if (centre === undefined) throw new Error(`Cannot find the border of ${name}`);
      return place(
        { kind: "cardioid boundary", centre, depth: depth + 0.3 + 0.4 * random(), periods: 60 },
        "",
      );
    }
    case "embed": {
      // Halfway, in digits, between the minibrot and what it lies in; a lesser one is its centre.
      const share = 0.7 + 0.1 * random();
      const finer = new FixedPoint(2 * arithmetic.bits);
      const distance = finer.from({ x: distanceFrom(mini, share), y: 0n }, arithmetic.bits).x;
      const from = finer.from(nucleus, arithmetic.bits);
      const other = miniBeside(finer, from, { distance, real: false, random });
      const centre = arithmetic.from(other.nucleus, finer.bits);
      return place({
        kind: "embedded Julia",
        ...{ centre, depth: depth * share + 1, periods: 8 },
      }, "off a minibrot");
    }
    case "corner": {
      // The corner of tiles of the view's own size that is nearest to the nucleus.
      const zoom = Math.ceil(3.3219 * (depth * 0.94)) + 2;
      const shift = BigInt(arithmetic.bits + 2 - zoom);
      const nearest = (n: bigint) => (n + (1n << (shift - 1n))) >> shift << shift;
      const centre = { x: nearest(nucleus.x), y: nearest(nucleus.y) };
      return {
        ...place({ kind: "tile corner", centre, depth: depth * 0.94, periods: 8 }, ""),
        ...exactly(arithmetic, centre),
        span: tilesWide(zoom),
        note: "corner of four tiles, near a minibrot",
      };
    }
  }
}

function centred(base: Base, depth: number): Place {
  const arithmetic = new FixedPoint(Math.ceil(3.33 * depth) + 200);
  const point = basePoint(arithmetic, base);
  const isExact = base === TIP || base === I;
  return {
    ...(isExact
      ? { ...exactly(arithmetic, point), span: Exact.parse(`1e-${depth}`) }
      : centreOf(arithmetic, point, depth)),
    id: `${base.name}-centre-e${depth}`,
    kind: isExact ? "exact" : "Misiurewicz",
    width: 33,
    iterations: 6000,
    period: null,
    note: isExact ? "the centre pixel is the point exactly" : `preperiod, period: ${base.type}`,
  };
}

function beside(
  base: Base,
  { depth, right, up }: { depth: number; right: number; up: number },
): Place {
  const arithmetic = new FixedPoint(64);
  const { re, im } = exactly(arithmetic, basePoint(arithmetic, base));
  const step = Exact.parse(`1e-${depth + 1}`);
  return {
    id: `${base.name}-beside-${right}-${up}-e${depth}`,
    kind: "exact",
    re: re.plus(step.times(Exact.of(right))),
    im: im.plus(step.times(Exact.of(up))),
    span: step.times(Exact.of(33)),
    width: 33,
    iterations: 6000,
    period: null,
    note: `${right} pixels to the right of the point and ${up} above it`,
  };
}

function tileCorner(base: Base, zoom: number): Place {
  const arithmetic = new FixedPoint(64);
  return {
    ...exactly(arithmetic, basePoint(arithmetic, base)),
    id: `${base.name}-corner-z${zoom}`,
    kind: "tile corner",
    span: tilesWide(zoom),
    width: 32,
    iterations: 6000,
    period: null,
    note: "corner of four tiles",
  };
}

/** The width of two tiles, to seven digits. */
function tilesWide(zoom: number): Exact {
  return Exact.parse(Exact.powerOfTwo(3 - zoom).toDecimal(7));
}

/** Long orbits that doubles compute: beside necks and cusps, where most random views show nothing. */
export interface Neck {
  readonly name: string;
  /** Where on the border of the cardioid or of the disk of period 2. */
  readonly of: "cardioid" | "disk";
  /** The internal angle of the neck. */
  readonly angle: number;
  /** How far from it in internal angle, at most. */
  readonly within: number;
  /** Exponents of ten of the span. */
  readonly spans: readonly [wide: number, narrow: number];
}

export const NECKS: readonly Neck[] = [
  { name: "neck-2", of: "cardioid", angle: 0.5, within: 0.004, spans: [-7.6, -9] },
  { name: "neck-2b", of: "cardioid", angle: 0.5, within: 0.02, spans: [-9, -11] },
  { name: "cusp", of: "cardioid", angle: 0, within: 0.02, spans: [-7.6, -9.5] },
  { name: "cusp-b", of: "cardioid", angle: 0, within: 0.03, spans: [-9.5, -11] },
  { name: "neck-4", of: "disk", angle: 0.5, within: 0.01, spans: [-7.6, -9.5] },
  { name: "neck-4b", of: "disk", angle: 0.5, within: 0.01, spans: [-8.5, -9.5] },
];

/** A random centre near the border close to a neck, and a span: in doubles, which is what it is for. */
export function besideNeck(
  { of, angle, within, spans: [wide, narrow] }: Neck,
  random: () => number,
): { x: number; y: number; span: number } {
  const span = Number((10 ** (wide + (narrow - wide) * random())).toPrecision(3));
  const turn = 2 * Math.PI * (angle + within * (0.1 + 0.9 * random()));
  const [mx, my] = [Math.cos(turn), Math.sin(turn)];
  const border = of === "cardioid"
    ? [mx / 2 - (mx * mx - my * my) / 4, my / 2 - mx * my / 2]
    : [-1 + mx / 4, my / 4];
  const off = () => span * (2 * random() - 1) * integerIn(random, 1, 30);
  return { x: border[0]! + off(), y: border[1]! + off(), span };
}

/** The point to nearly all bits. */
function basePoint(arithmetic: FixedPoint, { about, type: [preperiod, period] }: Base): Complex {
  const [x, y] = about;
  const point = misiurewiczNear(arithmetic, { c: arithmetic.of(x, y), preperiod, period });
  if (point === undefined) throw new Error(`Cannot find the Misiurewicz point near ${about}`);
  return point;
}

/** A centre to 14 digits more than its view needs, and the view's span. */
function centreOf(
  arithmetic: FixedPoint,
  centre: Complex,
  depth: number,
): Pick<Place, "re" | "im" | "span"> {
  const { re, im } = exactly(arithmetic, centre);
  const places = 10n ** BigInt(Math.ceil(depth) + 14);
  const rounded = (value: Exact) => {
    const digits = value.times(Exact.of(places)).round();
    return Exact.parse(`${digits}e-${Math.ceil(depth) + 14}`);
  };
  const exponent = Math.floor(-depth);
  const mantissa = (10 ** (-depth - exponent)).toFixed(5);
  return { re: rounded(re), im: rounded(im), span: Exact.parse(`${mantissa}e${exponent}`) };
}

function exactly(arithmetic: FixedPoint, { x, y }: Complex): Pick<Place, "re" | "im"> {
  const value = (n: bigint) => Exact.of(n).timesPowerOfTwo(-arithmetic.bits);
  return { re: value(x), im: value(y) };
}

/** log10 |z|, nearly; -Infinity for what is below the last bit. */
function log10(arithmetic: FixedPoint, { x, y }: Complex): number {
  if (x === 0n && y === 0n) return -Infinity;
  const size = Exact.of(x * x + y * y);
  const exponent = size.log2Floor();
  const mantissa = size.timesPowerOfTwo(-exponent).toDouble();
  return (Math.log10(mantissa) + exponent * Math.log10(2)) / 2 -
    arithmetic.bits * Math.log10(2);
}
