/** The queue of calls of a pool: those that wait, and those that workers have. */

import { DeadlineError, lostOver, RemoteError, uncloneable } from "../errors.ts";
import type { Loss, UnplacedOrder, WorkerSlot } from "./worker_slot.ts";
import type { Answer } from "../wire.ts";
import { untilAborted } from "../within.ts";

/** Times that a task is tried when its worker dies. */
export const TRIES = 2;

/** A function to be called, once or for each of a chunk of items. */
export interface CallRequest {
  readonly order: Exclude<UnplacedOrder, { kind: "loop" }>;
  readonly transfer: Transferable[];
  /** Milliseconds that a worker may take. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

interface Call extends CallRequest {
  readonly settle: PromiseWithResolvers<unknown>;
  /** Workers that have been given it. */
  tries: number;
  /** The worker that has it now. */
  slot: WorkerSlot | undefined;
  /** Its caller does not wait any more. */
  abandoned: boolean;
}

/** First come, first served; what a worker died over is served before all others. */
export class CallQueue {
  readonly #waiting: Call[] = [];
  readonly #given = new Map<number, Call>();
  readonly #settled: () => void;

  /** @param settled called whenever there is one call less */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  /** Calls that wait or run. */
  get size(): number {
    return this.#waiting.length + this.#given.size;
  }

  /** Adds a call; the promise settles with it. */
  add(request: CallRequest): Promise<unknown> {
    const settle = Promise.withResolvers<unknown>();
    const call: Call = { ...request, settle, tries: 0, slot: undefined, abandoned: false };
    this.#waiting.push(call);
    return untilAborted(settle.promise, request.signal, (reason) => this.#abandon(call, reason));
  }

  /** Gives the workers what they have room for. */
  deal(slots: readonly WorkerSlot[]): void {
    for (let call = this.#waiting[0]; call !== undefined; call = this.#waiting[0]) {
      const { deadline } = call;
      // Its timer would not run behind a call that may take for ever.
      const slot = leastLoaded(slots, (slot) => deadline === Infinity || slot.bounded);
      if (slot === undefined) return;
      this.#waiting.shift();
      this.#give(slot, call);
    }
    this.#spread(slots);
  }

  /** Moves calls that wait behind another one to workers that have nothing to do. */
  #spread(slots: readonly WorkerSlot[]): void {
    for (const call of this.#given.values()) {
      const idle = slots.find((slot) => slot.hasRoom && slot.load === 0);
      if (idle === undefined) return;
      const { slot, order, transfer } = call;
      if (slot === undefined || call.abandoned || transfer.length > 0) continue;
      if (slot.waiting === 0 || !slot.recall(order.id)) continue;
      call.tries--;
      this.#give(idle, call);
    }
  }

  #give(slot: WorkerSlot, call: Call): void {
    const { order, transfer, deadline } = call;
    call.tries++;
    this.#given.set(order.id, call);
    call.slot = slot;
    try {
      slot.give(order, { transfer, deadline });
    } catch (error) {
      this.#given.delete(order.id);
      const args = order.kind === "map" ? order.items : order.args;
      call.settle.reject(uncloneable(order.name, args, error));
      this.#settled();
    }
  }

  /** A worker has answered. */
  answered(slot: WorkerSlot, answer: Answer & { readonly id: number }): void {
    const call = this.#given.get(answer.id);
    // A call that was taken back is another worker's.
    if (call?.slot !== slot) return;
    this.#given.delete(answer.id);
    if (answer.kind === "value") call.settle.resolve(answer.value);
    if (answer.kind === "fault") call.settle.reject(new RemoteError(answer.fault));
    this.#settled();
  }

  /** A call took longer than its deadline. */
  overran(id: number): void {
    const call = this.#given.get(id);
    if (call === undefined) return;
    const message = `Cannot wait longer for ${call.order.name}: it took ${call.deadline} ms`;
    this.#abandon(call, new DeadlineError(message));
  }

  /** A worker is gone: the calls that it had are tried again, or have failed. */
  lost(slot: WorkerSlot, { orders, blameless, why }: Loss): void {
    for (const id of orders) {
      const call = this.#given.get(id);
      if (call?.slot !== slot) continue;
      this.#given.delete(id);
      call.slot = undefined;
      if (blameless.has(id)) call.tries--;
      if (call.tries < TRIES && call.transfer.length === 0 && !call.abandoned) {
        this.#waiting.unshift(call);
      } else {
        call.settle.reject(lostOver(call.order.name, why));
        this.#settled();
      }
    }
  }

  /** Rejects all calls. */
  end(error: Error): void {
    for (const { settle } of [...this.#waiting, ...this.#given.values()]) settle.reject(error);
    this.#waiting.length = 0;
    this.#given.clear();
  }

  /** Rejects a call; if it runs, its worker is asked to stop, and the result is dropped. */
  #abandon(call: Call, reason: unknown): void {
    call.abandoned = true;
    const index = this.#waiting.indexOf(call);
    if (index >= 0) this.#waiting.splice(index, 1);
    const { id } = call.order;
    // A call that its worker had not begun never will be: there is no result to wait for.
    if (call.slot?.recall(id)) this.#given.delete(id);
    call.slot?.stop(id);
    call.settle.reject(reason);
    this.#settled();
  }
}

/** The slot with room that has the least to do, among those that fit. */
export function leastLoaded(
  slots: readonly WorkerSlot[],
  fits: (slot: WorkerSlot) => boolean,
): WorkerSlot | undefined {
  let best: WorkerSlot | undefined;
  for (const slot of slots) {
    if (!slot.hasRoom || !fits(slot)) continue;
    if (best === undefined || slot.load < best.load) best = slot;
  }
  return best;
}
