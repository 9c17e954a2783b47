/** What crosses between the SQLite store and its worker: plain data. */

import type { StoredEntry } from "./tile_store.ts";

/** To the worker, in the order of sending; each but the first is answered with its number. */
export type ToWorker =
  | {
    readonly kind: "open";
    readonly folder: string;
    readonly mostBytes: number;
    /** Milliseconds between two looks whether the file is still there, or can be opened again. */
    readonly retry: number;
  }
  | { readonly kind: "get"; readonly id: number; readonly key: string }
  | ({ readonly kind: "put"; readonly id: number } & Put)
  | { readonly kind: "holds"; readonly id: number }
  | { readonly kind: "close"; readonly id: number };

/** An entry to be written. */
export interface Put {
  readonly key: string;
  readonly entry: StoredEntry;
  readonly compress: boolean;
}

/** What a database holds. */
export interface Holds {
  readonly entries: number;
  readonly bytes: number;
}

/** What an answer may be: an entry or none, whether it was kept, what there is. */
export type Answer = StoredEntry | boolean | Holds | undefined;

/** From the worker. */
export type FromWorker =
  | { readonly kind: "opened" }
  | { readonly kind: "answer"; readonly id: number; readonly value: Answer }
  /** Something an operator should know. */
  | { readonly kind: "report"; readonly message: string };
