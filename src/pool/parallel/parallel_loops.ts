/** The loops of a pool: all workers take batches of each, in turn. */

import { BatchCursor } from "./batch_cursor.ts";
import { leastLoaded, lostOver, TRIES, uncloneable } from "./call_queue.ts";
import { DeadlineError, OverBudgetError, RemoteError, WorkerLostError } from "../errors.ts";
import type { ParallelForOptions } from "./pool_options.ts";
import type { Loss, WorkerSlot } from "./worker_slot.ts";
import type { Thread } from "./thread.ts";
import type { LeftAnswer, NamedCall } from "../wire.ts";

/** Milliseconds for which a worker stays with a loop before others get their turn. */
const SLICE = 20;

/**
 * Milliseconds for which it stays when there are no others and nobody wants to know how far it is.
 * To leave and be sent again costs a worker about a millisecond (2026-11-28: 4 % of a loop of 500 ms).
 */
const LONGEST = 200;

/** Batches to be taken by all workers from a shared cursor. */
export interface LoopRequest {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
  readonly options: ParallelForOptions;
  /** What one worker calls when all batches are done. */
  readonly last: NamedCall | null;
  /** Milliseconds that a worker may take for a batch. */
  readonly deadline: number;
}

/** What came of a loop. */
export interface LoopResult {
  /** Compute time of all workers together, the last call's not included. */
  readonly milliseconds: number;
  /** What the last call returned. */
  readonly value: unknown;
}

interface Loop extends LoopRequest {
  readonly cursor: BatchCursor;
  readonly settle: PromiseWithResolvers<LoopResult>;
  /** Seats that have the order. */
  readonly slots: Set<WorkerSlot>;
  /** Seats where a batch threw: it is tried elsewhere, if there is an elsewhere. */
  readonly threwAt: Set<WorkerSlot>;
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

/** Loops take turns, slice by slice: a short one does not wait for a long one. */
export class ParallelLoops {
  readonly #loops: Loop[] = [];
  readonly #underWay = new Map<number, Loop>();
  readonly #slots: readonly WorkerSlot[];
  readonly #settled: () => void;

  /** `settled` is told whenever there is one loop less. */
  constructor(slots: readonly WorkerSlot[], settled: () => void) {
    this.#slots = slots;
    this.#settled = settled;
  }

  /** Loops under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Takes a loop into the round, and sends workers. */
  run(request: LoopRequest): Promise<LoopResult> {
    const { options: { batches, signal }, last } = request;
    // The last call is a batch too: it is stopped, lost and tried again as any other.
    const count = last === null ? batches : batches + 1;
    if (count === 0) return Promise.resolve({ milliseconds: 0, value: undefined });
    const cursor = BatchCursor.of(count, { lastAlone: last !== null });
    const loop: Loop = {
      ...request,
      cursor,
      settle: Promise.withResolvers(),
      slots: new Set(),
      threwAt: new Set(),
      tries: new Map(),
      lost: [],
      milliseconds: 0,
      value: undefined,
      failure: undefined,
      abandon: () => this.#fail(loop, signal?.reason),
    };
    this.#underWay.set(loop.id, loop);
    this.#loops.push(loop);
    signal?.addEventListener("abort", loop.abandon);
    this.deal();
    return loop.settle.promise;
  }

  /** Sends workers that have room to the loops in turn. */
  deal(): void {
    for (let misses = 0; misses < this.#loops.length;) {
      const loop = this.#loops.shift()!;
      this.#loops.push(loop);
      misses = this.#give(loop) ? 0 : misses + 1;
    }
  }

  #give(loop: Loop): boolean {
    if (loop.failure !== undefined || !loop.cursor.open) return false;
    // Not behind a call, which may take seconds, while others could finish the loop.
    const slot = leastLoaded(
      this.#slots,
      (slot) =>
        slot.calls === 0 && slot.waiting === 0 && !loop.slots.has(slot) &&
        !loop.threwAt.has(slot),
    );
    if (slot === undefined) return false;
    const { id, name, argument, cursor: { cells: cursor }, last, deadline, options } = loop;
    const { worker } = slot;
    const unwatched = deadline === Infinity && options.onProgress === undefined;
    const longest = unwatched ? LONGEST : SLICE;
    try {
      slot.give(
        { kind: "loop", id, name, argument, cursor, worker, slice: SLICE, longest, last },
        // The batch that outlasts the slice may begin at its very end.
        { deadline: deadline + longest },
      );
    } catch (error) {
      this.#fail(loop, uncloneable(name, error));
      return false;
    }
    loop.slots.add(slot);
    return true;
  }

  /** A worker has left a loop. */
  left(slot: WorkerSlot, answer: LeftAnswer): void {
    const loop = this.#underWay.get(answer.id);
    if (loop === undefined) return;
    loop.slots.delete(slot);
    loop.milliseconds += answer.milliseconds;
    loop.options.onWork?.(answer.milliseconds);
    if (answer.last !== null) {
      // Done once its value is here: a worker that died before would have taken it along.
      loop.cursor.finish(loop.options.batches, slot.worker);
      loop.value = answer.last.value;
    }
    this.#tellProgress(loop);
    if (answer.failed !== null) {
      const { batch, fault } = answer.failed;
      loop.threwAt.add(slot);
      if (loop.threwAt.size === this.#slots.length) loop.threwAt.clear();
      if (batch < 0) this.#fail(loop, new RemoteError(fault));
      else this.#tryAgain(loop, [batch], () => new RemoteError(fault));
    }
    const { budget } = loop.options;
    if (budget !== undefined && loop.milliseconds > budget && !loop.cursor.swept) {
      this.#fail(loop, new OverBudgetError(`The work took more than ${budget} ms of compute`));
    }
    this.#end(loop);
  }

  /** A listener that throws ends its own loop, not the process. */
  #tellProgress(loop: Loop): void {
    if (loop.failure !== undefined) return;
    try {
      loop.options.onProgress?.(Math.min(loop.cursor.done, loop.options.batches));
    } catch (error) {
      this.#fail(loop, error);
    }
  }

  /** A worker took longer than the deadline for a batch. */
  overran(id: number): void {
    const loop = this.#underWay.get(id);
    if (loop === undefined) return;
    const message = `Cannot wait longer for ${loop.name}: a batch took ${loop.deadline} ms`;
    this.#fail(loop, new DeadlineError(message));
  }

  /** A worker is gone: the batches that it had in hand are opened again. */
  lost(slot: WorkerSlot, { orders, thread, why }: Loss): void {
    for (const loop of this.#loops) loop.threwAt.delete(slot);
    for (const id of orders) {
      const loop = this.#underWay.get(id);
      if (loop === undefined) continue;
      loop.slots.delete(slot);
      loop.lost.push(thread);
      const held = loop.cursor.heldBy(slot.worker);
      this.#tryAgain(loop, held, () => lostOver(loop.name, why));
      this.#end(loop);
    }
  }

  /** Rejects all loops. */
  end(error: Error): void {
    for (const loop of this.#underWay.values()) {
      for (const slot of loop.slots) if (slot.thread !== undefined) loop.lost.push(slot.thread);
      this.#leave(loop);
      loop.settle.promise.catch(() => {});
      loop.settle.reject(error);
    }
    this.#loops.length = 0;
    this.#underWay.clear();
  }

  /** Opens batches again, or fails the loop when one of them has had its tries. */
  #tryAgain(loop: Loop, batches: readonly number[], error: () => Error): void {
    for (const batch of batches) {
      const tries = (loop.tries.get(batch) ?? 0) + 1;
      loop.tries.set(batch, tries);
      if (tries >= TRIES) return this.#fail(loop, error());
      loop.cursor.reopen(batch);
    }
  }

  #fail(loop: Loop, error: unknown): void {
    loop.failure ??= { error };
    for (const slot of loop.slots) slot.stop(loop.id);
    this.#end(loop);
  }

  /** Settles a loop that nobody is at any more and that is complete or has failed. */
  #end(loop: Loop): void {
    if (loop.slots.size > 0 || !this.#underWay.has(loop.id)) return;
    const { cursor, failure } = loop;
    if (!cursor.complete && failure === undefined) {
      // Nobody is at it: what is neither done nor open was taken by a worker that is gone.
      if (cursor.open) return;
      const error = () => new WorkerLostError(`Workers left ${loop.name} with batches in hand`);
      return this.#tryAgain(loop, cursor.unfinished(), error);
    }
    this.#underWay.delete(loop.id);
    this.#loops.splice(this.#loops.indexOf(loop), 1);
    this.#leave(loop);
    if (failure !== undefined) loop.settle.reject(failure.error);
    else loop.settle.resolve({ milliseconds: loop.milliseconds, value: loop.value });
    this.#settled();
  }

  /** Reports threads that may still write to what the loop's batches write to. */
  #leave({ lost, abandon, options: { onLeakedThread, signal } }: Loop): void {
    signal?.removeEventListener("abort", abandon);
    const leaked = lost.filter((thread) => !thread.hasEnded);
    if (leaked.length === 0) return;
    onLeakedThread?.(Promise.all(leaked.map(({ ended }) => ended)).then(() => {}));
  }
}
