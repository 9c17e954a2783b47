/** Palettes are read strictly, and every one of them goes around without a seam. */

import assert from "node:assert/strict";
import { interpolateViridis } from "d3-scale-chromatic";
import {
  defaultPalette,
  paintIndexed,
  paletteNames,
  paletteStops,
  parsePalette,
} from "../../src/image/mod.ts";
import { rowOf } from "./fixtures.ts";

Deno.test("every name is a palette and the default is one of them", () => {
  for (const name of paletteNames) assert.equal(parsePalette(name), name);
  assert.ok(paletteNames.includes(defaultPalette));
  for (
    const name of [
      "viridis",
      "magma",
      "inferno",
      "plasma",
      "cividis",
      "turbo",
      "rainbow",
      "sinebow",
    ]
  ) {
    assert.ok((paletteNames as readonly string[]).includes(name), name);
  }
});

Deno.test("lists of hex colours come out in one form", () => {
  const cases = [
    ["#ff0000,#00ff00", "ff0000,00ff00"],
    ["ff0000,00ff00", "ff0000,00ff00"],
    ["F00,#0F0", "ff0000,00ff00"],
    [" #abc , DEF012", "aabbcc,def012"],
    [Array(16).fill("123456").join(), Array(16).fill("123456").join()],
    [Array(16).fill("#123456").join(", "), Array(16).fill("123456").join()],
  ] as const;
  for (const [text, form] of cases) assert.equal(parsePalette(text), form);
});

Deno.test("an unknown name is refused with the names that exist", () => {
  for (
    const text of ["vridis", "Viridis", "", " ", "fff", "constructor", "__proto__", "viridis ", "é"]
  ) {
    assert.throws(() => parsePalette(text), (error) => {
      assert.ok(error instanceof SyntaxError, text);
      for (const name of paletteNames) assert.match(error.message, new RegExp(name));
      return true;
    });
  }
});

Deno.test("a bad list is refused with its reason", () => {
  const cases = [
    ["#fff", RangeError, /2 to 16 colours and this one has 1/],
    [Array(17).fill("fff").join(), RangeError, /has 17/],
    ["fff,", SyntaxError, /colour 2 .* ""/],
    [",", SyntaxError, /colour 1/],
    ["fff,ffff", SyntaxError, /"ffff" is not 3 or 6 hex digits/],
    ["fff,##fff", SyntaxError, /colour 2/],
    ["fff,ggg", SyntaxError, /"ggg"/],
    ["fff,viridis", SyntaxError, /"viridis"/],
    ["fff,0x1", SyntaxError, /"0x1"/],
    ["fff,".repeat(10_000), RangeError, /longer than 16/],
  ] as const;
  for (const [text, kind, message] of cases) {
    assert.throws(() => parsePalette(text), (error) => {
      assert.ok(error instanceof kind, text.slice(0, 20));
      assert.match(error.message, message);
      assert.ok(error.message.length < 300);
      return true;
    });
  }
});

Deno.test("stops run from a palette's beginning to its end", () => {
  // The ends and the middle of the published tables of viridis and inferno.
  const viridis = paletteStops(parsePalette("viridis"), 256);
  assert.deepEqual([viridis[0], viridis[128], viridis[255]], ["#440154", "#21918c", "#fde725"]);
  viridis.forEach((stop, i) => assert.equal(stop, interpolateViridis((i + 0.5) / 256)));
  assert.deepEqual(paletteStops(parsePalette("inferno"), 2), ["#000004", "#fcffa4"]);
  assert.deepEqual(paletteStops(parsePalette("f00,0f0,00f"), 4), [
    "#ff0000",
    "#00ff00",
    "#0000ff",
    "#ff0000",
  ]);
  for (const name of ["classic", "twilight", "rainbow", "sinebow"]) {
    const stops = paletteStops(parsePalette(name), 9);
    assert.equal(stops[0], stops[8], name);
  }
  for (const count of [1, 0, -1, 2.5, NaN]) {
    assert.throws(() => paletteStops(defaultPalette, count), RangeError);
  }
});

Deno.test("neighbouring colours of every palette are close, last to first included", () => {
  // Turbo rises by 5 a table entry and the table goes past twice, up to 1.5 times as fast midway.
  for (const name of paletteNames) assert.ok(largestStep(name) <= 16, `${name} jumps`);
  assert.ok(largestStep("000,fff") <= 8);
  // Sixteen gaps of 16 entries each, black to white in every one: a gamma of 2.2 starts steeply.
  assert.ok(largestStep(Array(8).fill("000,fff").join()) <= 64);
});

Deno.test("an open map is shown there and back", () => {
  const { colours } = paintIndexed(rowOf([1]), {
    palette: parsePalette("magma"),
    shading: "smooth",
  });
  for (let i = 0; i < 255; i++) {
    assert.deepEqual(colourAt(colours, 1 + i), colourAt(colours, 255 - i));
  }
});

Deno.test("red to green goes past yellow, not through mud", () => {
  const [red, green] = paletteStops(parsePalette("f00,0f0"), 5)
    .map((stop) => [parseInt(stop.slice(1, 3), 16), parseInt(stop.slice(3, 5), 16)])[1]!;
  assert.ok(red! > 180 && green! > 180);
});

function largestStep(text: string): number {
  const { colours } = paintIndexed(rowOf([1]), { palette: parsePalette(text), shading: "smooth" });
  assert.equal(colours.length, 3 * 256);
  assert.deepEqual(colourAt(colours, 0), [0, 0, 0]);
  let largest = 0;
  for (let i = 0; i < 255; i++) {
    const here = colourAt(colours, 1 + i);
    const next = colourAt(colours, 1 + (i + 1) % 255);
    here.forEach((channel, k) => largest = Math.max(largest, Math.abs(channel - next[k]!)));
  }
  assert.ok(largest > 0);
  return largest;
}

function colourAt(colours: Uint8Array, index: number): number[] {
  return [...colours.subarray(3 * index, 3 * index + 3)];
}
