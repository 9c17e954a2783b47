/** The errors that callers of a pool catch. */

import { type Cause, type Fault, faultOf } from "./wire.ts";

/**
 * A function threw in a worker. Carries the remote name, message and stack; its `cause` is a
 * `RemoteError` where the cause there was an error, else the plain data that it was.
 */
export class RemoteError extends Error {
  /** Name of the error's class in the worker, such as "RangeError". */
  readonly remoteName: string;
  readonly remoteStack: string;

  constructor(fault: Fault) {
    const { name, message, stack, cause } = fault;
    super(`${name}: ${message}`, cause === undefined ? {} : { cause: causeOf(cause) });
    this.name = "RemoteError";
    this.remoteName = name;
    this.remoteStack = stack;
  }
}

function causeOf(cause: Cause): unknown {
  return "fault" in cause ? new RemoteError(cause.fault) : cause.value;
}

/** A worker died with the task in its hands, twice. */
export class WorkerLostError extends Error {
  override name = "WorkerLostError";
}

/** A worker took longer than it had: for a task, or to start. */
export class DeadlineError extends Error {
  override name = "DeadlineError";
}

/** The pool was closed or terminated. */
export class PoolClosedError extends Error {
  override name = "PoolClosedError";
}

/** A parallelFor used up the compute time it was given. */
export class OverBudgetError extends Error {
  override name = "OverBudgetError";
}

/** The caller's error for arguments that cannot be cloned. */
export function uncloneable(name: string, args: unknown, error: unknown): TypeError {
  const shared = sharedIn(args, DEEPEST_ARGUMENT);
  const why = shared === undefined
    ? faultOf(error).message
    : `a ${shared} cannot cross: pass its toHandle(), and use ${shared}.from() in the worker`;
  return new TypeError(`Cannot send the arguments of ${name}: ${why}`);
}

/** Arrays and objects within each other that are searched for what cannot be sent. */
const DEEPEST_ARGUMENT = 5;

/** The class of a lock, queue or other shared thing in the arguments: those have a method `toHandle`. */
function sharedIn(value: unknown, depth: number): string | undefined {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  if ("toHandle" in value && typeof value.toHandle === "function") return value.constructor.name;
  if (depth === 0) return undefined;
  for (const inner of Object.values(value)) {
    const found = sharedIn(inner, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The caller's error for work over which workers died. */
export function lostOver(name: string, { message }: Error): WorkerLostError {
  return new WorkerLostError(`A worker died over ${name}: ${message}`);
}
