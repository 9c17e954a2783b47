/** `/metrics`: the server's numbers in the text format of Prometheus. */

import { Counter, Gauge, Registry } from "prom-client";
import type { Admission } from "../admission/admission.ts";
import type { ResponseCache } from "../http/response_cache.ts";
import type { RequestTally } from "../http/request_tally.ts";
import type { ServerState } from "./server_state.ts";

/** Where the numbers come from. */
export interface MetricSources {
  readonly requests: RequestTally;
  readonly admission: Admission;
  readonly responses: ResponseCache;
  readonly state: () => Promise<ServerState>;
}

/** One value of a metric, with its labels. */
type Value = readonly [labels: Readonly<Record<string, string>>, value: number];

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly values: (sources: Numbers) => readonly Value[];
}

type Numbers = Omit<MetricSources, "state" | "responses"> & { readonly state: ServerState };

const only = (value: number): readonly Value[] => [[{}, value]];

/** What only grows. */
const COUNTERS: readonly Metric[] = [
  {
    name: "requests_total",
    help: "Requests answered.",
    labels: ["route", "status"],
    values: ({ requests }) => byRequest(requests, (sums) => sums.requests),
  },
  {
    name: "request_seconds_total",
    help: "Time until the answers' headers; of answers out of memory none.",
    labels: ["route", "status"],
    values: ({ requests }) => byRequest(requests, (sums) => sums.milliseconds / 1000),
  },
  {
    name: "response_bytes_total",
    help: "Bytes of tiles, renders and the page's files that were answered.",
    labels: ["route", "status"],
    values: ({ requests }) => byRequest(requests, (sums) => sums.bytes),
  },
  {
    name: "compute_seconds_total",
    help: "Compute time of all cores together, that of requests given up included.",
    values: ({ state }) => only(state.work.milliseconds / 1000),
  },
  {
    name: "iterations_total",
    help: "Iterations made, those of requests given up included.",
    values: ({ state }) => only(state.work.iterations),
  },
  {
    name: "frames_total",
    help: "Frames computed: tiles, bands of pictures, coarse looks of iterations=auto.",
    values: ({ state }) => only(state.work.frames),
  },
  {
    name: "frames_checked_total",
    help: "Perturbed frames compared with exact arithmetic, by what came of it.",
    labels: ["outcome"],
    values: ({ state }) =>
      Object.entries(state.work.checked).map(([outcome, frames]) => [{ outcome }, frames]),
  },
  {
    name: "files_encoded_total",
    help: "Files encoded.",
    values: ({ state }) => only(state.work.files),
  },
  {
    name: "workers_lost_total",
    help: "Workers that died or were given up, each replaced.",
    values: ({ state }) => only(state.workers.lost),
  },
  {
    name: "cache_hits_total",
    help: "Entries found.",
    labels: ["kind", "tier"],
    values: ({ state }) => byCache(state, "hits"),
  },
  {
    name: "cache_misses_total",
    help: "Entries looked for in vain.",
    labels: ["kind", "tier"],
    values: ({ state }) => byCache(state, "misses"),
  },
  {
    name: "accept_failures_total",
    help: "Times that connections could not be accepted, as without file descriptors.",
    values: ({ state }) => only(state.acceptFailures),
  },
  {
    name: "queue_refused_total",
    help: "Requests refused because the queue was full.",
    values: ({ admission }) => only(admission.refused),
  },
];

/** What rises and falls. */
const GAUGES: readonly Metric[] = [
  {
    name: "queue_length",
    help: "Requests that wait to be computed.",
    values: ({ admission }) => only(admission.waiting),
  },
  {
    name: "computing",
    help: "Requests being computed.",
    values: ({ admission }) => only(admission.inside),
  },
  {
    name: "workers",
    help: "Workers that take orders, and threads given up that have not ended.",
    labels: ["state"],
    values: ({ state: { workers } }) => [
      [{ state: "alive" }, workers.alive],
      [{ state: "stray" }, workers.leakedThreads],
    ],
  },
  {
    name: "worker_tasks",
    help: "Tasks that wait for workers or run.",
    values: ({ state }) => only(state.workers.pending),
  },
  {
    name: "cache_bytes",
    help: "Bytes kept.",
    labels: ["kind", "tier"],
    values: ({ state }) => byCache(state, "bytes"),
  },
  {
    name: "cache_bytes_limit",
    help: "Bytes kept at most.",
    labels: ["kind", "tier"],
    values: ({ state }) => byCache(state, "mostBytes"),
  },
  {
    name: "cache_entries",
    help: "Entries kept.",
    labels: ["kind", "tier"],
    values: ({ state }) => byCache(state, "entries"),
  },
  {
    name: "resident_bytes",
    help: "Memory of the process that is resident.",
    values: () => only(Deno.memoryUsage().rss),
  },
];

/** Writes the numbers as they are now. No label's value comes from a request. */
export async function metricsText(
  { requests, admission, responses, state: look }: MetricSources,
): Promise<{ type: string; text: string }> {
  const around = await look();
  const state = {
    ...around,
    caches: [{ kind: "answers", ...responses.stats() }, ...around.caches],
  };
  const registry = new Registry();
  for (const [metrics, kind] of [[COUNTERS, Counter], [GAUGES, Gauge]] as const) {
    for (const { name, help, labels = [], values } of metrics) {
      const registers = [registry];
      const metric = new kind({ name: `mandeltile_${name}`, help, labelNames: labels, registers });
      for (const [of, value] of values({ requests, admission, state })) metric.inc(of, value);
    }
  }
  return { type: registry.contentType, text: await registry.metrics() };
}

function byRequest(
  requests: RequestTally,
  value: (sums: { requests: number; milliseconds: number; bytes: number }) => number,
): readonly Value[] {
  return Array.from(
    requests,
    (sums) => [{ route: sums.route, status: String(sums.status) }, value(sums)],
  );
}

function byCache(
  { caches }: ServerState,
  name: "hits" | "misses" | "bytes" | "mostBytes" | "entries",
): readonly Value[] {
  return caches.map((cache) => [{ kind: cache.kind, tier: cache.tier }, cache[name]]);
}
