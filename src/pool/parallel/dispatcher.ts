/** The heart of a pool: workers started once and replaced when lost, calls and sweeps dealt out. */

import { CallLine } from "./call_line.ts";
import { DeadlineError, PoolClosedError } from "../errors.ts";
import {
  type CallOptions,
  milliseconds,
  type ParallelForOptions,
  type PoolCounters,
  type PoolOptions,
} from "./pool_options.ts";
import { OrderBoard } from "./order_board.ts";
import { type Loss, Seat } from "./seat.ts";
import { type SweepRequest, type SweepResult, SweepRound } from "./sweep_round.ts";
import type { Thread } from "./thread.ts";
import type { Answer } from "../wire.ts";
import { LATE, type Patience, within } from "./within.ts";

/** Workers that may fail in a row to start before the pool gives up. */
const FAILED_STARTS = 3;

const START_DEADLINE = 60_000;
const GRACE = 1000;

/** A list of argument lists for one function, or one such list. */
export type Work =
  | { readonly name: string; readonly args: readonly unknown[] }
  | { readonly name: string; readonly items: readonly (readonly unknown[])[] };

/**
 * Deals out untyped orders: what may be called with what is the pool's to know.
 *
 * A worker that dies is replaced, and what it had in hand is done again elsewhere, once.
 */
export class Dispatcher {
  readonly #seats: Seat[];
  readonly #calls: CallLine;
  readonly #sweeps: SweepRound;
  readonly #deadline: number;
  readonly #grace: number;
  readonly #signal: AbortSignal | undefined;
  readonly #started = Promise.withResolvers<void>();
  /** Threads that were ended and run on, as far as is known. */
  readonly #leakedThreads = new Set<Thread>();
  readonly #idle = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  #hasStarted = false;
  #lost = 0;
  #failedStarts = 0;
  #nextId = 1;
  #closed: PoolClosedError | undefined;

  constructor(module: URL, options: PoolOptions) {
    const size = options.size ?? navigator.hardwareConcurrency;
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`Cannot start a pool of ${size} workers: at least 1, a whole number`);
    }
    this.#deadline = milliseconds("deadline", options.deadline, Infinity);
    this.#grace = milliseconds("grace", options.grace, GRACE);
    this.#signal = options.signal;
    this.#signal?.throwIfAborted();
    const board = new OrderBoard();
    const seatOptions = {
      module,
      seats: size,
      permissions: options.permissions ?? "none",
      board: board.buffer,
      startArgument: options.startArgument ?? (() => null),
      startDeadline: milliseconds("startDeadline", options.startDeadline, START_DEADLINE),
      grace: this.#grace,
    };
    const events = {
      ready: () => this.#onReady(),
      answered: (seat: Seat, answer: Answer & { id: number }) => this.#onAnswer(seat, answer),
      overran: (id: number) => {
        this.#calls.overran(id);
        this.#sweeps.overran(id);
      },
      lost: (seat: Seat, loss: Loss) => this.#onLost(seat, loss),
    };
    this.#seats = Array.from({ length: size }, (_, slot) => new Seat(slot, seatOptions, events));
    this.#calls = new CallLine(() => this.#onSettled());
    this.#sweeps = new SweepRound(this.#seats, board, () => this.#onSettled());
    for (const seat of this.#seats) seat.start();
  }

  /** Resolves when all workers have run their `start`; rejects when they cannot. */
  async started(): Promise<void> {
    try {
      await within(this.#started.promise, { signal: this.#signal });
    } catch (error) {
      this.terminate();
      await this.join();
      throw error;
    }
  }

  /** Number of workers. */
  get size(): number {
    return this.#seats.length;
  }

  /** What has happened so far. */
  get counters(): PoolCounters {
    return {
      alive: this.#seats.filter((seat) => seat.ready).length,
      lost: this.#lost,
      leakedThreads: this.#leakedThreads.size,
      pending: this.#pending,
    };
  }

  get #pending(): number {
    return this.#calls.size + this.#sweeps.size;
  }

  /** Calls a function in a worker, once or for each item in turn. */
  async call(work: Work, options: CallOptions): Promise<unknown> {
    this.#refuseWhenClosed();
    options.signal?.throwIfAborted();
    const deadline = milliseconds("deadline", options.deadline, this.#deadline);
    const id = this.#nextId++;
    const added = this.#calls.add({
      order: "items" in work ? { kind: "map", id, ...work } : { kind: "call", id, ...work },
      transfer: options.transfer ?? [],
      deadline,
      signal: options.signal,
    });
    this.#deal();
    return await added;
  }

  /** Lets all workers take a sweep's batches, and one of them make the last call. What is wrong with it is thrown. */
  sweep(
    work: Pick<SweepRequest, "name" | "argument" | "last">,
    options: ParallelForOptions,
  ): Promise<SweepResult> {
    this.#refuseWhenClosed();
    options.signal?.throwIfAborted();
    const deadline = milliseconds("deadline", options.deadline, this.#deadline);
    return this.#sweeps.run({ id: this.#nextId++, ...work, options, deadline });
  }

  /** Takes no more work, and ends the workers when all that was taken is done. */
  close(): void {
    this.#closed ??= new PoolClosedError("Cannot give work to the pool: it is closed");
    this.#idle.promise.then(() => this.terminate());
    this.#onSettled();
  }

  /** Ends the workers now. Everything under way fails with a {@link PoolClosedError}. */
  terminate(why = "The pool was terminated"): void {
    this.#closed ??= new PoolClosedError(why);
    this.#calls.end(this.#closed);
    this.#sweeps.end(this.#closed);
    for (const seat of this.#seats) {
      const thread = seat.terminate();
      if (thread !== undefined) this.#watch(thread);
    }
    this.#over.resolve();
  }

  /**
   * Waits until the pool is over and its threads have ended, or will not: a thread gets the pool's
   * grace to end. Resolves to whether all have.
   */
  async join(patience?: Patience): Promise<boolean> {
    if (this.#closed === undefined) {
      throw new TypeError("Cannot join a pool that takes work: close or terminate it first");
    }
    return await within(this.#gone(), patience) !== LATE && this.#leakedThreads.size === 0;
  }

  async #gone(): Promise<void> {
    await this.#over.promise;
    const ended = Promise.all([...this.#leakedThreads].map((thread) => thread.ended)).then(
      () => {},
    );
    await within(ended, this.#grace);
  }

  /** Calls first, for they are short, then the sweeps in turn. */
  #deal(): void {
    this.#calls.deal(this.#seats);
    this.#sweeps.deal();
  }

  #onReady(): void {
    this.#failedStarts = 0;
    if (!this.#hasStarted && this.#seats.every((seat) => seat.ready)) {
      this.#hasStarted = true;
      this.#started.resolve();
    }
    this.#deal();
  }

  #onAnswer(seat: Seat, answer: Answer & { readonly id: number }): void {
    if (answer.kind === "left") this.#sweeps.left(seat, answer);
    else this.#calls.answered(seat, answer);
    this.#deal();
  }

  #onLost(seat: Seat, loss: Loss): void {
    const { why, thread } = loss;
    this.#lost++;
    this.#watch(thread);
    // A worker that hangs in its start would hang again, and each time takes the whole deadline.
    const hangs = why instanceof DeadlineError && !this.#hasStarted;
    if (hangs || ++this.#failedStarts > FAILED_STARTS * this.#seats.length) {
      this.#started.promise.catch(() => {});
      this.#started.reject(why);
      this.terminate(`The pool has ended as its workers cannot be started: ${why.message}`);
      return;
    }
    this.#calls.lost(seat, loss);
    this.#sweeps.lost(seat, loss);
    seat.start();
    this.#deal();
  }

  #watch(thread: Thread): void {
    if (thread.hasEnded) return;
    this.#leakedThreads.add(thread);
    thread.ended.then(() => this.#leakedThreads.delete(thread));
  }

  #onSettled(): void {
    if (this.#closed !== undefined && this.#pending === 0) this.#idle.resolve();
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }
}
