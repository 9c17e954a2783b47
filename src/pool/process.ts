/** One worker for one call, as Python's Process: started, joined, and asked how it ended. */

import { PoolClosedError, RemoteError } from "./errors.ts";
import type { ArgumentsOf, Functions, Service, Sweeps } from "./serve.ts";
import { type Answer, type Fault, faultOf, type Order } from "./wire.ts";

type FunctionsOf<T> = T extends Service<infer F, Sweeps> ? F : never;

/** What a process is told besides its function and arguments. */
export interface ProcessOptions {
  /** What the worker may do; default "none". */
  readonly permissions?: Deno.PermissionOptions;
  /** The argument of the worker's `start`. */
  readonly startArgument?: unknown;
  /** Buffers to move instead of copy. */
  readonly transfer?: Transferable[];
}

/** Exit codes, as a shell's: it returned, it failed, it was terminated (Python: minus SIGTERM). */
const RETURNED = 0;
const FAILED = 1;
const TERMINATED = -15;

/**
 * A worker that calls one of its functions and ends. `T` is the type of what the worker's module got
 * from `serve`.
 *
 * @example
 * ```ts ignore
 * import { Process } from "./mod.ts";
 * import type { Greeters } from "./greeters.ts";
 * const process = new Process<Greeters, "greet">(new URL("./greeters.ts", import.meta.url), "greet", ["you"]);
 * process.start();
 * await process.join();
 * console.assert(process.exitCode === 0);
 * ```
 */
export class Process<
  T extends Service<Functions, Sweeps>,
  K extends keyof FunctionsOf<T> & string,
> implements AsyncDisposable {
  readonly #module: URL;
  readonly #target: K;
  readonly #args: ArgumentsOf<FunctionsOf<T>[K]>;
  readonly #options: ProcessOptions;
  readonly #ended = Promise.withResolvers<void>();
  #worker: Worker | undefined;
  #started = false;
  #exitCode: number | null = null;
  #error: RemoteError | undefined;

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

  /** Whether it has started and not ended. */
  get isAlive(): boolean {
    return this.#started && this.#exitCode === null;
  }

  /** 0 when the function returned, 1 when it threw or the worker died, -15 when terminated; else null. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** What the function threw, or what the worker died of. */
  get error(): RemoteError | undefined {
    return this.#error;
  }

  /**
   * Starts the worker and the call.
   *
   * @throws {PoolClosedError} when it was started before
   * @throws {TypeError} when an argument cannot be cloned
   */
  start(): void {
    if (this.#started) throw new PoolClosedError("Cannot start a process twice");
    const worker = new Worker(this.#module, {
      type: "module",
      deno: { permissions: this.#options.permissions ?? "none" },
    });
    this.#worker = worker;
    this.#started = true;
    worker.onmessage = (event: MessageEvent<Answer>) => this.#hear(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(FAILED, { name: "Error", message: event.message, stack: "" });
    };
    try {
      this.#post({ kind: "start", argument: this.#options.startArgument ?? null });
      const order = { kind: "call", id: 1, name: this.#target, args: this.#args } as const;
      this.#post(order, this.#options.transfer);
    } catch (error) {
      const fault = faultOf(error);
      this.#end(FAILED, fault);
      throw new TypeError(`Cannot send the arguments of ${this.#target}: ${fault.message}`);
    }
  }

  /**
   * Waits until it has ended, or for `timeout` milliseconds. Resolves to whether it has. What the
   * function threw is in {@link error}: joining never rejects.
   */
  async join(timeout?: number): Promise<boolean> {
    if (timeout === undefined) {
      await this.#ended.promise;
    } else if (this.#exitCode === null) {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, timeout);
      await Promise.race([this.#ended.promise, late.promise]);
      clearTimeout(timer);
    }
    return this.#exitCode !== null;
  }

  /** Ends it now. Deno cannot stop a thread that is busy: it is no longer heard, but may run on. */
  terminate(): void {
    if (this.isAlive) this.#end(TERMINATED);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await Promise.resolve();
  }

  #post(order: Order, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(order, transfer);
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case "value":
        return this.#end(RETURNED);
      case "fault":
      case "start failed":
        return this.#end(FAILED, answer.fault);
      case "leaving":
        return this.#end(FAILED, faultOf(new Error(`the worker called ${answer.how}`)));
    }
  }

  #end(exitCode: number, fault?: Fault): void {
    if (this.#exitCode !== null) return;
    this.#exitCode = exitCode;
    if (fault !== undefined) this.#error = new RemoteError(fault);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ended.resolve();
  }
}
