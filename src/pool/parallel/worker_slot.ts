/** One place in a pool: the worker that sits there now, and the orders it has not answered. */

import { DeadlineError, RemoteError } from "../errors.ts";
import { MAILBOX } from "./task_flags.ts";
import { Thread } from "./thread.ts";
import { LONGEST_TIMER } from "../sync/wait.ts";
import {
  type Answer,
  type CallOrder,
  type Fault,
  faultOf,
  type LoopOrder,
  type MapOrder,
} from "../wire.ts";

/** What a slot tells its pool. */
export interface WorkerSlotEvents {
  /** The worker can take orders. */
  ready(): void;
  /** The worker answered the order with this id. */
  answered(slot: WorkerSlot, answer: Answer & { readonly id: number }): void;
  /** The order took longer than its deadline; the worker is asked to stop. */
  overran(id: number): void;
  /** The worker died or was given up; the slot is empty. */
  lost(slot: WorkerSlot, loss: Loss): void;
}

/** How a slot lost its worker. */
export interface Loss {
  readonly thread: Thread;
  readonly why: Error;
  /** The orders it had not answered. */
  readonly orders: readonly number[];
  /** Those of them that are not to blame: it had not begun them, or its answers are lost on their way. */
  readonly blameless: ReadonlySet<number>;
}

/** How a slot starts its worker, and how patient it is. */
export interface WorkerSlotOptions {
  readonly module: URL;
  /** Seats of the pool. */
  readonly slots: number;
  readonly permissions: Deno.PermissionOptions;
  /** Called for every worker that is started, replacements included. */
  readonly startArgument: (ended: Promise<void>) => unknown;
  /** Milliseconds that a worker may take to start. */
  readonly startDeadline: number;
  /** Milliseconds that a task may go on after it was asked to stop. */
  readonly grace: number;
}

/** An order without the number of its flag, which is the slot's to give. */
export type UnplacedOrder =
  | Omit<CallOrder, "flag">
  | Omit<MapOrder, "flag">
  | Omit<LoopOrder, "flag">;

/** How an order is given. */
export interface GiveOptions {
  readonly transfer?: Transferable[];
  /** Milliseconds that it may take; default: any time. */
  readonly deadline?: number | undefined;
}

type Timer = ReturnType<typeof setTimeout>;

interface Given {
  readonly kind: UnplacedOrder["kind"];
  readonly flag: number;
  readonly deadline: number;
  /** Whether it is asked to stop. */
  stopping: boolean;
  /** The clock, once the worker is at it: that of the deadline, then that of the grace. */
  timer: Timer | undefined;
}

/** A worker and its replacement, should it die. */
export class WorkerSlot {
  readonly #position: number;
  readonly #options: WorkerSlotOptions;
  readonly #events: WorkerSlotEvents;
  /** In the order in which the worker takes them up. */
  readonly #orders = new Map<number, Given>();
  /** Numbers of flags that no order has. */
  readonly #freeFlags: number[] = [];
  #calls = 0;
  #thread: Thread | undefined;
  #starting: Timer | undefined;
  #ready = false;
  #workers = 0;

  constructor(position: number, options: WorkerSlotOptions, events: WorkerSlotEvents) {
    this.#position = position;
    this.#options = options;
    this.#events = events;
  }

  /**
   * A number that no other worker of the pool has or had: who was taken for dead and still runs must not
   * be mistaken for the one that replaced it.
   */
  get worker(): number {
    return this.#position + this.#workers * this.#options.slots;
  }

  /** Whether the worker can take another order. */
  get hasRoom(): boolean {
    return this.#ready && this.#orders.size < MAILBOX;
  }

  /** Orders given and not yet answered; a call counts twice, as nobody knows how long it takes. */
  get load(): number {
    return this.#orders.size + this.#calls;
  }

  /** Orders that the worker has besides the one it is at. */
  get waiting(): number {
    return Math.max(0, this.#orders.size - 1);
  }

  /** Calls given and not yet answered. */
  get calls(): number {
    return this.#calls;
  }

  /** Whether every call in hand ends some time: by itself, or by its deadline. */
  get bounded(): boolean {
    for (const { kind, deadline } of this.#orders.values()) {
      if (kind !== "loop" && deadline === Infinity) return false;
    }
    return true;
  }

  /** The thread that sits there now. */
  get thread(): Thread | undefined {
    return this.#thread;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Starts a worker in this slot. */
  start(): void {
    this.#workers++;
    const thread: Thread = new Thread(this.#options.module, this.#options.permissions, {
      heard: (answer) => this.#hear(answer),
      died: (fault) => this.#lose(new RemoteError(fault)),
    });
    this.#thread = thread;
    this.#freeFlags.splice(0, Infinity, ...Array(MAILBOX).keys());
    const { startDeadline } = this.#options;
    this.#starting = after(startDeadline, () => {
      this.#lose(new DeadlineError(`A worker did not start within ${startDeadline} ms`));
    });
    void this.#sendArgument(thread);
  }

  async #sendArgument(thread: Thread): Promise<void> {
    try {
      const argument = await this.#options.startArgument(thread.ended);
      if (thread === this.#thread) thread.post({ kind: "start", argument });
    } catch (thrown) {
      if (thread === this.#thread) this.#lose(new RemoteError(faultOf(thrown)));
    }
  }

  /**
   * Gives the worker an order.
   *
   * @throws {DOMException} DataCloneError when the order's arguments cannot be cloned
   */
  give(
    order: UnplacedOrder,
    { transfer = [], deadline = Infinity }: GiveOptions = {},
  ): void {
    const flag = this.#freeFlags.at(-1)!;
    const thread = this.#thread!;
    thread.flags.place(flag);
    thread.post({ ...order, flag }, transfer);
    this.#freeFlags.pop();
    if (order.kind !== "loop") this.#calls++;
    this.#orders.set(order.id, {
      kind: order.kind,
      flag,
      deadline,
      stopping: false,
      timer: undefined,
    });
    thread.flags.crowded = this.#orders.size > 1;
    this.#watch();
  }

  /** Asks the worker to stop what it does for this order; one that does not is given up. */
  stop(id: number): void {
    const given = this.#orders.get(id);
    if (given === undefined || given.stopping) return;
    given.stopping = true;
    this.#thread?.flags.stop(given.flag);
    clearTimeout(given.timer);
    given.timer = undefined;
    this.#watch();
  }

  /** Takes a call back. Returns whether the worker has not begun it, and then never will. */
  recall(id: number): boolean {
    const given = this.#orders.get(id);
    return given !== undefined && this.#thread !== undefined &&
      this.#thread.flags.recall(given.flag);
  }

  /** Whether the worker has answered a call, though the answer has not been heard. */
  #hasAnswered(id: number): boolean {
    const given = this.#orders.get(id);
    return given !== undefined && this.#thread !== undefined &&
      this.#thread.flags.answered(given.flag);
  }

  /** Ends the worker; it will not be heard of again. */
  terminate(): Thread | undefined {
    const thread = this.#thread;
    this.#ready = false;
    clearTimeout(this.#starting);
    for (const { timer } of this.#orders.values()) clearTimeout(timer);
    this.#orders.clear();
    this.#calls = 0;
    thread?.terminate();
    this.#thread = undefined;
    return thread;
  }

  /** The clock runs for the order that the worker is at: the first that it has not answered. */
  #watch(): void {
    for (const [id, given] of this.#orders) {
      given.timer ??= given.stopping
        ? after(this.#options.grace, () => this.#giveUp())
        : after(given.deadline, () => {
          this.stop(id);
          this.#events.overran(id);
        });
      return;
    }
  }

  #giveUp(): void {
    const message = `it did not stop within ${this.#options.grace} ms when asked to`;
    this.#lose(new DeadlineError(message));
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case "ready":
        clearTimeout(this.#starting);
        this.#ready = true;
        return this.#events.ready();
      case "start failed":
        return this.#lose(new RemoteError(answer.fault));
      case "leaving":
        return this.#lose(new RemoteError(leaving(answer.how)));
      default:
        this.#remove(answer.id);
        this.#watch();
        return this.#events.answered(this, answer);
    }
  }

  #remove(id: number): void {
    const given = this.#orders.get(id);
    if (given === undefined) return;
    clearTimeout(given.timer);
    this.#orders.delete(id);
    this.#freeFlags.push(given.flag);
    this.#thread!.flags.crowded = this.#orders.size > 1;
    if (given.kind !== "loop") this.#calls--;
  }

  #lose(why: Error): void {
    const orders = [...this.#orders.keys()];
    const blameless = new Set(orders.filter((id) => this.recall(id) || this.#hasAnswered(id)));
    const thread = this.terminate()!;
    this.#events.lost(this, { thread, why, orders, blameless });
  }
}

/** What is told of a worker that announced its end. */
export function leaving(how: string): Fault {
  return faultOf(new Error(`the worker called ${how}`));
}

function after(milliseconds: number, then: () => void): Timer | undefined {
  return milliseconds <= LONGEST_TIMER ? setTimeout(then, milliseconds) : undefined;
}
