/** The errors that callers of a pool catch. */

import type { Fault } from "./wire.ts";

/** A function threw in a worker. Carries the remote name, message and stack. */
export class RemoteError extends Error {
  /** Name of the error's class in the worker, such as "RangeError". */
  readonly remoteName: string;
  readonly remoteStack: string;

  constructor(fault: Fault) {
    super(`${fault.name}: ${fault.message}`);
    this.name = "RemoteError";
    this.remoteName = fault.name;
    this.remoteStack = fault.stack;
  }
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

/** A loop used up the compute time it was given. */
export class OverBudgetError extends Error {
  override name = "OverBudgetError";
}
