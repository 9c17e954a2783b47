/** The real command over loopback: it starts, serves, finishes what is under way, and ends. */

import assert from "node:assert/strict";
import { VERSION } from "../../src/web/mod.ts";
import { runCommand } from "../cli/command.ts";
import { type RunningServer, startServer } from "./server.ts";

/**
 * Most of a second's computing. At -3/4 + d i an orbit takes about pi / d steps to escape: here some
 * 300,000 for each of 9216 pixels.
 */
const SLOW = "render.npy?re=-0.75&im=1e-5&span=1e-11&width=96&height=96&iterations=5000000&v=1";

Deno.test("the command serves until it is told to stop", async (t) => {
  // One request at a time and no queue: while one is under way, the next is refused.
  await using server = await startServer(["--concurrency", "1", "--queue", "0", "--grace", "60"]);

  await t.step("the page and its files", async () => {
    const page = await fetch(server.url);
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    const script = /src="(assets\/explorer\.js)"/.exec(await page.text())?.[1];
    const answer = await fetch(new URL(script ?? assert.fail("no script"), server.url));
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
    assert.deepEqual(await (await fetch(`${server.url}healthz`)).json(), {
      status: "ok",
      version: VERSION,
    });
  });

  await t.step("a tile, and its headers alone", async () => {
    const tile = await fetch(`${server.url}tiles/3/2/3@2x.png`);
    assert.equal(tile.status, 200);
    assert.equal(tile.headers.get("content-type"), "image/png");
    const png = new DataView(await tile.arrayBuffer());
    assert.deepEqual([png.getUint32(16), png.getUint32(20)], [512, 512]);
    assert.equal(tile.headers.get("content-length"), String(png.byteLength));
    const head = await fetch(`${server.url}tiles/3/2/3@2x.png`, { method: "HEAD" });
    assert.equal(head.headers.get("etag"), tile.headers.get("etag"));
    assert.equal(head.headers.get("content-length"), null);
  });

  await t.step("refusals, with the connection none the worse", async () => {
    const refused = await fetch(`${server.url}tiles/3/9/3.png`);
    assert.equal(refused.status, 404);
    assert.equal((await refused.json()).status, 404);
    const long = await fetch(`${server.url}render.png?re=${"3".repeat(40_000)}`);
    assert.equal(long.status, 400);
    assert.equal((await long.json()).limit, "max-url");
    // Longer than what the server under the app reads at all: it refuses that by itself.
    assert.match(
      await statusLine(server, `/render.png?re=${"3".repeat(100_000)}`),
      /^HTTP\/1.1 4\d\d /,
    );
    assert.equal((await fetch(`${server.url}healthz`, { method: "HEAD" })).status, 200);
  });

  await t.step("nobody else on the same port", async () => {
    const { port } = new URL(server.url);
    const { code, stdout, stderr } = await runCommand(["serve", "--workers", "1", "--port", port]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use`),
    );
    assert.equal(stderr.trim().split("\n").length, 1, "one line, no stack");
  });

  await t.step("what is under way when it is told to stop, and nothing after", async () => {
    const { answer, isSettled } = await renderUnderWay(server);
    const code = server.stop();
    while (await isServing(server)) { /* asks again */ }
    assert.equal(isSettled(), false, "it stops listening while the render is still under way");
    const response = await answer;
    assert.equal(response.status, 200);
    assert.equal((await response.bytes()).length, 128 + 4 * 96 * 96);
    assert.equal(await code, 0);
  });
});

interface UnderWay {
  readonly answer: Promise<Response>;
  readonly isSettled: () => boolean;
}

/** Asks for the slow render and waits until it is being computed: until a tile is refused for it. */
async function renderUnderWay({ url }: RunningServer): Promise<UnderWay> {
  for (;;) {
    let settled = false;
    const answer = fetch(url + SLOW).finally(() => settled = true);
    while (!settled) {
      const tile = await fetch(`${url}tiles/0/0/0.npy?iterations=1`);
      await tile.body?.cancel();
      if (tile.status === 503) return { answer, isSettled: () => settled };
    }
    // A tile was there first, and the render was refused for it.
    const response = await answer;
    assert.equal(response.status, 503, "the render is slow enough to be noticed");
    await response.body?.cancel();
  }
}

/** The first line of an answer, asked for over a bare socket. */
async function statusLine({ url }: RunningServer, target: string): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const request = `GET ${target} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`;
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(request));
  const { value } = await connection.readable.getReader().read();
  return new TextDecoder().decode(value).split("\r\n")[0] ?? "";
}

async function isServing({ url }: RunningServer): Promise<boolean> {
  try {
    const response = await fetch(`${url}healthz`);
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
