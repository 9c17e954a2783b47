/** Queries of tiles are read once, and say what they say wherever they stand. */

import assert from "node:assert/strict";
import { BadRequestError } from "../../src/web/http/problem.ts";
import { DEFAULT_LIMITS } from "../../src/web/mod.ts";
import { TileQueries } from "../../src/web/request/tile_queries.ts";

const TILE = "http://localhost/tiles/4/3/5.png";
const OTHER = "http://localhost/tiles/9/300/171.png";

Deno.test("the queries of two tiles of one map are read once", () => {
  const queries = new TileQueries({ ...DEFAULT_LIMITS, concurrency: 1 });
  const read = queries.of(`${TILE}?iterations=300&palette=magma`);
  assert.equal(read.params.iterations, 300);
  assert.equal(read.params.look.palette, "magma");
  assert.equal(queries.of(`${OTHER}?iterations=300&palette=magma`), read);
  assert.equal(queries.of(`${TILE}?iterations=301&palette=magma`).params.iterations, 301);
  assert.equal(queries.of(TILE), queries.of(OTHER));
  assert.equal(queries.of(TILE).params.iterations, "auto");
});

Deno.test("where the path has a scheme the same query says another one, or nothing that may be said", () => {
  const queries = new TileQueries({ ...DEFAULT_LIMITS, concurrency: 1 });
  assert.equal(queries.of(TILE).scheme, "xyz");
  assert.equal(queries.of(TILE, "tms").scheme, "tms");
  assert.equal(queries.of(`${TILE}?scheme=tms`).scheme, "tms");
  assert.throws(() => queries.of(`${TILE}?scheme=tms`, "tms"), BadRequestError);
});

Deno.test("a query that is refused is refused again", () => {
  const queries = new TileQueries({ ...DEFAULT_LIMITS, concurrency: 1 });
  for (let time = 0; time < 2; time++) {
    assert.throws(() => queries.of(`${TILE}?iterations=0`), BadRequestError);
  }
});
