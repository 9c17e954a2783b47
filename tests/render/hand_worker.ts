/** A worker for reference orbits whose every slice is settled by hand, and points to refer to. */

import {
  advanceCycle,
  advanceNucleus,
  advanceOrbit,
  type CycleSearch,
  type NucleusSearch,
  type Orbit,
  orbitOf,
  type ReferencePoint,
  referencePointOf,
} from "../../src/fractal/mod.ts";
import { Exact, frameOfTile, TileAddress, tileAt } from "../../src/plane/mod.ts";
import type { TimedSearch, TimedSlice } from "../../src/render/local/orders.ts";
import type { ReferenceWorker } from "../../src/render/local/references.ts";

const TURNS = 20;

/** A slice that somebody waits for. */
interface Slice {
  readonly orbit: Orbit;
  readonly length: number;
  readonly signal: AbortSignal;
  /** Makes so many steps, or all that are wanted, and hands them over. */
  advance(steps?: number): void;
  fail(error: Error): void;
}

/** Iterates real orbits, when it is told to. Its tables are empty. */
export class HandWorker implements ReferenceWorker {
  /** What every slice is said to have taken. */
  static readonly milliseconds = 10;

  /** Whether slices come without being told. */
  byItself = false;
  /** Until when tables take to be built. */
  tables: Promise<void> = Promise.resolve();
  /** Addresses whose tables were begun. */
  readonly finished: number[] = [];
  /** Slices that were handed over. */
  slices = 0;
  readonly #asked: Slice[] = [];
  #changed = Promise.withResolvers<void>();

  /** Slices that are waited for. */
  get waiting(): number {
    return this.#asked.length;
  }

  /** Waits for the next slice to be asked for. */
  async next(): Promise<Slice> {
    await this.#until(() => this.#asked.length > 0);
    return this.#asked.shift()!;
  }

  /** Waits until so many tables were begun. */
  async building(count: number): Promise<void> {
    await this.#until(() => this.finished.length >= count);
  }

  /** Waits until everything that was set in motion is over. */
  async idle(): Promise<void> {
    for (let before = -1; before !== this.slices;) {
      before = this.slices;
      // A task comes after all promises that can settle.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Searches go on at once. */
  nucleus(search: NucleusSearch): Promise<TimedSearch<NucleusSearch>> {
    return Promise.resolve({
      search: advanceNucleus(search),
      milliseconds: HandWorker.milliseconds,
    });
  }

  cycle(search: CycleSearch): Promise<TimedSearch<CycleSearch>> {
    return Promise.resolve({ search: advanceCycle(search), milliseconds: HandWorker.milliseconds });
  }

  orbit(
    orbit: Orbit,
    length: number,
    { signal }: { signal: AbortSignal },
  ): Promise<TimedSlice> {
    const { promise, resolve, reject } = Promise.withResolvers<TimedSlice>();
    const advance = (steps = Infinity) => {
      this.slices++;
      const slice = advanceOrbit(orbit, Math.min(length, orbit.length + steps));
      resolve({ slice, milliseconds: HandWorker.milliseconds });
    };
    signal.addEventListener("abort", async () => {
      // A pool's call is over some turns after its signal, and others act in between.
      for (let turn = 0; turn < TURNS; turn++) await undefined;
      reject(signal.reason);
    });
    if (this.byItself) advance();
    else this.#asked.push({ orbit, length, signal, advance, fail: reject });
    this.#tell();
    return promise;
  }

  finish(at: number): Promise<void> {
    this.finished.push(at);
    this.#tell();
    return this.tables;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#changed.promise;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Zoom of the places: some way below where doubles end. */
const ZOOM = 60;

/**
 * A reference that neither escapes nor comes to rest, so that no two points of its orbit are the same;
 * another one for every number. It is next to the point where the orbit's multiplier is flipped by the
 * golden ratio.
 */
export function insidePoint(number: number): ReferencePoint {
  const { z, x, y } = tileAt(ZOOM, Exact.parse("-0.3905"), Exact.parse("-0.5867"));
  return pointOfTile(TileAddress.of(z, x + 64n * BigInt(number), y));
}

/** A reference that escapes after a few steps. */
export function escapingPoint(): ReferencePoint {
  return pointOfTile(tileAt(ZOOM, Exact.parse("0.5"), Exact.parse("0.5")));
}

function pointOfTile(address: TileAddress): ReferencePoint {
  return referencePointOf(frameOfTile(address, 256));
}

/** Z_1 and so on of its orbit, re and im in turn. */
export function orbitPoints({ re, im, bits }: ReferencePoint, length: number): Float64Array {
  return advanceOrbit(orbitOf(re, im, bits), length).points;
}
