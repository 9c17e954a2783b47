/** ETags, and when a client's own are the same. */

import assert from "node:assert/strict";
import { ALGORITHM } from "../../src/render/mod.ts";
import { etagOf, matches } from "../../src/web/http/validators.ts";

Deno.test("an ETag is strong, quoted, and a function of the request alone", () => {
  const etag = etagOf("tile", "3/2/3", 256);
  assert.equal(etag, `"${ALGORITHM};tile;3/2/3=256"`);
  assert.equal(etagOf("tile", "3/2/3", 256), etag);
});

Deno.test("requests that could be taken for each other have ETags of their own", () => {
  const requests = [["a", "bc"], ["ab", "c"], ["abc"], ["a", "b", "c"], ["a,bc"], [1], ["1"], []];
  assert.equal(new Set(requests.map((parts) => etagOf(...parts))).size, requests.length);
});

Deno.test("If-None-Match is compared weakly, tag by tag", () => {
  const etag = '"abc-_1"';
  for (const had of ['"abc-_1"', 'W/"abc-_1"', '"x", "abc-_1"', '"x","abc-_1" ,"y"', "*", " * "]) {
    assert.equal(matches(had, etag), true, had);
  }
  for (const had of [undefined, "", "abc-_1", '"abc-_12"', '"abc"', 'w/"abc-_1"', '"*"', ",,"]) {
    assert.equal(matches(had, etag), false, had);
  }
});
