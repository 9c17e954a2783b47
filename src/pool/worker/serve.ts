/** The worker's side of a pool: registers what the worker can do and carries out orders. */

import { BatchCursor } from "../parallel/batch_cursor.ts";
import { TaskFlags } from "../parallel/task_flags.ts";
import { RunningTask } from "./task.ts";
import {
  type Answer,
  type CallOrder,
  faultOf,
  type LeftAnswer,
  type LoopOrder,
  type MapOrder,
  type NamedCall,
  type Order,
} from "../wire.ts";

/** Functions that can be called from the parent: arguments and results are cloned. */
export type Functions = Record<string, (...args: never[]) => unknown>;

/**
 * Functions of parallelFor: called with its argument, each gives the function that computes one batch.
 * A batch that takes longer than a few milliseconds should ask `stopped` and return early once that
 * returns true.
 */
export type BatchFunctions = Record<
  string,
  (argument: never) => (batch: number, stopped: () => boolean) => void
>;

/** What a worker offers. */
export interface Service<F extends Functions, S extends BatchFunctions> {
  /** Runs once before anything else; the pool counts the worker as started when it has settled. */
  readonly start?: (argument: never) => void | Promise<void>;
  readonly functions?: F;
  readonly parallelFor?: S;
}

/** A result whose buffers are moved to the parent instead of copied. */
export class Transferred<T> {
  readonly value: T;
  readonly buffers: ArrayBuffer[];

  constructor(value: T, buffers: ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** The arguments that a function of a service takes. */
export type ArgumentsOf<T> = T extends (...args: infer A) => unknown ? A : never;

type Plain<T> = Awaited<T> extends Transferred<infer V> ? V : Awaited<T>;

/** What the parent gets of a function's result. */
export type ResultOf<T> = T extends (...args: never[]) => infer R ? Plain<R> : never;

/** The worker's end of what links it to its parent. */
interface Link {
  readonly flags: TaskFlags;
  /** To be held: it closes when this thread ends. */
  readonly lifeLine: MessagePort;
}

/**
 * Makes this worker serve a pool. Call it once, at the end of the worker's module; export the type of
 * what it returns, so that the pool in the parent knows the functions' types.
 *
 * @throws {TypeError} outside a worker
 * @example
 * ```ts ignore
 * const service = serve({ functions: { square: (x: number) => x * x } });
 * export type Squares = typeof service;
 * ```
 */
export function serve<F extends Functions, S extends BatchFunctions>(
  service: Service<F, S>,
): Service<F, S> {
  if (!("postMessage" in self)) {
    throw new TypeError("Cannot serve a pool from the main thread: import a worker's types alone");
  }
  reportEndings();
  let link: Link;
  // One after the other, as in a process: a task that waits must not be held up by the next.
  let before = Promise.resolve();
  self.addEventListener("message", (event) => {
    const order = (event as MessageEvent<Order>).data;
    if (order.kind === "life line") {
      link = { flags: new TaskFlags(order.flags), lifeLine: order.lifeLine };
    } else {
      before = before.then(() => carryOut(order, service, link.flags));
    }
  });
  return service;
}

function carryOut(
  order: Exclude<Order, { kind: "life line" }>,
  service: Service<Functions, BatchFunctions>,
  flags: TaskFlags,
): Promise<void> {
  if (order.kind === "start") return start(service, order.argument);
  const task = new RunningTask(flags, order.flag);
  switch (order.kind) {
    case "call":
      return perform(order, task, () => call(service.functions, order));
    case "map":
      return perform(order, task, () => map(service.functions, order, task));
    case "loop":
      return loop(order, task, { service, flags });
  }
}

async function start(
  service: Service<Functions, BatchFunctions>,
  argument: unknown,
): Promise<void> {
  try {
    await service.start?.(argument as never);
    post({ kind: "ready" });
  } catch (thrown) {
    post({ kind: "start failed", fault: faultOf(thrown) });
  }
}

/** Computes an order's answer: its value, and what is moved with it. */
type Target = () => Promise<Transferred<unknown>>;

async function perform(
  { id }: CallOrder | MapOrder,
  task: RunningTask,
  target: Target,
): Promise<void> {
  try {
    task.begin();
    const { value, buffers } = await target();
    task.end();
    post({ kind: "value", id, value }, buffers);
  } catch (thrown) {
    // Also reached when the result cannot be cloned: postMessage throws before it sends.
    task.end();
    post({ kind: "fault", id, fault: faultOf(thrown) });
  } finally {
    task.answered();
  }
}

async function call(
  functions: Functions | undefined,
  { name, args }: NamedCall,
): Promise<Transferred<unknown>> {
  const result = await functionOf(functions, name)(...args as never[]);
  return result instanceof Transferred ? result : new Transferred(result, []);
}

async function map(
  functions: Functions | undefined,
  { name, items }: MapOrder,
  task: RunningTask,
): Promise<Transferred<unknown>> {
  const target = functionOf(functions, name);
  const values: unknown[] = [];
  const buffers: ArrayBuffer[] = [];
  for (const args of items) {
    task.throwIfStopped();
    const result = target(...args as never[]);
    // Awaiting what is no promise would cost a short function more than its own time.
    const value = result instanceof Promise ? await result : result;
    if (value instanceof Transferred) buffers.push(...value.buffers);
    values.push(value instanceof Transferred ? value.value : value);
  }
  return new Transferred(values, buffers);
}

function functionOf<T>(functions: Record<string, T> | undefined, name: string): T {
  if (functions === undefined || !Object.hasOwn(functions, name)) {
    throw new ReferenceError(`Cannot call ${name}: no such function`);
  }
  return functions[name]!;
}

interface Means {
  readonly service: Service<Functions, BatchFunctions>;
  readonly flags: TaskFlags;
}

/** Takes batches of a parallelFor, and makes its last call if that is this worker's to make. */
async function loop(order: LoopOrder, task: RunningTask, means: Means): Promise<void> {
  const { makesLast, ...turn } = takeBatches(order, task, means);
  const left = { kind: "left" as const, id: order.id, ...turn };
  try {
    const result = makesLast ? await call(means.service.functions, order.last!) : undefined;
    task.end();
    const last = result === undefined ? null : { value: result.value };
    post({ ...left, last }, result?.buffers);
  } catch (thrown) {
    // Also reached when the result cannot be cloned.
    task.end();
    const batch = new BatchCursor(order.cursor).count - 1;
    post({ ...left, last: null, failed: { batch, fault: faultOf(thrown) } });
  }
}

/** A worker's turn at a loop, and whether it ended with the claim of the last call. */
type Turn = Pick<LeftAnswer, "milliseconds" | "failed"> & { readonly makesLast: boolean };

function takeBatches(order: LoopOrder, task: RunningTask, { service, flags }: Means): Turn {
  const { worker, slice, longest } = order;
  const cursor = new BatchCursor(order.cursor);
  const lastBatch = order.last === null ? -1 : cursor.count - 1;
  const stopped = () => task.stopped;
  const began = performance.now();
  let batch = -1;
  try {
    task.begin();
    batch = cursor.claim(worker);
    if (batch >= 0 && batch !== lastBatch) {
      const compute = functionOf(service.parallelFor, order.name)(order.argument as never);
      while (batch >= 0 && batch !== lastBatch) {
        compute(batch, stopped);
        // A batch that was left early is not done.
        if (stopped()) {
          batch = -1;
          break;
        }
        cursor.finish(batch, worker);
        const isOver = performance.now() - began > (flags.crowded ? slice : longest);
        batch = isOver ? cursor.claimLast(worker) : cursor.claim(worker);
      }
    }
    const milliseconds = performance.now() - began;
    return { milliseconds, failed: null, makesLast: batch >= 0 };
  } catch (thrown) {
    const milliseconds = performance.now() - began;
    return { milliseconds, failed: { batch, fault: faultOf(thrown) }, makesLast: false };
  }
}

/** `close()` and `Deno.exit()` end a worker without an event in its parent: report them first. */
function reportEndings(): void {
  const close = self.close.bind(self);
  self.close = () => {
    post({ kind: "leaving", how: "close()", exitCode: 1 });
    close();
  };
  const exit = Deno.exit.bind(Deno);
  Deno.exit = (code?: number): never => {
    const exitCode = code ?? Deno.exitCode;
    post({ kind: "leaving", how: `Deno.exit(${code ?? ""})`, exitCode });
    return exit(code);
  };
}

function post(message: Answer, transfer: Transferable[] = []): void {
  const parent = self as unknown as {
    postMessage(message: Answer, transfer?: Transferable[]): void;
  };
  // With a list of what to move, empty or not, Deno takes a slower way.
  if (transfer.length === 0) parent.postMessage(message);
  else parent.postMessage(message, transfer);
}
