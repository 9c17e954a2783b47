/** Workers that are watched: what they did is counted, and each part of it is a span. */

import type { Picture } from "../image/mod.ts";
import type { Frame } from "../plane/mod.ts";
import type { FileOptions, PaintOrder, Placed } from "./local/orders.ts";
import type {
  Checked,
  PaintedFile,
  Painter,
  Sampled,
  SampleMemory,
  SampleOptions,
  Sampler,
  SavedSamples,
} from "./sampler.ts";
import { inSpan, pastSpan } from "./spans.ts";

/** What workers have done since somebody watches them. */
export interface WorkDone extends Computed {
  /** Frames sampled: tiles, bands of pictures, and the coarse looks of `auto`. */
  readonly frames: number;
  /** Files encoded. */
  readonly files: number;
  /** Perturbed frames that were compared with exact arithmetic, or should have been, by what came of it. */
  readonly checked: Readonly<Record<Checked, number>>;
}

/** What computing has taken, whether a frame came of it or its client hung up in the middle. */
export interface Computed {
  /** Compute time of frames, reference orbits and exact points, milliseconds of all cores together. */
  readonly milliseconds: number;
  /**
   * Steps that pixels and exact points took, of these those with any number of bits; of perturbed pixels
   * those that were made and not skipped.
   */
  readonly iterations: number;
}

/** Workers that tell what they have computed. */
export type Observable = Sampler & Painter & SampleMemory & { readonly computed: Computed };

/** Asks other workers, counts what they do, and tells OpenTelemetry of it. */
export class ObservedWorkers implements Sampler, Painter, SampleMemory {
  readonly #workers: Observable;
  readonly #before: Computed;
  readonly #done = { frames: 0, files: 0 };
  readonly #checked = { passed: 0, unchecked: 0, recomputed: 0 };

  /** Does not own the workers. */
  constructor(workers: Observable) {
    this.#workers = workers;
    this.#before = { ...workers.computed };
  }

  /** What was done so far. A frame counts once it is whole; what it takes counts as it is computed. */
  get done(): WorkDone {
    const { milliseconds, iterations } = this.#workers.computed;
    return {
      ...this.#done,
      checked: { ...this.#checked },
      milliseconds: milliseconds - this.#before.milliseconds,
      iterations: iterations - this.#before.iterations,
    };
  }

  get mostSamples(): number {
    return this.#workers.mostSamples;
  }

  sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    return inSpan("compute", async (span) => {
      const samples = await this.#workers.sample(frame, options);
      const { file, arithmetic } = samples;
      this.#done.frames++;
      if (arithmetic.kind === "perturbation" && arithmetic.checked !== undefined) {
        this.#checked[arithmetic.checked]++;
      }
      if (file !== undefined) {
        this.#done.files++;
        pastSpan("encode", file.colour + file.encode);
      }
      if (span.isRecording()) {
        const { milliseconds, width, height, steps: iterations } = samples;
        const { kind } = arithmetic;
        span.setAttributes({ width, height, iterations, milliseconds, arithmetic: kind });
      }
      return samples;
    });
  }

  paint(
    order: PaintOrder,
    options: FileOptions,
    signal?: AbortSignal,
  ): Promise<PaintedFile> {
    return this.#encoding(() => this.#workers.paint(order, options, signal));
  }

  pixels(order: PaintOrder, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#workers.pixels(order, signal);
  }

  encode(
    picture: Picture,
    options: FileOptions,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#encoding(() => this.#workers.encode(picture, options, signal));
  }

  npy(samples: Placed, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#encoding(() => this.#workers.npy(samples, signal));
  }

  copyCounts(samples: Placed): Uint32Array<ArrayBuffer> {
    return this.#workers.copyCounts(samples);
  }

  save(samples: Sampled): SavedSamples {
    return this.#workers.save(samples);
  }

  place(saved: SavedSamples, signal?: AbortSignal): Promise<Sampled> {
    return this.#workers.place(saved, signal);
  }

  #encoding<T>(work: () => Promise<T>): Promise<T> {
    return inSpan("encode", async () => {
      const file = await work();
      this.#done.files++;
      return file;
    });
  }
}
