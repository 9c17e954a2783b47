/** Samples that were computed just now: lent to whoever had them computed, and saved when that one is served. */

import type { Sampled, SavedSamples } from "../sampler.ts";

/** Samples in shared memory that somebody uses and somebody else has yet to save. */
export class FreshSamples {
  readonly #samples: Sampled;
  readonly #copy: (samples: Sampled) => SavedSamples;
  #saved: SavedSamples | undefined;
  /** Whoever made them is the first. */
  #holders = 1;

  /** @param copy copies them out of shared memory */
  constructor(samples: Sampled, copy: (samples: Sampled) => SavedSamples) {
    this.#samples = samples;
    this.#copy = copy;
  }

  /** Compute time that they took, milliseconds of all cores together. */
  get milliseconds(): number {
    return this.#samples.milliseconds;
  }

  get hasFractions(): boolean {
    return this.#samples.fractions !== 0;
  }

  /** A copy of them, the same one every time. */
  save(): SavedSamples {
    return this.#saved ??= this.#copy(this.#samples);
  }

  /** They themselves, where they lie. Their memory is given back when all holders have released them. */
  lend(): Sampled {
    this.#holders++;
    let held = true;
    const giveBack = () => {
      if (held) this.release();
      held = false;
    };
    return { ...this.#samples, [Symbol.dispose]: giveBack };
  }

  /** Whoever made them is done with them. */
  release(): void {
    if (--this.#holders === 0) this.#samples[Symbol.dispose]();
  }
}
