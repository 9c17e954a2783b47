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
import { type LoopRequest, type LoopResult, ParallelLoops } from "./parallel_loops.ts";
import type { Thread } from "./thread.ts";
import type { Answer } from "../wire.ts";
import { LATE, type Patience, within } from "../within.ts";
import { type Loss, WorkerSlot } from "./worker_slot.ts";

/** Workers that may fail in a row to start before the pool gives up. */
const FAILED_STARTS = 3;

const START_DEADLINE = 60_000;
const GRACE = 1000;

/** One list of arguments for a function, or many. */
export type Work =
  | { readonly name: string; readonly args: readonly unknown[] }
  | { readonly name: string; readonly items: readonly (readonly unknown[])[] };

/** A stream of results whose items are not all sent yet. */
export interface OpenStream {
  /** The pool is closing: sends the rest of the items, whether the results are read or not. */
  sendAll(): void;
}

/**
 * Deals out untyped orders; `Pool` knows the functions' types.
 *
 * A worker that dies is replaced, and what it had in hand is done again elsewhere, once.
 */
export class Dispatcher {
  readonly #slots: WorkerSlot[];
  readonly #calls: CallQueue;
  readonly #loops: ParallelLoops;
  /** Streams that have more items to send. */
  readonly #streams = new Set<OpenStream>();
  readonly #deadline: number;
  readonly #grace: number;
  readonly #signal: AbortSignal | undefined;
  readonly #started = Promise.withResolvers<void>();
  /** Threads that were ended and run on, as far as is known. */
  readonly #leakedThreads = new Set<Thread>();
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
    const maxTasks = options.maxTasksPerChild ?? Infinity;
    if (!(maxTasks === Infinity || Number.isInteger(maxTasks)) || maxTasks < 1) {
      throw new RangeError(
        `Cannot take maxTasksPerChild of ${maxTasks}: at least 1, a whole number`,
      );
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
      maxTasks,
    };
    const events = {
      ready: () => this.#onReady(),
      answered: (slot: WorkerSlot, answer: Answer & { id: number }) => this.#onAnswer(slot, answer),
      overran: (id: number) => {
        this.#calls.overran(id);
        this.#loops.overran(id);
      },
      lost: (slot: WorkerSlot, loss: Loss) => this.#onLost(slot, loss),
      retired: (slot: WorkerSlot, thread: Thread) => {
        this.#watch(thread);
        if (!this.#isDone) slot.start();
      },
    };
    this.#slots = Array.from({ length: size }, (_, i) => new WorkerSlot(i, slotOptions, events));
    this.#calls = new CallQueue(() => this.#endIfIdle());
    this.#loops = new ParallelLoops(this.#slots, () => this.#endIfIdle());
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

  /** Whether the pool is closed and all that it took is done. */
  get #isDone(): boolean {
    return this.#closed !== undefined && this.#pending === 0 && this.#streams.size === 0;
  }

  /**
   * Calls a function in a worker, once or for each item in turn. A closed pool still takes what belongs to
   * an open stream.
   */
  async call(work: Work, options: CallOptions, stream?: OpenStream): Promise<unknown> {
    if (stream === undefined || !this.#streams.has(stream)) this.#refuseWhenClosed();
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

  /** Lets a stream send its items, unless the pool is closed. */
  open(stream: OpenStream): void {
    if (this.#closed === undefined) this.#streams.add(stream);
  }

  /** A stream has sent all its items. */
  complete(stream: OpenStream): void {
    this.#streams.delete(stream);
    this.#endIfIdle();
  }

  /** Lets all workers take a loop's batches, and one of them make the last call. */
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
    if (this.#closed !== undefined) return;
    this.#closed = new PoolClosedError("Cannot give work to the pool: it is closed");
    for (const stream of this.#streams) stream.sendAll();
    this.#endIfIdle();
  }

  /** Ends the workers now. Everything under way fails with a {@link PoolClosedError}. */
  terminate(why = "The pool was terminated"): void {
    this.#closed ??= new PoolClosedError(why);
    this.#streams.clear();
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
    const ended = Promise.all([...this.#leakedThreads].map((thread) => thread.ended));
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

  #endIfIdle(): void {
    // Not at once: the last answer is still being dealt with.
    if (this.#isDone) queueMicrotask(() => this.terminate());
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }
}
