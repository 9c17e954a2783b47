/** Tells one worker which sweep of the board it is to work at. */

import { allocateRing, BYTES, type Reader, Ring } from "../sync/ring.ts";
import { MAILBOX } from "./task_flags.ts";
import { NOT_YET } from "../sync/wait.ts";

/** What a worker is told besides what stands on the board. */
export interface PostedOrder {
  /** Where the sweep stands, bytes. */
  readonly at: number;
  /** The order's flag, and the rest as a `SweepOrder` has it. */
  readonly slot: number;
  readonly worker: number;
  readonly slice: number;
  readonly longest: number;
}

const WORDS = 5;

/** Orders for one worker, from its parent, in the order in which they were given. */
export class OrderRing {
  readonly #ring: Ring;

  /** A new ring, or a look at one that is there. */
  constructor(buffer?: SharedArrayBuffer) {
    const words = MAILBOX * (WORDS + 1);
    this.#ring = new Ring(buffer ?? allocateRing({ maxItems: MAILBOX, maxBytes: 8 * words }));
  }

  get buffer(): SharedArrayBuffer {
    return this.#ring.buffer;
  }

  /** The parent gives an order. Returns whether there was room for it. */
  put({ at, slot, worker, slice, longest }: PostedOrder): boolean {
    const words = Float64Array.of(at, slot, worker, slice, longest);
    return this.#ring.tryWrite(BYTES, new Uint8Array(words.buffer));
  }

  /** The parent is about to give an order: the worker is to be awake by then. */
  announce(): void {
    this.#ring.announce();
  }

  /** The worker takes the next one, if there is one. */
  take(): PostedOrder | undefined {
    const order = this.#ring.tryRead(orders);
    return order === NOT_YET ? undefined : order;
  }

  /** Whether there is none. */
  get empty(): boolean {
    return this.#ring.count === 0;
  }

  /** Tells the worker whenever there may be something, until nothing is left. */
  listen(told: () => void): Promise<void> {
    return this.#ring.listen(() => (told(), true));
  }
}

const orders: Reader<PostedOrder> = {
  place: (_form, length) => new Uint8Array(length),
  finish(_form, bytes) {
    const [at, slot, worker, slice, longest] = new Float64Array(bytes.buffer) as unknown as Words;
    return { at, slot, worker, slice, longest };
  },
};

type Words = readonly [at: number, slot: number, worker: number, slice: number, longest: number];
