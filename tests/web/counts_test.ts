/** The numbers that are served: counts against the oracle, at coordinates worked out here. */

import assert from "node:assert/strict";
import { escapeTime } from "../../src/fractal/mod.ts";
import { RenderWorkers } from "../../src/render/mod.ts";
import type { App } from "../../src/web/mod.ts";
import { integerIn, randomFrom } from "../plane/random.ts";
import { appOver, bytesOf, posted } from "./fixtures.ts";
import { type CountArray, readNpy } from "./npy_reader.ts";

/** Points of the boundary, as doubles: counts vary around them however deep one goes. */
const points = [
  ["the antenna's tip", -2, 0],
  ["the end of a branch", 0, 1],
  ["the seahorse valley", -0.743643887037151, 0.131825904205330],
  ["where the bands of the real axis meet", -1.5436890126920764, 0],
  ["the cardioid's cusp", 0.25, 0],
  ["the cusp of the period-3 copy", -1.75, 0],
  ["the elephant valley", 0.2925755, 0.0149977],
  ["between cardioid and period 2", -0.75, 0],
] as const;

const DEEPEST = 40;

/** Pixels of a tile that are compared. */
const SAMPLES = 150;

interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/**
 * The sample point of pixel (i, j) of a tile, by the contract's formula:
 *
 *     step = 4 / (2^z N),  re = -2.5 + (x N + i + 1/2) step,  im = 2 - (y N + j + 1/2) step
 *
 * Up to zoom 40 all but the last sum are exact in doubles, so this is the exact value rounded once.
 */
function pointOf({ z, x, y }: Tile, size: number, [i, j]: Pixel): [re: number, im: number] {
  const step = 4 / (2 ** z * size);
  return [-2.5 + (x * size + i + 0.5) * step, 2 - (y * size + j + 0.5) * step];
}

type Pixel = readonly [i: number, j: number];

/** The tile at zoom z around a point, or one beside it. */
function tileNear(random: () => number, z: number, [re, im]: readonly [number, number]): Tile {
  const inside = (place: number) =>
    Math.max(0, Math.min(2 ** z - 1, Math.floor(place * 2 ** (z - 2)) + integerIn(random, -1, 1)));
  return { z, x: inside(re + 2.5), y: inside(2 - im) };
}

async function countsOf(app: App, path: string): Promise<CountArray> {
  return readNpy(await bytesOf(app.request(path)));
}

/** Compares random pixels with the oracle. Returns how many different counts there were. */
function compare(
  counts: CountArray,
  random: () => number,
  oracle: { point: (pixel: Pixel) => [number, number]; iterations: number; about: string },
): number {
  const seen = new Set<number>();
  for (let n = 0; n < SAMPLES; n++) {
    const i = integerIn(random, 0, counts.width - 1);
    const j = integerIn(random, 0, counts.height - 1);
    const count = counts.at(i, j);
    const expected = escapeTime(...oracle.point([i, j]), oracle.iterations);
    assert.equal(count, expected, `${oracle.about}, column ${i}, row ${j}`);
    seen.add(count);
  }
  return seen.size;
}

Deno.test("counts are the oracle's", async (t) => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const app = appOver(workers);

  await t.step("on tiles from zoom 0 to 40, around points of the boundary", async () => {
    const random = randomFrom(40);
    let varied = 0;
    let tiles = 0;
    for (let z = 0; z <= DEEPEST; z++) {
      const [first, second] = [z % points.length, (z + 3) % points.length];
      for (const number of [first, second]) {
        const [name, re, im] = points[number] ?? assert.fail();
        const tile = tileNear(random, z, [re, im]);
        const size = random() < 0.2 ? 512 : 256;
        const iterations = integerIn(random, 1, 2500);
        const address = `${z}/${tile.x}/${tile.y}${size === 512 ? "@2x" : ""}`;
        const counts = await countsOf(app, `/tiles/${address}.npy?iterations=${iterations}`);
        assert.deepEqual([counts.width, counts.height], [size, size]);
        const point = (pixel: Pixel) => pointOf(tile, size, pixel);
        const about = `tile ${address} near ${name}, ${iterations} iterations`;
        if (compare(counts, random, { point, iterations, about }) > 1) varied++;
        tiles++;
      }
    }
    assert.ok(varied > tiles / 2, `only ${varied} of ${tiles} tiles show more than one count`);
  });

  await t.step("on the deepest tiles, where it takes thousands of iterations", async () => {
    const random = randomFrom(41);
    const [, re, im] = points[2];
    for (const z of [38, 39, 40]) {
      const tile = tileNear(random, z, [re, im]);
      const iterations = 12_000;
      const path = `/tiles/${z}/${tile.x}/${tile.y}.npy?iterations=${iterations}`;
      const counts = await countsOf(app, path);
      const point = (pixel: Pixel) => pointOf(tile, 256, pixel);
      assert.ok(compare(counts, random, { point, iterations, about: path }) > 50);
    }
  });

  await t.step("with the iterations that auto has chosen, which the answer tells", async () => {
    const random = randomFrom(42);
    for (const z of [0, 5, 11, 22]) {
      const tile = tileNear(random, z, [-0.743643887037151, 0.131825904205330]);
      const response = await app.request(`/tiles/${z}/${tile.x}/${tile.y}.npy`);
      const iterations = Number(response.headers.get("mandeltile-iterations"));
      assert.ok(iterations >= 512 + 64 * Math.floor(z / 4) * 4);
      const counts = readNpy(await bytesOf(response));
      const point = (pixel: Pixel) => pointOf(tile, 256, pixel);
      compare(counts, random, { point, iterations, about: `auto at zoom ${z}` });
    }
  });

  await t.step("on renders of any size, by GET and by POST", async () => {
    const random = randomFrom(43);
    for (let n = 0; n < 40; n++) {
      const [, nearRe, nearIm] = points[n % points.length] ?? assert.fail();
      const bits = integerIn(random, 4, 16);
      // Centre and step are multiples of 2^-bits: exact as doubles, and as decimals of `bits` places.
      const dyadic = (value: number) => Math.round(value * 2 ** bits) / 2 ** bits;
      const [re, im, step] = [dyadic(nearRe), dyadic(nearIm), 2 ** -bits];
      const [width, height] = [integerIn(random, 1, 90), integerIn(random, 1, 90)];
      const iterations = integerIn(random, 1, 2000);
      const parameters = {
        re: re.toFixed(bits),
        im: im.toFixed(bits),
        span: (width * step).toFixed(bits),
        width: String(width),
        height: String(height),
        iterations: String(iterations),
      };
      const query = new URLSearchParams(parameters);
      const response = n % 2 === 0
        ? app.request(`/render.npy?${query}`)
        : app.request("/render.npy", posted(parameters));
      const counts = readNpy(await bytesOf(response));
      assert.deepEqual([counts.width, counts.height], [width, height]);
      const point = ([i, j]: Pixel): [number, number] => [
        re + (i + 0.5 - width / 2) * step,
        im - (j + 0.5 - height / 2) * step,
      ];
      compare(counts, random, { point, iterations, about: String(query) });
    }
  });

  await t.step("where the seed's first point is known to take 17 iterations", async () => {
    const counts = await countsOf(
      app,
      "/render.npy?re=0.0965&im=-0.638&span=1e-3&width=1&height=1&iterations=255",
    );
    assert.equal(counts.at(0, 0), 17);
  });

  await t.step("wherever a number ends up, however it is written", async () => {
    const written = [
      ["-0.743", "0.1"],
      ["-743e-3", "+1E-1"],
      ["-.743000", "00.1"],
      ["-0.000743e+3", `0.1${"0".repeat(5000)}`],
    ] as const;
    const bytes = await Promise.all(
      written.map(([re, im]) =>
        bytesOf(app.request("/render.npy", posted({ re, im, span: "1", width: 9, height: 9 })))
      ),
    );
    for (const other of bytes) assert.deepEqual(other, bytes[0]);
  });

  await t.step("far outside, where squares and even coordinates overflow", async () => {
    const views = [
      "re=1e20000&im=0&span=1e19000",
      "re=-7e76&im=7e76&span=1e70",
      "re=0&im=-1e300&span=1",
      "re=1e20000&im=1e20000&span=1e19000",
    ];
    for (const view of views) {
      const counts = await countsOf(app, `/render.npy?${view}&width=9&height=9`);
      assert.equal(counts.at(4, 4), 0, view);
    }
  });
});

Deno.test("tiles mirrored at the real axis are mirror images", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const app = appOver(workers);
  const random = randomFrom(44);
  for (const z of [1, 4, 9, 17, 30, 40]) {
    const { x, y } = tileNear(random, z, [-1.7548776662466927, 0.0001]);
    const above = await countsOf(app, `/tiles/${z}/${x}/${y}.npy?iterations=700`);
    const below = await countsOf(app, `/tiles/${z}/${x}/${2 ** z - 1 - y}.npy?iterations=700`);
    for (let j = 0; j < 256; j++) {
      for (let i = 0; i < 256; i++) {
        if (above.at(i, j) !== below.at(i, 255 - j)) assert.fail(`zoom ${z}, ${i}, ${j}`);
      }
    }
  }
});
