/** `serve`: the tile server, until it is told to stop. */

import { AutoIterations, RememberingWorkers, RenderWorkers } from "../render/mod.ts";
import { createApp } from "../web/mod.ts";
import { openCache } from "./cache.ts";
import { type Config, CONFIG_FLAGS, configHelp, resolveConfig } from "./config.ts";
import { readFlags, UsageError } from "./flags.ts";
import { print, say } from "./terminal.ts";

export const SERVE_HELP: string = `serve: the map and its tiles over HTTP

  deno task start --port 8000

${configHelp()}

Each can be set in the environment too: MANDELTILE_PORT for --port.`;

/** Serves until SIGINT or SIGTERM, then finishes what is under way. Resolves to the exit code. */
export async function serve(args: readonly string[]): Promise<number> {
  const { values, rest } = readFlags(args, { valued: CONFIG_FLAGS, plain: [] });
  if (rest.length > 0) throw new UsageError(`Cannot understand ${rest[0]}`);
  const config = resolveConfig(values, (name) => Deno.env.get(name));
  await using cache = await openCache(config, say);
  await using local = await RenderWorkers.start({
    workers: config.workers,
    memoryBytes: config.memory,
    referenceBytes: config.references,
  });
  const workers = new RememberingWorkers(local, cache.samples);
  const app = createApp({
    renderer: { workers, auto: new AutoIterations(workers) },
    oracle: local,
    files: cache.files,
    limits: config.limits,
    maxAge: config.maxAge,
    basePath: config.basePath,
    report: (error) => say(error instanceof Error ? error.stack ?? error.message : String(error)),
  });
  const server = listen(config, app.fetch);
  await stopSignal();
  say("Stopping: no new work; a second signal ends at once.");
  app.gate.close();
  const late = setTimeout(() => {
    say(`Requests were still under way after ${config.grace} s.`);
    Deno.exit(1);
  }, config.grace * 1000);
  await server.shutdown();
  clearTimeout(late);
  return 0;
}

function listen(
  { host: hostname, port, basePath }: Pick<Config, "host" | "port" | "basePath">,
  fetch: (request: Request) => Response | Promise<Response>,
): Deno.HttpServer {
  try {
    return Deno.serve({
      hostname,
      port,
      onListen: (address) => {
        const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
        print(`mandeltile listens on http://${host}:${address.port}${basePath}/`);
      },
    }, fetch);
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "the port is in use; --port 0 takes any free one"
      : (error as Error).message;
    throw new UsageError(`Cannot listen on ${hostname}:${port}: ${reason}`);
  }
}

/** Resolves at the first SIGINT or SIGTERM; the second ends the process. */
function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let signals = 0;
  const hear = () => {
    if (++signals === 1) resolve();
    else Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", hear);
  Deno.addSignalListener("SIGTERM", hear);
  return promise;
}
