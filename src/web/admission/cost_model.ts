/** What a request will cost: predicted from its place and its iterations, by what others there took. */

import { LRUCache } from "lru-cache";
import type { TileAddress } from "../../plane/mod.ts";
import type { Iterations } from "../../render/mod.ts";

/** What a cost depends on. */
export interface Work {
  /** Zoom of the tile, or of the tile whose pixels are as small. */
  readonly z: number;
  /** Where it is known: tiles near each other take alike. */
  readonly address?: TileAddress;
  /** Samples. */
  readonly samples: number;
  readonly iterations: Iterations;
}

/** Neighbourhoods whose cost is remembered, and the zoom levels between one and its tiles. */
const NEIGHBOURHOODS = 4096;
const LEVELS = 2;

/** Bits of a neighbourhood's place that name it; two far apart may share a name, and only a guess. */
const NAME_BITS = 48;

/** How much a new measurement weighs in a running mean. */
const MEMORY = 0.25;

/** Milliseconds of one iteration: 10^9 a second and core, as the kernel makes them. */
const ITERATION = 1e-6;

/** Part of the iterations that a sample takes where nothing was measured: most points escape before. */
const TAKEN = 0.25;

/**
 * Predicts compute time. Best known are tiles of the neighbourhood, then tiles about as deep with about
 * as many iterations; where nothing was measured yet it is the iterations that are asked for.
 */
export class CostModel {
  /** Milliseconds a sample. */
  readonly #near = new LRUCache<string, number>({ max: NEIGHBOURHOODS });
  /** By depth and iterations, both to the next power of two: some hundred at most. */
  readonly #alike = new Map<string, number>();

  /** Compute time of all cores together, milliseconds. */
  predict(work: Work): number {
    const perSample = this.#near.get(nearOf(work) ?? "") ?? this.#alike.get(alikeOf(work)) ??
      ITERATION * TAKEN * likely(work);
    return perSample * work.samples;
  }

  /** Takes note of what work has cost, milliseconds. */
  learn(work: Work, cost: number): void {
    const perSample = cost / work.samples;
    const near = nearOf(work);
    if (near !== undefined) this.#near.set(near, mean(this.#near.get(near), perSample));
    const alike = alikeOf(work);
    this.#alike.set(alike, mean(this.#alike.get(alike), perSample));
  }
}

function mean(known: number | undefined, value: number): number {
  return known === undefined ? value : known + MEMORY * (value - known);
}

function nearOf({ address, iterations }: Work): string | undefined {
  if (address === undefined) return undefined;
  const { z, x, y } = address;
  const [column, row] = [x, y].map((n) => BigInt.asUintN(NAME_BITS, n >> BigInt(LEVELS)));
  return `${z} ${column} ${row} ${iterations}`;
}

function alikeOf({ z, iterations }: Work): string {
  const much = iterations === "auto" ? iterations : Math.ceil(Math.log2(iterations));
  return `${Math.ceil(Math.log2(z + 1))} ${much}`;
}

/** Iterations: those of `auto` grow about like this with the zoom. */
function likely({ z, iterations }: Work): number {
  return iterations === "auto" ? 512 + 64 * z : iterations;
}
