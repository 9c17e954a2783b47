/** What the page says about a depth. */

import assert from "node:assert/strict";
import { asUniverse, scaleBar } from "../../src/web/page/scale.js";

Deno.test("a bar is round, and as long as its figure says", () => {
  for (const zoom of [0, 0.5, 7, 40, 300, 1020]) {
    const { pixels, length } = scaleBar(140, zoom);
    assert.ok(pixels <= 140 && pixels > 55, `${pixels}`);
    const plain = length.replace(" × ", "e").replace(/^10/, "1e10").replace(/e10/, "e")
      .replaceAll(/[⁻⁰¹²³⁴-⁹]/g, (c) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)] ?? "");
    const plane = pixels * 2 ** -(zoom + 6);
    assert.ok(Math.abs(Number(plain) / plane - 1) < 1e-9, `${length} is ${plain}, not ${plane}`);
  }
  assert.equal(scaleBar(100, 0).length, "1");
  assert.match(scaleBar(140, 30_000).length, /10⁻⁹⁰³.$/);
});

Deno.test("the set as wide as the universe", () => {
  // At zoom 0, 158.156 pixels of 1/64 are the whole set.
  assert.equal(asUniverse(158.156, 0).length, "93 billion light years");
  assert.deepEqual(asUniverse(1280, 107), { length: "44 µm", thing: "wide as a hair" });
  assert.equal(asUniverse(1280, 200).thing, "");
  assert.match(asUniverse(1280, 200).length, /^10² Planck lengths$/);
  assert.match(asUniverse(1280, 998).length, /^10⁻²³. of a Planck length$/);
});

Deno.test("every depth has a length, each shorter than the last", () => {
  const seen = new Set<string>();
  for (let zoom = 0; zoom < 240; zoom += 4) {
    const { length } = asUniverse(1000, zoom);
    assert.match(length, /^[\d.,⁰¹²³⁴-⁹⁻]+ \S/);
    seen.add(length);
  }
  assert.equal(seen.size, 60);
});
