/** A worker's thread: what it is told, what it says, and when it has really ended. */

import { MessageChannel } from "node:worker_threads";
import { AnswerRing } from "./answer_ring.ts";
import { TaskFlags } from "./task_flags.ts";
import { type Answer, type Fault, faultOf, type Order } from "../wire.ts";

/** What a thread tells whoever started it. */
export interface ThreadEvents {
  heard(answer: Answer): void;
  /** It is gone, or about to be; it will not be heard again. */
  died(fault: Fault): void;
}

/**
 * Starts a worker and holds the other end of its life line: a message port that closes when the
 * thread is gone. It is the one sign of an end that nothing suppresses: Deno tells nobody of
 * `close()` or `Deno.exit()` in a worker, and after `terminate()` a busy thread runs on until its
 * loop ends, if it does. (Only the port of `node:worker_threads` tells that it closed.)
 */
export class Thread {
  /** Resolves when the thread runs no more: what it was lent can be lent again. */
  readonly ended: Promise<void>;
  readonly flags: TaskFlags = new TaskFlags();
  readonly #answers = new AnswerRing();
  readonly #worker: Worker;
  readonly #events: ThreadEvents;
  #silent = false;
  #hasEnded = false;

  constructor(module: URL, permissions: Deno.PermissionOptions, events: ThreadEvents) {
    this.#events = events;
    this.#worker = new Worker(module, { type: "module", deno: { permissions } });
    this.#worker.onmessage = (event: MessageEvent<Answer>) => {
      // Said before it.
      this.#takeAnswers();
      this.#hear(event.data);
    };
    this.#worker.onerror = (event) => {
      // Else the error ends the parent too.
      event.preventDefault();
      this.#die({ name: "Error", message: event.message, stack: "" });
    };
    this.#worker.onmessageerror = () =>
      this.#die(faultOf(new Error("a message could not be read")));
    this.ended = this.#throwLifeLine();
    void this.#answers.listen(() => this.#takeAnswers());
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

  /** Hears no more of it and ends it, as far as Deno can: a busy thread ends once it is not busy. */
  terminate(): void {
    this.#silent = true;
    this.flags.stopAll();
    this.#answers.wake();
    this.#worker.terminate();
  }

  #throwLifeLine(): Promise<void> {
    const { port1: here, port2: there } = new MessageChannel();
    const ended = Promise.withResolvers<void>();
    here.on("message", () => {});
    here.on("close", () => {
      this.#hasEnded = true;
      ended.resolve();
      // What it said last travels by another way and may still be under way.
      setTimeout(() => this.#die(faultOf(new Error("the worker ended without a word"))), 0);
    });
    const lifeLine = there as unknown as MessagePort;
    const shared = { flags: this.flags.buffer, answers: this.#answers.buffer };
    this.#worker.postMessage({ kind: "life line", lifeLine, ...shared }, [lifeLine]);
    return ended.promise;
  }

  #hear(answer: Answer): void {
    if (this.#silent) return;
    this.#events.heard(answer);
  }

  /** Hears what was answered through shared memory. Returns whether it is still to be heard. */
  #takeAnswers(): boolean {
    for (const answer of this.#answers.taken()) this.#hear(answer);
    return !this.#silent;
  }

  #die(fault: Fault): void {
    // Its last words count.
    this.#takeAnswers();
    if (this.#silent) return;
    this.#silent = true;
    this.#events.died(fault);
    this.terminate();
  }
}
