/** Workers that remember samples: another palette, or the mirrored tile, iterates nothing again. */

import type { Picture } from "../../image/mod.ts";
import { formulaOf } from "../../fractal/mod.ts";
import {
  fractionOf,
  type Frame,
  liesBelowTheAxis,
  mirrorOfFrame,
  nameOfSet,
} from "../../plane/mod.ts";
import { defer } from "../../pool/mod.ts";
import type { StoredEntry, TileStore } from "../../store/mod.ts";
import { FreshSamples } from "./fresh_samples.ts";
import { InFlight } from "./in_flight.ts";
import { nameOf } from "./names.ts";
import type { FileOptions, PaintOrder, Placed } from "../local/orders.ts";
import type {
  PaintedFile,
  Painter,
  Sampled,
  SampleMemory,
  SampleOptions,
  Sampler,
  SavedSamples,
} from "../sampler.ts";

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

/** Samples that were remembered, or that were computed just now. */
type Recalled = SavedSamples | FreshSamples;

/**
 * Samples frames by other workers and remembers what they computed, whatever look it was for.
 *
 * A frame whose middle lies below the real axis is computed as its mirror image above, upside down:
 * Mandelbrot set is symmetric, and so are its counts, bit for bit; of other sets their formula says it.
 */
export class RememberingWorkers implements Sampler, Painter {
  readonly #workers: Sampler & Painter & SampleMemory;
  readonly #stores: RememberedIn;
  readonly #inFlight = new InFlight<Recalled>();
  /** What was computed and is not in a store yet. */
  readonly #fresh = new Map<string, FreshSamples>();

  /** Owns neither the workers nor the stores. */
  constructor(workers: Sampler & Painter & SampleMemory, stores: RememberedIn) {
    this.#workers = workers;
    this.#stores = stores;
  }

  get mostSamples(): number {
    return this.#workers.mostSamples;
  }

  async sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { parentFrame, skips = true, picture } = options;
    // All bands of a picture the same way, as they have the same reference.
    const flipped = formulaOf(frame.set).symmetry === "real axis" &&
      liesBelowTheAxis(parentFrame ?? frame);
    const upright = flipped ? mirrorOfFrame(frame) : frame;
    const wished = flipped && picture ? { ...options, picture: { ...picture, flipped } } : options;
    const samples = parentFrame === undefined && skips && frame.width * frame.height <= MOST_SAMPLES
      ? await this.#recall(upright, wished)
      : await this.#workers.sample(upright, {
        ...wished,
        ...(parentFrame && { parentFrame: flipped ? mirrorOfFrame(parentFrame) : parentFrame }),
      });
    return flipped
      ? { ...samples, flipped, [Symbol.dispose]: () => samples[Symbol.dispose]() }
      : samples;
  }

  /** The samples out of a store, out of work under way, or computed now. */
  async #recall(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { fractions, signal } = options;
    const key = keyOf(frame, options);
    let own: FreshSamples | undefined;
    const recalled = await this.#inFlight.share(
      fractions ? key : `${key} counts`,
      async (signal): Promise<Recalled> => {
        const kept = await this.#find(key, frame, options);
        signal.throwIfAborted();
        return kept ?? (own = await this.#compute(key, frame, { ...options, signal }));
      },
      signal,
    );
    // They lie where they were computed for whoever had them computed, and are copied for others.
    if (own !== undefined) return own.lend();
    if (!(recalled instanceof FreshSamples)) return await this.#workers.place(recalled, signal);
    const { milliseconds } = recalled;
    return { ...await this.#workers.place(recalled.save(), signal), milliseconds };
  }

  async #find(
    key: string,
    { width, height }: Frame,
    { iterations, fractions }: SampleOptions,
  ): Promise<SavedSamples | undefined> {
    const { memory, disk } = this.#stores;
    const fresh = this.#fresh.get(key);
    if (fresh !== undefined && (fresh.hasFractions || !fractions)) {
      return asRemembered(fresh.save());
    }
    const near = memory.peek(key);
    const entry = near ?? await disk.get(key);
    if (entry === undefined) return undefined;
    const note = JSON.parse(entry.note) as Note;
    if (fractions && !note.fractions) return undefined;
    if (near === undefined) void memory.put(key, entry);
    return { width, height, iterations, bytes: entry.bytes, ...note };
  }

  /** Computes samples. They are remembered from now on, and stored once whoever asked is served. */
  async #compute(key: string, frame: Frame, options: SampleOptions): Promise<FreshSamples> {
    const samples = await this.#workers.sample(frame, options);
    const fresh = new FreshSamples(samples, (samples) => this.#workers.save(samples));
    // What was dear is not to be lost with the process.
    const isDear = fresh.milliseconds >= DEAR;
    if (isDear) this.#keep(key, fresh);
    else this.#fresh.set(key, fresh);
    // Copying them takes half a millisecond (2026-11), for which nobody is to wait.
    defer(() => {
      if (!isDear) this.#keep(key, fresh);
      if (this.#fresh.get(key) === fresh) this.#fresh.delete(key);
      fresh.release();
    });
    return fresh;
  }

  #keep(key: string, fresh: FreshSamples): void {
    const { bytes, fractions, arithmetic } = asRemembered(fresh.save());
    const { memory, disk } = this.#stores;
    const entry: StoredEntry = {
      bytes,
      note: JSON.stringify({ fractions, arithmetic } satisfies Note),
    };
    void memory.put(key, entry);
    if (fresh.milliseconds >= DEAR) void disk.put(key, entry, { compress: true });
  }

  paint(
    order: PaintOrder,
    options: FileOptions,
    signal?: AbortSignal,
  ): Promise<PaintedFile> {
    return this.#workers.paint(order, options, signal);
  }

  pixels(order: PaintOrder, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#workers.pixels(order, signal);
  }

  encode(
    picture: Picture,
    options: FileOptions,
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

/** Whoever remembers samples has not waited for their orbit. */
function asRemembered(saved: SavedSamples): SavedSamples {
  const { arithmetic } = saved;
  if (arithmetic.kind !== "perturbation") return saved;
  return { ...saved, arithmetic: { ...arithmetic, orbit: 0 } };
}

/** Names everything that a sample depends on. */
function keyOf({ re, im, step, width, height, set }: Frame, { iterations }: SampleOptions): string {
  return nameOf(
    "samples",
    ...(set.id === "mandelbrot" ? [] : [nameOfSet(set)]),
    fractionOf(re),
    fractionOf(im),
    fractionOf(step),
    width,
    height,
    iterations,
  );
}
