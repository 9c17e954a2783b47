/** What crosses between a pool and its workers: plain data, nothing else. */

/** The first message: what ties the worker to its parent. */
export interface LifeLineOrder {
  readonly kind: "life line";
  /** To be held: it closes when the worker's thread ends. */
  readonly lifeLine: MessagePort;
  /** The buffer of the worker's `TaskFlags`. */
  readonly flags: SharedArrayBuffer;
  /** The buffer of its `AnswerRing`. */
  readonly answers: SharedArrayBuffer;
}

/** The second message: whatever the worker's `start` is given. */
export interface StartOrder {
  readonly kind: "start";
  readonly argument: unknown;
}

/** Call a function once. */
export interface CallOrder {
  readonly kind: "call";
  readonly id: number;
  /** Number of the flag by which the task is asked to stop. */
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

/** Take batches of a loop from its shared cursor. */
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
  /** Milliseconds after which the worker leaves if other orders wait, and after which it leaves anyway. */
  readonly slice: number;
  readonly longest: number;
  /** What whoever gets the cursor's last batch calls in its place, whatever is left of the slice. */
  readonly last: NamedCall | null;
}

export type Order = LifeLineOrder | StartOrder | CallOrder | MapOrder | LoopOrder;

/** An error as plain data: structured clone would drop the class's name and, in part, the stack. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** What crosses quickest of all results, and as it is: a file, say, and the times that it took. */
export interface BytesAndNumbers {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly numbers: readonly number[];
}

/** The worker has left the loop: no batch is open, its slice is over, or `batch` threw. */
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
  /** The worker is about to end itself; Deno tells the parent nothing of this. */
  | { readonly kind: "leaving"; readonly how: string; readonly exitCode: number };

/** Describes anything that was thrown, whatever it is: a description that fails would end a worker. */
export function faultOf(thrown: unknown): Fault {
  try {
    if (thrown instanceof Error) {
      const { name, message, stack } = thrown;
      return { name: String(name), message: String(message), stack: String(stack ?? "") };
    }
    return { name: "Error", message: inWords(thrown), stack: "" };
  } catch {
    return { name: "Error", message: "something that cannot be described was thrown", stack: "" };
  }
}

/** Libraries compiled to WASM throw plain objects, of which `String` says nothing. */
function inWords(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const { name, message } = thrown as { readonly name?: unknown; readonly message?: unknown };
  const words = [name, message].filter((word) => typeof word === "string" && word !== "");
  return words.length > 0 ? words.join(": ") : JSON.stringify(thrown) ?? String(thrown);
}
