/** The HTTP contract, apart from what is in the files: types, validators, caches, methods, origins. */

import assert from "node:assert/strict";
import { TrieRouter } from "hono/router/trie-router";
import { assets } from "../../src/web/assets.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import { type App, VERSION } from "../../src/web/mod.ts";
import { appOver, bytesOf, CountedWorkers, MAX_AGE, posted, problemOf } from "./fixtures.ts";

const view = { re: "-0.7436", im: "0.1318", span: "0.004", width: "24", height: "16" };
const query = String(new URLSearchParams(view));

/** Every file that can be asked for, with its type. */
const files = [
  ["/tiles/3/2/3.png", "image/png"],
  ["/tiles/3/2/3@2x.png", "image/png"],
  ["/tiles/3/2/3.webp", "image/webp"],
  ["/tiles/3/2/3@2x.jpeg", "image/jpeg"],
  ["/tiles/3/2/3.npy", "application/octet-stream"],
  ["/tiles/3/2/3@2x.npy", "application/octet-stream"],
  [`/render.png?${query}`, "image/png"],
  [`/render.webp?${query}`, "image/webp"],
  [`/render.jpeg?${query}`, "image/jpeg"],
  [`/render.npy?${query}`, "application/octet-stream"],
] as const;

const STRONG_ETAG = /^"[\w;=/.-]{20,}"$/;

Deno.test("files come with their type, a strong validator and a name", async (t) => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const app = appOver(workers);
  for (const [path, type] of files) {
    await t.step(path, async () => {
      const response = await app.request(path);
      const { headers } = response;
      assert.equal(headers.get("content-type"), type);
      assert.match(headers.get("etag") ?? "", STRONG_ETAG);
      assert.equal(headers.get("cache-control"), `public, max-age=${MAX_AGE}`);
      const extension = /\.(\w+)(?:\?|$)/.exec(path)?.[1];
      assert.match(
        headers.get("content-disposition") ?? "",
        new RegExp(`^inline; filename="[\\w-]+\\.${extension}"$`),
      );
      assert.match(headers.get("mandeltile-iterations") ?? "", /^[1-9]\d*$/);
      assert.equal(headers.get("mandeltile-arithmetic"), "double");
      assert.match(
        headers.get("server-timing") ?? "",
        /^orbit;dur=[\d.]+, compute;dur=[\d.]+, colour;dur=[\d.]+, encode;dur=[\d.]+, elapsed;dur=[\d.]+$/,
      );
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin");
      assert.equal(headers.get("access-control-allow-origin"), "*");
      assert.ok((await bytesOf(response)).length > 100);
    });
  }
  for (const format of ["png", "webp", "jpeg", "npy"]) {
    await t.step(`POST /render.${format} is the same as GET`, async () => {
      const got = await app.request(`/render.${format}?${query}`);
      const numbers = { ...view, width: 24, height: 16 };
      for (const body of [view, numbers]) {
        const given = await app.request(`/render.${format}`, posted(body));
        for (const name of ["content-type", "etag", "cache-control", "content-disposition"]) {
          assert.equal(given.headers.get(name), got.headers.get(name), name);
        }
        assert.deepEqual(await bytesOf(given), await bytesOf(got.clone()));
      }
      await got.body?.cancel();
    });
  }
});

/** An app nobody can compute for, and a check that nobody was asked to. */
async function withoutComputing(work: (app: App) => Promise<void>): Promise<void> {
  const workers = new CountedWorkers();
  await work(appOver(workers));
  assert.equal(workers.calls, 0);
}

Deno.test("an app over workers that refuse does ask them", async () => {
  const workers = new CountedWorkers();
  await assert.rejects(async () => await appOver(workers).request("/tiles/3/2/3.png"), /nobody/);
  assert.equal(workers.calls, 1);
});

Deno.test("HEAD says what GET would and computes nothing", () =>
  withoutComputing(async (app) => {
    for (const [path, type] of files) {
      const response = await app.request(path, { method: "HEAD" });
      assert.equal(response.status, 200);
      assert.equal((await response.clone().bytes()).length, 0);
      assert.equal(response.headers.get("content-type"), type);
      assert.match(response.headers.get("etag") ?? "", STRONG_ETAG);
      assert.equal(response.headers.get("cache-control"), `public, max-age=${MAX_AGE}`);
    }
    assert.equal((await app.request("/tiles/3/9/3.png", { method: "HEAD" })).status, 404);
  }));

Deno.test("a client that has the file is told so, and nothing is computed", () =>
  withoutComputing(async (app) => {
    for (const path of ["/", "/assets/explorer.js", ...files.map(([path]) => path)]) {
      const head = await app.request(path, { method: "HEAD" });
      const etag = head.headers.get("etag") ?? "";
      for (const had of [etag, `W/${etag}`, `"other", ${etag}`, `"a,b",W/${etag} , "c"`, "*"]) {
        for (const method of ["GET", "HEAD"]) {
          const response = await app.request(path, { method, headers: { "if-none-match": had } });
          assert.equal(response.status, 304, `${method} ${path} with ${had}`);
          assert.equal(response.body, null);
          assert.equal(response.headers.get("etag"), etag);
          assert.equal(response.headers.get("cache-control"), head.headers.get("cache-control"));
          assert.equal(response.headers.get("access-control-allow-origin"), "*");
        }
      }
      const other = { method: "HEAD", headers: { "if-none-match": `"other", ${etag}x` } };
      assert.equal((await app.request(path, other)).status, 200);
    }
  }));

Deno.test("a version in the address lets caches keep the answer for good", () =>
  withoutComputing(async (app) => {
    for (const [path] of files) {
      const method = "HEAD";
      const usual = await app.request(path, { method });
      const versioned = await app.request(`${path}${path.includes("?") ? "&" : "?"}v=7`, {
        method,
      });
      const kept = versioned.headers.get("cache-control");
      assert.equal(kept, "public, max-age=31536000, immutable");
      assert.equal(versioned.headers.get("etag"), usual.headers.get("etag"));
    }
  }));

Deno.test("a tile's file is named by its address, as far as that is a name", () =>
  withoutComputing(async (app) => {
    const nameOf = async (path: string) => {
      const { headers } = await app.request(path, { method: "HEAD" });
      return /filename="(.*)"/.exec(headers.get("content-disposition") ?? "")?.[1];
    };
    assert.equal(await nameOf("/tiles/3/2/5.png"), "mandelbrot-3-2-5.png");
    assert.equal(await nameOf("/tms/3/2/5@2x.webp"), "mandelbrot-3-2-2.webp");
    assert.equal(await nameOf(`/tiles/3000/${2n ** 2999n}/7.npy`), "mandelbrot-3000.npy");
  }));

Deno.test("a number of an address that is none is the parameter that is named", () =>
  withoutComputing(async (app) => {
    const wrong = [["-1/0/0", "z"], ["3/01/0", "x"], ["3/0/one", "y"], ["3/0/8", "y"]] as const;
    for (const [address, parameter] of wrong) {
      const status = address === "3/0/8" ? 404 : 400;
      const problem = await problemOf(app.request(`/tiles/${address}.png`), status);
      assert.equal(problem.parameter, parameter, address);
    }
  }));

Deno.test("the validator differs where the bytes may and nowhere else", () =>
  withoutComputing(async (app) => {
    const etagOf = async (path: string) =>
      (await app.request(path, { method: "HEAD" })).headers.get("etag") ?? path;
    const different = [
      "/tiles/3/2/3.png",
      "/tiles/3/3/2.png",
      "/tiles/3/2/3@2x.png",
      "/tiles/3/2/3.webp",
      "/tiles/3/2/3.jpeg",
      "/tiles/3/2/3.npy",
      "/tiles/3/2/3@2x.npy",
      "/tiles/3/2/3.npy?iterations=99",
      "/tiles/3/2/3.png?iterations=99",
      "/tiles/3/2/3.png?palette=magma",
      "/tiles/3/2/3.png?palette=ff0000,00ff00",
      "/tiles/3/2/3.png?shading=bands",
      `/render.png?${query}`,
      `/render.png?${query}&supersample=2`,
      ...Object.keys(view).map((name) => `/render.png?${query.replace(`${name}=`, "$&1")}`)
        .map((path) => path.replace("=1-", "=-1")),
    ];
    const etags = await Promise.all(different.map(etagOf));
    assert.equal(new Set(etags).size, different.length);
    const same = [
      ["/tiles/3/2/3.png", "/tiles/3/2/3.png?iterations=auto&palette=classic&shading=smooth&v=1"],
      ["/tiles/3/2/3.npy", "/tiles/3/2/3.npy?palette=magma&shading=bands"],
      ["/tiles/3/2/3.jpg", "/tiles/3/2/3.jpeg"],
      [`/render.jpg?${query}`, `/render.jpeg?${query}`],
      ["/tiles/3/2/3.png?palette=%23F00,0f0", "/tiles/3/2/3.png?palette=ff0000,00ff00"],
      [`/render.png?${query}`, `/render.png?${query.replace("0.004", "0.00400")}`],
      [`/render.png?${query}`, `/render.png?${query.replace("0.1318", "1318.0e-4")}`],
    ] as const;
    for (const [one, other] of same) assert.equal(await etagOf(one), await etagOf(other));
  }));

Deno.test("the page and its files are served, and only the page says what it may load", () =>
  withoutComputing(async (app) => {
    const page = await app.request("/");
    assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(page.headers.get("strict-transport-security"), null);
    const html = await page.text();
    assert.match(html, /^<!DOCTYPE html>/);
    assert.ok(!html.includes("__SETTINGS__"));
    const settings = /<script type="application\/json" id="settings">(.*?)<\/script>/s.exec(html);
    assert.equal(JSON.parse(settings?.[1] ?? "").deepest, 30_000);

    const linked = [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path]) => path);
    assert.ok(linked.length >= 4);
    const types = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
    for (
      const path of new Set([
        ...linked,
        ...[...assets.keys()].map((name) => `assets/${name}`),
      ])
    ) {
      const response = await app.request(`/${path}`);
      assert.equal(response.status, 200, path);
      const type = types[path?.split(".").at(-1) as keyof typeof types];
      assert.equal(response.headers.get("content-type")?.split(";")[0], type);
      assert.match(response.headers.get("etag") ?? "", STRONG_ETAG);
      assert.equal(response.headers.get("cache-control"), "no-cache");
      assert.equal(response.headers.get("content-security-policy"), null);
      assert.ok((await response.text()).length > 100);
    }
    await problemOf(app.request("/assets/nothing.js"), 404);
    await problemOf(app.request("/assets/..%2fapp.ts"), 404);
  }));

Deno.test("/healthz says that the server answers", () =>
  withoutComputing(async (app) => {
    const response = await app.request("/healthz");
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.deepEqual(await response.json(), { status: "ok", version: VERSION });
  }));

Deno.test("pages of other origins may read answers, refusals and their headers", () =>
  withoutComputing(async (app) => {
    const headers = { origin: "https://maps.example" };
    for (const path of ["/healthz", "/tiles/3/9/3.png", "/nothing", "/render.png?re=x"]) {
      const response = await app.request(path, { headers });
      assert.equal(response.headers.get("access-control-allow-origin"), "*", path);
      const exposed = response.headers.get("access-control-expose-headers") ?? "";
      for (const name of ["ETag", "Retry-After", "Mandeltile-Iterations", "Server-Timing"]) {
        assert.ok(exposed.split(",").includes(name), name);
      }
      await response.body?.cancel();
    }
    const preflight = await app.request("/render.png", {
      method: "OPTIONS",
      headers: {
        ...headers,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,if-none-match",
      },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
    assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /\bPOST\b/);
    const allowed = preflight.headers.get("access-control-allow-headers");
    assert.equal(allowed, "content-type,if-none-match");
    assert.equal(preflight.headers.get("access-control-max-age"), "86400");
  }));

Deno.test("a method that is not offered is refused with those that are", () =>
  withoutComputing(async (app) => {
    const reading = "GET, HEAD, OPTIONS";
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "BREW"]) {
      for (const path of ["/", "/healthz", "/assets/explorer.js", "/tiles/3/2/3.png"]) {
        const response = await app.request(path, { method });
        assert.equal(response.headers.get("allow"), reading);
        assert.match((await problemOf(response, 405)).detail, new RegExp(method));
      }
    }
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      for (const path of ["/render.png", "/render.npy"]) {
        const response = await app.request(path, { method });
        assert.equal(response.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
        await problemOf(response, 405);
      }
    }
  }));

Deno.test("routes are told apart by one regular expression, not by walking a tree", async () => {
  const { match } = TrieRouter.prototype;
  using _ = { [Symbol.dispose]: () => void (TrieRouter.prototype.match = match) };
  TrieRouter.prototype.match = () => assert.fail("a route is none that the faster router takes");
  const app = appOver(new CountedWorkers());
  assert.equal((await app.request("/healthz")).status, 200);
});

Deno.test("a format that is not offered, or not wanted, is refused", () =>
  withoutComputing(async (app) => {
    for (
      const path of ["/tiles/3/2/3.gif", "/tiles/3/2/3", "/tiles/3/2/3@2x.BMP", "/render.tif"]
    ) {
      assert.match((await problemOf(app.request(path), 406)).detail, /jpeg and npy are offered/);
    }
    await problemOf(app.request("/render.avif", posted(view)), 406);
    assert.equal((await app.request("/render.avif", { method: "HEAD" })).status, 406);
    await problemOf(app.request("/render.avif", { method: "PUT" }), 404);
    await problemOf(app.request("/render.avif/2"), 404);
    const unwanted = [
      "text/html",
      "image/gif, text/*",
      "image/png;q=0",
      "*/*;q=0",
      "image/png;q=0, application/octet-stream;q=0, */*",
    ];
    for (const accept of unwanted) {
      for (const path of ["/tiles/3/2/3.png", `/render.npy?${query}`]) {
        await problemOf(app.request(path, { headers: { accept } }), 406);
      }
    }
    await problemOf(app.request("/tiles/3/2/3.webp", { headers: { accept: "image/png" } }), 406);
    const wanted = ["*/*", "IMAGE/PNG", "image/*", "text/html, image/png;q=0.1", "", ";;q=,"];
    for (const accept of wanted) {
      const init = { method: "HEAD", headers: { accept } };
      assert.equal((await app.request("/tiles/3/2/3.png", init)).status, 200, accept);
    }
  }));

Deno.test("over a socket, HEAD and 304 claim no length", () =>
  withoutComputing(async (app) => {
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.fetch);
    const origin = `http://127.0.0.1:${server.addr.port}`;
    for (const path of ["/", "/healthz", "/tiles/3/2/3.png", "/tiles/3/9/3.png", "/nothing"]) {
      const head = await fetch(origin + path, { method: "HEAD" });
      assert.equal(head.headers.get("content-length"), null, path);
      assert.equal(head.headers.get("transfer-encoding"), null, path);
      assert.equal(await head.text(), "");
    }
    const etag = (await fetch(`${origin}/`, { method: "HEAD" })).headers.get("etag") ?? "";
    for (const method of ["GET", "HEAD"]) {
      const unchanged = await fetch(origin, { method, headers: { "if-none-match": etag } });
      assert.equal(unchanged.status, 304);
      assert.equal(unchanged.headers.get("content-length"), null);
    }
    const page = await fetch(`${origin}/`);
    assert.equal(page.headers.get("content-length"), String((await page.bytes()).length));
  }));
