/** Samples get their colours alone, the interior is black, and averages are of light. */

import assert from "node:assert/strict";
import {
  defaultPalette,
  type Look,
  paintAveraged,
  paintIndexed,
  parsePalette,
  parseShading,
  type Samples,
  shadings,
  wheelPosition,
} from "../../src/image/mod.ts";
import {
  assertSameBytes,
  interiorSamples,
  mandelbrotSamples,
  rowOf,
  seahorses,
  seeded,
} from "./fixtures.ts";

const smooth: Look = { palette: defaultPalette, shading: "smooth" };
const bands: Look = { palette: defaultPalette, shading: "bands" };
const white: Look = { palette: parsePalette("fff,fff"), shading: "smooth" };

Deno.test("shadings are read by name", () => {
  for (const name of shadings) assert.equal(parseShading(name), name);
  assert.throws(() => parseShading("flat"), /SyntaxError.*"flat".*smooth, bands/);
});

Deno.test("the interior is black and nothing else is the interior's number", () => {
  const samples = mandelbrotSamples({ re: -0.5, im: 0, span: 4, side: 64 }, 300);
  const { indices, colours } = paintIndexed(samples, smooth);
  assert.deepEqual([...colours.subarray(0, 3)], [0, 0, 0]);
  let inside = 0;
  samples.counts.forEach((count, i) => {
    assert.equal(indices[i] === 0, count === 300);
    inside += count === 300 ? 1 : 0;
  });
  assert.ok(inside > 300 && inside < 64 * 64 - 300);
  assert.ok(paintAveraged(interiorSamples(8, 4), 2, white).every((byte) => byte === 0));
});

Deno.test("the colour number is the place on the wheel, cut into 255", () => {
  const mus = [-9, -3.7, -1e-7, 0, 0.3, 1, 2.5, 100.25, 31_337.75, 4_999_999];
  const samples = rowOf(mus);
  const { indices } = paintIndexed(samples, smooth);
  mus.forEach((_, i) => {
    const mu = samples.counts[i]! + samples.fractions[i]!;
    const place = ((wheelPosition(mu) % 1) + 1) % 1;
    assert.ok(Math.abs((indices[i]! - 1 + 0.5) / 255 - place) <= 0.5 / 255 + 1e-9, `mu ${mu}`);
  });
});

Deno.test("positions a hair below a whole turn stay on the wheel", () => {
  // Around mu where the position is 0, steps of the smallest possible fraction, from below to above.
  let low = 0, high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (wheelPosition(middle) < 0) low = middle;
    else high = middle;
  }
  const mus = Array.from({ length: 41 }, (_, i) => Math.fround(low) + (i - 20) * 2 ** -27);
  const { indices } = paintIndexed(rowOf(mus), smooth);
  assert.ok(indices.includes(255) && indices.includes(1));
  assert.ok(indices.every((index) => index === 255 || index === 1));
});

Deno.test("every count and fraction whatever has a colour", () => {
  const random = seeded(7);
  const counts = Uint32Array.from({ length: 4096 }, () => 2 ** (32 * random()));
  const fractions = Float32Array.from(counts, () => 10 * random() - 5);
  const samples = { width: 64, height: 64, counts, fractions, iterations: 2 ** 32 };
  assert.ok(paintIndexed(samples, smooth).indices.every((index) => index > 0));
  assert.ok(paintAveraged(samples, 1, white).every((byte) => byte === 255));
});

Deno.test("bands: one colour to a count, another to the next", () => {
  const counts = Uint32Array.from({ length: 200 }, (_, i) => Math.floor(i / 2));
  const fractions = Float32Array.from(counts, (_, i) => i % 2 === 0 ? -0.9 : 0.9);
  const samples = { width: 200, height: 1, counts, fractions, iterations: 1000 };
  const { indices } = paintIndexed(samples, bands);
  for (let count = 0; count < 100; count++) {
    assert.equal(indices[2 * count], indices[2 * count + 1]);
    if (count > 0) assert.notEqual(indices[2 * count], indices[2 * count - 1]);
  }
  // Without a fraction, smooth says the same.
  const flat = { ...samples, fractions: new Float32Array(200) };
  assertSameBytes(paintIndexed(flat, smooth).indices, indices);
});

Deno.test("a tile's colours do not depend on what is beside it", () => {
  const whole = mandelbrotSamples({ ...seahorses, side: 128 }, 400);
  for (const look of [smooth, bands]) {
    const { indices } = paintIndexed(whole, look);
    const averaged = paintAveraged(whole, 2, look);
    for (const [left, top] of [[0, 0], [64, 0], [0, 64], [64, 64]] as const) {
      const part = paintIndexed(cut(whole, left, top, 64), look);
      for (let row = 0; row < 64; row++) {
        const from = (top + row) * 128 + left;
        assertSameBytes(
          part.indices.subarray(64 * row, 64 * row + 64),
          indices.subarray(from, from + 64),
        );
      }
      const light = paintAveraged(cut(whole, left, top, 64), 2, look);
      for (let row = 0; row < 32; row++) {
        const from = 3 * ((top / 2 + row) * 64 + left / 2);
        assertSameBytes(
          light.subarray(96 * row, 96 * row + 96),
          averaged.subarray(from, from + 96),
        );
      }
    }
  }
});

Deno.test("bands of rows are the rows of the whole", () => {
  const whole = mandelbrotSamples({ ...seahorses, side: 60 }, 400);
  const rows = 12;
  const parts = [0, 12, 24, 36, 48].flatMap((top) => [
    ...paintAveraged(
      {
        ...whole,
        height: rows,
        counts: whole.counts.subarray(60 * top, 60 * (top + rows)),
        fractions: whole.fractions.subarray(60 * top, 60 * (top + rows)),
      },
      3,
      smooth,
    ),
  ]);
  assertSameBytes(parts, paintAveraged(whole, 3, smooth));
});

Deno.test("averages are of light, not of bytes", () => {
  // White and the interior's black, s of 4 samples white. The light s/4 as an sRGB byte:
  // 255 (1.055 (s/4)^(1/2.4) - 0.055) = 136.96, 187.52, 224.71 for s = 1, 2, 3.
  const byWhites = [0, 137, 188, 225, 255];
  byWhites.forEach((expected, whites) => {
    const counts = Uint32Array.from({ length: 4 }, (_, i) => i < whites ? 5 : 9);
    const samples = { width: 2, height: 2, counts, fractions: new Float32Array(4), iterations: 9 };
    assert.deepEqual([...paintAveraged(samples, 2, white)], [expected, expected, expected]);
  });
});

Deno.test("one sample a pixel gives the indexed colours, only finer", () => {
  const samples = mandelbrotSamples({ ...seahorses, side: 64 }, 400);
  const { indices, colours } = paintIndexed(samples, smooth);
  const pixels = paintAveraged(samples, 1, smooth);
  let finer = 0;
  for (let i = 0; i < indices.length; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const off = Math.abs(pixels[3 * i + channel]! - colours[3 * indices[i]! + channel]!);
      assert.ok(off <= 4, `pixel ${i} is ${off} off`); // half a step of the 255
      finer += off > 0 ? 1 : 0;
    }
  }
  assert.ok(finer > 1000);
});

Deno.test("samples may lie in shared memory and are left alone", () => {
  const own = mandelbrotSamples({ ...seahorses, side: 32 }, 200);
  const counts = new Uint32Array(new SharedArrayBuffer(4 * 1024));
  const fractions = new Float32Array(new SharedArrayBuffer(4 * 1024));
  counts.set(own.counts);
  fractions.set(own.fractions);
  const shared = { ...own, counts, fractions };
  assertSameBytes(paintIndexed(shared, smooth).indices, paintIndexed(own, smooth).indices);
  assertSameBytes(paintAveraged(shared, 4, smooth), paintAveraged(own, 4, smooth));
  assertSameBytes(counts, own.counts);
});

Deno.test("shapes and factors that do not fit are refused", () => {
  const samples = interiorSamples(6, 4);
  const short = { ...samples, counts: new Uint32Array(23) };
  assert.throws(() => paintIndexed(short, smooth), /TypeError.*23 counts.*6 x 4/);
  assert.throws(
    () => paintIndexed({ ...samples, fractions: new Float32Array(1) }, smooth),
    TypeError,
  );
  assert.throws(() => paintAveraged(short, 2, smooth), TypeError);
  for (const factor of [3, 4, 0, -1, 1.5, NaN]) {
    assert.throws(() => paintAveraged(samples, factor, smooth), /RangeError.*must divide/);
  }
});

function cut(whole: Samples, left: number, top: number, side: number): Samples {
  const counts = new Uint32Array(side * side);
  const fractions = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const from = (top + row) * whole.width + left;
    counts.set(whole.counts.subarray(from, from + side), row * side);
    fractions.set(whole.fractions.subarray(from, from + side), row * side);
  }
  return { width: side, height: side, counts, fractions, iterations: whole.iterations };
}
