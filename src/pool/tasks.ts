/** What a pool has under way: calls of one function, and sweeps over many batches. */

import type { BatchCursor } from "./batch_cursor.ts";
import type { SweepOptions } from "./pool_options.ts";
import type { Seat } from "./seat.ts";
import { type CallOrder, faultOf, type MapOrder } from "./wire.ts";

/** A function to be called, once or for each of a chunk of items. */
export interface Call {
  readonly order: CallOrder | MapOrder;
  readonly transfer: Transferable[];
  readonly settle: PromiseWithResolvers<unknown>;
  /** Workers that have been given it. */
  tries: number;
  /** Nobody waits for it any more. */
  abandoned: boolean;
}

/** Batches to be taken by all workers from a shared cursor. */
export interface Sweep {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
  readonly cursor: BatchCursor;
  readonly options: SweepOptions;
  readonly settle: PromiseWithResolvers<number>;
  /** Seats that have the order. */
  readonly seats: Set<Seat>;
  /** Seats where a batch threw: it is tried elsewhere, if there is an elsewhere. */
  readonly threwAt: Set<Seat>;
  /** How often each batch was lost or threw. */
  readonly tries: Map<number, number>;
  milliseconds: number;
  failed: boolean;
  failure: unknown;
}

/** The name of the function or sweep, for messages. */
export function taskName(task: Call | Sweep): string {
  return "cursor" in task ? task.name : task.order.name;
}

/** The caller's error for arguments that cannot be cloned. */
export function uncloneable(name: string, error: unknown): TypeError {
  return new TypeError(`Cannot send the arguments of ${name}: ${faultOf(error).message}`);
}
