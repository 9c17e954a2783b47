/** `iterations=auto`: how many iterations a place deserves, from its place and pixel step alone. */

import { formulaOf, hasAttractingCycle, pathOf } from "../fractal/mod.ts";
import {
  columnsOf,
  Exact,
  type FractalSet,
  type Frame,
  frameOfTile,
  MANDELBROT,
  nameOfSet,
  OutsideWorldError,
  rowsOf,
  type TileAddress,
  tileAt,
  type View,
} from "../plane/mod.ts";
import { enough, farthest, FEW, fewest, most, roundUp, skipsSteps } from "./auto_ceilings.ts";
import { InFlight } from "./cache/in_flight.ts";
import { OrbitTooLongError } from "./local/references.ts";
import type { FrameRenderer } from "./frame_renderer.ts";

/** Zoom levels that share one look at their ancestor. */
const LEVELS = 4;

/** log2 of the pixels of a tile's side. */
const TILE_LOG2 = 8;

/** Side of the coarse picture of the ancestor, pixels; and of the first glance where none escaped. */
const SIDE = 16;
const GLANCE_SIDE = 4;

/** Ancestors remembered. */
const REMEMBERED = 4096;

/**
 * How much farther each further look goes, within what is tried at every place and beyond it; and the
 * share of points whose escape makes it worthwhile.
 */
const FARTHER = 4;
const MUCH_FARTHER = 16;
const WORTHWHILE = 0.05;

/** Quantiles of the counts of points that escape, and how far beyond the upper one an orbit may go. */
const UPPER = 0.95;
const LOWER = 0.05;
const SPREADS = 5;
const LEAST_MARGIN = 1.25;

/** What bounds a choice and the looks for it. */
export interface AutoOptions {
  /** The set; default: the Mandelbrot set. */
  readonly set?: FractalSet;
  readonly signal?: AbortSignal | undefined;
  /** The most that may be chosen; default: any number. */
  readonly limit?: number | undefined;
  /** Compute time of each look, milliseconds of all cores together; default: any. */
  readonly budget?: number | undefined;
}

/** What was chosen. */
export interface Chosen {
  readonly iterations: number;
  /**
   * Whether nothing, or next to nothing, was seen to escape within these iterations: fewer than one in
   * 64 points of the coarse picture, though they are as many as limits and budget allow to look for.
   * Not where all of the place is known to be inside the set, as far as it was looked at.
   */
  readonly capped: boolean;
  /** Compute time that the looks took, milliseconds; 0 if the choice was remembered. */
  readonly milliseconds: number;
}

/** What looks at a place have shown, whatever the limit. */
interface Seen {
  readonly wanted: number;
  /** The least iterations within which more than next to nothing escapes; 0 where nothing can. */
  readonly shows: number;
}

/** Counts of those points of a frame that escape, in order. */
interface Look {
  readonly counts: Uint32Array;
  /** Whether the frame is known to be inside the set as a whole. */
  readonly interior: boolean;
}

/**
 * Chooses iterations by a coarse picture of the ancestor tile at the zoom rounded down to a multiple of
 * four: so all tiles in it agree, whatever was asked before.
 *
 *     max(q + 5 (q - p), 5/4 q, 512 + 64 z), at most 2000 + 3000 z, rounded up to 2^k or 3/2 2^k
 *
 * where the counts of nine tenths of the escaping points lie between p and q. Deep down all counts of a
 * tile are large and close together, and what matters is how far apart they are. The rounding makes
 * neighbouring ancestors mostly agree. The coarse picture is made with a few iterations first, and with
 * more while that lets more points escape.
 *
 * Where fewer than one in 64 points escape within 2000 + 3000 z, and the others are not known to be
 * inside, it looks farther, up to `farthest(z)`:
 * where every step is made first at sixteen points, and at all of them once one of those escapes. What
 * such a look costs is bounded by what `farthest` is: 16 points of 1,572,864 steps are 25 ms. Where it
 * sees nothing the choice is what it would have been without.
 */
export class AutoIterations {
  readonly #frames: FrameRenderer;
  readonly #seen = new Map<string, Seen>();
  readonly #looks = new InFlight<Seen & { readonly milliseconds: number }>();

  constructor(frames: FrameRenderer) {
    this.#frames = frames;
  }

  /**
   * Iterations for a tile of 256 x 256 pixels, and for the same square with twice as many a side. Rejects
   * with the signal's reason once it aborts; a look at the ancestor goes on while another call waits for it.
   *
   * @throws {OverBudgetError} when a look takes more than the budget
   */
  async ofTile(address: TileAddress, options: AutoOptions = {}): Promise<Chosen> {
    const levels = address.z % LEVELS;
    const ancestor = levels === 0 ? address : address.parent(levels);
    const { limit = Infinity } = options;
    const { wanted, shows, milliseconds } = await this.#ofAncestor(ancestor, limit, options);
    const iterations = Math.min(wanted, limit);
    return { iterations, capped: iterations < shows, milliseconds };
  }

  /**
   * Iterations for a view: those of the tile in which its centre lies, at the zoom where tiles of 256
   * pixels a side have pixels as wide as the view's, or up to twice as wide. Its width and height do not
   * matter, nor do samples within a pixel: so a print of a map has what the map has.
   *
   * @throws {OverBudgetError} when a look takes more than the budget
   */
  async ofView(
    { re, im, span, width, set = MANDELBROT }: Pick<View, "re" | "im" | "span" | "width" | "set">,
    options: Omit<AutoOptions, "set"> = {},
  ): Promise<Chosen> {
    const pixels = Exact.of(4 * width).dividedBy(span).log2Floor();
    const z = Math.max(0, pixels - TILE_LOG2);
    try {
      return await this.ofTile(tileAt(z, re, im, formulaOf(set).window), { ...options, set });
    } catch (error) {
      if (!(error instanceof OutsideWorldError)) throw error;
      // All escapes there, nearly at once.
      const iterations = Math.min(fewest(z), options.limit ?? Infinity);
      return { iterations, capped: false, milliseconds: 0 };
    }
  }

  async #ofAncestor(
    ancestor: TileAddress,
    limit: number,
    { signal, budget, set = MANDELBROT }: AutoOptions,
  ): Promise<Seen & { readonly milliseconds: number }> {
    // A limit below what was looked for does not change what was seen.
    const bound = Math.max(most(ancestor.z), Math.min(limit, farthest(ancestor.z)));
    const key = `${nameOfSet(set)} ${ancestor} ${bound}`;
    const seen = this.#seen.get(key);
    if (seen !== undefined) return { ...seen, milliseconds: 0 };
    return await this.#looks.share(key, async (signal) => {
      const looks = new Looks(this.#frames, ancestor, { signal, set, budget });
      const seen = await looks.upTo(bound);
      this.#seen.set(key, seen);
      const oldest = this.#seen.keys().next();
      if (this.#seen.size > REMEMBERED && !oldest.done) this.#seen.delete(oldest.value);
      return { ...seen, milliseconds: looks.milliseconds };
    }, signal);
  }
}

/**
 * Looks at one ancestor, each farther than the one before. They end when no call waits for them any more, as
 * a deep one may be seconds of an orbit.
 */
class Looks {
  /** Compute time so far. */
  milliseconds = 0;
  readonly #frames: FrameRenderer;
  readonly #ancestor: TileAddress;
  readonly #set: FractalSet;
  readonly #bounds: Pick<AutoOptions, "signal" | "budget">;

  constructor(
    frames: FrameRenderer,
    ancestor: TileAddress,
    { set = MANDELBROT, ...bounds }: Pick<AutoOptions, "set" | "signal" | "budget">,
  ) {
    this.#frames = frames;
    this.#ancestor = ancestor;
    this.#set = set;
    this.#bounds = bounds;
  }

  /** @param bound iterations that are tried where next to nothing escapes before */
  async upTo(bound: number): Promise<Seen> {
    const { z } = this.#ancestor;
    const frame = this.#frame(SIDE);
    let escaped = 0;
    for (let iterations = fewest(z);; iterations = Math.min(most(z), FARTHER * iterations)) {
      const { counts, interior } = await this.#look(frame, iterations);
      if (interior) return { wanted: roundUp(fewest(z)), shows: 0 };
      const further = counts.length - escaped;
      escaped = counts.length;
      const settled = escaped >= FEW && !isWorthwhile(further);
      if (!settled && iterations < most(z)) continue;
      const seen = seenIn(counts, { z });
      return escaped >= FEW ? seen : await this.#beyond(frame, { iterations, bound, seen });
    }
  }

  /** Looks farther than at other places, which may show no more than what was seen before. */
  async #beyond(
    frame: Frame,
    before: { readonly iterations: number; readonly bound: number; readonly seen: Seen },
  ): Promise<Seen> {
    const { bound } = before;
    const { z } = this.#ancestor;
    const glance = this.#frame(GLANCE_SIDE);
    if (isSurelyInside(glance, bound)) return { ...before.seen, shows: 0 };
    let { seen } = before;
    let escaped = 0;
    let looked = before.iterations;
    try {
      while (looked < bound) {
        const iterations = Math.min(bound, MUCH_FARTHER * looked);
        const glanced = escaped === 0 && !skipsSteps(z)
          ? await this.#look(glance, iterations)
          : undefined;
        const { counts, interior } = glanced?.counts.length === 0
          ? glanced
          : await this.#look(frame, iterations);
        if (interior) return { ...before.seen, shows: 0 };
        looked = iterations;
        const further = counts.length - escaped;
        escaped = counts.length;
        if (escaped >= enough(z)) seen = seenIn(counts, { z, bound });
        if (escaped >= FEW && !isWorthwhile(further)) break;
      }
    } catch (error) {
      // There is less memory for orbits than usual: only what was looked at fits into it for certain.
      if (!(error instanceof OrbitTooLongError)) throw error;
      return { ...seen, wanted: Math.min(seen.wanted, looked) };
    }
    return seen;
  }

  #frame(side: number): Frame {
    const set = this.#set;
    return frameOfTile(this.#ancestor, side, { window: formulaOf(set).window, set });
  }

  async #look(frame: Frame, iterations: number): Promise<Look> {
    const { signal, budget } = this.#bounds;
    const { bytes, compute, arithmetic } = await this.#frames.render({
      ...{ frame, factor: 1, iterations, output: { format: "counts" } },
      ...(budget !== undefined && { budget }),
    }, { signal });
    this.milliseconds += compute;
    const counts = new Uint32Array(bytes.slice().buffer);
    return {
      counts: counts.filter((count) => count < iterations).sort(),
      interior: arithmetic.kind === "interior",
    };
  }
}

/** Whether all points of a frame have attracting cycles, where doubles can tell. */
function isSurelyInside(frame: Frame, iterations: number): boolean {
  if (frame.set.id !== "mandelbrot") return false;
  if (pathOf(frame, iterations).arithmetic !== "double") return false;
  const rows = rowsOf(frame);
  return columnsOf(frame).every((re) => rows.every((im) => hasAttractingCycle(re, im)));
}

/** Whether so many points more are reason enough to look still farther. */
function isWorthwhile(points: number): boolean {
  return points > WORTHWHILE * SIDE * SIDE;
}

/** @param at.bound the most that may be wanted, where it was looked at beyond what is usual */
function seenIn(counts: Uint32Array, { z, bound }: { z: number; bound?: number }): Seen {
  const at = (quantile: number) => counts[Math.floor(quantile * (counts.length - 1))] ?? 0;
  const upper = at(UPPER);
  const spread = Math.max(upper + SPREADS * (upper - at(LOWER)), LEAST_MARGIN * upper, fewest(z));
  const wanted = Math.ceil(spread);
  const last = counts[FEW - 1];
  return {
    wanted: bound === undefined
      ? roundUp(Math.min(most(z), wanted))
      : Math.min(bound, roundUp(wanted)),
    shows: last === undefined ? Infinity : last + 1,
  };
}
