/** Files as answers: validators first, then the work, then the headers that go with it. */

import type { Context } from "hono";
import type { Rendered, Served } from "../render/mod.ts";
import { matches } from "./validators.ts";

/** What an answer says of itself before it has been computed. */
export interface Description {
  readonly etag: string;
  readonly type: string;
  readonly cacheControl: string;
  /** Name for a browser that saves the file. */
  readonly filename: string;
}

/**
 * Answers with a file. When the client has it already, or asks for the headers alone, nothing is
 * computed.
 */
export async function answerFile(
  c: Context,
  { etag, type, cacheControl, filename }: Description,
  serve: (signal: AbortSignal) => Promise<Served>,
): Promise<Response> {
  const headers = {
    etag,
    "cache-control": cacheControl,
    "content-type": type,
    "content-disposition": `inline; filename="${filename}"`,
  };
  if (matches(c.req.header("if-none-match"), etag)) {
    return c.body(null, 304, { etag, "cache-control": cacheControl });
  }
  if (c.req.method === "HEAD") return c.body(null, 200, headers);
  const { bytes, iterations, rendered } = await serve(c.req.raw.signal);
  return c.body(bytes, 200, {
    ...headers,
    "mandeltile-iterations": String(iterations),
    "server-timing": rendered === null ? CACHED : timing(rendered),
  });
}

/** What `Server-Timing` says of a file that was there. */
export const CACHED = "cache";

function timing(rendered: Rendered): string {
  const parts = ["compute", "colour", "encode", "elapsed"] as const;
  return parts.map((part) => `${part};dur=${rendered[part].toFixed(2)}`).join(", ");
}
