/** One place in a pool: the worker that sits there now, and the orders it has not answered. */

import {
  type Answer,
  type CallOrder,
  type Fault,
  faultOf,
  type MapOrder,
  type Order,
  type SweepOrder,
} from "./wire.ts";

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
  /** Seats of the pool. */
  readonly seats: number;
  readonly permissions: Deno.PermissionOptions;
  /** Called for every worker that is started, replacements included. */
  readonly startArgument: () => unknown;
}

/** Orders in a worker's mailbox: one that runs, and one to go on with at once. */
const MAILBOX = 2;

/** A worker and its replacement, should it die. */
export class Seat {
  readonly #slot: number;
  readonly #options: SeatOptions;
  readonly #events: SeatEvents;
  #worker: Worker | undefined;
  #orders = new Map<number, Order["kind"]>();
  #ready = false;
  #alone = false;
  #workers = 0;

  constructor(slot: number, options: SeatOptions, events: SeatEvents) {
    this.#slot = slot;
    this.#options = options;
    this.#events = events;
  }

  /**
   * A number that no other worker of the pool has or had: who was taken for dead and still runs must not
   * be mistaken for the one that replaced it.
   */
  get worker(): number {
    return this.#slot + this.#workers * this.#options.seats;
  }

  /** Whether the worker can take another order. */
  get hasRoom(): boolean {
    return this.#ready && !this.#alone && this.#orders.size < MAILBOX;
  }

  /** Orders given and not yet answered; a call counts twice, as nobody knows how long it takes. */
  get load(): number {
    return this.#orders.size + this.calls;
  }

  /** Calls given and not yet answered. */
  get calls(): number {
    let calls = 0;
    for (const kind of this.#orders.values()) if (kind !== "sweep") calls++;
    return calls;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Starts a worker in this seat. */
  start(): void {
    this.#workers++;
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
   * Gives the worker an order; with `alone`, it gets no other until this one is answered.
   *
   * @throws {DOMException} DataCloneError when the order's arguments cannot be cloned
   */
  give(
    order: CallOrder | MapOrder | SweepOrder,
    { transfer = [], alone = false }: { transfer?: Transferable[]; alone?: boolean } = {},
  ): void {
    this.#post(order, transfer);
    this.#orders.set(order.id, order.kind);
    this.#alone = alone;
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
        this.#alone = false;
        return this.#events.answered(this, answer);
    }
  }

  #lose(fault: Fault): void {
    this.terminate();
    const orders = [...this.#orders.keys()];
    this.#orders.clear();
    this.#alone = false;
    this.#events.lost(this, orders, fault);
  }
}
