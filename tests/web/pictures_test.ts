/** The pictures that are served: sizes, colours, supersampling, and the same bytes every time. */

import assert from "node:assert/strict";
import { decode } from "fast-png";
import { RenderWorkers } from "../../src/render/mod.ts";
import type { App } from "../../src/web/mod.ts";
import { appOver, bytesOf } from "./fixtures.ts";
import { readNpy } from "./npy_reader.ts";

const seahorses = "re=-0.7436&im=0.1318&span=0.004";

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of column i, row j, 0 to 255. */
  at(i: number, j: number): number[];
}

async function pictureOf(app: App, path: string): Promise<Picture> {
  const { width, height, data, channels, palette } = decode(await bytesOf(app.request(path)));
  const at = (i: number, j: number) => {
    const pixel = j * width + i;
    if (palette !== undefined) return [...palette[data[pixel] ?? -1] ?? []].slice(0, 3);
    return [...data.subarray(channels * pixel, channels * pixel + 3)];
  };
  return { width, height, at };
}

Deno.test("pictures", async (t) => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const app = appOver(workers);

  await t.step("have the size that was asked for", async () => {
    const sizes = [
      ["/tiles/0/0/0.png", 256, 256],
      ["/tiles/5/11/14@2x.png", 512, 512],
      [`/render.png?${seahorses}&width=1&height=1`, 1, 1],
      [`/render.png?${seahorses}&width=37&height=211`, 37, 211],
      [`/render.png?${seahorses}&width=30&height=20&supersample=8`, 30, 20],
    ] as const;
    for (const [path, width, height] of sizes) {
      const picture = await pictureOf(app, path);
      assert.deepEqual([picture.width, picture.height], [width, height], path);
    }
  });

  await t.step("of mirrored tiles are mirror images", async () => {
    const above = await pictureOf(app, "/tiles/4/4/7.png");
    const below = await pictureOf(app, "/tiles/4/4/8.png");
    const colours = new Set<string>();
    for (let j = 0; j < 256; j++) {
      for (let i = 0; i < 256; i++) {
        assert.deepEqual(below.at(i, 255 - j), above.at(i, j));
        colours.add(String(above.at(i, j)));
      }
    }
    assert.ok(colours.size > 20, "there is something to see");
  });

  await t.step("change with palette and shading, and so do their validators", async () => {
    const looks = ["", "?palette=magma", "?palette=000,fff,f80", "?shading=bands"];
    const answers = await Promise.all(looks.map(async (look) => {
      const response = await app.request(`/tiles/6/22/27.png${look}`);
      return [response.headers.get("etag"), String(await bytesOf(response))];
    }));
    for (const position of [0, 1]) {
      assert.equal(new Set(answers.map((answer) => answer[position])).size, looks.length);
    }
  });

  await t.step("in bands have one colour for each count", async () => {
    const parameters = `${seahorses}&width=90&height=60&iterations=400`;
    const picture = await pictureOf(app, `/render.png?${parameters}&shading=bands`);
    const npy = await bytesOf(app.request(`/render.npy?${parameters}`));
    const counts = readNpy(npy);
    const colours = new Map<number, string>();
    for (let n = 0; n < 90 * 60; n++) {
      const [i, j] = [n % 90, Math.floor(n / 90)];
      const [count, colour] = [counts.at(i, j), String(picture.at(i, j))];
      assert.equal(colour, colours.get(count) ?? colour, `count ${count}`);
      colours.set(count, colour);
    }
    assert.ok(colours.size > 10);
  });

  await t.step("supersampled are averages in linear light", async () => {
    // One sample a pixel twice as wide and high has the same sample points as two by two a pixel.
    const [width, height] = [60, 40];
    const averaged = await pictureOf(
      app,
      `/render.png?${seahorses}&width=${width}&height=${height}&supersample=2&iterations=900`,
    );
    const fine = await pictureOf(
      app,
      `/render.png?${seahorses}&width=${2 * width}&height=${2 * height}&iterations=900`,
    );
    let sum = 0;
    for (let j = 0; j < height; j++) {
      for (let i = 0; i < width; i++) {
        const four = [0, 1, 2, 3].map((n) => fine.at(2 * i + n % 2, 2 * j + (n >> 1)));
        averaged.at(i, j).forEach((value, channel) => {
          const light = four.reduce((light, colour) => light + linear(colour[channel] ?? NaN), 0);
          sum += Math.abs(value - encoded(light / 4));
        });
      }
    }
    // The fine picture has 255 colours, so each of its values may be off by a few steps of 255, either way.
    const mean = sum / (width * height * 3);
    assert.ok(mean < 1, `${mean} steps of 255 on average`);
  });

  await t.step("are the same bytes when asked again, and by one worker", async () => {
    await using single = await RenderWorkers.start({ workers: 1 });
    const alone = appOver(single);
    const paths = [
      "/tiles/0/0/0.png",
      "/tiles/9/224/239.png",
      "/tiles/9/224/239@2x.npy",
      "/tiles/9/224/239.webp",
      "/tiles/9/224/239.jpeg",
      `/render.png?${seahorses}&width=301&height=203`,
      `/render.png?${seahorses}&width=101&height=67&supersample=3&palette=twilight`,
      `/render.npy?${seahorses}&width=301&height=203`,
    ];
    for (const path of paths) {
      const bytes = await bytesOf(app.request(path));
      assert.deepEqual(await bytesOf(app.request(path)), bytes, path);
      assert.deepEqual(await bytesOf(alone.request(path)), bytes, path);
    }
    // The other way round, so that what auto remembers comes in another order.
    const fresh = appOver(single);
    for (const path of paths.toReversed()) {
      assert.deepEqual(await bytesOf(fresh.request(path)), await bytesOf(app.request(path)), path);
    }
  });

  await t.step(
    "too large for the workers' memory at once are put together from bands",
    async () => {
      await using small = await RenderWorkers.start({ workers: 2, memoryBytes: 2 ** 22 });
      const bands = appOver(small);
      assert.ok(small.mostSamples < 400 * 400);
      for (const rest of ["png?", "npy?", "png?supersample=2&", "webp?", "jpeg?supersample=2&"]) {
        const path = `/render.${rest}${seahorses}&width=400&height=400&iterations=300`;
        assert.deepEqual(
          await bytesOf(bands.request(path)),
          await bytesOf(app.request(path)),
          path,
        );
      }
    },
  );
});

/** sRGB's transfer function and its inverse (IEC 61966-2-1), from and to 0 to 255. */
function linear(value: number): number {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
}

function encoded(light: number): number {
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}
