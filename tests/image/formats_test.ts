/** WebP and JPEG files: what they show, that they are always the same bytes, and what they refuse. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import decodeJpeg, { init as initJpeg } from "@jsquash/jpeg/decode.js";
import decodeWebp, { init as initWebp } from "@jsquash/webp/decode.js";
import {
  defaultPalette,
  encodePicture,
  encodePng,
  FORMATS,
  paintAveraged,
  paintIndexed,
  type Picture,
} from "../../src/image/mod.ts";
import { assertSameBytes, mandelbrotSamples, seahorses, seeded } from "./fixtures.ts";
import { libwebp, mozjpeg } from "./decoders.js";

type Init = (module: WebAssembly.Module) => Promise<unknown>;
await (initWebp as unknown as Init)(libwebp);
await (initJpeg as unknown as Init)(mozjpeg);

const decoders = { webp: decodeWebp, jpeg: decodeJpeg };
const formats = ["webp", "jpeg"] as const;

const look = { palette: defaultPalette, shading: "smooth" } as const;
const samples = mandelbrotSamples({ ...seahorses, side: 128 }, 600);
const indexed = paintIndexed(samples, look);
const averaged: Picture = {
  kind: "true colour",
  channels: 3,
  width: 64,
  height: 64,
  pixels: paintAveraged(samples, 2, look),
};

function colourAt(picture: Picture, pixel: number): Uint8Array {
  return picture.kind === "indexed"
    ? picture.colours.subarray(3 * picture.indices[pixel]!, 3 * picture.indices[pixel]! + 3)
    : picture.pixels.subarray(picture.channels * pixel, picture.channels * pixel + 3);
}

/** Rec. 601, as JPEG has it. */
function lightness([red = NaN, green = NaN, blue = NaN]: Iterable<number>): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** A picture of soft colours that no arithmetic of this machine took part in. */
function invented(width: number, height: number): Picture {
  const random = seeded(7);
  const pixels = new Uint8Array(3 * width * height);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = (i % (3 * width)) * 255 / (3 * width) * 0.8 + 40 * random();
  }
  return { kind: "true colour", channels: 3, width, height, pixels };
}

for (const format of formats) {
  Deno.test(`${format} files look like the picture, in fewer bytes than PNG`, async () => {
    for (const picture of [indexed, averaged]) {
      const file = await encodePicture(picture, { format });
      assert.ok(file.length < encodePng(picture).length);
      const { width, height, data } = await decoders[format](file.buffer);
      assert.deepEqual([width, height], [picture.width, picture.height]);
      let squares = 0;
      for (let pixel = 0; pixel < width * height; pixel++) {
        const shown = data.subarray(4 * pixel, 4 * pixel + 3);
        squares += (lightness(colourAt(picture, pixel)) - lightness(shown)) ** 2;
      }
      const error = Math.sqrt(squares / (width * height));
      // JPEG has colours at half resolution, lightness in full; another picture is off by some 60.
      assert.ok(format === "webp" ? error === 0 : error < 12, `${error} of 255, root mean square`);
    }
  });

  Deno.test(`${format} files are the same bytes whatever was encoded before`, async () => {
    const first = await encodePicture(indexed, { format });
    // Large enough for the encoder's memory to be given back.
    await encodePicture(invented(1024, 1030), { format });
    await encodePicture(averaged, { format });
    assertSameBytes(await encodePicture(indexed, { format }), first);
    const both = await Promise.all([indexed, indexed].map((p) => encodePicture(p, { format })));
    for (const file of both) assertSameBytes(file, first);
  });

  Deno.test(`${format} refuses arrays that do not fit`, async () => {
    const short = { ...indexed, height: indexed.height + 1 };
    await assert.rejects(encodePicture(short, { format }), TypeError);
    assert.ok((await encodePicture(indexed, { format })).length > 100, "and goes on");
  });
}

Deno.test("files are the same bytes on every machine", async () => {
  // Written down once; another encoder or other options change them, and every ETag must change too.
  const known = {
    webp: "9b038cf53c72fe7d",
    jpeg: "fc974db6190f3e3e",
  };
  for (const format of formats) {
    const file = await encodePicture(invented(200, 100), { format });
    assert.equal(createHash("sha256").update(file).digest("hex").slice(0, 16), known[format]);
  }
});

Deno.test("the longest WebP has 16383 pixels a side, the longest JPEG 65500, and PNG takes notes", async () => {
  const line = (width: number) => ({
    ...indexed,
    width,
    height: 1,
    indices: new Uint8Array(width),
  });
  for (const format of formats) {
    const most = FORMATS[format].mostSide;
    assert.ok((await encodePicture(line(most), { format })).length > 20);
    const tooLong = encodePicture(line(most + 1), { format });
    await assert.rejects(tooLong, { name: "RangeError", message: new RegExp(`${most}`) });
  }
  const text = { Title: "a" };
  assertSameBytes(
    await encodePicture(indexed, { format: "png", text }),
    encodePng(indexed, { text }),
  );
});
