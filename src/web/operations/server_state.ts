/** The state of the server around an app, for `/metrics` and `/readyz`. */

import type { PoolCounters, StoreStats, WorkDone } from "../../render/mod.ts";

/** One look at the server. */
export interface ServerState {
  readonly workers: PoolCounters;
  readonly work: WorkDone;
  /** What is kept, by what it is (files or samples) and where. */
  readonly caches: readonly (StoreStats & { readonly kind: string })[];
  /** Whether every store that was asked for is open. */
  readonly storeOpen: boolean;
  /** How often the system refused to accept connections, as when it had no file descriptors left. */
  readonly acceptFailures: number;
}
