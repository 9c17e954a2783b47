/** The admission before the workers: so many requests at a time, so many that wait, by priority. */

import { setImmediate } from "node:timers";
import { promisify } from "node:util";
import { emptySpan, inSpan } from "../../render/mod.ts";
import { DrainRate } from "./drain_rate.ts";
import type { LimitName } from "../request/limits.ts";
import { BusyError } from "../http/problem.ts";

/** Every so many turns the oldest request is next, so that none waits for ever. */
const FAIR_TURN = 4;

/** What decides whose turn it is. */
export interface AdmissionRequest {
  /** Whether it is for a file and not for a screen; default false. */
  readonly bulk?: boolean;
  /** Compute time that it is thought to take, milliseconds; default 0. */
  readonly cost?: number;
}

/** Resolves when everything that has come in by now has been heard. */
const endOfTurn = promisify(setImmediate);

/** A request that waits. */
interface Waiting {
  readonly bulk: boolean;
  /** Costs within a factor of four are alike: predictions are not better than that. */
  readonly price: number;
  readonly turn: PromiseWithResolvers<void>;
}

/**
 * Admits `concurrency` requests at a time and lets `queue` wait. What is on a screen goes before what is
 * in bulk, then cheap before dear, then new before old: the newest is still looked at. When the
 * queue is full a request is refused at once: a bulky one that waits, where one for a screen comes, else
 * the one that comes.
 */
export class Admission {
  readonly #concurrency: number;
  readonly #queue: number;
  readonly #limit: LimitName | undefined;
  readonly #rate = new DrainRate();
  /** In order of arrival. */
  #waiting: Waiting[] = [];
  #inside = 0;
  #turns = 0;
  #closed = false;
  #refused = 0;

  /** @param limit the setting that bounds the queue, which refusals name; default: none does */
  constructor(
    { concurrency, queue }: { readonly concurrency: number; readonly queue: number },
    limit?: LimitName,
  ) {
    this.#limit = limit;
    this.#concurrency = concurrency;
    this.#queue = queue;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get inside(): number {
    return this.#inside;
  }

  /** How many were refused since it was made because too many waited. */
  get refused(): number {
    return this.#refused;
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
   * @throws {BusyError} at once, when the queue is full or admission is closed; and as soon as somebody
   *   else takes its place in the queue
   */
  async run<T>(
    work: () => Promise<T>,
    signal?: AbortSignal,
    request: AdmissionRequest = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.#closed) throw new BusyError("The server is shutting down", 1);
    const waits = this.#inside >= this.#concurrency;
    if (waits) await inSpan("queue", () => this.#wait(request, signal));
    else this.#enter();
    try {
      // When many hang up at once, each makes room for one whose own hanging up is heard right after.
      if (waits) await endOfTurn();
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(): void {
    emptySpan("queue");
    this.#inside++;
    this.#rate.full = this.#inside >= this.#concurrency;
  }

  #leave(): void {
    if (this.#inside >= this.#concurrency) this.#rate.departed();
    const next = this.#next();
    // The next request takes over the place.
    if (next !== undefined) next.turn.resolve();
    else {
      this.#inside--;
      this.#rate.full = false;
    }
  }

  /** Takes out whose turn it is. A look at all of a few hundred takes some microseconds. */
  #next(): Waiting | undefined {
    const fair = ++this.#turns % FAIR_TURN === 0;
    const next = fair ? this.#waiting[0] : this.#waiting.reduce<Waiting | undefined>(
      (best, one) => best === undefined || !isBefore(best, one) ? one : best,
      undefined,
    );
    if (next !== undefined) this.#remove(next);
    return next;
  }

  /** Waits for a turn; a request that leaves hands over its place. */
  async #wait({ bulk = false, cost = 0 }: AdmissionRequest, signal?: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.#queue) this.#makeRoom(bulk);
    const price = Math.round(Math.log2(Math.max(1, cost)) / 2);
    const waiting: Waiting = { bulk, price, turn: Promise.withResolvers() };
    const abandon = () => {
      this.#remove(waiting);
      waiting.turn.reject(signal?.reason);
    };
    this.#waiting.push(waiting);
    signal?.addEventListener("abort", abandon, { once: true });
    try {
      await waiting.turn.promise;
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
  }

  /** Makes room for a request by refusing one that waits, or else refuses the request itself. */
  #makeRoom(bulk: boolean): void {
    this.#refused++;
    const busy = new BusyError(
      `The queue is full: ${this.#queue} requests wait`,
      this.#rate.secondsFor(this.#waiting.length + 1),
      { ...(this.#limit && { limit: this.#limit }), allowed: this.#queue },
    );
    const last = bulk ? undefined : this.#waiting.filter((one) => one.bulk)
      .reduce<Waiting | undefined>(
        (worst, one) => worst === undefined || isBefore(worst, one) ? one : worst,
        undefined,
      );
    if (last === undefined) throw busy;
    this.#remove(last);
    last.turn.reject(busy);
  }

  #remove(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
  }
}

/** Whether one goes before another by what they are; alike, the fresher one goes first. */
function isBefore(one: Waiting, other: Waiting): boolean {
  if (one.bulk !== other.bulk) return other.bulk;
  return one.price < other.price;
}
