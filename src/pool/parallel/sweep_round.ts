/** The sweeps of a pool: all workers take batches of each, in turn. */

import { defer } from "../deferred.ts";
import { BatchCursor } from "./batch_cursor.ts";
import type { OrderBoard, Posted } from "./order_board.ts";
import { leastLoaded, lostOver, TRIES, uncloneable } from "./call_line.ts";
import { DeadlineError, OverBudgetError, RemoteError, WorkerLostError } from "../errors.ts";
import type { ParallelForOptions } from "./pool_options.ts";
import type { Loss, Seat } from "./seat.ts";
import type { Thread } from "./thread.ts";
import type { LeftAnswer, NamedCall } from "../wire.ts";

/** Milliseconds for which a worker stays with a sweep before others get their turn. */
const SLICE = 20;

/**
 * Milliseconds for which it stays when there are no others and nobody wants to know how far it is.
 * To leave and be sent again costs a worker about a millisecond (2026-11-28: 4 % of a sweep of 500 ms).
 */
const LONGEST = 200;

/** Batches to be taken by all workers from a shared cursor. */
export interface SweepRequest {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
  readonly options: ParallelForOptions;
  /** What one worker calls when all batches are done. */
  readonly last: NamedCall | null;
  /** Milliseconds that a worker may take for a batch. */
  readonly deadline: number;
}

/** What came of a sweep. */
export interface SweepResult {
  /** Compute time of all workers together, the last call's not included. */
  readonly milliseconds: number;
  /** What the last call returned. */
  readonly value: unknown;
}

interface Sweep extends SweepRequest {
  readonly cursor: BatchCursor;
  /** Where it stands on the board, if it does. */
  readonly posted: Posted | undefined;
  readonly settle: PromiseWithResolvers<SweepResult>;
  /** Seats that have the order. */
  readonly seats: Set<Seat>;
  /** Seats where a batch threw: it is tried elsewhere, if there is an elsewhere. */
  readonly threwAt: Set<Seat>;
  /** How often each batch was lost or threw. */
  readonly tries: Map<number, number>;
  /** Workers that were lost at it. */
  readonly lost: Thread[];
  milliseconds: number;
  value: unknown;
  failure: { readonly error: unknown } | undefined;
  /** The caller's signal has aborted. */
  readonly abandon: () => void;
}

/** Sweeps take turns, slice by slice: a short one does not wait for a long one. */
export class SweepRound {
  readonly #sweeps: Sweep[] = [];
  readonly #underWay = new Map<number, Sweep>();
  readonly #seats: readonly Seat[];
  readonly #board: OrderBoard;
  readonly #settled: () => void;

  /** `settled` is told whenever there is one sweep less. */
  constructor(seats: readonly Seat[], board: OrderBoard, settled: () => void) {
    this.#seats = seats;
    this.#board = board;
    this.#settled = settled;
  }

  /** Sweeps under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Takes a sweep into the round, and sends workers. */
  run(request: SweepRequest): Promise<SweepResult> {
    const { options: { batches, signal }, last } = request;
    // The last call is a batch too: it is stopped, lost and tried again as any other.
    const count = last === null ? batches : batches + 1;
    if (count === 0) return Promise.resolve({ milliseconds: 0, value: undefined });
    if (this.#board.takes(request)) this.#seats.forEach((seat) => seat.announce());
    const posted = this.#board.post(request, count);
    const cursor = posted?.cursor ?? BatchCursor.of(count, { lastAlone: last !== null });
    const sweep: Sweep = {
      ...request,
      cursor,
      posted,
      settle: Promise.withResolvers(),
      seats: new Set(),
      threwAt: new Set(),
      tries: new Map(),
      lost: [],
      milliseconds: 0,
      value: undefined,
      failure: undefined,
      abandon: () => this.#fail(sweep, signal?.reason),
    };
    this.#underWay.set(sweep.id, sweep);
    this.#sweeps.push(sweep);
    this.deal();
    // Where the caches are cold, listening takes 0.02 ms, and hearing no more as long: the worker is to
    // begin before, and whoever waits is to have the result before.
    signal?.addEventListener("abort", sweep.abandon);
    return sweep.settle.promise;
  }

  /** Sends workers that have room to the sweeps in turn. */
  deal(): void {
    for (let misses = 0; misses < this.#sweeps.length;) {
      const sweep = this.#sweeps.shift()!;
      this.#sweeps.push(sweep);
      misses = this.#give(sweep) ? 0 : misses + 1;
    }
  }

  #give(sweep: Sweep): boolean {
    if (!sweep.cursor.open) return false;
    // Not behind a call, which may take seconds, while others could finish the sweep.
    const seat = leastLoaded(
      this.#seats,
      (seat) =>
        seat.calls === 0 && seat.waiting === 0 && !sweep.seats.has(seat) &&
        !sweep.threwAt.has(seat),
    );
    if (seat === undefined) return false;
    const { id, name, argument, cursor: { cells: cursor }, last, deadline, options, posted } =
      sweep;
    const { worker } = seat;
    const unwatched = deadline === Infinity && options.onProgress === undefined;
    const longest = unwatched ? LONGEST : SLICE;
    try {
      seat.give(
        { kind: "sweep", id, name, argument, cursor, worker, slice: SLICE, longest, last },
        // The batch that outlasts the slice may begin at its very end.
        { deadline: deadline + longest, at: posted?.at },
      );
    } catch (error) {
      this.#fail(sweep, uncloneable(name, error));
      return false;
    }
    sweep.seats.add(seat);
    return true;
  }

  /** A worker has left a sweep. */
  left(seat: Seat, answer: LeftAnswer): void {
    const sweep = this.#underWay.get(answer.id);
    if (sweep === undefined) return;
    sweep.seats.delete(seat);
    sweep.milliseconds += answer.milliseconds;
    sweep.options.onWork?.(answer.milliseconds);
    if (answer.last !== null) {
      // Done once its value is here: a worker that died before would have taken it along.
      sweep.cursor.finish(sweep.options.batches, seat.worker);
      sweep.value = answer.last.value;
    }
    this.#tellProgress(sweep);
    if (answer.failed !== null) {
      const { batch, fault } = answer.failed;
      sweep.threwAt.add(seat);
      if (sweep.threwAt.size === this.#seats.length) sweep.threwAt.clear();
      if (batch < 0) this.#fail(sweep, new RemoteError(fault));
      else this.#tryAgain(sweep, [batch], () => new RemoteError(fault));
    }
    const { budget } = sweep.options;
    if (budget !== undefined && sweep.milliseconds > budget && !sweep.cursor.swept) {
      this.#fail(sweep, new OverBudgetError(`The work took more than ${budget} ms of compute`));
    }
    this.#end(sweep);
  }

  /** A listener that throws ends its own sweep, not the process. */
  #tellProgress(sweep: Sweep): void {
    if (sweep.failure !== undefined) return;
    try {
      sweep.options.onProgress?.(Math.min(sweep.cursor.done, sweep.options.batches));
    } catch (error) {
      this.#fail(sweep, error);
    }
  }

  /** A worker took longer than the deadline for a batch. */
  overran(id: number): void {
    const sweep = this.#underWay.get(id);
    if (sweep === undefined) return;
    const message = `Cannot wait longer for ${sweep.name}: a batch took ${sweep.deadline} ms`;
    this.#fail(sweep, new DeadlineError(message));
  }

  /** A worker is gone: the batches that it had in hand are opened again. */
  lost(seat: Seat, { orders, thread, why }: Loss): void {
    for (const sweep of this.#sweeps) sweep.threwAt.delete(seat);
    for (const id of orders) {
      const sweep = this.#underWay.get(id);
      if (sweep === undefined) continue;
      sweep.seats.delete(seat);
      sweep.lost.push(thread);
      const held = sweep.cursor.heldBy(seat.worker);
      this.#tryAgain(sweep, held, () => lostOver(sweep.name, why));
      this.#end(sweep);
    }
  }

  /** Rejects all sweeps. */
  end(error: Error): void {
    for (const sweep of this.#underWay.values()) {
      sweep.cursor.stop();
      for (const seat of sweep.seats) if (seat.thread !== undefined) sweep.lost.push(seat.thread);
      this.#leave(sweep);
      sweep.settle.promise.catch(() => {});
      sweep.settle.reject(error);
    }
    this.#sweeps.length = 0;
    this.#underWay.clear();
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
    sweep.failure ??= { error };
    sweep.cursor.stop();
    for (const seat of sweep.seats) seat.stop(sweep.id);
    this.#end(sweep);
  }

  /** Settles a sweep that nobody is at any more and that is complete or has failed. */
  #end(sweep: Sweep): void {
    if (sweep.seats.size > 0 || !this.#underWay.has(sweep.id)) return;
    const { cursor, failure } = sweep;
    if (!cursor.complete && failure === undefined) {
      // Nobody is at it: what is neither done nor open was taken by a worker that is gone.
      if (cursor.open) return;
      const error = () => new WorkerLostError(`Workers left ${sweep.name} with batches in hand`);
      return this.#tryAgain(sweep, cursor.unfinished(), error);
    }
    this.#underWay.delete(sweep.id);
    this.#sweeps.splice(this.#sweeps.indexOf(sweep), 1);
    this.#leave(sweep);
    if (failure !== undefined) sweep.settle.reject(failure.error);
    else sweep.settle.resolve({ milliseconds: sweep.milliseconds, value: sweep.value });
    this.#settled();
  }

  /** Tells of the leakedThreads. Once nobody can be at the sweep any more, it is taken down from the board. */
  #leave({ lost, posted, abandon, options: { onLeakedThread, signal } }: Sweep): void {
    const leakedThreads = lost.filter((thread) => !thread.hasEnded);
    const ended = Promise.all(leakedThreads.map(({ ended }) => ended));
    if (leakedThreads.length > 0) onLeakedThread?.(ended.then(() => {}));
    defer(() => {
      signal?.removeEventListener("abort", abandon);
      void ended.then(() => posted?.[Symbol.dispose]());
    });
  }
}
