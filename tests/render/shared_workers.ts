/** Workers that the tests of one file share: to start them takes longer than most of these tests. */

import { RenderWorkers, type RenderWorkersOptions } from "../../src/render/mod.ts";

const started = new Map<string, Promise<RenderWorkers>>();

/** Workers of this kind, two where nothing else is said, started when they are first asked for. */
export function sharedWorkers(options: RenderWorkersOptions = {}): Promise<RenderWorkers> {
  const wanted = { workers: 2, ...options };
  const key = JSON.stringify(wanted);
  const workers = started.get(key) ?? RenderWorkers.start(wanted);
  started.set(key, workers);
  return workers;
}

Deno.test.afterAll(async () => {
  for (const workers of started.values()) await (await workers)[Symbol.asyncDispose]();
});
