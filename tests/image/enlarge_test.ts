/** Parts of tiles enlarged: every pixel of the part becomes a square, in every depth a file can have. */

import assert from "node:assert/strict";
import { convertIndexedToRgb, decode } from "fast-png";
import { encodePng, enlargePng } from "../../src/image/mod.ts";
import { integerIn, randomFrom } from "../plane/random.ts";

const SIDE = 16;

/** The colours of a file's pixels, row by row. */
function coloursOf(png: Uint8Array): string[] {
  const rgb = convertIndexedToRgb(decode(png));
  return Array.from({ length: SIDE * SIDE }, (_, i) => rgb.slice(3 * i, 3 * i + 3).join());
}

/** A picture of so many colours, all of them used. */
function picture(colours: number): Uint8Array {
  const random = randomFrom(colours);
  const indices = Uint8Array.from(
    { length: SIDE * SIDE },
    (_, i) => i < colours ? i : integerIn(random, 0, colours - 1),
  );
  return encodePng({
    kind: "indexed",
    width: SIDE,
    height: SIDE,
    indices,
    colours: Uint8Array.from({ length: 3 * colours }, (_, i) => i % 3 === 0 ? i / 3 : 7),
  });
}

Deno.test("every part of a picture of any depth is that part, larger", () => {
  for (const [colours, depth] of [[1, 1], [2, 1], [4, 2], [16, 4], [17, 8], [256, 8]] as const) {
    const png = picture(colours);
    assert.equal(decode(png).depth, depth);
    const whole = coloursOf(png);
    for (const levels of [0, 1, 2, 4]) {
      const parts = 2 ** levels;
      for (let row = 0; row < parts; row++) {
        for (let column = 0; column < parts; column++) {
          const found = coloursOf(enlargePng(png, { levels, column, row }));
          const expected = found.map((_, i) => {
            const x = Math.floor((column * SIDE + i % SIDE) / parts);
            const y = Math.floor((row * SIDE + Math.floor(i / SIDE)) / parts);
            return whole[y * SIDE + x];
          });
          assert.deepEqual(found, expected);
        }
      }
    }
  }
});

Deno.test("what is not a tile's file is refused", () => {
  const pixels = new Uint8Array(3 * SIDE * SIDE);
  const coloured = encodePng({
    kind: "true colour",
    width: SIDE,
    height: SIDE,
    channels: 3,
    pixels,
  });
  const part = { levels: 1, column: 0, row: 0 };
  assert.throws(() => enlargePng(coloured, part), /no palette/);
  assert.throws(() => enlargePng(picture(3), { ...part, levels: 5 }), /does not divide/);
});
