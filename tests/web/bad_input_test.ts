/** Bad input by the hundred: each request is refused by name, and no worker hears of it. */

import assert from "node:assert/strict";
import { RenderWorkers } from "../../src/render/mod.ts";
import type { App } from "../../src/web/mod.ts";
import { type BadRequest, badRequests } from "./bad_requests.ts";
import { appOver, bytesOf, CountedWorkers, problemOf } from "./fixtures.ts";

async function refuse(app: App, request: BadRequest): Promise<void> {
  const { path, init, parameter, statuses = [400] } = request;
  const about = `${init?.method ?? "GET"} ${path.slice(0, 200)} ${
    String(init?.body).slice(0, 200)
  }`;
  const response = await app.request(path, init);
  assert.ok(statuses.includes(response.status), `${response.status} for ${about}`);
  const problem = await problemOf(response, response.status);
  assert.ok(JSON.stringify(problem).length < 1500, `a short answer to ${about}`);
  if (parameter === undefined) return;
  assert.equal(problem.parameter, parameter, about);
  assert.ok(problem.detail.includes(parameter), about);
}

Deno.test("bad input by the hundred is refused by name, and nobody computes", async (t) => {
  const workers = new CountedWorkers();
  const app = appOver(workers);
  for (const [name, requests] of Object.entries(badRequests)) {
    await t.step(`${name}: ${requests.length}`, async () => {
      for (const request of requests) await refuse(app, request);
    });
  }
  assert.equal(workers.calls, 0);
});

Deno.test("the server answers as before after bad input", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const app = appOver(workers);
  const tile = () => bytesOf(app.request("/tiles/5/11/14.png"));
  const before = await tile();
  const all = Object.values(badRequests).flat();
  for (const request of all) await refuse(app, request);
  // And all at once.
  await Promise.all(all.map((request) => refuse(app, request)));
  assert.deepEqual(await tile(), before);
  assert.deepEqual([app.admission.inside, app.admission.waiting], [0, 0]);
});

Deno.test("a Host header that is no host is refused, whatever it asks for", async () => {
  const workers = new CountedWorkers();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    appOver(workers).fetch,
  );
  const paths = [
    "/tiles.json",
    "/tiles/3/2/3.png?iterations=5",
    "/render.png?re=0&im=0&span=1&width=3&height=2",
    "/exact?re=0&im=0",
    "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities",
    "/ogc",
    "/lesson/run",
    "/nowhere",
  ];
  for (const host of ["a b", "x:99999", "["]) {
    for (const path of paths) {
      const { port } = server.addr;
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      const answer = await new Response(connection.readable).text();
      assert.match(answer, /^HTTP\/1\.1 400 /, `${host} ${path}`);
      assert.match(answer, /Cannot read the address .*: it has no valid host/);
    }
  }
  assert.equal(workers.calls, 0);
});
