/** PNG files hold the picture they were made of, as decoders that did not write them read it. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32, inflateSync } from "node:zlib";
import { decode as decodeByFastPng } from "fast-png";
import imagescript from "imagescript/png/node.js";
import {
  encodePng,
  type IndexedPicture,
  type Look,
  paintAveraged,
  paintIndexed,
  parsePalette,
  type TrueColourPicture,
} from "../../src/image/mod.ts";
import {
  assertSameBytes,
  interiorSamples,
  mandelbrotSamples,
  rowOf,
  seahorses,
  seeded,
} from "./fixtures.ts";

const look: Look = { palette: parsePalette("classic"), shading: "smooth" };

Deno.test("an indexed tile is a palette PNG with the same pixels", () => {
  const picture = paintIndexed(mandelbrotSamples({ ...seahorses, side: 128 }, 400), look);
  const png = encodePng(picture);
  assert.deepEqual(headerOf(png), { width: 128, height: 128, depth: 8, colourType: 3 });
  const { width, height, pixels } = imagescript.decode(png);
  assert.deepEqual([width, height], [128, 128]);
  assertSameBytes(pixels, rgbaOf(picture));
});

Deno.test("true colour is read back whole", () => {
  const samples = mandelbrotSamples({ ...seahorses, side: 128 }, 400);
  const pixels = paintAveraged(samples, 2, look);
  const png = encodePng({ kind: "true colour", width: 64, height: 64, channels: 3, pixels });
  assert.deepEqual(headerOf(png), { width: 64, height: 64, depth: 8, colourType: 2 });
  const decoded = decodeByFastPng(png, { checkCrc: true });
  assert.deepEqual([decoded.width, decoded.height, decoded.channels], [64, 64, 3]);
  assertSameBytes(decoded.data, pixels);
});

Deno.test("true colour with alpha, of any size, is read back whole", () => {
  const random = seeded(3);
  for (const [width, height] of [[1, 1], [3, 5], [257, 2], [1, 300]] as const) {
    const pixels = Uint8Array.from({ length: width * height * 4 }, () => 256 * random());
    const png = encodePng({ kind: "true colour", width, height, channels: 4, pixels });
    const decoded = decodeByFastPng(png, { checkCrc: true });
    assert.deepEqual([decoded.width, decoded.height, decoded.channels], [width, height, 4]);
    assertSameBytes(decoded.data, pixels);
  }
});

Deno.test("few colours take few bits and keep every pixel, at any width", () => {
  const random = seeded(5);
  const depths = [[1, 1], [2, 1], [3, 2], [4, 2], [5, 4], [16, 4], [17, 8], [256, 8]] as const;
  for (const [count, depth] of depths) {
    for (const width of [1, 7, 8, 9, 130]) {
      const height = 20;
      // Distinct colours, used in an order of their own and in every number from the top down.
      const colours = Uint8Array.from({ length: 768 }, (_, i) => i % 3 === 0 ? i / 3 : 90);
      const indices = Uint8Array.from(
        { length: width * height },
        (_, i) => 255 - (i < count ? i : Math.floor(random() * count)),
      );
      const picture: IndexedPicture = { kind: "indexed", width, height, indices, colours };
      const used = new Set(indices).size;
      const png = encodePng(picture);
      if (used === count) assert.equal(headerOf(png).depth, depth);
      assert.equal(chunksOf(png).get("PLTE")!.length, 3 * used);
      assertSameBytes(decodedByHand(png), rgbaOf(picture));
    }
  }
});

Deno.test("colours that are alike are kept once", () => {
  const colours = Uint8Array.of(9, 8, 7, 1, 2, 3, 9, 8, 7);
  const indices = Uint8Array.of(0, 1, 2, 0);
  const picture: IndexedPicture = { kind: "indexed", width: 2, height: 2, indices, colours };
  const png = encodePng(picture);
  assert.deepEqual([...chunksOf(png).get("PLTE")!], [9, 8, 7, 1, 2, 3]);
  assertSameBytes(decodedByHand(png), rgbaOf(picture));
});

Deno.test("a tile of one colour is tiny", () => {
  const black = encodePng(paintIndexed(interiorSamples(256, 256), look));
  const retina = encodePng(paintIndexed(interiorSamples(512, 512), look));
  assert.ok(black.length < 150, `${black.length} bytes`);
  assert.ok(retina.length < 250, `${retina.length} bytes`);
});

Deno.test("the same picture gives the same bytes, here and everywhere", () => {
  // Invented samples: the digest depends on no loop but the ones under test.
  const mus = Array.from({ length: 4096 }, (_, i) => i * i / 512);
  const samples = { ...rowOf(mus), width: 64, height: 64 };
  const pixels = paintAveraged(samples, 2, look);
  const digests = [
    encodePng(paintIndexed(samples, look)),
    encodePng({ kind: "true colour", width: 32, height: 32, channels: 3, pixels }),
  ].map((png) => createHash("sha256").update(png).digest("hex").slice(0, 16));
  assert.deepEqual(digests, ["7488e465842b8f4d", "01351c8901c31f44"]);
});

Deno.test("text is written where readers find it and changes nothing else", () => {
  const picture = paintIndexed(mandelbrotSamples({ ...seahorses, side: 16 }, 200), look);
  const pixels = paintAveraged(mandelbrotSamples({ ...seahorses, side: 16 }, 200), 1, look);
  const text = { Software: "mandeltile", Title: "naïve\nview", empty: "" };
  const pictures: [IndexedPicture | TrueColourPicture, number][] = [
    [picture, 1],
    [{ kind: "true colour", width: 16, height: 16, channels: 3, pixels }, 3],
  ];
  for (const [each, channels] of pictures) {
    const plain = encodePng(each);
    const noted = encodePng(each, { text });
    const decoded = decodeByFastPng(noted, { checkCrc: true });
    assert.equal(decoded.channels, channels);
    assert.deepEqual(decoded.text, text);
    assertSameBytes(decoded.data, decodeByFastPng(plain).data);
    assertSameBytes(encodePng(each, { text: {} }), plain);
  }
});

Deno.test("text beyond Latin-1 is written as UTF-8", () => {
  const picture = paintIndexed(interiorSamples(1, 1), look);
  const chunk = chunksOf(encodePng(picture, { text: { Title: "Täler der 海馬" } })).get("iTXt")!;
  const text = new TextDecoder().decode(chunk);
  assert.equal(text, "Title\0\0\0\0\0Täler der 海馬");
});

Deno.test("text that a PNG cannot hold is refused", () => {
  const picture = paintIndexed(interiorSamples(1, 1), look);
  for (const keyword of ["", " a", "a ", "a  b", "a\n", "a\0", "日", "x".repeat(80)]) {
    assert.throws(() => encodePng(picture, { text: { [keyword]: "" } }), SyntaxError, keyword);
  }
  assert.throws(() => encodePng(picture, { text: { Title: "a\0b" } }), /SyntaxError.*NUL/);
});

Deno.test("arrays that do not fit are refused", () => {
  const colours = Uint8Array.of(0, 0, 0);
  const indices = new Uint8Array(6);
  const fits: IndexedPicture = { kind: "indexed", width: 3, height: 2, indices, colours };
  assert.throws(() => encodePng({ ...fits, width: 2 }), /TypeError.*2 x 2.*4 bytes.*6/);
  assert.throws(() => encodePng({ ...fits, indices: indices.fill(1) }), /TypeError.*colour 1/);
  const pixels = new Uint8Array(11);
  assert.throws(
    () => encodePng({ kind: "true colour", width: 2, height: 2, channels: 3, pixels }),
    TypeError,
  );
});

function headerOf(png: Uint8Array) {
  const view = new DataView(png.buffer, png.byteOffset);
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth: view.getUint8(24),
    colourType: view.getUint8(25),
  };
}

/** The last chunk of each type; checks every checksum and that the file ends with IEND. */
function chunksOf(png: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = new Map<string, Uint8Array>();
  let type = "";
  for (let at = 8; at < png.length;) {
    const end = at + 8 + view.getUint32(at);
    type = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    assert.equal(view.getUint32(end), crc32(png.subarray(at + 4, end)));
    chunks.set(type, png.subarray(at + 8, end));
    at = end + 4;
  }
  assert.equal(type, "IEND");
  return chunks;
}

/** An indexed PNG without row filters, decoded by the letter of the standard. */
function decodedByHand(png: Uint8Array): Uint8Array {
  const { width, height, depth, colourType } = headerOf(png);
  assert.equal(colourType, 3);
  const chunks = chunksOf(png);
  const palette = chunks.get("PLTE")!;
  const rows = inflateSync(chunks.get("IDAT")!);
  const stride = 1 + Math.ceil(width * depth / 8);
  assert.equal(rows.length, stride * height);
  const rgba: number[] = [];
  for (let row = 0; row < height; row++) {
    assert.equal(rows[row * stride], 0);
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      const byte = rows[row * stride + 1 + Math.floor(bit / 8)]!;
      const index = (byte >> (8 - depth - bit % 8)) % 2 ** depth;
      rgba.push(...palette.subarray(3 * index, 3 * index + 3), 255);
    }
  }
  return Uint8Array.from(rgba);
}

function rgbaOf({ indices, colours }: IndexedPicture): Uint8Array {
  return Uint8Array.from(
    [...indices].flatMap((index) => [...colours.subarray(3 * index, 3 * index + 3), 255]),
  );
}
