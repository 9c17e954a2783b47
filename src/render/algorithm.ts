/** The version of everything that decides the bytes of an answer. */

import { ENGINE } from "./local/kernels.ts";

/** Changes whenever the same request would give other bytes than before. */
const VERSION = "mandeltile/7";

/** The version for an engine's samples; that of the WASM kernels stands without their name. */
export function algorithmBy(engine: string): string {
  return engine === "wasm" ? VERSION : `${VERSION}-${engine}`;
}

/** The version of the engine that is used: part of every key and ETag. */
export const ALGORITHM: string = algorithmBy(ENGINE);
