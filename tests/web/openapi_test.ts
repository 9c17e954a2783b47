/** `/openapi.json`: it says what is answered, and what it says is answered; `/docs` shows it. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import type { App } from "../../src/web/mod.ts";
import { allowed } from "../../src/web/page/docs/docs.js";
import { randomFrom } from "../plane/random.ts";
import { appOver, CountedWorkers } from "./fixtures.ts";
import { type FuzzRequest, type OpenApi, type Operation, requestsOf } from "./openapi_fuzz.ts";

/** Whatever is allowed here is computed in some milliseconds. */
const CHEAP = { deepest: 60, iterations: 3000, side: 96, samples: 2 ** 15 };

/** Requests of every operation: some 800 in all. */
const COUNT = 20;

/** Those of a lesson that are right start two pools of their own each. */
const LESSONS = 15;

const countOf = (path: string) => path === "/lesson/run" ? LESSONS : COUNT;

async function documentOf(app: App): Promise<OpenApi> {
  return await (await app.request("/openapi.json")).json() as OpenApi;
}

/** Asks, and fails for an answer that is not in the document. Resolves to its status. */
async function ask(app: App, request: FuzzRequest): Promise<number> {
  const { method, target, body, operation } = request;
  const response = await app.request(target, { method, ...(body !== undefined && { body }) });
  const text = await textOf(response);
  const about = `${response.status} for ${method} ${target.slice(0, 300)} ${body?.slice(0, 300)}`;
  assert.ok(response.status < 500, `${about}: ${text.slice(0, 300)}`);
  const answer = operation.responses[response.status];
  assert.ok(answer !== undefined, `${about} is not in the document`);
  if (response.status === 308) return 308;
  const type = response.headers.get("content-type")?.split(";")[0];
  assert.ok(type !== undefined && answer.content?.[type] !== undefined, `${about} as ${type}`);
  if (type !== "application/problem+json") return response.status;
  const problem = JSON.parse(text);
  assert.ok(problem.status === response.status && problem.detail !== "", about);
  return response.status;
}

Deno.test("hundreds of requests made of the document: no 5xx, and no answer it does not tell", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const answered = new Set<string>();
  const app = appOver(workers, CHEAP, undefined, {
    log: ({ method, route, status }) => status < 300 && answered.add(`${method} ${route}`),
  });
  const document = await documentOf(app);
  answered.clear();
  const statuses = new Map<number, number>();
  const served = new Set<Operation>();
  let requests = 0;
  for (const request of requestsOf(document, randomFrom(2026), countOf)) {
    const status = await ask(app, request);
    if (status < 300) served.add(request.operation);
    requests++;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.ok(requests >= 750, `${requests}`);
  for (const [status, least] of [[200, 100], [400, 100], [404, 5]] as const) {
    assert.ok((statuses.get(status) ?? 0) > least, `${statuses.get(status)} of ${status}`);
  }
  const told = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation }))
  );
  for (const { path, method, operation } of told) assert.ok(served.has(operation), method + path);
  // Every route has been answered from by something that the document tells of.
  const routes = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual([...answered].toSorted(), [...routes].toSorted());
});

/** An answer's text; of events, which go on for a while, the first. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get("content-type") !== "text/event-stream") return await response.text();
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

Deno.test("the document tells the limits that hold", async () => {
  const { openapi, paths } = await documentOf(appOver(new CountedWorkers(), CHEAP));
  assert.match(openapi, /^3\.1\./);
  const parameters = paths["/render.png"]?.get?.parameters ?? assert.fail();
  const schemaOf = (name: string) => parameters.find((one) => one.name === name)?.schema;
  assert.equal(schemaOf("width")?.maximum, CHEAP.side);
  assert.deepEqual(schemaOf("palette")?.examples, ["magma", "000000,ff8800,ffffff"]);
  assert.equal(schemaOf("iterations")?.anyOf?.[1]?.maximum, CHEAP.iterations);
  const tile = paths["/tiles/{z}/{x}/{y}.{format}"]?.get?.parameters ?? assert.fail();
  assert.equal(tile.find((one) => one.name === "z")?.schema.maximum, CHEAP.deepest);
  assert.deepEqual(
    parameters.filter((one) => one.required).map((one) => one.name),
    ["re", "im", "span", "width", "height"],
  );
});

Deno.test("behind a proxy the document says where the server is", async () => {
  const app = appOver(new CountedWorkers());
  const headers = { "x-forwarded-host": "tiles.example", "x-forwarded-prefix": "/m" };
  const response = await app.request("/openapi.json", { headers });
  const { servers } = await response.json();
  assert.deepEqual(servers, [{ url: "http://tiles.example/m" }]);
  const etag = response.headers.get("etag") ?? "";
  const again = await app.request("/openapi.json", {
    headers: { ...headers, "if-none-match": etag },
  });
  assert.equal(again.status, 304);
});

Deno.test("/docs loads nothing from elsewhere and may not", async () => {
  const app = appOver(new CountedWorkers());
  const page = await app.request("/docs");
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const html = await page.text();
  const linked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  assert.ok(linked.length >= 5);
  for (const path of linked) {
    assert.doesNotMatch(path, /^\w+:|^\/\//);
    assert.equal((await app.request(new URL(path, "http://localhost/docs").pathname)).status, 200);
  }
});

Deno.test("the page says in a few words what a value may be", () => {
  assert.equal(allowed({ type: "integer", minimum: 1, maximum: 9 }), "1 to 9");
  assert.equal(allowed({ enum: ["a", "b"] }), "a, b");
  assert.equal(allowed({ anyOf: [{ const: "auto" }, { type: "string" }] }), "auto or string");
  assert.equal(allowed({}), "anything");
});
