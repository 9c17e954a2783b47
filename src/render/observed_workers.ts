/** Workers that are watched: what they did is counted, and each part of it is a span. */

import type { Picture, PictureOptions } from "../image/mod.ts";
import type { Frame } from "../plane/mod.ts";
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
import { inSpan } from "./spans.ts";

/** What workers have done since they started. */
export interface WorkDone {
  /** Frames sampled: tiles, bands of pictures, and the coarse looks of `auto`. */
  readonly frames: number;
  /** Compute time of those frames, milliseconds of all cores together. */
  readonly milliseconds: number;
  /** Iterations that their pixels took; of perturbed ones those that were made and not skipped. */
  readonly iterations: number;
  /** Files encoded. */
  readonly files: number;
}

/** Asks other workers, counts what they do, and tells OpenTelemetry of it. */
export class ObservedWorkers implements Sampler, Painter, SampleMemory {
  readonly #workers: Sampler & Painter & SampleMemory;
  readonly #done = { frames: 0, milliseconds: 0, iterations: 0, files: 0 };

  /** Does not own the workers. */
  constructor(workers: Sampler & Painter & SampleMemory) {
    this.#workers = workers;
  }

  /** What was done so far. A frame counts once it is whole: not when its client hung up in the middle. */
  get done(): WorkDone {
    return { ...this.#done };
  }

  get mostSamples(): number {
    return this.#workers.mostSamples;
  }

  async sample(frame: Frame, options: SampleOptions): Promise<Sampled> {
    return await inSpan("compute", async (span) => {
      const samples = await this.#workers.sample(frame, options);
      const { milliseconds, width, height, arithmetic } = samples;
      const iterations = this.#iterationsOf(samples);
      this.#done.frames++;
      this.#done.milliseconds += milliseconds;
      this.#done.iterations += iterations;
      if (span.isRecording()) {
        const { kind } = arithmetic;
        span.setAttributes({ width, height, iterations, milliseconds, arithmetic: kind });
      }
      return samples;
    });
  }

  /** Adding up the counts of a tile takes some 60 us (measured), a hundredth of computing the lightest. */
  #iterationsOf(samples: Sampled): number {
    if (samples.arithmetic.kind === "perturbation") return samples.arithmetic.made;
    let sum = 0;
    for (const count of this.#workers.copyCounts(samples)) sum += count;
    return sum;
  }

  paint(
    order: PaintOrder,
    options: PictureOptions,
    signal?: AbortSignal,
  ): Promise<PaintedFile> {
    return this.#encoding(() => this.#workers.paint(order, options, signal));
  }

  pixels(order: PaintOrder, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#workers.pixels(order, signal);
  }

  encode(
    picture: Picture,
    options: PictureOptions,
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

  turnOver(samples: Placed): void {
    this.#workers.turnOver(samples);
  }

  async #encoding<T>(work: () => Promise<T>): Promise<T> {
    return await inSpan("encode", async () => {
      const file = await work();
      this.#done.files++;
      return file;
    });
  }
}
