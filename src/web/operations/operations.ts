/** What an operator asks a server for: is it alive, is it ready, and its numbers. */

import type { Context } from "hono";
import type { Admission } from "../admission/admission.ts";
import { type MetricSources, metricsText } from "./metrics.ts";
import { VERSION } from "../version.ts";
import type { ServerState } from "./server_state.ts";

const FRESH = { "cache-control": "no-store" };

/** `GET /healthz`: the server answers, whatever else, and of which version it is. */
export function answerHealth(c: Context): Response {
  return c.json({ status: "ok", version: VERSION }, 200, FRESH);
}

/**
 * `GET /readyz`: whether to send it work, and what each condition says. Without its store a server computes
 * all the same: it is degraded, and ready.
 */
export async function answerReady(
  c: Context,
  { admission, state }: {
    readonly admission: Admission;
    readonly state: () => Promise<ServerState>;
  },
): Promise<Response> {
  const { workers, storeOpen } = await state();
  const checks = { workers: workers.alive > 0, accepting: !admission.closed };
  const ready = Object.values(checks).every((good) => good);
  const status = ready ? "ready" : "not ready";
  const body = { status, ...checks, store: storeOpen, degraded: !storeOpen };
  return c.json(body, ready ? 200 : 503, ready ? FRESH : { ...FRESH, "retry-after": "1" });
}

/** `GET /metrics`: the text format of Prometheus. */
export async function answerMetrics(c: Context, sources: MetricSources): Promise<Response> {
  const { type, text } = await metricsText(sources);
  return c.body(text, 200, { ...FRESH, "content-type": type });
}
