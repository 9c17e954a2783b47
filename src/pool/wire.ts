/** What crosses between a pool and its workers: plain data, nothing else. */

/** The first message: the worker's life line and flags. */
export interface LifeLineOrder {
  readonly kind: "life line";
  /** To be held: it closes when the worker's thread ends. */
  readonly lifeLine: MessagePort;
  /** The buffer of the worker's `TaskFlags`. */
  readonly flags: SharedArrayBuffer;
}

/** The second message: the argument of the worker's `start`. */
export interface StartOrder {
  readonly kind: "start";
  readonly argument: unknown;
}

/** Call a function once. */
export interface CallOrder {
  readonly kind: "call";
  readonly id: number;
  /** Number of the task's flag among the worker's `TaskFlags`. */
  readonly flag: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Call a function for each item in turn: its argument lists. The answer is the list of results. */
export interface MapOrder {
  readonly kind: "map";
  readonly id: number;
  readonly flag: number;
  readonly name: string;
  readonly items: readonly (readonly unknown[])[];
}

/** A function to be called, and its arguments. */
export interface NamedCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Take batches of a parallelFor from its shared cursor. */
export interface LoopOrder {
  readonly kind: "loop";
  readonly id: number;
  readonly flag: number;
  readonly name: string;
  readonly argument: unknown;
  /** The cells of its `BatchCursor`. */
  readonly cursor: Int32Array<SharedArrayBuffer>;
  /** The number under which this worker claims batches. */
  readonly worker: number;
  /** Milliseconds after which the worker leaves if other orders wait. */
  readonly slice: number;
  /** Milliseconds after which it leaves in any case. */
  readonly longest: number;
  /** What the worker that claims the cursor's last batch calls in its place. */
  readonly last: NamedCall | null;
}

export type Order = LifeLineOrder | StartOrder | CallOrder | MapOrder | LoopOrder;

/** An error as plain data: structured clone would drop the class's name and, in part, the stack. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: Cause;
}

/** The cause of an error: another error, or plain data. */
export type Cause = { readonly fault: Fault } | { readonly value: unknown };

/** A result of bytes, and numbers that describe them. */
export interface BytesAndNumbers {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly numbers: readonly number[];
}

/** The worker has left a parallelFor: no batch is open, its turn is over, or `batch` threw. */
export interface LeftAnswer {
  readonly kind: "left";
  readonly id: number;
  /** Compute time of the batches, without the last call's. */
  readonly milliseconds: number;
  /** What the last call returned, if this worker was the one to make it. */
  readonly last: { readonly value: unknown } | null;
  readonly failed: { readonly batch: number; readonly fault: Fault } | null;
}

export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "start failed"; readonly fault: Fault }
  | { readonly kind: "value"; readonly id: number; readonly value: unknown }
  | { readonly kind: "fault"; readonly id: number; readonly fault: Fault }
  | LeftAnswer
  /** The worker is about to end itself, of which Deno sends the parent no event. */
  | { readonly kind: "leaving"; readonly how: string; readonly exitCode: number };

/** Causes of causes that cross: beyond these, and where one repeats, the chain is cut. */
const DEEPEST_CAUSE = 8;

/** Describes anything that was thrown. It never throws itself: that would end a worker. */
export function faultOf(thrown: unknown): Fault {
  return describe(thrown, []);
}

/** @param effects the errors that `thrown` is the cause of */
function describe(thrown: unknown, effects: readonly unknown[]): Fault {
  try {
    if (!(thrown instanceof Error)) return { name: "Error", message: inWords(thrown), stack: "" };
    const { name, message, stack } = thrown;
    const fault = { name: String(name), message: String(message), stack: String(stack ?? "") };
    const cause = causeOf(thrown, [...effects, thrown]);
    return cause === undefined ? fault : { ...fault, cause };
  } catch {
    return { name: "Error", message: "something that cannot be described was thrown", stack: "" };
  }
}

function causeOf({ cause }: Error, effects: readonly unknown[]): Cause | undefined {
  if (cause === undefined || effects.length > DEEPEST_CAUSE || effects.includes(cause)) {
    return undefined;
  }
  if (cause instanceof Error) return { fault: describe(cause, effects) };
  try {
    return { value: structuredClone(cause) };
  } catch {
    return { value: inWords(cause) };
  }
}

/** Libraries compiled to WASM throw plain objects, of which `String` says nothing. */
function inWords(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const { name, message } = thrown as { readonly name?: unknown; readonly message?: unknown };
  const words = [name, message].filter((word) => typeof word === "string" && word !== "");
  return words.length > 0 ? words.join(": ") : JSON.stringify(thrown) ?? String(thrown);
}
