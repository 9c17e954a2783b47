/** `?fallback=parent`: where a tile cannot be computed now, what a kept ancestor shows of it. */

import type { TileAddress } from "../../plane/mod.ts";
import { type FileCache, OverBudgetError, type Part } from "../../render/mod.ts";
import { BusyError } from "../http/problem.ts";

/** Levels up that are looked at: five leave 8 x 8 pixels of the ancestor. */
const FARTHEST = 5;

/** Seconds that caches may keep such an answer: by then it is worth asking again. */
const SHORT = 5;

/** Enlarges a part of a PNG. */
export type Enlarge = (
  png: Uint8Array<ArrayBuffer>,
  part: Part,
  signal?: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer>>;

/** A coarse tile. */
export interface Coarse {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many levels up its pixels come from. */
  readonly levels: number;
}

/** Whether an error is one of load: the same request may be answered another time. */
export function isOfLoad(error: unknown): boolean {
  return error instanceof BusyError || error instanceof OverBudgetError;
}

/** Looks for the nearest ancestor that is kept, by the keys that its files have. */
export async function coarseTile(
  address: TileAddress,
  { files, enlarge, keyOf }: {
    readonly files: FileCache;
    readonly enlarge: Enlarge;
    readonly keyOf: (address: TileAddress) => string;
  },
  signal?: AbortSignal,
): Promise<Coarse | undefined> {
  for (let levels = 1; levels <= Math.min(FARTHEST, address.z); levels++) {
    const kept = await files.kept(keyOf(address.parent(levels)));
    signal?.throwIfAborted();
    if (kept === undefined) continue;
    const [column, row] = [address.x, address.y]
      .map((n) => Number(BigInt.asUintN(levels, n))) as [number, number];
    return { bytes: await enlarge(kept, { levels, column, row }, signal), levels };
  }
  return undefined;
}

/** Headers of an answer that is an ancestor's pixels: no validator, as it is not the tile. */
export function coarseHeaders({ levels }: Coarse): Record<string, string> {
  return {
    "cache-control": `public, max-age=${SHORT}`,
    "content-type": "image/png",
    "mandeltile-fallback": `parent; levels=${levels}`,
  };
}
