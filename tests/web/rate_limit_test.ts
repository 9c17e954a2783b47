/** The limit for each client: who is one, and what one that asks too much is answered. */

import assert from "node:assert/strict";
import type { Connection } from "../../src/web/mod.ts";
import { clientOf, compileProxies } from "../../src/web/admission/rate_limit.ts";
import { appOver, HeldWorkers, problemOf } from "./fixtures.ts";

Deno.test("a client is who the last trusted proxy says it is", () => {
  const trust = compileProxies(["loopback", "10.0.0.0/8", "fd00::1"]);
  const cases = [
    ["192.0.2.1", null, "192.0.2.1"],
    // Nobody trusts what a client says of itself.
    ["192.0.2.1", "198.51.100.7", "192.0.2.1"],
    ["127.0.0.1", "198.51.100.7", "198.51.100.7"],
    ["127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"],
    ["127.0.0.1", "203.0.113.9, 198.51.100.7, 10.1.2.3", "198.51.100.7"],
    ["fd00::1", "198.51.100.7", "198.51.100.7"],
    ["127.0.0.1", "nonsense", "127.0.0.1"],
    ["127.0.0.1", "", "127.0.0.1"],
    ["::ffff:192.0.2.1", null, "192.0.2.1"],
  ] as const;
  for (const [remote, forwarded, client] of cases) {
    assert.equal(clientOf(remote, forwarded, trust), client, `${remote} ${forwarded}`);
  }
  const network = (address: string) => clientOf(address, null, trust);
  assert.equal(network("2001:db8::1"), network("2001:db8::ffff:1"));
  assert.notEqual(network("2001:db8::1"), network("2001:db8:0:1::1"));
  assert.throws(() => compileProxies(["somewhere"]), TypeError);
});

/** A connection from an address. */
function from(hostname: string): Connection {
  return { remoteAddr: { transport: "tcp", hostname, port: 1 } };
}

Deno.test("who asks more often than is allowed is told when to come again, the others are not", async () => {
  const held = new HeldWorkers();
  held.release();
  const rate = { perSecond: 3, trustedProxies: ["127.0.0.1"] };
  const app = appOver(held, {}, undefined, { rate });
  const ask = (client: string, path = "/tiles/3/2/3.npy?iterations=9") =>
    app.fetch(
      new Request(`http://localhost${path}`, { headers: { "x-forwarded-for": client } }),
      from("127.0.0.1"),
    );
  for (let n = 0; n < 3; n++) assert.equal((await ask("192.0.2.1")).status, 200);
  const refused = await ask("192.0.2.1");
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal(refused.headers.get("access-control-allow-origin"), "*");
  const problem = await problemOf(refused, 429);
  assert.deepEqual([problem.limit, problem.allowed], ["rate", 3]);
  assert.equal((await ask("192.0.2.2")).status, 200);
  for (const path of ["/healthz", "/readyz", "/metrics"]) {
    assert.equal((await ask("192.0.2.1", path)).status, 200, path);
  }
});

Deno.test("told nothing, anybody may ask any number of times", async () => {
  const held = new HeldWorkers();
  held.release();
  const app = appOver(held);
  for (let n = 0; n < 500; n++) {
    const request = new Request("http://localhost/healthz");
    assert.equal((await app.fetch(request, from("192.0.2.1"))).status, 200);
  }
});
