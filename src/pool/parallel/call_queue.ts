/** The calls of a pool: those that wait in line, and those in workers' hands. */

import { DeadlineError, RemoteError, WorkerLostError } from "../errors.ts";
import type { Loss, UnplacedOrder, WorkerSlot } from "./worker_slot.ts";
import { type Answer, faultOf } from "../wire.ts";

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
  /** Nobody waits for it any more. */
  abandoned: boolean;
}

/** First come, first served; what a worker died over is served before all others. */
export class CallQueue {
  readonly #waiting: Call[] = [];
  readonly #given = new Map<number, Call>();
  readonly #settled: () => void;

  /** `settled` is told whenever there is one call less. */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  /** Calls that wait or run. */
  get size(): number {
    return this.#waiting.length + this.#given.size;
  }

  /** Puts a call in line; the promise settles with it. */
  add(request: CallRequest): Promise<unknown> {
    const settle = Promise.withResolvers<unknown>();
    const call: Call = { ...request, settle, tries: 0, slot: undefined, abandoned: false };
    const { signal } = request;
    if (signal !== undefined) {
      const abort = () => this.#abandon(call, signal.reason);
      const forget = () => signal.removeEventListener("abort", abort);
      signal.addEventListener("abort", abort, { once: true });
      settle.promise.then(forget, forget);
    }
    this.#waiting.push(call);
    return settle.promise;
  }

  /** Gives out what the workers have room for. */
  deal(slots: readonly WorkerSlot[]): void {
    for (let call = this.#waiting[0]; call !== undefined; call = this.#waiting[0]) {
      const { deadline } = call;
      // Its clock would not run behind a call that may take for ever.
      const slot = leastLoaded(slots, (slot) => deadline === Infinity || slot.bounded);
      if (slot === undefined) return;
      this.#waiting.shift();
      this.#give(slot, call);
    }
    this.#spread(slots);
  }

  /** Nothing waits behind a call that may take long while a worker has nothing to do. */
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
      call.settle.reject(uncloneable(order.name, error));
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

  /** A worker is gone: what it had in hand is tried again, or has failed. */
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
    for (const { settle } of [...this.#waiting, ...this.#given.values()]) {
      // Those who do not wait for a call must not be told by an unhandled rejection.
      settle.promise.catch(() => {});
      settle.reject(error);
    }
    this.#waiting.length = 0;
    this.#given.clear();
  }

  /** The caller stops waiting; a call that runs is asked to stop, and its result is dropped. */
  #abandon(call: Call, reason: unknown): void {
    call.abandoned = true;
    const index = this.#waiting.indexOf(call);
    if (index >= 0) this.#waiting.splice(index, 1);
    const { id } = call.order;
    // What waits in the worker's mailbox is never begun; the worker will say no more than that.
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

/** The caller's error for arguments that cannot be cloned. */
export function uncloneable(name: string, error: unknown): TypeError {
  return new TypeError(`Cannot send the arguments of ${name}: ${faultOf(error).message}`);
}

/** The caller's error for work over which workers died. */
export function lostOver(name: string, { message }: Error): WorkerLostError {
  return new WorkerLostError(`A worker died over ${name}: ${message}`);
}
