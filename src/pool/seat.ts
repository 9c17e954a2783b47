/** One place in a pool: the worker that sits there now, and the orders it has not answered. */

import { type Answer, type Fault, faultOf, type Order } from "./wire.ts";

/** What a seat tells its pool. */
export interface SeatEvents {
  /** The worker can take orders. */
  ready(seat: Seat): void;
  /** The worker answered the order with this id. */
  answered(seat: Seat, answer: Answer & { readonly id: number }): void;
  /** The worker died; `orders` are those it had not answered. */
  lost(seat: Seat, orders: readonly number[], fault: Fault): void;
}

/** How a seat starts its worker. */
export interface SeatOptions {
  readonly module: URL;
  readonly permissions: Deno.PermissionOptions;
  /** Called for every worker that is started, replacements included. */
  readonly startArgument: () => unknown;
}

/** A worker and its replacement, should it die. */
export class Seat {
  readonly slot: number;
  readonly #options: SeatOptions;
  readonly #events: SeatEvents;
  #worker: Worker | undefined;
  #orders = new Set<number>();
  #ready = false;

  constructor(slot: number, options: SeatOptions, events: SeatEvents) {
    this.slot = slot;
    this.#options = options;
    this.#events = events;
  }

  /** Orders given and not yet answered; Infinity while the worker is not ready. */
  get load(): number {
    return this.#ready ? this.#orders.size : Infinity;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Starts a worker in this seat. */
  start(): void {
    const worker = new Worker(this.#options.module, {
      type: "module",
      deno: { permissions: this.#options.permissions },
    });
    this.#worker = worker;
    worker.onmessage = (event: MessageEvent<Answer>) => {
      if (worker === this.#worker) this.#hear(event.data);
    };
    worker.onerror = (event) => {
      // Else the error ends the parent too.
      event.preventDefault();
      if (worker === this.#worker) {
        this.#lose({ name: "Error", message: event.message, stack: "" });
      }
    };
    worker.onmessageerror = () => {
      if (worker === this.#worker) {
        this.#lose(faultOf(new Error("a message could not be read")));
      }
    };
    try {
      this.#post({ kind: "start", argument: this.#options.startArgument() });
    } catch (thrown) {
      this.#lose(faultOf(thrown));
    }
  }

  /**
   * Gives the worker an order.
   *
   * @throws {DOMException} DataCloneError when the order's arguments cannot be cloned
   */
  give(id: number, order: Order, transfer: Transferable[] = []): void {
    this.#post(order, transfer);
    this.#orders.add(id);
  }

  /** Ends the worker; it will not be heard of again. */
  terminate(): void {
    this.#ready = false;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #post(order: Order, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(order, transfer);
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case "ready":
        this.#ready = true;
        return this.#events.ready(this);
      case "start failed":
        return this.#lose(answer.fault);
      case "leaving":
        return this.#lose(faultOf(new Error(`the worker called ${answer.how}`)));
      default:
        this.#orders.delete(answer.id);
        return this.#events.answered(this, answer);
    }
  }

  #lose(fault: Fault): void {
    this.terminate();
    const orders = [...this.#orders];
    this.#orders.clear();
    this.#events.lost(this, orders, fault);
  }
}
