/** The real command as an operator has it: its log, its traces, its configuration. */

import assert from "node:assert/strict";
import { runCommand } from "../cli/command.ts";
import { metricsOf } from "./metrics.ts";
import { startServer } from "./server.ts";

const TILE = "tiles/5/11/14.png?iterations=300";

/** What OpenTelemetry's JSON over HTTP says of a span, as far as it is looked at. */
interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly attributes: readonly { readonly key: string }[];
}

Deno.test("with OTEL_DENO a tile's trace has spans for queue, compute and encode", async () => {
  const spans: SentSpan[] = [];
  const collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { resourceSpans = [] } = await request.json();
      for (const { scopeSpans } of resourceSpans) {
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      return Response.json({});
    },
  );
  {
    await using server = await startServer([], {
      MANDELTILE_CACHE: "memory",
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
    });
    assert.equal((await (await fetch(server.url + TILE)).bytes()).length > 100, true);
    // What has not been sent is sent as it ends.
    assert.equal(await server.stop(), 0);
  }
  await collector.shutdown();
  const request = spans.find(({ name }) => name.startsWith("GET")) ?? assert.fail("no request");
  const parts = spans.filter(({ traceId }) => traceId === request.traceId);
  const names = parts.map(({ name }) => name);
  for (const name of ["queue", "compute", "encode"]) assert.ok(names.includes(name), name);
  const compute = parts.find(({ name }) => name === "compute");
  assert.ok(compute?.attributes.some(({ key }) => key === "iterations"));
});

Deno.test("a line a request, as JSON on standard error", async () => {
  const flags = ["--log", "info", "--workers", "1"];
  const { url, stderr, stop } = await startServer(flags, undefined, "piped");
  await (await fetch(url + TILE)).bytes();
  await (await fetch(url + TILE)).bytes();
  await (await fetch(`${url}tiles/1/2/0.png`)).text();
  assert.equal(await stop(), 0);
  const lines = (await stderr).trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.filter(({ target }) => target).map((
      { level, method, target, status },
    ) => [level, method, target, status]),
    [
      ["info", "GET", `/${TILE}`, 200],
      ["info", "GET", `/${TILE}`, 200],
      ["info", "GET", "/tiles/1/2/0.png", 404],
    ],
  );
});

Deno.test("--print-config prints what a file of the same would say", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mandeltile_config_" });
  const file = `${folder}/config.json`;
  await Deno.writeTextFile(file, '{"port": 8123, "max-side": 100, "log": "off"}');
  const print = async (...flags: string[]) => {
    const { code, stdout, stderr } = await runCommand(["serve", "--print-config", ...flags]);
    assert.deepEqual([code, stderr], [0, ""]);
    return JSON.parse(stdout);
  };
  const settings = await print("--config", file, "--max-side", "200");
  assert.deepEqual([settings.port, settings["max-side"], settings.log], [8123, 200, "off"]);
  await Deno.writeTextFile(file, JSON.stringify(settings));
  assert.deepEqual(await print("--config", file), settings);
  await Deno.writeTextFile(file, '{"prot": 1}');
  const { code, stderr } = await runCommand(["serve", "--config", file]);
  assert.equal(code, 2);
  assert.match(stderr, /there is no setting prot/);
  await Deno.remove(folder, { recursive: true });
});

/** Minutes of computing, if it is not given up: a million points of which each takes 300,000 steps. */
const ENDLESS = "render.npy?re=-0.75&im=1e-5&span=2e-11&width=1024&height=1024&iterations=5000000";

Deno.test("what outlasts the grace time is answered 503, and the server still ends well", async () => {
  const { url, stop, stderr } = await startServer(["--grace", "1"], undefined, "piped");
  const ready = await fetch(`${url}readyz`);
  assert.deepEqual(await ready.json(), {
    status: "ready",
    workers: true,
    store: true,
    accepting: true,
    degraded: false,
  });
  const answer = fetch(url + ENDLESS);
  while ((await metricsOf(url, "computing"))[0] === 0) { /* asks again */ }
  const code = stop();
  const response = await answer;
  assert.equal(response.status, 503);
  assert.match(response.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  await response.body?.cancel();
  assert.equal(await code, 0);
  assert.match(await stderr, /still under way after 1 s/);
});

/** Priorities of a process' workers, by the names that Deno gives their threads; 0 is the usual one. */
async function nicenessOf(pid: number): Promise<number[]> {
  const threads = await Array.fromAsync(Deno.readDir(`/proc/${pid}/task`));
  const stats = await Promise.all(
    threads.map(({ name }) => Deno.readTextFile(`/proc/${pid}/task/${name}/stat`)),
  );
  // The name stands in brackets, and niceness 16 fields behind it (proc(5)).
  return stats.filter((stat) => stat.includes("(worker-"))
    .map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]));
}

Deno.test({
  name: "workers step back behind the thread that answers, and that one does not",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await startServer(["--workers", "3"]);
    const niceness = await nicenessOf(server.pid);
    assert.deepEqual(niceness, [10, 10, 10]);
    const main = await Deno.readTextFile(`/proc/${server.pid}/stat`);
    assert.equal(main.slice(main.lastIndexOf(")") + 2).split(" ")[16], "0");
    assert.equal(await server.stop(), 0);
  },
});
