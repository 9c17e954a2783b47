/** The reference orbits that the workers share: computed once for a region, lengthened when need be. */

import {
  exactPoint,
  type NearZeroPoint,
  type Orbit,
  orbitOf,
  type PlacedReference,
  pointsOf,
  referenceBytes,
  type ReferencePoint,
  type ReferenceShape,
  writeNearZeroPoints,
  writePoints,
} from "../../fractal/mod.ts";
import { type Arena, OverBudgetError, type Region } from "../../pool/mod.ts";
import type { Frame } from "../../plane/mod.ts";
import { InFlight } from "../cache/in_flight.ts";
import type { TimedSlice } from "./orders.ts";
import { type SearchWorker, SLICE, type SliceOptions, Surveys } from "./surveys.ts";

/** What computes: a worker, one slice at a time. */
export interface ReferenceWorker extends SearchWorker {
  /** Iterates an orbit for about so many milliseconds, and says how many it was. */
  orbit(orbit: Orbit, length: number, options: SliceOptions): Promise<TimedSlice>;
  /** Builds the tables of a reference whose points are in place. */
  finish(at: number, shape: ReferenceShape, reach: number): Promise<unknown>;
}

/** A reference in use: it stays where it is until disposed of. */
export interface HeldReference extends PlacedReference, Disposable {
  readonly inside: false;
  /** The point that differences are measured from: the one asked for, or a nucleus nearby. */
  readonly point: ReferencePoint;
  /** Points of its orbit, and whether that escaped. */
  readonly length: number;
  readonly escaped: boolean;
  /** Compute time that went into it for this request, milliseconds; 0 when it was there. */
  readonly milliseconds: number;
  /** Compute time that went into the question whether its frame is inside, which it is not. */
  readonly proving: number;
}

/** No reference, for there is nothing to iterate: all of the frame lies inside the set. */
export interface InsideFrame extends Disposable {
  readonly inside: true;
  /** Compute time that the proof took, milliseconds. */
  readonly milliseconds: number;
}

/** What bounds a wait for a reference. */
export interface HoldOptions {
  readonly signal?: AbortSignal | undefined;
  /** Compute time, milliseconds; default: any. */
  readonly budget?: number | undefined;
  /** What the reference is for: if all of it proves to lie inside, no reference is needed. */
  readonly frame?: Frame;
}

/** An orbit is longer than there is memory for. */
export class OrbitTooLongError extends RangeError {
  override name = "OrbitTooLongError";
  /** Bytes that there are for references. */
  readonly allowed: number;

  constructor(length: number, allowed: number) {
    super(
      `Cannot keep a reference orbit of ${length} points: there are ${allowed} bytes for references`,
    );
    this.allowed = allowed;
  }
}

/** A reference's place in memory. It is given back when it has been replaced and is not in use. */
interface Placement {
  readonly region: Region;
  users: number;
  replaced: boolean;
}

/** A request that waits for an orbit to be lengthened. */
interface Waiting {
  readonly budget: number;
  /** Whether the orbit has shown something that may spare it to go on. */
  readonly hasLeads: (orbit: Orbit) => boolean;
  /** Rejects the request with this error. */
  readonly refuse: (error: OverBudgetError) => void;
}

interface Entry {
  readonly point: ReferencePoint;
  orbit: Orbit;
  nearZero: readonly NearZeroPoint[];
  placement?: Placement;
  /** Its points, where they had to make room for others while the orbit is being lengthened. */
  points?: Float64Array;
  /** The requests that wait for it to be lengthened; it is, while there are any. */
  readonly waiting: Set<Waiting>;
}

/** The references in a part of the shared memory; those not used for longest make room. */
export class References {
  readonly #memory: WebAssembly.Memory;
  readonly #arena: Arena;
  readonly #worker: ReferenceWorker;
  readonly #surveys: Surveys;
  /** By key, least recently used first. */
  readonly #entries = new Map<string, Entry>();
  /** Orbits that are being lengthened, by key; each resolves to the milliseconds that it took. */
  readonly #growths = new InFlight<number>();

  constructor(memory: WebAssembly.Memory, arena: Arena, worker: ReferenceWorker) {
    this.#memory = memory;
    this.#arena = arena;
    this.#worker = worker;
    this.#surveys = new Surveys(worker);
  }

  /** References that are kept, and the bytes that they take. */
  get counters(): { readonly kept: number; readonly bytes: number } {
    return { kept: this.#entries.size, bytes: this.#arena.used };
  }

  /**
   * Waits for a point's orbit of at least `iterations` points (or up to its escape), computing what is
   * missing; for the orbit of a nucleus nearby instead, once around, where the point's does not end for
   * long; or for the proof that the frame is inside. Which of them is a function of the point, the
   * iterations and the frame. Requests for the same share the work, which ends when all of them are
   * aborted.
   *
   * @throws {OverBudgetError} when the orbit takes more than the budget
   * @throws {OrbitTooLongError} when there is not enough memory for it
   */
  hold(
    point: ReferencePoint,
    iterations: number,
    options: HoldOptions & { readonly frame: Frame },
  ): Promise<HeldReference | InsideFrame>;
  hold(point: ReferencePoint, iterations: number, options?: HoldOptions): Promise<HeldReference>;
  async hold(
    point: ReferencePoint,
    iterations: number,
    options: HoldOptions = {},
  ): Promise<HeldReference | InsideFrame> {
    const { signal, budget = Infinity, frame } = options;
    const length = point.period ?? iterations;
    if (point.period !== undefined) {
      this.#requireRoom({ length, nearZero: 0, floatexp: point.floatexp });
    }
    let milliseconds = 0;
    let proving = 0;
    let from = 0;
    const left = () => ({ signal, budget: budget - milliseconds - proving });
    try {
      for (;;) {
        signal?.throwIfAborted();
        const survey = { length, from, ...(frame && { frame }) };
        const known = this.#entries.get(point.key)?.orbit;
        const seen = await this.#surveys.followUp(
          point,
          { ...survey, ...(known && { known }) },
          left(),
        );
        ({ from } = seen);
        proving += seen.proving;
        milliseconds += seen.searching;
        if (seen.inside) {
          return { inside: true, milliseconds: milliseconds + proving, [Symbol.dispose]: () => {} };
        }
        if (seen.nucleus !== undefined) {
          const held = await this.hold(seen.nucleus, iterations, left());
          return { ...held, proving, milliseconds: held.milliseconds + milliseconds };
        }
        const entry = this.#entryOf(point);
        const { placement, orbit } = entry;
        if (placement !== undefined && (orbit.ended || orbit.length >= length)) {
          return { ...this.#lend(entry, placement, milliseconds), proving };
        }
        const hasLeads = (orbit: Orbit) => this.#surveys.hasLeads(point, { ...survey, orbit });
        milliseconds += await this.#grown(entry, length, { ...left(), hasLeads });
      }
    } catch (error) {
      // What was meant for this one may be room for others.
      this.#makeRoom();
      throw error;
    }
  }

  #entryOf(point: ReferencePoint): Entry {
    const { key, re, im, bits } = point;
    const entry = this.#entries.get(key) ??
      { point, orbit: orbitOf(re, im, bits), nearZero: [], waiting: new Set() };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #lend({ point, orbit }: Entry, placement: Placement, milliseconds: number): HeldReference {
    placement.users++;
    const exact = exactPoint(point);
    let held = true;
    return {
      inside: false,
      point,
      at: placement.region.at,
      x: exact.re.toDouble(),
      y: exact.im.toDouble(),
      unit: point.floatexp ? point.reach : 0,
      length: orbit.length,
      escaped: orbit.ended && orbit.period === 0,
      milliseconds,
      proving: 0,
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        placement.users--;
        release(placement);
        // What is not used any more is memory for requests that wait for some.
        if (placement.users === 0) this.#makeRoom();
      },
    };
  }

  /** Waits for an orbit to be lengthened, together with the other requests for it. */
  async #grown(
    entry: Entry,
    length: number,
    { signal, budget = Infinity, hasLeads }: HoldOptions & Pick<Waiting, "hasLeads">,
  ): Promise<number> {
    const refused = new AbortController();
    const waiting = { budget, hasLeads, refuse: (error: Error) => refused.abort(error) };
    const signals = signal === undefined ? [refused.signal] : [signal, refused.signal];
    entry.waiting.add(waiting);
    try {
      return await this.#growths.share(
        entry.point.key,
        (signal) => this.#grow(entry, length, signal),
        AbortSignal.any(signals),
      );
    } finally {
      entry.waiting.delete(waiting);
      const { key } = entry.point;
      const useless = entry.placement === undefined && entry.waiting.size === 0;
      if (useless && this.#entries.get(key) === entry) this.#entries.delete(key);
    }
  }

  /**
   * Lengthens an orbit and moves it to where there is room; returns the milliseconds that it took. Once
   * it is given up it leaves the entry alone: another may have begun to lengthen it.
   */
  async #grow(entry: Entry, length: number, signal: AbortSignal): Promise<number> {
    const { point, waiting } = entry;
    const { floatexp, reach } = point;
    let { orbit, nearZero } = entry;
    const slices: Float64Array[] = [];
    let milliseconds = 0;
    while (orbit.length < length && !orbit.ended) {
      signal.throwIfAborted();
      const timed = await this.#worker.orbit(orbit, length, { milliseconds: SLICE, signal });
      signal.throwIfAborted();
      milliseconds += timed.milliseconds;
      slices.push(timed.slice.points);
      orbit = timed.slice.orbit;
      nearZero = [...nearZero, ...timed.slice.nearZero];
      this.#requireRoom({ length: orbit.length, nearZero: nearZero.length, floatexp });
      refuseOverBudget(waiting, { milliseconds, orbit, length });
      this.#surveys.note(point, orbit);
      if (waiting.values().some(({ hasLeads }) => hasLeads(orbit))) break;
    }
    const shape = {
      length: orbit.length,
      nearZero: nearZero.length,
      floatexp,
      period: orbit.period,
    };
    const region = await this.#allocate(shape, signal);
    const { at } = region;
    try {
      let from = 1;
      for (const points of [this.#pointsOf(entry), ...slices]) {
        writePoints(this.#memory, { at, from }, points);
        from += points.length / 2;
      }
      writeNearZeroPoints(this.#memory, { at, length: orbit.length }, nearZero);
      await this.#worker.finish(at, shape, reach);
      signal.throwIfAborted();
    } catch (error) {
      region[Symbol.dispose]();
      throw error;
    }
    const old = entry.placement;
    entry.placement = { region, users: 0, replaced: false };
    entry.orbit = orbit;
    entry.nearZero = nearZero;
    delete entry.points;
    if (old !== undefined) replace(old);
    return milliseconds;
  }

  #pointsOf({ placement, points, orbit }: Entry): Float64Array {
    if (placement === undefined) return points ?? new Float64Array();
    return pointsOf(this.#memory, placement.region.at, orbit.length);
  }

  #requireRoom(shape: ReferenceShape): void {
    const { capacity } = this.#arena;
    if (referenceBytes(shape) > capacity) throw new OrbitTooLongError(shape.length, capacity);
  }

  #allocate(shape: ReferenceShape, signal: AbortSignal): Promise<Region> {
    const region = this.#arena.allocate(referenceBytes(shape), signal);
    this.#makeRoom();
    return region;
  }

  /** Gives up unused references, the least recently used first, while a request waits for memory. */
  #makeRoom(): void {
    for (const [key, entry] of this.#entries) {
      if (!this.#arena.crowded) return;
      const { placement } = entry;
      if (placement === undefined || placement.users > 0) continue;
      // One that is being lengthened would else wait for the room that it takes itself.
      if (entry.waiting.size === 0) this.#entries.delete(key);
      else entry.points = this.#pointsOf(entry).slice();
      delete entry.placement;
      replace(placement);
    }
  }
}

/** Refuses the requests whose budget is used up. */
function refuseOverBudget(
  waiting: Iterable<Waiting>,
  { milliseconds, orbit, length }: { milliseconds: number; orbit: Orbit; length: number },
): void {
  for (const { budget, refuse } of waiting) {
    if (milliseconds <= budget) continue;
    refuse(
      new OverBudgetError(
        `Cannot compute the reference orbit within ${budget / 1000} s: it is ` +
          `${orbit.bits} bits deep, and ${orbit.length} of ${length} points took that long`,
      ),
    );
  }
}

function replace(placement: Placement): void {
  placement.replaced = true;
  release(placement);
}

function release(placement: Placement): void {
  if (placement.replaced && placement.users === 0) placement.region[Symbol.dispose]();
}
