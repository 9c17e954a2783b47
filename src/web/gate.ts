/** The gate before the workers: so many requests at a time, so many that wait, in order. */

import { BusyError } from "./problem.ts";

/** Seconds that `Retry-After` says at most. */
const LONGEST_WAIT = 60;

/** How much a new measurement weighs in the running mean of service times. */
const MEMORY = 0.1;

/** Admits `concurrency` requests at a time and lets `queue` wait; more are refused at once. */
export class Gate {
  readonly #concurrency: number;
  readonly #queue: number;
  #waiting: PromiseWithResolvers<void>[] = [];
  #inside = 0;
  #closed = false;
  /** Running mean of what a request takes inside, milliseconds. */
  #mean = 50;

  constructor({ concurrency, queue }: { readonly concurrency: number; readonly queue: number }) {
    this.#concurrency = concurrency;
    this.#queue = queue;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get inside(): number {
    return this.#inside;
  }

  /** Whether it refuses everything. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Refuses everything from now on. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Runs the work when its turn comes.
   *
   * @throws {BusyError} at once, when the queue is full or the gate is closed
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closed) throw new BusyError("The server is shutting down", 1);
    if (this.#inside >= this.#concurrency) await this.#turn(signal);
    else this.#inside++;
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#mean += MEMORY * (performance.now() - began - this.#mean);
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside--;
      else next.resolve();
    }
  }

  /** Waits in line; whoever leaves hands over the place. */
  async #turn(signal?: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.#queue) {
      const drain = this.#mean * (this.#waiting.length + 1) / this.#concurrency / 1000;
      const seconds = Math.max(1, Math.min(LONGEST_WAIT, Math.ceil(drain)));
      throw new BusyError(`The queue is full: ${this.#queue} requests wait`, seconds, {
        limit: "queue",
        allowed: this.#queue,
      });
    }
    const turn = Promise.withResolvers<void>();
    const abandon = () => {
      this.#waiting = this.#waiting.filter((other) => other !== turn);
      turn.reject(signal?.reason);
    };
    this.#waiting.push(turn);
    signal?.addEventListener("abort", abandon, { once: true });
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
  }
}
