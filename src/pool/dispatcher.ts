/** The heart of a pool: workers started once, calls and sweeps dealt out among them. */

import { BatchCursor } from "./batch_cursor.ts";
import { OverBudgetError, PoolClosedError, RemoteError, WorkerLostError } from "./errors.ts";
import type { CallOptions, PoolCounters, PoolOptions, SweepOptions } from "./pool_options.ts";
import { Seat } from "./seat.ts";
import { type Call, type Sweep, taskName, uncloneable } from "./tasks.ts";
import type { Answer, Fault } from "./wire.ts";

/** Milliseconds for which a worker stays with a sweep before others get their turn. */
const SLICE = 20;

/** Workers that may fail in a row to start before the pool gives up. */
const FAILED_STARTS = 3;

/** Times that a task is tried when its worker dies. */
const TRIES = 2;

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
  readonly #calls: Call[] = [];
  readonly #sweeps: Sweep[] = [];
  readonly #underWay = new Map<number, Call | Sweep>();
  readonly #started = Promise.withResolvers<void>();
  #lost = 0;
  #failedStarts = 0;
  #nextId = 1;
  #closed: PoolClosedError | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(module: URL, options: PoolOptions) {
    const size = options.size ?? navigator.hardwareConcurrency;
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`Cannot start a pool of ${size} workers: at least 1, a whole number`);
    }
    const seatOptions = {
      module,
      seats: size,
      permissions: options.permissions ?? "none",
      startArgument: options.startArgument ?? (() => null),
    };
    const events = {
      ready: () => this.#onReady(),
      answered: (seat: Seat, answer: Answer & { id: number }) => this.#onAnswer(seat, answer),
      lost: (seat: Seat, orders: readonly number[], fault: Fault) =>
        this.#onLost(seat, orders, fault),
    };
    this.#seats = Array.from({ length: size }, (_, slot) => new Seat(slot, seatOptions, events));
    for (const seat of this.#seats) seat.start();
  }

  /** Resolves when all workers have run their `start`; rejects when they cannot. */
  async started(): Promise<void> {
    try {
      await this.#started.promise;
    } catch (error) {
      this.terminate();
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
      pending: this.#calls.length + this.#underWay.size,
    };
  }

  /** Calls a function in a worker, once or for each item in turn. */
  async call(work: Work, options: CallOptions): Promise<unknown> {
    this.#refuseWhenClosed();
    options.signal?.throwIfAborted();
    const id = this.#nextId++;
    const call: Call = {
      order: "items" in work ? { kind: "map", id, ...work } : { kind: "call", id, ...work },
      transfer: options.transfer ?? [],
      settle: Promise.withResolvers(),
      tries: 0,
      abandoned: false,
    };
    // A worker cannot be interrupted in a function: the caller stops waiting, the result is dropped.
    const abandon = () => {
      call.abandoned = true;
      const index = this.#calls.indexOf(call);
      if (index >= 0) this.#calls.splice(index, 1);
      call.settle.reject(options.signal?.reason);
      this.#settled();
    };
    options.signal?.addEventListener("abort", abandon, { once: true });
    this.#calls.push(call);
    this.#deal();
    try {
      return await call.settle.promise;
    } finally {
      options.signal?.removeEventListener("abort", abandon);
    }
  }

  /** Lets all workers take a sweep's batches; resolves to their compute time together, milliseconds. */
  async sweep(name: string, argument: unknown, options: SweepOptions): Promise<number> {
    this.#refuseWhenClosed();
    options.signal?.throwIfAborted();
    const sweep: Sweep = {
      id: this.#nextId++,
      name,
      argument,
      cursor: BatchCursor.of(options.batches),
      options,
      settle: Promise.withResolvers(),
      seats: new Set(),
      threwAt: new Set(),
      tries: new Map(),
      milliseconds: 0,
      failed: false,
      failure: undefined,
    };
    if (sweep.cursor.complete) return 0;
    const abandon = () => this.#fail(sweep, options.signal?.reason);
    options.signal?.addEventListener("abort", abandon, { once: true });
    this.#underWay.set(sweep.id, sweep);
    this.#sweeps.push(sweep);
    this.#deal();
    try {
      return await sweep.settle.promise;
    } finally {
      options.signal?.removeEventListener("abort", abandon);
    }
  }

  /** Takes no more work, and resolves when all that was taken is done and the workers have ended. */
  async close(): Promise<void> {
    this.#closed ??= new PoolClosedError("Cannot give work to the pool: it is closed");
    if (this.counters.pending > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    this.terminate();
  }

  /** Ends the workers now. Everything under way fails with a {@link PoolClosedError}. */
  terminate(): void {
    this.#closed ??= new PoolClosedError("The pool was terminated");
    for (const sweep of this.#sweeps) sweep.cursor.stop();
    for (const task of [...this.#calls, ...this.#underWay.values()]) {
      // Those who do not wait for a task must not be told by an unhandled rejection.
      task.settle.promise.catch(() => {});
      task.settle.reject(this.#closed);
    }
    this.#calls.length = 0;
    this.#sweeps.length = 0;
    this.#underWay.clear();
    for (const seat of this.#seats) seat.terminate();
    this.#idle?.resolve();
  }

  /** Fills the mailboxes: calls first, for they are short, then the sweeps in turn. */
  #deal(): void {
    for (let call = this.#calls[0]; call !== undefined; call = this.#calls[0]) {
      const seat = this.#leastLoaded();
      if (seat === undefined) break;
      // What may have killed a worker is tried again alone: its neighbours shall not die with it twice.
      if (call.tries > 0 && seat.load > 0) return;
      this.#calls.shift();
      this.#giveCall(seat, call);
    }
    for (let misses = 0; misses < this.#sweeps.length;) {
      const sweep = this.#sweeps.shift()!;
      this.#sweeps.push(sweep);
      misses = this.#giveSweep(sweep) ? 0 : misses + 1;
    }
  }

  #leastLoaded(fits: (seat: Seat) => boolean = () => true): Seat | undefined {
    let best: Seat | undefined;
    for (const seat of this.#seats) {
      if (!seat.hasRoom || !fits(seat)) continue;
      if (best === undefined || seat.load < best.load) best = seat;
    }
    return best;
  }

  #giveCall(seat: Seat, call: Call): void {
    const alone = call.tries++ > 0;
    this.#underWay.set(call.order.id, call);
    try {
      seat.give(call.order, { transfer: call.transfer, alone });
    } catch (error) {
      this.#underWay.delete(call.order.id);
      call.settle.reject(uncloneable(call.order.name, error));
      this.#settled();
    }
  }

  #giveSweep(sweep: Sweep): boolean {
    if (!sweep.cursor.open) return false;
    // Not behind a call, which may take seconds, while others could finish the sweep.
    const seat = this.#leastLoaded((seat) =>
      seat.calls === 0 && !sweep.seats.has(seat) && !sweep.threwAt.has(seat)
    );
    if (seat === undefined) return false;
    try {
      seat.give({
        kind: "sweep",
        id: sweep.id,
        name: sweep.name,
        argument: sweep.argument,
        cursor: sweep.cursor.buffer,
        worker: seat.worker,
        slice: SLICE,
      });
    } catch (error) {
      this.#fail(sweep, uncloneable(sweep.name, error));
      return false;
    }
    sweep.seats.add(seat);
    return true;
  }

  #onReady(): void {
    this.#failedStarts = 0;
    if (this.#seats.every((seat) => seat.ready)) this.#started.resolve();
    this.#deal();
  }

  #onAnswer(seat: Seat, answer: Answer & { readonly id: number }): void {
    const task = this.#underWay.get(answer.id);
    if (task !== undefined) {
      if (answer.kind === "left") {
        this.#onLeft(task as Sweep, seat, answer);
      } else {
        const call = task as Call;
        this.#underWay.delete(answer.id);
        if (answer.kind === "value") call.settle.resolve(answer.value);
        if (answer.kind === "fault") call.settle.reject(new RemoteError(answer.fault));
        this.#settled();
      }
    }
    this.#deal();
  }

  #onLeft(sweep: Sweep, seat: Seat, answer: Answer & { kind: "left" }): void {
    sweep.seats.delete(seat);
    sweep.milliseconds += answer.milliseconds;
    this.#tellProgress(sweep);
    if (answer.failed !== null) {
      const { batch, fault } = answer.failed;
      sweep.threwAt.add(seat);
      if (sweep.threwAt.size === this.size) sweep.threwAt.clear();
      if (batch < 0) this.#fail(sweep, new RemoteError(fault));
      else this.#tryAgain(sweep, [batch], () => new RemoteError(fault));
    }
    const { budget } = sweep.options;
    if (budget !== undefined && sweep.milliseconds > budget && !sweep.cursor.complete) {
      this.#fail(sweep, new OverBudgetError(`The work took more than ${budget} ms of compute`));
    }
    this.#endSweep(sweep);
  }

  /** A listener that throws ends its own sweep, not the process. */
  #tellProgress(sweep: Sweep): void {
    if (sweep.failed) return;
    try {
      sweep.options.onProgress?.(sweep.cursor.done);
    } catch (error) {
      this.#fail(sweep, error);
    }
  }

  #onLost(seat: Seat, orders: readonly number[], fault: Fault): void {
    this.#lost++;
    if (++this.#failedStarts > FAILED_STARTS * this.#seats.length) {
      this.#started.reject(new RemoteError(fault));
      this.terminate();
      return;
    }
    for (const id of orders) {
      const task = this.#underWay.get(id);
      if (task === undefined) continue;
      const lost = () =>
        new WorkerLostError(`A worker died over ${taskName(task)}: ${fault.message}`);
      if ("cursor" in task) {
        task.seats.delete(seat);
        task.threwAt.delete(seat);
        this.#tryAgain(task, task.cursor.heldBy(seat.worker), lost);
        this.#endSweep(task);
        continue;
      }
      this.#underWay.delete(id);
      if (task.tries < TRIES && task.transfer.length === 0 && !task.abandoned) {
        this.#calls.unshift(task);
      } else {
        task.settle.reject(lost());
        this.#settled();
      }
    }
    seat.start();
    this.#deal();
  }

  /** Opens batches again, or fails the sweep when one of them has had its tries. */
  #tryAgain(sweep: Sweep, batches: readonly number[], error: () => Error): void {
    for (const batch of batches) {
      const tries = (sweep.tries.get(batch) ?? 0) + 1;
      sweep.tries.set(batch, tries);
      if (tries >= TRIES) return this.#fail(sweep, error());
      sweep.cursor.reopen(batch);
    }
  }

  #fail(sweep: Sweep, error: unknown): void {
    if (!sweep.failed) {
      sweep.failed = true;
      sweep.failure = error;
    }
    sweep.cursor.stop();
    this.#endSweep(sweep);
  }

  /** Settles a sweep that nobody is at any more and that is complete or has failed. */
  #endSweep(sweep: Sweep): void {
    if (sweep.seats.size > 0 || !this.#underWay.has(sweep.id)) return;
    if (!sweep.cursor.complete && !sweep.failed) {
      // Nobody is at it: what is neither done nor open was taken by a worker that is gone.
      if (sweep.cursor.open) return;
      const error = () => new WorkerLostError(`Workers left ${sweep.name} with batches in hand`);
      this.#tryAgain(sweep, sweep.cursor.unfinished(), error);
      return;
    }
    this.#underWay.delete(sweep.id);
    this.#sweeps.splice(this.#sweeps.indexOf(sweep), 1);
    if (sweep.failed) sweep.settle.reject(sweep.failure);
    else sweep.settle.resolve(sweep.milliseconds);
    this.#settled();
  }

  #settled(): void {
    if (this.#idle !== undefined && this.counters.pending === 0) this.#idle.resolve();
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }
}
