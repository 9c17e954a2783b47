/** The heart of a pool: workers started once and replaced when lost, calls and loops dealt out. */

import { CallQueue } from "./call_queue.ts";
import { DeadlineError, PoolClosedError } from "../errors.ts";
import {
  type CallOptions,
  milliseconds,
  type ParallelForOptions,
  type PoolCounters,
  type PoolOptions,
} from "./pool_options.ts";
import { type Loss, WorkerSlot } from "./worker_slot.ts";
import { type LoopRequest, type LoopResult, ParallelLoops } from "./parallel_loops.ts";
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
  readonly #slots: WorkerSlot[];
  readonly #calls: CallQueue;
  readonly #loops: ParallelLoops;
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
    const slotOptions = {
      module,
      slots: size,
      permissions: options.permissions ?? "none",
      startArgument: options.startArgument ?? (() => null),
      startDeadline: milliseconds("startDeadline", options.startDeadline, START_DEADLINE),
      grace: this.#grace,
    };
    const events = {
      ready: () => this.#onReady(),
      answered: (slot: WorkerSlot, answer: Answer & { id: number }) => this.#onAnswer(slot, answer),
      overran: (id: number) => {
        this.#calls.overran(id);
        this.#loops.overran(id);
      },
      lost: (slot: WorkerSlot, loss: Loss) => this.#onLost(slot, loss),
    };
    this.#slots = Array.from(
      { length: size },
      (_, position) => new WorkerSlot(position, slotOptions, events),
    );
    this.#calls = new CallQueue(() => this.#onSettled());
    this.#loops = new ParallelLoops(this.#slots, () => this.#onSettled());
    for (const slot of this.#slots) slot.start();
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
    return this.#slots.length;
  }

  /** What has happened so far. */
  get counters(): PoolCounters {
    return {
      alive: this.#slots.filter((slot) => slot.ready).length,
      lost: this.#lost,
      leakedThreads: this.#leakedThreads.size,
      pending: this.#pending,
    };
  }

  get #pending(): number {
    return this.#calls.size + this.#loops.size;
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

  /** Lets all workers take a loop's batches, and one of them make the last call. What is wrong with it is thrown. */
  loop(
    work: Pick<LoopRequest, "name" | "argument" | "last">,
    options: ParallelForOptions,
  ): Promise<LoopResult> {
    this.#refuseWhenClosed();
    options.signal?.throwIfAborted();
    const deadline = milliseconds("deadline", options.deadline, this.#deadline);
    return this.#loops.run({ id: this.#nextId++, ...work, options, deadline });
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
    this.#loops.end(this.#closed);
    for (const slot of this.#slots) {
      const thread = slot.terminate();
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

  /** Calls first, for they are short, then the loops in turn. */
  #deal(): void {
    this.#calls.deal(this.#slots);
    this.#loops.deal();
  }

  #onReady(): void {
    this.#failedStarts = 0;
    if (!this.#hasStarted && this.#slots.every((slot) => slot.ready)) {
      this.#hasStarted = true;
      this.#started.resolve();
    }
    this.#deal();
  }

  #onAnswer(slot: WorkerSlot, answer: Answer & { readonly id: number }): void {
    if (answer.kind === "left") this.#loops.left(slot, answer);
    else this.#calls.answered(slot, answer);
    this.#deal();
  }

  #onLost(slot: WorkerSlot, loss: Loss): void {
    const { why, thread } = loss;
    this.#lost++;
    this.#watch(thread);
    // A worker that hangs in its start would hang again, and each time takes the whole deadline.
    const hangs = why instanceof DeadlineError && !this.#hasStarted;
    if (hangs || ++this.#failedStarts > FAILED_STARTS * this.#slots.length) {
      this.#started.promise.catch(() => {});
      this.#started.reject(why);
      this.terminate(`The pool has ended as its workers cannot be started: ${why.message}`);
      return;
    }
    this.#calls.lost(slot, loss);
    this.#loops.lost(slot, loss);
    slot.start();
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
