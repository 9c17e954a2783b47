/** What reference orbits show of where they are: whether a frame is inside, and a shorter reference. */

import {
  type Approach,
  type CycleSearch,
  isProven,
  mayBeWithin,
  nucleusPointOf,
  nucleusReach,
  type NucleusSearch,
  nucleusSearch,
  type Orbit,
  type ReferencePoint,
  wayToProve,
} from "../../fractal/mod.ts";
import type { Frame } from "../../plane/mod.ts";
import { OverBudgetError } from "../../pool/mod.ts";
import { InFlight } from "../cache/in_flight.ts";
import type { TimedSearch } from "./orders.ts";

/** What searches: a worker, one slice at a time. */
export interface SearchWorker {
  /** Goes on with a search for about so many milliseconds, and says how many it was. */
  nucleus(search: NucleusSearch, options: SliceOptions): Promise<TimedSearch<NucleusSearch>>;
  cycle(search: CycleSearch, options: SliceOptions): Promise<TimedSearch<CycleSearch>>;
}

/** How long a slice takes, about, and until when it is wanted. */
export interface SliceOptions {
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** What bounds a search. */
export interface SearchBounds {
  readonly signal?: AbortSignal | undefined;
  /** Compute time, milliseconds; default: any. */
  readonly budget?: number | undefined;
}

/** A length of an orbit at which it is looked at. */
export interface Survey {
  readonly length: number;
  /**
   * Whether the orbit has just come nearer to 0, so that a frame may be inside; or it has not for long, so
   * that it may have a period.
   */
  readonly after: "approach" | "pause";
  /** The approaches up to there. */
  readonly approaches: readonly Approach[];
}

/** Milliseconds of one slice: a worker is free for others in between. */
export const SLICE = 20;

/** Regions that are remembered: an orbit's last point and its approaches, some kilobytes. */
const REMEMBERED = 512;

/** What is known of a reference point, though its orbit may have made room for others. */
interface Region {
  readonly orbit: Orbit;
  /** By period: the nucleus near it as a reference, or undefined where there is none. */
  readonly nuclei: Map<number, ReferencePoint | undefined>;
}

/** What an orbit is for. */
interface OrbitUse {
  /** The orbit as far as the caller knows it. */
  readonly known?: Orbit;
  /** How long it has to be. */
  readonly length: number;
  /** The length up to which it has been looked at. */
  readonly from: number;
  /** Whose reference it is. */
  readonly frame?: Frame;
}

type KnownOrbit = Pick<OrbitUse, "length" | "from" | "frame"> & { readonly orbit: Orbit };

/** What came of it. */
interface Insight {
  /** The length up to which the orbit has been looked at. */
  readonly from: number;
  /** Compute time, milliseconds: to prove that something is inside, and to search a nucleus. */
  readonly proving: number;
  readonly searching: number;
  /** Whether the whole frame is inside. */
  readonly inside?: true;
  /** A nucleus that serves as the reference. */
  readonly nucleus?: ReferencePoint;
}

/** An answer, and the compute time that it took. */
interface Found<T> {
  readonly value: T;
  readonly milliseconds: number;
}

/**
 * The surveys of an orbit up to `iterations`, from the one after the length `from` on. They depend on the
 * orbit alone, not on how long it has become for the sake of others.
 */
export function surveysOf({ course }: Orbit, iterations: number, from = 0): Survey[] {
  const { approaches, surveys } = course;
  const lengths = [
    ...approaches.map(({ index }) => ({ length: index, after: "approach" as const })),
    ...surveys.map((length) => ({ length, after: "pause" as const })),
  ];
  return lengths.filter(({ length }) => length > from && length <= iterations)
    .sort((a, b) => a.length - b.length)
    .map(({ length, after }) => {
      return { length, after, approaches: approaches.filter(({ index }) => index <= length) };
    });
}

/** Remembers what orbits have shown, and lets workers follow it up. */
export class Surveys {
  readonly #worker: SearchWorker;
  /** By the points' keys, least recently used first. */
  readonly #regions = new Map<string, Region>();
  readonly #searches = new InFlight<Found<ReferencePoint | undefined>>();

  constructor(worker: SearchWorker) {
    this.#worker = worker;
  }

  /** Remembers how far a point's orbit has been iterated. */
  note({ key }: ReferencePoint, orbit: Orbit): void {
    const region = this.#regions.get(key);
    if (region !== undefined && region.orbit.length >= orbit.length) return;
    this.#regions.delete(key);
    this.#regions.set(key, { orbit, nuclei: region?.nuclei ?? new Map() });
    const oldest = this.#regions.keys().next();
    if (this.#regions.size > REMEMBERED && !oldest.done) this.#regions.delete(oldest.value);
  }

  /** Whether an orbit shows something that is worth to be followed up. */
  hasLeads(point: ReferencePoint, { orbit, length, from, frame }: KnownOrbit): boolean {
    if (point.period !== undefined) return false;
    return surveysOf(orbit, length, from).some(({ after, approaches }) => {
      if (after === "approach") {
        return frame !== undefined && wayToProve(frame, point, approaches) !== undefined;
      }
      return approaches.some((approach) => mayBeWithin(approach, nucleusReach(point)));
    });
  }

  /** Follows up what the longest orbit that is known of a point shows, until something comes of it. */
  async followUp(
    point: ReferencePoint,
    { known, length, from, frame }: OrbitUse,
    { signal, budget = Infinity }: SearchBounds,
  ): Promise<Insight> {
    let [proving, searching] = [0, 0];
    if (point.period !== undefined) return { from, proving, searching };
    const left = () => ({ signal, budget: budget - proving - searching });
    const noted = this.#regions.get(point.key)?.orbit;
    const orbit = (known?.length ?? 0) > (noted?.length ?? 0) ? known : noted;
    for (const survey of orbit === undefined ? [] : surveysOf(orbit, length, from)) {
      const { after, approaches } = survey;
      from = survey.length;
      if (after === "approach") {
        if (frame === undefined) continue;
        const proof = await this.#inside(frame, { point, approaches }, left());
        proving += proof.milliseconds;
        if (proof.value) return { from, proving, searching, inside: true };
        continue;
      }
      const nucleus = await this.#nucleus(point, approaches, left());
      searching += nucleus.milliseconds;
      if (nucleus.value !== undefined) return { from, proving, searching, nucleus: nucleus.value };
    }
    return { from, proving, searching };
  }

  /** Whether the whole frame is inside, in the copy of the set that the last approach is of. */
  async #inside(
    frame: Frame,
    { point, approaches }: {
      readonly point: ReferencePoint;
      readonly approaches: readonly Approach[];
    },
    { signal = new AbortController().signal, budget = Infinity }: SearchBounds,
  ): Promise<Found<boolean>> {
    const advance = (search: CycleSearch) =>
      this.#worker.cycle(search, { milliseconds: SLICE, signal });
    let milliseconds = 0;
    const parts = wayToProve(frame, point, approaches);
    for (const { part, search } of parts ?? []) {
      const left = { signal, budget: budget - milliseconds };
      const found = await searched(search, advance, left);
      milliseconds += found.milliseconds;
      if (!isProven({ part, search: found.value })) return { value: false, milliseconds };
    }
    return { value: parts !== undefined, milliseconds };
  }

  /** A nucleus near the point, as a reference for the same frames. */
  async #nucleus(
    point: ReferencePoint,
    approaches: readonly Approach[],
    { signal, budget = Infinity }: SearchBounds,
  ): Promise<Found<ReferencePoint | undefined>> {
    let milliseconds = 0;
    for (const approach of approaches) {
      if (!mayBeWithin(approach, nucleusReach(point))) continue;
      const nuclei = this.#regions.get(point.key)?.nuclei;
      let value = nuclei?.get(approach.index);
      if (!nuclei?.has(approach.index)) {
        const left = budget - milliseconds;
        // A search with another budget would have to be given up at another time.
        const found = await this.#searches.share(
          `${point.key}/${approach.index}/${left}`,
          (signal) => this.#searchNucleus(point, approach, { signal, budget: left }),
          signal,
        );
        milliseconds += found.milliseconds;
        value = found.value;
        this.#regions.get(point.key)?.nuclei.set(approach.index, value);
      }
      if (value !== undefined) return { value, milliseconds };
    }
    return { value: undefined, milliseconds };
  }

  async #searchNucleus(
    point: ReferencePoint,
    approach: Approach,
    bounds: { readonly signal: AbortSignal; readonly budget: number },
  ): Promise<Found<ReferencePoint | undefined>> {
    const { signal } = bounds;
    const advance = (search: NucleusSearch) =>
      this.#worker.nucleus(search, { milliseconds: SLICE, signal });
    const begin = nucleusSearch(point, approach, nucleusReach(point));
    const { value, milliseconds } = await searched(begin, advance, bounds);
    if (value.state !== "found") return { value: undefined, milliseconds };
    const { period, orbit: { re, im } } = value;
    return { value: nucleusPointOf(point, { re, im, period }), milliseconds };
  }
}

/** Goes on with a search to its end. */
async function searched<S extends { readonly state: string; readonly period: number }>(
  search: S,
  advance: (search: S) => Promise<TimedSearch<S>>,
  { signal, budget }: { readonly signal: AbortSignal; readonly budget: number },
): Promise<Found<S>> {
  let value = search;
  let milliseconds = 0;
  while (value.state === "searching") {
    signal.throwIfAborted();
    if (milliseconds > budget) {
      throw new OverBudgetError(
        `Cannot look for a period of ${search.period} steps within the budget of compute time`,
      );
    }
    const timed = await advance(value);
    value = timed.search;
    milliseconds += timed.milliseconds;
  }
  return { value, milliseconds };
}
