/** One place in a pool: the worker that has it now, and the orders that it has not answered. */

import { DeadlineError, RemoteError } from "../errors.ts";
import { after, type Timer } from "../sync/wait.ts";
import { MAILBOX } from "./task_flags.ts";
import { Thread } from "./thread.ts";
import {
  type Answer,
  type CallOrder,
  type Fault,
  faultOf,
  type LoopOrder,
  type MapOrder,
} from "../wire.ts";

/** What a slot reports to its pool. */
export interface SlotEvents {
  /** The worker can take orders. */
  ready(): void;
  /** The worker answered the order with this id. */
  answered(slot: WorkerSlot, answer: Answer & { readonly id: number }): void;
  /** The order took longer than its deadline; the worker is asked to stop. */
  overran(id: number): void;
  /** The worker died or was given up; the slot is empty. */
  lost(slot: WorkerSlot, loss: Loss): void;
  /** The worker has done as many tasks as one is to do, and was ended; the slot is empty. */
  retired(slot: WorkerSlot, thread: Thread): void;
}

/** How a slot lost its worker. */
export interface Loss {
  readonly thread: Thread;
  readonly why: Error;
  /** The orders that it had not answered. */
  readonly orders: readonly number[];
  /** Those of them that cannot have ended it: it had not begun them, or had sent their answers. */
  readonly blameless: ReadonlySet<number>;
}

/** How a slot starts its worker, and how long it waits for it. */
export interface SlotOptions {
  readonly module: URL;
  /** Slots of the pool. */
  readonly slots: number;
  readonly permissions: Deno.PermissionOptions;
  /** Called for every worker that is started, replacements included. */
  readonly startArgument: (ended: Promise<void>) => unknown;
  /** Milliseconds that a worker may take to start. */
  readonly startDeadline: number;
  /** Milliseconds that a task may go on after it was asked to stop. */
  readonly grace: number;
  /** Tasks after which a worker is replaced. */
  readonly maxTasks: number;
}

/** An order without the number of its flag, which the slot adds. */
export type UnplacedOrder =
  | Omit<CallOrder, "flag">
  | Omit<MapOrder, "flag">
  | Omit<LoopOrder, "flag">;

/** How an order is given. */
export interface GiveOptions {
  readonly transfer?: Transferable[];
  /** Milliseconds that it may take; default: any time. */
  readonly deadline?: number;
}

interface Given {
  readonly kind: UnplacedOrder["kind"];
  readonly flag: number;
  readonly deadline: number;
  /** Whether it is asked to stop. */
  stopping: boolean;
  /** Of the deadline, or of the grace once it is asked to stop; runs while the worker is at it. */
  timer: Timer | undefined;
}

/** A worker and, when that is lost, its replacement. */
export class WorkerSlot {
  readonly #index: number;
  readonly #options: SlotOptions;
  readonly #events: SlotEvents;
  /** In the order in which the worker takes them up. */
  readonly #orders = new Map<number, Given>();
  /** Numbers of flags that no order has. */
  readonly #freeFlags: number[] = [];
  #calls = 0;
  /** Orders that this worker was given and has not been spared. */
  #tasks = 0;
  #thread: Thread | undefined;
  #starting: Timer | undefined;
  #ready = false;
  #workers = 0;

  constructor(index: number, options: SlotOptions, events: SlotEvents) {
    this.#index = index;
    this.#options = options;
    this.#events = events;
  }

  /**
   * A number that no other worker of the pool has or had: one that was given up and still runs must not
   * be mistaken for its replacement.
   */
  get worker(): number {
    return this.#index + this.#workers * this.#options.slots;
  }

  /** Whether the worker can take another order. */
  get hasRoom(): boolean {
    return this.#ready && this.#orders.size < MAILBOX && this.#tasks < this.#options.maxTasks;
  }

  /** Orders given and not yet answered; a call counts twice, as it may take any time. */
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

  get thread(): Thread | undefined {
    return this.#thread;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Starts a worker in this slot. */
  start(): void {
    this.#workers++;
    this.#tasks = 0;
    const thread: Thread = new Thread(this.#options.module, this.#options.permissions, {
      answered: (answer) => this.#onAnswer(answer),
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
  give(order: UnplacedOrder, { transfer = [], deadline = Infinity }: GiveOptions = {}): void {
    const flag = this.#freeFlags.at(-1)!;
    const thread = this.#thread!;
    thread.flags.place(flag);
    thread.post({ ...order, flag }, transfer);
    this.#freeFlags.pop();
    this.#tasks++;
    if (order.kind !== "loop") this.#calls++;
    const given = { kind: order.kind, flag, deadline, stopping: false, timer: undefined };
    this.#orders.set(order.id, given);
    thread.flags.crowded = this.#orders.size > 1;
    this.#startTimer();
  }

  /** Asks the worker to stop what it does for this order; a worker that does not is given up. */
  stop(id: number): void {
    const given = this.#orders.get(id);
    if (given === undefined || given.stopping) return;
    given.stopping = true;
    this.#thread?.flags.stop(given.flag);
    clearTimeout(given.timer);
    given.timer = undefined;
    this.#startTimer();
  }

  /** Takes an order back. Returns whether the worker has not begun it, and then never will. */
  recall(id: number): boolean {
    const given = this.#orders.get(id);
    if (given === undefined || !this.#thread?.flags.recall(given.flag)) return false;
    this.#tasks--;
    return true;
  }

  /** Ends the worker and drops its orders: nothing more is reported of it. */
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

  /** The timer runs for the order that the worker is at: the first that it has not answered. */
  #startTimer(): void {
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

  #onAnswer(answer: Answer): void {
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
        this.#startTimer();
        this.#events.answered(this, answer);
        return this.#retireIfDue();
    }
  }

  #retireIfDue(): void {
    if (this.#tasks < this.#options.maxTasks || this.#orders.size > 0) return;
    const thread = this.terminate();
    if (thread !== undefined) this.#events.retired(this, thread);
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
    const { flags } = this.#thread!;
    const blameless = orders.filter((id) =>
      this.recall(id) || flags.answered(this.#orders.get(id)!.flag)
    );
    const thread = this.terminate()!;
    this.#events.lost(this, { thread, why, orders, blameless: new Set(blameless) });
  }
}

/** The fault of a worker that reported its own end. */
export function leaving(how: string): Fault {
  return faultOf(new Error(`the worker called ${how}`));
}
