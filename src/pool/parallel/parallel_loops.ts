/** The parallelFor calls of a pool: all workers take batches of each, in turn. */

import { BatchCursor } from "./batch_cursor.ts";
import { leastLoaded, TRIES } from "./call_queue.ts";
import {
  DeadlineError,
  lostOver,
  OverBudgetError,
  RemoteError,
  uncloneable,
  WorkerLostError,
} from "../errors.ts";
import type { ParallelForOptions } from "./pool_options.ts";
import type { Loss, WorkerSlot } from "./worker_slot.ts";
import type { Thread } from "./thread.ts";
import type { LeftAnswer, NamedCall } from "../wire.ts";
import { untilAborted } from "../within.ts";

/** Milliseconds for which a worker stays with a loop before others get their turn. */
const SLICE = 20;

/**
 * Milliseconds for which it stays when there are no others and progress is not watched: to leave and be
 * sent again costs a worker about a millisecond (experiment pool-3).
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

export interface LoopResult {
  /** Compute time of all workers together, the last call's not included. */
  readonly milliseconds: number;
  /** What the last call returned. */
  readonly value: unknown;
}

interface Loop extends LoopRequest {
  readonly cursor: BatchCursor;
  readonly settle: PromiseWithResolvers<LoopResult>;
  /** Slots that have the order. */
  readonly slots: Set<WorkerSlot>;
  /** Slots where a batch threw: it is tried elsewhere, if there is an elsewhere. */
  readonly threwAt: Set<WorkerSlot>;
  /** How often each batch was lost or threw. */
  readonly tries: Map<number, number>;
  /** Workers that were lost at it. */
  readonly lost: Thread[];
  milliseconds: number;
  value: unknown;
  failure: { readonly error: unknown } | undefined;
}

/** Loops take turns, slice by slice: a short one does not wait for a long one. */
export class ParallelLoops {
  /** In the order of their turns. */
  readonly #turns: Loop[] = [];
  readonly #underWay = new Map<number, Loop>();
  readonly #slots: readonly WorkerSlot[];
  readonly #settled: () => void;

  /** @param settled called whenever there is one loop less */
  constructor(slots: readonly WorkerSlot[], settled: () => void) {
    this.#slots = slots;
    this.#settled = settled;
  }

  /** Loops under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Begins a loop. */
  run(request: LoopRequest): Promise<LoopResult> {
    const { options: { batches, signal }, last } = request;
    // The last call is a batch too: it is stopped, lost and tried again as any other.
    const count = last === null ? batches : batches + 1;
    if (count === 0) return Promise.resolve({ milliseconds: 0, value: undefined });
    const loop: Loop = {
      ...request,
      cursor: BatchCursor.of(count, { lastAlone: last !== null }),
      settle: Promise.withResolvers(),
      slots: new Set(),
      threwAt: new Set(),
      tries: new Map(),
      lost: [],
      milliseconds: 0,
      value: undefined,
      failure: undefined,
    };
    this.#underWay.set(loop.id, loop);
    this.#turns.push(loop);
    this.deal();
    return untilAborted(loop.settle.promise, signal, (reason) => this.#fail(loop, reason));
  }

  /** Sends workers that have room to the loops in turn. */
  deal(): void {
    for (let misses = 0; misses < this.#turns.length;) {
      const loop = this.#turns.shift()!;
      this.#turns.push(loop);
      misses = this.#give(loop) ? 0 : misses + 1;
    }
  }

  #give(loop: Loop): boolean {
    if (loop.failure !== undefined || !loop.cursor.open) return false;
    // Not behind a call, which may take seconds, while others could finish the loop.
    const slot = leastLoaded(
      this.#slots,
      (slot) =>
        slot.calls === 0 && slot.waiting === 0 && !loop.slots.has(slot) && !loop.threwAt.has(slot),
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
      this.#fail(loop, uncloneable(name, [argument, last?.args], error));
      return false;
    }
    loop.slots.add(slot);
    return true;
  }

  /** A worker has left a loop. */
  left(slot: WorkerSlot, answer: LeftAnswer): void {
    const loop = this.#underWay.get(answer.id);
    if (loop === undefined) return;
    const { cursor, options: { batches, budget, onWork } } = loop;
    loop.slots.delete(slot);
    loop.milliseconds += answer.milliseconds;
    onWork?.(answer.milliseconds);
    if (answer.last !== null) {
      // Done only now that its value is here: a worker that died before would have taken it along.
      cursor.finish(batches, slot.worker);
      loop.value = answer.last.value;
    }
    this.#reportProgress(loop);
    if (answer.failed !== null) {
      const { batch, fault } = answer.failed;
      loop.threwAt.add(slot);
      if (loop.threwAt.size === this.#slots.length) loop.threwAt.clear();
      if (batch < 0) this.#fail(loop, new RemoteError(fault));
      else this.#tryAgain(loop, [batch], () => new RemoteError(fault));
    }
    if (budget !== undefined && loop.milliseconds > budget && !cursor.earlyDone) {
      this.#fail(loop, new OverBudgetError(`The work took more than ${budget} ms of compute`));
    }
    this.#end(loop);
  }

  /** An `onProgress` that throws ends its own loop, not the process. */
  #reportProgress(loop: Loop): void {
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
    for (const loop of this.#turns) loop.threwAt.delete(slot);
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
      for (const { thread } of loop.slots) if (thread !== undefined) loop.lost.push(thread);
      this.#reportLeaked(loop);
      loop.settle.reject(error);
    }
    this.#turns.length = 0;
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

  /** Settles a loop that no worker is at any more and that is complete or has failed. */
  #end(loop: Loop): void {
    if (loop.slots.size > 0 || !this.#underWay.has(loop.id)) return;
    const { cursor, failure, milliseconds, value } = loop;
    if (!cursor.complete && failure === undefined) {
      if (cursor.open) return;
      // What is neither done nor open was taken by a worker that has left or is gone.
      const error = () => new WorkerLostError(`Workers left ${loop.name} with batches in hand`);
      return this.#tryAgain(loop, cursor.unfinished(), error);
    }
    this.#underWay.delete(loop.id);
    this.#turns.splice(this.#turns.indexOf(loop), 1);
    this.#reportLeaked(loop);
    if (failure !== undefined) loop.settle.reject(failure.error);
    else loop.settle.resolve({ milliseconds, value });
    this.#settled();
  }

  #reportLeaked({ lost, options: { onLeakedThread } }: Loop): void {
    const leaked = lost.filter((thread) => !thread.hasEnded).map(({ ended }) => ended);
    if (leaked.length > 0) onLeakedThread?.(Promise.all(leaked).then(() => {}));
  }
}
