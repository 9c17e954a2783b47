/** One worker for one call, as Python's Process: started, joined, and asked how it ended. */

import { PoolClosedError, RemoteError, uncloneable } from "../errors.ts";
import type { ArgumentsOf, BatchFunctions, Functions, Service } from "../worker/serve.ts";
import { Thread } from "./thread.ts";
import { type Answer, type Fault, faultOf } from "../wire.ts";
import { LATE, type Patience, within } from "../within.ts";
import { leaving } from "./worker_slot.ts";

type FunctionsOf<T> = T extends Service<infer F, BatchFunctions> ? F : never;

/** Options of a process. */
export interface ProcessOptions {
  /** What the worker may do; default "none". */
  readonly permissions?: Deno.PermissionOptions;
  /** The argument of the worker's `start`. */
  readonly startArgument?: unknown;
  /** Buffers to move instead of copy. */
  readonly transfer?: Transferable[];
}

/** Exit codes, as Python's: it returned, it failed, it was terminated (minus SIGTERM). */
const RETURNED = 0;
const FAILED = 1;
const TERMINATED = -15;

/** Milliseconds within which an idle thread ends by far, once it is terminated. */
const SOON = 100;

/** How a process ended. */
interface Ending {
  readonly exitCode: number;
  readonly fault?: Fault;
}

/**
 * A worker that calls one of its functions and ends. `T` is the type of what the worker's module got
 * from `serve`.
 *
 * @example
 * ```ts ignore
 * import { Process } from "../processes.ts";
 * import type { Greeters } from "./greeters.ts";
 * const process = new Process<Greeters, "greet">(new URL("./greeters.ts", import.meta.url), "greet", ["you"]);
 * process.start();
 * await process.join();
 * console.assert(process.exitCode === 0);
 * ```
 */
export class Process<
  T extends Service<Functions, BatchFunctions>,
  K extends keyof FunctionsOf<T> & string,
> implements AsyncDisposable {
  readonly #module: URL;
  readonly #target: K;
  readonly #args: ArgumentsOf<FunctionsOf<T>[K]>;
  readonly #options: ProcessOptions;
  readonly #over = Promise.withResolvers<void>();
  #thread: Thread | undefined;
  #ending: Ending | undefined;

  constructor(
    module: URL,
    target: K,
    args: ArgumentsOf<FunctionsOf<T>[K]>,
    options: ProcessOptions = {},
  ) {
    this.#module = module;
    this.#target = target;
    this.#args = args;
    this.#options = options;
  }

  /** Whether it has started and not ended. A terminated one is alive as long as its thread is busy. */
  get isAlive(): boolean {
    return this.#thread !== undefined && this.exitCode === null;
  }

  /**
   * Once it has ended: 0 when the function returned, 1 when it threw or the worker died, the code of
   * `Deno.exit`, -15 when it was terminated. Else null.
   */
  get exitCode(): number | null {
    return this.#thread?.hasEnded && this.#ending !== undefined ? this.#ending.exitCode : null;
  }

  /** What the function threw, or what the worker died of. */
  get error(): RemoteError | undefined {
    const fault = this.#ending?.fault;
    return fault && new RemoteError(fault);
  }

  /**
   * Starts the worker and the call.
   *
   * @throws {PoolClosedError} when it was started before
   * @throws {TypeError} when an argument cannot be cloned
   */
  start(): void {
    if (this.#thread !== undefined) throw new PoolClosedError("Cannot start a process twice");
    const { permissions = "none", startArgument = null, transfer } = this.#options;
    const thread = new Thread(this.#module, permissions, {
      answered: (answer) => this.#onAnswer(answer),
      died: (fault) => this.#end({ exitCode: FAILED, fault }),
    });
    this.#thread = thread;
    try {
      thread.post({ kind: "start", argument: startArgument });
      thread.post(
        { kind: "call", id: 1, flag: 0, name: this.#target, args: this.#args },
        transfer,
      );
    } catch (error) {
      this.#end({ exitCode: FAILED, fault: faultOf(error) });
      throw uncloneable(this.#target, [startArgument, this.#args], error);
    }
  }

  /**
   * Waits until it has ended, or for `timeout` milliseconds. Resolves to whether it has. What the
   * function threw is in {@link error}: joining rejects only when the signal aborts.
   *
   * @throws {TypeError} when it was not started
   */
  async join(patience?: Patience): Promise<boolean> {
    const thread = this.#thread;
    if (thread === undefined) throw new TypeError("Cannot join a process that was not started");
    return await within(this.#over.promise.then(() => thread.ended), patience) !== LATE;
  }

  /** Asks the function to stop and ends the worker as soon as Deno can, which is when it is not busy. */
  terminate(): void {
    if (this.isAlive) this.#end({ exitCode: TERMINATED });
  }

  /** Terminates it and waits a moment for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#thread === undefined) return;
    this.terminate();
    await this.join(SOON);
  }

  #onAnswer(answer: Answer): void {
    switch (answer.kind) {
      case "value":
        return this.#end({ exitCode: RETURNED });
      case "fault":
      case "start failed":
        return this.#end({ exitCode: FAILED, fault: answer.fault });
      case "leaving":
        return this.#end({ exitCode: answer.exitCode, fault: leaving(answer.how) });
    }
  }

  #end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#thread?.terminate();
    this.#over.resolve();
  }
}
