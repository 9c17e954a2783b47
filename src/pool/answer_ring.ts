/** The quick way of answers: shared memory, which wakes a worker's parent sooner than a message does. */

import { anything } from "./channel.ts";
import { encode } from "./encode.ts";
import { allocateRing, Ring, VALUE } from "./ring.ts";
import { NOT_YET } from "./wait.ts";
import type { Answer } from "./wire.ts";

/** Bytes that answers may take until they are read: a few tiles' files. */
const BYTES = 2 ** 18;

/**
 * Answers of one worker, between itself and its parent. A message to an idle parent takes 0.3 ms, an
 * answer in here half of that (30 kB, two shared Zen 3 cores, 2026-11-28).
 */
export class AnswerRing {
  readonly #ring: Ring;

  /** A new ring, or a look at one that is there. */
  constructor(buffer?: SharedArrayBuffer) {
    this.#ring = new Ring(buffer ?? allocateRing({ maxItems: 2 ** 31 - 1, maxBytes: BYTES }));
  }

  get buffer(): SharedArrayBuffer {
    return this.#ring.buffer;
  }

  /** The worker answers. Returns whether it could: not what is too large, or cannot be encoded. */
  put(answer: Answer): boolean {
    try {
      return this.#ring.tryWrite(VALUE, encode(answer, this.#ring.maxMessage));
    } catch {
      return false;
    }
  }

  /** The parent takes what is there. */
  *taken(): Generator<Answer> {
    for (;;) {
      const answer = this.#ring.tryRead(anything);
      if (answer === NOT_YET) return;
      yield answer as Answer;
    }
  }

  /** Tells the parent whenever there may be something, until it says that it listens no more. */
  async listen(told: () => boolean): Promise<void> {
    const { readers } = this.#ring;
    for (;;) {
      const seen = readers.arm();
      if (!told()) return;
      const sleep = Atomics.waitAsync(readers.cells, readers.index, seen);
      if (sleep.async) await sleep.value;
    }
  }

  /** Wakes the parent, for it to say that it listens no more. */
  wake(): void {
    this.#ring.readers.wake();
  }
}
