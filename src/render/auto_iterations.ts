/** `iterations=auto`: how many iterations a place deserves, from its address alone. */

import {
  Exact,
  type Frame,
  frameOfTile,
  OutsideWorldError,
  type TileAddress,
  tileAt,
  type View,
} from "../plane/mod.ts";
import { InFlight } from "./in_flight.ts";
import type { Painter, Sampler } from "./sampler.ts";

/** Zoom levels that share one look at their ancestor. */
const LEVELS = 4;

/** Side of the coarse picture of the ancestor, pixels. */
const SIDE = 16;

/** Ancestors remembered. */
const REMEMBERED = 4096;

/** Iterations that every tile gets at least: more where one has zoomed in. */
function fewest(z: number): number {
  return Math.min(512 + 64 * z, affordable(z));
}

/** Iterations that are tried at most, and so about the most that a tile can get. */
function most(z: number): number {
  return Math.min(2000 + 3000 * z, affordable(z));
}

/** Milliseconds that a reference orbit may take for the sake of `auto`. */
const ORBIT_MILLISECONDS = 4000;

/**
 * Steps that a reference orbit for zoom z makes in that time, by a model of what a step costs: a sum
 * for the allocations, the additions and the products of numbers of z bits.
 */
function affordable(z: number): number {
  const microseconds = 0.2 + 3e-4 * z + 2.6e-7 * z * z;
  return Math.floor(1000 * ORBIT_MILLISECONDS / microseconds);
}

/** How much farther each further look goes, and the share of points whose escape makes it worthwhile. */
const FARTHER = 4;
const WORTHWHILE = 0.05;

/** Quantiles of the counts of points that escape, and how far beyond the upper one an orbit may go. */
const UPPER = 0.95;
const LOWER = 0.05;
const SPREADS = 5;
const LEAST_MARGIN = 1.25;

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
 */
export class AutoIterations {
  readonly #sampler: Sampler & Pick<Painter, "copyCounts">;
  readonly #choices = new Map<string, number>();
  readonly #looks = new InFlight<number>();

  constructor(sampler: Sampler & Pick<Painter, "copyCounts">) {
    this.#sampler = sampler;
  }

  /**
   * Iterations for a tile. Rejects with the signal's reason once it aborts; a look at the ancestor goes on
   * for as long as somebody waits for it.
   */
  ofTile(address: TileAddress, signal?: AbortSignal): Promise<number> {
    const levels = address.z % LEVELS;
    const ancestor = levels === 0 ? address : address.parent(levels);
    return this.#ofAncestor(ancestor, signal);
  }

  /** Iterations for a view: those of the tile of its size in which its centre lies. */
  ofView(
    { re, im, span }: Pick<View, "re" | "im" | "span">,
    signal?: AbortSignal,
  ): Promise<number> {
    const z = Math.max(0, Exact.of(4).dividedBy(span).log2Floor());
    try {
      return this.ofTile(tileAt(z, re, im), signal);
    } catch (error) {
      if (!(error instanceof OutsideWorldError)) throw error;
      return Promise.resolve(fewest(z));
    }
  }

  async #ofAncestor(ancestor: TileAddress, signal?: AbortSignal): Promise<number> {
    const key = ancestor.toString();
    return this.#choices.get(key) ?? await this.#looks.share(key, async (signal) => {
      const choice = await this.#look(ancestor, signal);
      this.#choices.set(key, choice);
      const oldest = this.#choices.keys().next();
      if (this.#choices.size > REMEMBERED && !oldest.done) this.#choices.delete(oldest.value);
      return choice;
    }, signal);
  }

  // A look ends with the last who waits for it: left alone, a deep one is seconds of an orbit for nobody.
  async #look(ancestor: TileAddress, signal: AbortSignal): Promise<number> {
    const { z } = ancestor;
    const frame = frameOfTile(ancestor, SIDE);
    let escaped = 0;
    for (let iterations = fewest(z);; iterations = Math.min(most(z), FARTHER * iterations)) {
      const counts = await this.#countsThatEscape(frame, { iterations, signal });
      const further = counts.length - escaped;
      escaped = counts.length;
      const settled = escaped > 0 && further <= WORTHWHILE * SIDE * SIDE;
      if (settled || iterations >= most(z)) return chosen(z, counts);
    }
  }

  /** The counts of those points of a frame that escape, in order. */
  async #countsThatEscape(
    frame: Frame,
    { iterations, signal }: { iterations: number; signal: AbortSignal },
  ): Promise<Uint32Array> {
    using samples = await this.#sampler.sample(frame, { iterations, fractions: false, signal });
    return this.#sampler.copyCounts(samples).filter((count) => count < iterations).sort();
  }
}

function chosen(z: number, counts: Uint32Array): number {
  const at = (quantile: number) => counts[Math.floor(quantile * (counts.length - 1))] ?? 0;
  const upper = at(UPPER);
  const wanted = Math.max(upper + SPREADS * (upper - at(LOWER)), LEAST_MARGIN * upper, fewest(z));
  return roundUp(Math.min(most(z), Math.ceil(wanted)));
}

/** The next of 1, 2, 3, 4, 6, 8, 12, 16, ... */
function roundUp(count: number): number {
  const power = 2 ** Math.floor(Math.log2(count));
  if (count === power) return power;
  return count <= 1.5 * power ? 1.5 * power : 2 * power;
}
