/** Files by key: from the store, from work under way, or computed now. */

import { defer } from "../../pool/mod.ts";
import type { StoredEntry, TileStore } from "../../store/mod.ts";
import { InFlight } from "./in_flight.ts";
import type { Rendered } from "../render.ts";
import type { Arithmetic } from "../arithmetic.ts";

/** A file as it is answered. */
export interface Served {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  /** Whether `auto` chose them and saw next to nothing escape within them. */
  readonly capped: boolean;
  readonly arithmetic: Arithmetic;
  /** What it took, when it was computed for this request; null when it was kept. */
  readonly rendered: Rendered | null;
}

/** What may come out of a cache, and what goes into it. */
export interface FileRequest {
  /** Names everything the bytes depend on. */
  readonly key: string;
  /** Whether the file is worth keeping. */
  readonly keep: boolean;
}

/** Gives files out of a store, and computes each once for all requests at the same time. */
export class FileCache {
  readonly #store: TileStore;
  readonly #inFlight = new InFlight<Served>();
  /** What was computed and is not in the store yet. */
  readonly #fresh = new Map<string, Served>();

  /** @param store closed by its owner */
  constructor(store: TileStore) {
    this.#store = store;
  }

  /** The file's bytes, if they are at hand without waiting. */
  peek(key: string): Uint8Array<ArrayBuffer> | undefined {
    return (this.#fresh.get(key) ?? this.#store.peek(key))?.bytes;
  }

  /** The file's bytes, if they are kept anywhere. */
  async kept(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return (this.#fresh.get(key) ?? await this.#store.get(key))?.bytes;
  }

  /** The file; `compute` runs when it is neither kept nor being computed. */
  get(
    { key, keep }: FileRequest,
    compute: (signal: AbortSignal) => Promise<Rendered>,
    signal?: AbortSignal,
  ): Promise<Served> {
    return this.#inFlight.share(key, async (signal) => {
      const fresh = this.#fresh.get(key);
      if (fresh !== undefined) return fresh;
      const entry = keep ? await this.#store.get(key) : undefined;
      if (entry !== undefined) return servedOf(entry);
      signal.throwIfAborted();
      const rendered = await compute(signal);
      const { bytes, iterations, capped, arithmetic } = rendered;
      if (keep) this.#keep(key, { bytes, iterations, capped, arithmetic, rendered: null });
      return { bytes, iterations, capped, arithmetic, rendered };
    }, signal);
  }

  /** Keeps a file from now on, and stores it once the request is answered. */
  #keep(key: string, served: Served): void {
    this.#fresh.set(key, served);
    defer(() => {
      const { bytes, iterations, capped, arithmetic } = served;
      const note = JSON.stringify({ iterations, capped, arithmetic } satisfies Note);
      void this.#store.put(key, { bytes, note });
      this.#fresh.delete(key);
    });
  }
}

/** What is noted of a file. */
type Note = Pick<Served, "iterations" | "capped" | "arithmetic">;

function servedOf({ bytes, note }: StoredEntry): Served {
  return { bytes, ...JSON.parse(note) as Note, rendered: null };
}
