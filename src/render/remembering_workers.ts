/** Workers that remember samples: another palette, or the mirrored tile, iterates nothing again. */

import { createHash } from "node:crypto";
import type { Picture, PictureOptions } from "../image/mod.ts";
import { type Frame, liesBelowTheAxis, mirrorOfFrame } from "../plane/mod.ts";
import type { StoredEntry, TileStore } from "../store/mod.ts";
import { ALGORITHM } from "./algorithm.ts";
import { InFlight } from "./in_flight.ts";
import type { PaintOrder, Placed } from "./orders.ts";
import type {
  PaintedFile,
  Painter,
  Sampled,
  SampleMemory,
  SampleOptions,
  Sampler,
  SavedSamples,
} from "./sampler.ts";

/** Where samples are kept. Each may be a store that keeps nothing. */
export interface RememberedIn {
  readonly memory: TileStore;
  readonly disk: TileStore;
}

/** Samples of a frame at most that are remembered: those of a 1024 x 1024 picture, 8 MiB. */
const MOST_SAMPLES = 2 ** 20;

/**
 * Compute time, milliseconds of all cores together, from which samples go to the disk too. Deflated
 * they take 7 to 52 times the bytes of the tile's PNG, and up to 7 ms to inflate (2026-11, three
 * tiles): what is cheaper than a few of these is computed again.
 */
const DEAR = 50;

/** Samples, and what computing them took just now: 0 when they were remembered. */
interface Recalled {
  readonly saved: SavedSamples;
  readonly milliseconds: number;
}

/**
 * Samples frames by other workers and remembers what they computed, whatever look it was for.
 *
 * A frame whose middle lies below the real axis is computed as its mirror image above, and its rows
 * turned over: the set is symmetric, and so are its counts, bit for bit.
 */
export class RememberingWorkers implements Sampler, Painter {
  readonly #workers: Sampler & Painter & SampleMemory;
  readonly #stores: RememberedIn;
  readonly #inFlight = new InFlight<Recalled>();

  /** Owns neither the workers nor the stores. */
  constructor(workers: Sampler & Painter & SampleMemory, stores: RememberedIn) {
    this.#workers = workers;
    this.#stores = stores;
  }

  get mostSamples(): number {
    return this.#workers.mostSamples;
  }

  async sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { whole, skips = true } = options;
    // All bands of a picture the same way, as they have the same reference.
    const below = liesBelowTheAxis(whole ?? frame);
    const turned = below ? mirrorOfFrame(frame) : frame;
    const samples = whole === undefined && skips && frame.width * frame.height <= MOST_SAMPLES
      ? await this.#recall(turned, options)
      : await this.#workers.sample(turned, {
        ...options,
        ...(whole && { whole: below ? mirrorOfFrame(whole) : whole }),
      });
    if (below) this.#workers.turnOver(samples);
    return samples;
  }

  /** The samples out of a store, out of work under way, or computed now; in memory of their own. */
  async #recall(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { fractions, signal } = options;
    const key = keyOf(frame, options);
    const { saved, milliseconds } = await this.#inFlight.share(
      fractions ? key : `${key} counts`,
      async (signal) => {
        const kept = await this.#find(key, frame, options);
        signal.throwIfAborted();
        return kept ?? await this.#compute(key, frame, { ...options, signal });
      },
      signal,
    );
    return { ...await this.#workers.place(saved, signal), milliseconds };
  }

  async #find(
    key: string,
    { width, height }: Frame,
    { iterations, fractions }: SampleOptions,
  ): Promise<Recalled | undefined> {
    const { memory, disk } = this.#stores;
    const near = memory.peek(key);
    const entry = near ?? await disk.get(key);
    if (entry === undefined) return undefined;
    const note = JSON.parse(entry.note) as Note;
    if (fractions && !note.fractions) return undefined;
    if (near === undefined) void memory.put(key, entry);
    return { saved: { width, height, iterations, bytes: entry.bytes, ...note }, milliseconds: 0 };
  }

  async #compute(key: string, frame: Frame, options: SampleOptions): Promise<Recalled> {
    using samples = await this.#workers.sample(frame, options);
    const saved = this.#workers.save(samples);
    const { milliseconds } = samples;
    const { memory, disk } = this.#stores;
    const { fractions, arithmetic } = saved;
    // Whoever remembers it has not waited for its orbit.
    const told = arithmetic.kind === "perturbation" ? { ...arithmetic, orbit: 0 } : arithmetic;
    const note = JSON.stringify({ fractions, arithmetic: told } satisfies Note);
    const entry: StoredEntry = { bytes: saved.bytes, note };
    void memory.put(key, entry);
    if (milliseconds >= DEAR) void disk.put(key, entry, { compress: true });
    return { saved, milliseconds };
  }

  paint(
    order: PaintOrder,
    options: PictureOptions,
    signal?: AbortSignal,
  ): Promise<PaintedFile> {
    return this.#workers.paint(order, options, signal);
  }

  pixels(order: PaintOrder, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#workers.pixels(order, signal);
  }

  encode(
    picture: Picture,
    options: PictureOptions,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#workers.encode(picture, options, signal);
  }

  npy(samples: Placed, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#workers.npy(samples, signal);
  }

  copyCounts(samples: Placed): Uint32Array<ArrayBuffer> {
    return this.#workers.copyCounts(samples);
  }
}

/** What is noted of samples. */
type Note = Pick<SavedSamples, "fractions" | "arithmetic">;

/** Everything that a sample depends on, of any length, in 43 characters. */
function keyOf({ re, im, step, width, height }: Frame, { iterations }: SampleOptions): string {
  const place = [re, im, step].map((value) => value.toFraction().map((n) => n.toString(16)));
  return createHash("sha256")
    .update(JSON.stringify([ALGORITHM, "samples", place, width, height, iterations]))
    .digest("base64url");
}
