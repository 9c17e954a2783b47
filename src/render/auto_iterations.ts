/** `iterations=auto`: how many iterations a place deserves, from its address alone. */

import {
  Exact,
  frameOfTile,
  OutsideWorldError,
  type TileAddress,
  tileAt,
  type View,
} from "../plane/mod.ts";
import type { Painter, Sampler } from "./sampler.ts";

/** Zoom levels that share one look at their ancestor. */
const LEVELS = 4;

/** Side of the coarse picture of the ancestor, pixels. */
const SIDE = 16;

/** Ancestors remembered. */
const REMEMBERED = 4096;

/** Iterations that every tile gets at least: more where one has zoomed in. */
function fewest(z: number): number {
  return 512 + 64 * z;
}

/** Iterations of the coarse picture, and so the most that a tile can get. */
function most(z: number): number {
  return 2000 + 3000 * z;
}

/** The share of escaped points that should be resolved well, and how far beyond their counts one looks. */
const RESOLVED = 0.95;
const MARGIN = 6;

/**
 * Chooses iterations by a coarse picture of the ancestor tile at the zoom rounded down to a multiple of
 * four: so all tiles in it agree, whatever was asked before.
 *
 *     clamp(6 q, 512 + 64 z, 2000 + 3000 z), rounded up to 2^k or 3/2 2^k
 *
 * where q is the count that 95 % of the escaping points stay below. The rounding makes neighbouring
 * ancestors mostly agree.
 */
export class AutoIterations {
  readonly #sampler: Sampler & Pick<Painter, "copyCounts">;
  readonly #choices = new Map<string, Promise<number>>();

  constructor(sampler: Sampler & Pick<Painter, "copyCounts">) {
    this.#sampler = sampler;
  }

  /** Iterations for a tile. */
  ofTile(address: TileAddress): Promise<number> {
    const levels = address.z % LEVELS;
    const ancestor = levels === 0 ? address : address.parent(levels);
    return this.#ofAncestor(ancestor);
  }

  /** Iterations for a view: those of the tile of its size in which its centre lies. */
  ofView({ re, im, span }: Pick<View, "re" | "im" | "span">): Promise<number> {
    const z = Math.max(0, Exact.of(4).dividedBy(span).log2Floor());
    try {
      return this.ofTile(tileAt(z, re, im));
    } catch (error) {
      if (!(error instanceof OutsideWorldError)) throw error;
      return Promise.resolve(fewest(z));
    }
  }

  #ofAncestor(ancestor: TileAddress): Promise<number> {
    const key = ancestor.toString();
    let choice = this.#choices.get(key);
    if (choice === undefined) {
      choice = this.#look(ancestor);
      choice.catch(() => this.#choices.delete(key));
      this.#choices.set(key, choice);
      const oldest = this.#choices.keys().next();
      if (this.#choices.size > REMEMBERED && !oldest.done) this.#choices.delete(oldest.value);
    }
    return choice;
  }

  // Not cancelled with the request that came first: its neighbours want the same answer.
  async #look(ancestor: TileAddress): Promise<number> {
    const iterations = most(ancestor.z);
    using samples = await this.#sampler.sample(frameOfTile(ancestor, SIDE), {
      iterations,
      fractions: false,
    });
    const escaped = this.#sampler.copyCounts(samples).filter((count) => count < iterations).sort();
    const typical = escaped[Math.floor(RESOLVED * (escaped.length - 1))] ?? 0;
    return roundUp(Math.min(iterations, Math.max(fewest(ancestor.z), MARGIN * typical)));
  }
}

/** The next of 1, 2, 3, 4, 6, 8, 12, 16, ... */
function roundUp(count: number): number {
  const power = 2 ** Math.floor(Math.log2(count));
  if (count === power) return power;
  return count <= 1.5 * power ? 1.5 * power : 2 * power;
}
