/** Names of what a cache holds: one for each, fit for an ETag, readable while they are short. */

import assert from "node:assert/strict";
import { ALGORITHM, nameOf } from "../../src/render/mod.ts";

/** What an ETag may hold between its quotes (RFC 9110, 8.8.3), less the comma that parts two tags. */
const FIT = /^[\x21\x23-\x2b\x2d-\x7e]+$/;
const HASH = /^[\w-]{43}$/;

Deno.test("a short name can be read, and begins with the algorithm", () => {
  assert.equal(
    nameOf("tile", "3/2/3", 256, "png", "auto/5000000", "viridis", "smooth"),
    `${ALGORITHM};tile;3/2/3=256;png;auto/5000000;viridis;smooth`,
  );
  assert.equal(nameOf("samples", "-a/1000", -0.5), `${ALGORITHM};samples;-a/1000=-0.5`);
});

Deno.test("what is long, or has other characters than a plain word's, is a hash", () => {
  const room = 96 - `${ALGORITHM};`.length;
  assert.equal(nameOf("x".repeat(room)), `${ALGORITHM};${"x".repeat(room)}`);
  assert.match(nameOf("x".repeat(room + 1)), HASH);
  assert.match(nameOf("x".repeat(100_000)), HASH);
  assert.match(nameOf(...Array<number>(60).fill(1)), HASH);
  for (const text of ["a,b", "a b", 'a"b', "a;b", "a=b", "a\nb", "ä", "a\u0000", "\ud800", "a\n"]) {
    assert.match(nameOf(text), HASH, JSON.stringify(text));
  }
});

Deno.test("no two have one name, and every name fits an ETag", () => {
  const words = ["", "a", "1", "=", ";", "a;a", "a=1", "1;", ";a", "-1", "a,a", '"', "é", " "];
  const parts = [...words, ALGORITHM, nameOf("a,a"), nameOf("a"), "x".repeat(90), 1, -1, 11, 1e21];
  const all: (string | number)[][] = [[]];
  for (const one of parts) {
    all.push([one]);
    for (const next of parts) {
      all.push([one, next]);
      for (const last of parts) all.push([one, next, last]);
    }
  }
  const names = all.map((each) => nameOf(...each));
  assert.equal(new Set(names).size, all.length);
  assert.deepEqual(names.filter((name) => !FIT.test(name)), []);
});
