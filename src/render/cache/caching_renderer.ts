/** A renderer that remembers samples: another palette, or the mirrored tile, iterates nothing again. */

import { formulaOf } from "../../fractal/mod.ts";
import { type Frame, liesBelowTheAxis, mirrorOfFrame } from "../../plane/mod.ts";
import { defer } from "../../pool/mod.ts";
import type { StoredEntry, TileStore } from "../../store/mod.ts";
import type {
  FrameOptions,
  FrameRenderer,
  FrameRequest,
  RenderedFrame,
} from "../frame_renderer.ts";
import { frameToWire } from "../frame_wire.ts";
import { type Finisher, renderHere } from "../local/render_here.ts";
import type { RenderWorkers } from "../local/render_workers.ts";
import type { Sampled, SampleOptions, SavedSamples } from "../local/samples.ts";
import type { Computed } from "../observed_renderer.ts";
import { FreshSamples } from "./fresh_samples.ts";
import { InFlight } from "./in_flight.ts";
import { nameOf } from "./names.ts";

/** Workers in this process, and the ways out of their memory and back. */
export type SamplingWorkers =
  & Finisher
  & Pick<RenderWorkers, "computed" | "sample" | "save" | "place">;

/** Where samples are kept. Each may be a store that keeps nothing. */
export interface SampleStores {
  readonly memory: TileStore;
  readonly disk: TileStore;
}

/** Samples of a frame at most that are remembered: those of a 1024 x 1024 picture, 8 MiB. */
const MOST_SAMPLES = 2 ** 20;

/**
 * Compute time, milliseconds of all cores together, from which samples go to the disk too: what is
 * cheaper is computed again as fast as it is read (experiment render-5).
 */
const DEAR = 50;

/** Samples that were remembered, or that were computed just now. */
type Recalled = SavedSamples | FreshSamples;

/**
 * Renders frames by workers in this process and remembers the samples, whatever look they were for.
 *
 * Where the set is symmetric, a frame whose middle lies below the real axis is computed as its mirror image
 * above, upside down: counts are symmetric too, bit for bit.
 */
export class CachingRenderer implements FrameRenderer {
  readonly #workers: SamplingWorkers;
  readonly #stores: SampleStores;
  readonly #inFlight = new InFlight<Recalled>();
  /** What was computed and is not in a store yet. */
  readonly #fresh = new Map<string, FreshSamples>();

  /** Owns neither the workers nor the stores. */
  constructor(workers: SamplingWorkers, stores: SampleStores) {
    this.#workers = workers;
    this.#stores = stores;
  }

  /** What was computed so far. */
  get computed(): Computed {
    return this.#workers.computed;
  }

  render(request: FrameRequest, options?: FrameOptions): Promise<RenderedFrame> {
    const sample = this.sample.bind(this);
    return renderHere({ sample, workers: this.#workers }, request, options);
  }

  /** Samples a frame, by its mirror image where that lies above the real axis of a symmetric set. */
  async sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { parentFrame } = options;
    // All bands of a picture the same way, as they have the same reference.
    const isMirrored = formulaOf(frame.set).symmetry === "real axis" &&
      liesBelowTheAxis(parentFrame ?? frame);
    if (!isMirrored) return await this.#recall(frame, options);
    const samples = await this.#recall(mirrorOfFrame(frame), {
      ...options,
      flipped: true,
      parentFrame: parentFrame && mirrorOfFrame(parentFrame),
    });
    return { ...samples, flipped: true, [Symbol.dispose]: () => samples[Symbol.dispose]() };
  }

  /** The samples out of a store, out of work under way, or computed now. */
  async #recall(frame: Frame, options: SampleOptions): Promise<Sampled> {
    const { iterations, fractions, signal, parentFrame } = options;
    if (parentFrame !== undefined || frame.width * frame.height > MOST_SAMPLES) {
      return await this.#workers.sample(frame, options);
    }
    const key = keyOf(frame, iterations);
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
    // The caller that had them computed uses them where they lie; others get a copy.
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

  /** Computes samples. They can be found from now on, and are stored once the request is answered. */
  async #compute(key: string, frame: Frame, options: SampleOptions): Promise<FreshSamples> {
    const samples = await this.#workers.sample(frame, options);
    const fresh = new FreshSamples(samples, (samples) => this.#workers.save(samples));
    // What was dear is not to be lost with the process.
    const isDear = fresh.milliseconds >= DEAR;
    if (isDear) this.#keep(key, fresh);
    else this.#fresh.set(key, fresh);
    // The copy takes half a millisecond (experiment render-6).
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
}

/** What is noted of samples. */
type Note = Pick<SavedSamples, "fractions" | "arithmetic">;

/** Samples that are remembered took no orbit. */
function asRemembered(saved: SavedSamples): SavedSamples {
  const { arithmetic } = saved;
  if (arithmetic.kind !== "perturbation") return saved;
  return { ...saved, arithmetic: { ...arithmetic, orbit: 0 } };
}

/** Names everything that a sample depends on. */
function keyOf(frame: Frame, iterations: number): string {
  const { re, im, step, width, height, set } = frameToWire(frame);
  return nameOf("samples", ...(set ? [set] : []), re, im, step, width, height, iterations);
}
