/** Samples that were computed just now: in use where they lie, and yet to be copied to a store. */

import type { Sampled, SavedSamples } from "../local/samples.ts";

/** Samples in shared memory with several holders; their memory is given back after the last of them. */
export class FreshSamples {
  readonly #samples: Sampled;
  readonly #copy: (samples: Sampled) => SavedSamples;
  #saved: SavedSamples | undefined;
  /** The maker, and those to whom they were lent. */
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

  /** They themselves, where they lie; disposed of, they are held by one less. */
  lend(): Sampled {
    this.#holders++;
    let held = true;
    const giveBack = () => {
      if (held) this.release();
      held = false;
    };
    return { ...this.#samples, [Symbol.dispose]: giveBack };
  }

  /** The maker has no use for them any more. */
  release(): void {
    if (--this.#holders === 0) this.#samples[Symbol.dispose]();
  }
}
