/** A worker's thread: the messages to it, the answers from it, and when it has really ended. */

import { MessageChannel } from "node:worker_threads";
import { TaskFlags } from "./task_flags.ts";
import { type Answer, type Fault, faultOf, type Order } from "../wire.ts";

/** What a thread reports to its owner. */
export interface ThreadEvents {
  answered(answer: Answer): void;
  /** It is gone, or about to be; nothing more is reported. */
  died(fault: Fault): void;
}

/**
 * Starts a worker and holds the other end of its life line: a message port that closes when the
 * thread is gone. It is the one sign of an end that nothing suppresses: Deno has no event for
 * `close()` or `Deno.exit()` in a worker, and after `terminate()` a busy thread runs on until its
 * loop ends, if it does. (Only the port of `node:worker_threads` has an event for being closed.)
 */
export class Thread {
  /** Resolves when the thread runs no more: what it was lent can be lent again. */
  readonly ended: Promise<void>;
  readonly flags: TaskFlags = new TaskFlags();
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  #silent = false;
  #hasEnded = false;

  constructor(module: URL, permissions: Deno.PermissionOptions, events: ThreadEvents) {
    this.#events = events;
    this.#worker = new Worker(module, { type: "module", deno: { permissions } });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (!this.#silent) this.#events.answered(data);
    };
    this.#worker.onerror = (event) => {
      // Else the error ends the parent too.
      event.preventDefault();
      this.#die({ name: "Error", message: event.message, stack: "" });
    };
    this.#worker.onmessageerror = () =>
      this.#die(faultOf(new Error("a message could not be read")));
    this.ended = this.#sendLifeLine();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @throws {DOMException} DataCloneError when the order cannot be cloned */
  post(order: Order, transfer: Transferable[] = []): void {
    if (this.#silent) return;
    // With a list of what to move, empty or not, Deno takes a slower way.
    if (transfer.length === 0) this.#worker.postMessage(order);
    else this.#worker.postMessage(order, transfer);
  }

  /** Reports nothing more of it and ends it, as far as Deno can: a busy thread ends once it is idle. */
  terminate(): void {
    this.#silent = true;
    this.flags.stopAll();
    this.#worker.terminate();
  }

  #sendLifeLine(): Promise<void> {
    const { port1: here, port2: there } = new MessageChannel();
    const ended = Promise.withResolvers<void>();
    here.on("message", () => {});
    here.on("close", () => {
      this.#hasEnded = true;
      ended.resolve();
      // Its last answer travels another way and may not have arrived.
      setTimeout(() => this.#die(faultOf(new Error("the worker ended without a word"))), 0);
    });
    const lifeLine = there as unknown as MessagePort;
    this.post({ kind: "life line", lifeLine, flags: this.flags.buffer }, [lifeLine]);
    return ended.promise;
  }

  #die(fault: Fault): void {
    if (this.#silent) return;
    this.#silent = true;
    this.#events.died(fault);
    this.terminate();
  }
}
