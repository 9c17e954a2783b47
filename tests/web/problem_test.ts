/** The table from errors to answers. */

import assert from "node:assert/strict";
import { Hono } from "hono";
import { TileAddress, TooDeepError } from "../../src/plane/mod.ts";
import { OverBudgetError, PoolClosedError } from "../../src/render/mod.ts";
import {
  answerProblem,
  BadRequestError,
  BusyError,
  NotOfferedError,
  shown,
} from "../../src/web/http/problem.ts";
import { problemOf } from "./fixtures.ts";

/** Answers with what was thrown, and tells what was reported. */
async function answerTo(
  thrown: () => unknown,
): Promise<{ response: Response; reported: unknown[] }> {
  const reported: unknown[] = [];
  const app = new Hono();
  app.get("/", () => {
    throw thrown();
  });
  app.onError((error, c) => answerProblem(error, c, (fault) => reported.push(fault)));
  return { response: await app.request("/"), reported };
}

/** What the plane says of an address. */
function refusalOf(z: string, x: string): unknown {
  try {
    return TileAddress.parse({ z, x, y: "0" }, { deepest: 40 });
  } catch (error) {
    return error;
  }
}

Deno.test("what the client can help is a 4xx, and none of our faults", async () => {
  const expected = [
    [new BadRequestError("no", { parameter: "re", allowed: 7 }), 400, "Bad Request"],
    [refusalOf("41", "0"), 404, "Not Found"],
    [refusalOf("3", "8"), 404, "Not Found"],
    [new NotOfferedError(405, "no", { allow: "GET" }), 405, "Method Not Allowed"],
    [new NotOfferedError(406, "no"), 406, "Not Acceptable"],
  ] as const;
  for (const [error, status, title] of expected) {
    const { response, reported } = await answerTo(() => error);
    assert.equal(response.headers.get("retry-after"), null);
    assert.equal(response.headers.get("allow"), status === 405 ? "GET" : null);
    const problem = await problemOf(response, status);
    assert.equal(problem.title, title);
    assert.equal(problem.detail, (error as Error).message);
    assert.deepEqual(reported, []);
  }
});

Deno.test("the members of a problem are the error's own", async () => {
  const details = { parameter: "re", value: "x", allowed: 7 };
  const bad = await answerTo(() => new BadRequestError("no", details));
  const problem = await problemOf(bad.response, 400);
  assert.deepEqual(problem, {
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    detail: "no",
    ...details,
  });
  const deep = await answerTo(() => refusalOf("41", "0"));
  const { parameter, limit, deepest: most } = await problemOf(deep.response, 404);
  assert.deepEqual([parameter, limit, most], ["z", "deepest", 40]);
  const view = await answerTo(() => new TooDeepError("41", 40, "span"));
  assert.equal((await problemOf(view.response, 404)).parameter, "span");
  const outside = await answerTo(() => refusalOf("3", "8"));
  assert.equal((await problemOf(outside.response, 404)).parameter, "x");
});

Deno.test("what will pass is a 503 that says when to come again", async () => {
  const busy = await answerTo(() => new BusyError("full", 7, { limit: "queue", allowed: 9 }));
  assert.equal(busy.response.headers.get("retry-after"), "7");
  assert.equal((await problemOf(busy.response, 503)).limit, "queue");
  for (const Passing of [OverBudgetError, PoolClosedError]) {
    const { response, reported } = await answerTo(() => new Passing("later"));
    assert.match(response.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assert.equal((await problemOf(response, 503)).detail, "later");
    assert.deepEqual(reported, []);
  }
});

Deno.test("what nobody foresaw is reported, and its message stays here", async () => {
  const error = new TypeError("secret of the house");
  const { response, reported } = await answerTo(() => error);
  assert.deepEqual(reported, [error]);
  assert.doesNotMatch(JSON.stringify(await problemOf(response, 500)), /secret/);
});

Deno.test("long values are shown by their beginning", () => {
  assert.equal(shown("x".repeat(80)), "x".repeat(80));
  assert.equal(shown("x".repeat(81)), `${"x".repeat(77)}...`);
});
