/** `serve`: the tile server, until a signal stops it. */

import { LATE, within } from "../pool/mod.ts";
import { AutoIterations, CachingRenderer, ObservedRenderer, RenderWorkers } from "../render/mod.ts";
import { type App, createApp, type ServerState } from "../web/mod.ts";
import { answerBytes, type Cache, openCache } from "./cache.ts";
import type { Config } from "./config.ts";
import { readFlags, UsageError } from "./flags.ts";
import { Listener } from "./listener.ts";
import { Log } from "./log.ts";
import { CONFIG_FLAGS, configHelp } from "./settings.ts";
import { PRINT_FLAG, readSources, SOURCE_FLAGS, SOURCES_HELP } from "./sources.ts";
import { print, say } from "./terminal.ts";
import { warmUp } from "./warm_up.ts";

export const SERVE_HELP: string = `serve: the map and its tiles over HTTP

  deno task start --port 8000

${configHelp()}
${SOURCES_HELP}

Each can be set in the environment too: MANDELTILE_PORT for --port.`;

/**
 * How far workers step back behind the thread that answers, which would otherwise wait for a core, as there
 * is a worker on each (experiment render-9).
 */
const NICENESS = 10;

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Milliseconds for answers that say that their work was given up. */
const FAREWELL = 2000;

/** Serves until SIGINT or SIGTERM, then finishes what is under way. Resolves to the exit code. */
export async function serve(args: readonly string[]): Promise<number> {
  const { values, rest } = readFlags(args, {
    valued: [...CONFIG_FLAGS, ...SOURCE_FLAGS],
    plain: [PRINT_FLAG],
  });
  if (rest.length > 0) throw new UsageError(`Cannot understand ${rest[0]}`);
  const { settings, config } = await readSources(values);
  if (values.has(PRINT_FLAG)) {
    print(JSON.stringify(settings, null, 2));
    return 0;
  }
  using log = new Log(config.log, say);
  await using cache = await openCache(config, (message) => log.warn(message));
  await using local = await RenderWorkers.start({
    workers: config.workers,
    memoryBytes: config.memory,
    referenceBytes: config.references,
    niceness: NICENESS,
  });
  const parts = { oracle: local, limits: config.limits, enlarge: local.enlarge.bind(local) };
  // There from when it listens.
  const listening: { listener?: Listener } = {};
  const stateBy = (observed: ObservedRenderer) => () =>
    stateOf({ local, observed, cache, ...listening });
  await warmUp({
    ...parts,
    renderer: { frames: local, auto: new AutoIterations(local) },
    state: stateBy(new ObservedRenderer(local)),
  });
  const observed = new ObservedRenderer(new CachingRenderer(local, cache.samples));
  const app = createApp({
    ...parts,
    renderer: { frames: observed, auto: new AutoIterations(observed) },
    state: stateBy(observed),
    files: cache.files,
    maxAge: config.maxAge,
    responseBytes: answerBytes(config),
    basePath: config.basePath,
    rate: { perSecond: config.rate, trustedProxies: config.trustedProxies },
    report: (error) => log.fault(error),
    ...(log.requests && { log: log.requests }),
  });
  // Before the line that says where the server is: a reader of it may stop the server at once.
  using signals = new StopSignals();
  const listener = listen(config, app, log);
  listening.listener = listener;
  await signals.first;
  log.note("Stopping: no new work; a second signal ends at once.");
  await stop({ listener, app, local, config, log });
  return 0;
}

/**
 * Lets requests finish within the grace time; what is left then is answered 503. Clients that do not read
 * even that answer are left.
 */
async function stop(
  { listener, app, local, config, log }: {
    listener: Listener;
    app: App;
    local: RenderWorkers;
    config: Config;
    log: Log;
  },
): Promise<void> {
  app.admission.close();
  const finished = listener.shutdown();
  if (await within(finished, 1000 * config.grace) !== LATE) return;
  log.warn(`Requests were still under way after ${config.grace} s: given up.`);
  await local[Symbol.asyncDispose]();
  if (await within(finished, FAREWELL) === LATE) {
    log.warn("Clients were left without an answer.");
  }
}

async function stateOf(
  { local, observed, cache, listener }: {
    local: RenderWorkers;
    observed: ObservedRenderer;
    cache: Cache;
    listener?: Listener;
  },
): Promise<ServerState> {
  const caches = await cache.stats();
  const storeOpen = caches.every(({ open }) => open);
  const acceptFailures = listener?.failures ?? 0;
  return { workers: local.counters, work: observed.done, caches, storeOpen, acceptFailures };
}

function listen(
  { host: hostname, port, basePath, rate }: Config,
  { fetch }: App,
  log: Log,
): Listener {
  // The connection matters to the rate limit alone.
  const handler = rate === 0 ? (request: Request) => fetch(request) : fetch;
  try {
    return new Listener({
      hostname,
      port,
      onListen: (address) => {
        const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
        print(`mandeltile listens on http://${host}:${address.port}${basePath}/`);
      },
      report: (message) => log.warn(message),
    }, handler);
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is in use; --port 0 takes any free one"
      : (error as Error).message;
    throw new UsageError(`Cannot listen on ${hostname}:${port}: ${reason}`);
  }
}

/** Listens for SIGINT and SIGTERM until disposed of; the second of them ends the process. */
class StopSignals implements Disposable {
  readonly #first = Promise.withResolvers<void>();
  #count = 0;

  constructor() {
    for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, this.#onSignal);
  }

  /** Resolves at the first of them. */
  get first(): Promise<void> {
    return this.#first.promise;
  }

  readonly #onSignal = () => {
    if (++this.#count > 1) Deno.exit(130);
    this.#first.resolve();
  };

  [Symbol.dispose](): void {
    for (const signal of STOP_SIGNALS) Deno.removeSignalListener(signal, this.#onSignal);
  }
}
