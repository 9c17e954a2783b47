/** Requests that come in a burst begin one after the other, with a look at the network in between. */

import { setImmediate } from "node:timers";

/**
 * Lets one request begin in each turn of the event loop. Deno hands over all requests that it has read in
 * one turn, and notices only between turns that a client has hung up: of 200 that came at once and left,
 * all would be begun before it is known that the first has gone (experiment web-6).
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  /** Resolves when it is the caller's turn; nothing, when it is now. */
  next(): Promise<void> | undefined {
    if (this.#taken) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#take();
    return undefined;
  }

  #take(): void {
    this.#taken = true;
    setImmediate(() => {
      this.#taken = false;
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#take();
      next();
    });
  }
}
