/** Files as answers: validators first, then the work, then the headers that go with it. */

import type { Context } from "hono";
import type { Arithmetic, Rendered, Served } from "../../render/mod.ts";
import { FORWARDED } from "./public_url.ts";
import { etagOf, matches } from "./validators.ts";

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
  const headers: Record<string, string> = {
    etag,
    "cache-control": cacheControl,
    "content-type": type,
    "content-disposition": `inline; filename="${filename}"`,
  };
  if (matches(c.req.header("if-none-match"), etag)) {
    return c.body(null, 304, { etag, "cache-control": cacheControl });
  }
  if (c.req.method === "HEAD") return c.body(null, 200, headers);
  const { bytes, iterations, capped, arithmetic, rendered } = await serve(c.req.raw.signal);
  c.set("bytes", bytes.length);
  headers["mandeltile-iterations"] = capped ? `${iterations}; capped` : String(iterations);
  headers["mandeltile-arithmetic"] = described(arithmetic);
  if (arithmetic.kind === "perturbation" && arithmetic.checked !== undefined) {
    headers["mandeltile-checked"] = arithmetic.checked;
  }
  headers["server-timing"] = rendered === null ? CACHED : timing(rendered);
  // Cheaper than headers given to the constructor (experiment web-4).
  const response = new Response(bytes);
  for (const name in headers) response.headers.set(name, headers[name]!);
  return response;
}

/** Answers with a document that holds addresses of this server, as the client sees them. */
export function answerDocument(
  c: Context,
  { text, type, maxAge }: { text: string; type: string; maxAge: number },
): Response {
  const etag = etagOf("document", text);
  const headers = { etag, "cache-control": `public, max-age=${maxAge}`, vary: FORWARDED };
  if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
  return c.body(text, 200, { ...headers, "content-type": type });
}

/** What `Server-Timing` says of a file that was there. */
export const CACHED = "cache";

/** How it was computed: `double`, `interior`, or `perturbation` with what its reference is. */
function described(arithmetic: Arithmetic): string {
  if (arithmetic.kind !== "perturbation") return arithmetic.kind;
  const { bits, length, wide, made, skipped } = arithmetic;
  const share = skipped / Math.max(1, made + skipped);
  return `perturbation; bits=${bits}; reference=${length}; skipped=${share.toFixed(4)}` +
    (wide ? "; wide" : "");
}

/** Milliseconds of every part; the orbit's are a part of those of compute. */
function timing({ compute, colour, encode, elapsed, arithmetic }: Rendered): string {
  const orbit = arithmetic.kind === "perturbation" ? arithmetic.orbit : 0;
  return `orbit;dur=${orbit.toFixed(2)}, compute;dur=${compute.toFixed(2)}, ` +
    `colour;dur=${colour.toFixed(2)}, encode;dur=${encode.toFixed(2)}, ` +
    `elapsed;dur=${elapsed.toFixed(2)}`;
}
