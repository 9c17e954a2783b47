/** The worker's side of a pool: registers what the worker can do and obeys orders. */

import { AnswerRing } from "../parallel/answer_ring.ts";
import { BatchCursor } from "../parallel/batch_cursor.ts";
import { TaskFlags } from "../parallel/task_flags.ts";
import { RunningTask } from "./task.ts";
import {
  type Answer,
  type CallOrder,
  faultOf,
  type LeftAnswer,
  type LifeLineOrder,
  type LoopOrder,
  type MapOrder,
  type NamedCall,
  type Order,
} from "../wire.ts";

/** Functions that can be called from the parent: arguments and results are cloned. */
export type Functions = Record<string, (...args: never[]) => unknown>;

/**
 * Functions of parallelFor: called with the loop's argument, each gives the function that computes one batch. A batch that
 * takes longer than a few milliseconds should ask `stopped` and return early once it says true.
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

/**
 * A result whose buffers are moved to the parent instead of copied. What comes of a loop's last call and
 * is small is copied all the same, as that is quicker.
 */
export class Transferred<T> {
  readonly value: T;
  readonly buffers: ArrayBuffer[];

  constructor(value: T, buffers: ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** The arguments that a function or loop of a service takes. */
export type ArgumentsOf<T> = T extends (...args: infer A) => unknown ? A : never;

type Plain<T> = Awaited<T> extends Transferred<infer V> ? V : Awaited<T>;

/** What the parent gets of a function's result. */
export type ResultOf<T> = T extends (...args: never[]) => infer R ? Plain<R> : never;

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
  announceEndings();
  let tie: Tie;
  // One after the other, as in a process: a task that waits must not be held up by the next.
  let before = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    before = before.then(work);
  };
  const taskOf = ({ flag }: { flag: number }) => new RunningTask(tie.flags, flag);
  const run = (order: CallOrder | MapOrder, target: Target) => {
    inTurn(() => perform(order, taskOf(order), target));
  };
  const obey = (order: Exclude<Order, LifeLineOrder>) => {
    switch (order.kind) {
      case "start":
        return inTurn(() => start(service, order.argument));
      case "call":
        return run(order, () => call(service.functions, order));
      case "map":
        return run(order, (task) => map(service.functions, order, task));
      case "loop":
        return loop(service, order, tie, (finish) => {
          inTurn(() => finish(taskOf(order)));
        });
    }
  };
  self.addEventListener("message", (event) => {
    const order = (event as MessageEvent<Order>).data;
    if (order.kind !== "life line") return obey(order);
    const { flags, answers, lifeLine } = order;
    tie = { flags: new TaskFlags(flags), answers: new AnswerRing(answers), lifeLine };
  });
  return service;
}

/** What ties this worker to its parent. */
interface Tie {
  readonly flags: TaskFlags;
  readonly answers: AnswerRing;
  /** To be held: it closes when this thread ends. */
  readonly lifeLine: MessagePort;
}

async function start<F extends Functions, S extends BatchFunctions>(
  service: Service<F, S>,
  argument: unknown,
): Promise<void> {
  try {
    await service.start?.(argument as never);
    answer({ kind: "ready" });
  } catch (thrown) {
    answer({ kind: "start failed", fault: faultOf(thrown) });
  }
}

/** Computes an order's answer: its value, and what is moved with it. */
type Target = (task: RunningTask) => Promise<Transferred<unknown>>;

async function perform(
  { id }: CallOrder | MapOrder,
  task: RunningTask,
  target: Target,
): Promise<void> {
  try {
    task.begin();
    const { value, buffers } = await target(task);
    task.end();
    answer({ kind: "value", id, value }, buffers);
  } catch (thrown) {
    // Also reached when the result cannot be cloned: postMessage throws before it sends.
    task.end();
    answer({ kind: "fault", id, fault: faultOf(thrown) });
  } finally {
    task.answered();
  }
}

async function call(
  functions: Functions | undefined,
  { name, args }: NamedCall,
): Promise<Transferred<unknown>> {
  const target = functionOf(functions, name);
  const result = await target(...args as never[]);
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

function functionOf(functions: Functions | undefined, name: string): Functions[string] {
  const target = functions !== undefined && Object.hasOwn(functions, name)
    ? functions[name]
    : undefined;
  if (target === undefined) throw new ReferenceError(`Cannot call ${name}: no such function`);
  return target;
}

/**
 * Takes batches of a loop. If the last one comes to this worker, its call takes its turn among the
 * calls by `inLine`.
 */
function loop<F extends Functions, S extends BatchFunctions>(
  { parallelFor, functions }: Service<F, S>,
  order: LoopOrder,
  { flags, answers }: Tie,
  inLine: (finish: (task: RunningTask) => Promise<void>) => void,
): void {
  const { id, name, worker, last } = order;
  const cursor = new BatchCursor(order.cursor);
  const began = performance.now();
  const left = (
    ending: Pick<LeftAnswer, "milliseconds" | "failed" | "last">,
    buffers: ArrayBuffer[] = [],
  ) => {
    const message = { kind: "left" as const, id, ...ending };
    // What was not said to be moved might be memory that is to be shared, and a ring holds copies.
    const isPlain = ending.last === null || buffers.length > 0;
    if (!isPlain || !answers.put(message)) answer(message, buffers);
  };
  const stopped = () => flags.stopped(order.flag);
  let batch = -1;
  const isLast = () => last !== null && batch === cursor.count - 1;
  try {
    if (!stopped()) batch = cursor.claim(worker);
    if (batch >= 0 && !isLast()) {
      const target = parallelFor?.[name];
      if (target === undefined) throw new ReferenceError(`Cannot loop ${name}: no such loop`);
      const compute = target(order.argument as never);
      while (batch >= 0 && !isLast()) {
        compute(batch, stopped);
        // A batch that was left early is not done.
        if (stopped()) {
          batch = -1;
          break;
        }
        cursor.finish(batch, worker);
        const spent = performance.now() - began;
        const isOver = spent > (flags.crowded ? order.slice : order.longest);
        batch = isOver ? cursor.claimLast(worker) : cursor.claim(worker);
      }
    }
  } catch (thrown) {
    const failed = { batch, fault: faultOf(thrown) };
    return left({ milliseconds: performance.now() - began, failed, last: null });
  }
  const milliseconds = performance.now() - began;
  if (last === null || batch < 0) return left({ milliseconds, failed: null, last: null });
  inLine(async (task) => {
    try {
      task.begin();
      const { value, buffers } = await call(functions, last);
      task.end();
      left({ milliseconds, failed: null, last: { value } }, buffers);
    } catch (thrown) {
      task.end();
      left({ milliseconds, failed: { batch, fault: faultOf(thrown) }, last: null });
    }
  });
}

/** `close()` and `Deno.exit()` end a worker without a word to its parent: say it first. */
function announceEndings(): void {
  const close = self.close.bind(self);
  self.close = () => {
    answer({ kind: "leaving", how: "close()", exitCode: 1 });
    close();
  };
  const exit = Deno.exit.bind(Deno);
  Deno.exit = (code?: number): never => {
    const exitCode = code ?? Deno.exitCode;
    answer({ kind: "leaving", how: `Deno.exit(${code ?? ""})`, exitCode });
    return exit(code);
  };
}

function answer(message: Answer, transfer: Transferable[] = []): void {
  const parent = self as unknown as {
    postMessage(message: Answer, transfer?: Transferable[]): void;
  };
  // See `Thread.post`.
  if (transfer.length === 0) parent.postMessage(message);
  else parent.postMessage(message, transfer);
}
