/// <reference lib="dom" />
/** Which tiles a page shows where, by their colours, and where exact arithmetic wants them. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { binaryOf } from "../../src/web/page/decimal.js";
import type { StubTiles } from "./stub_tiles.ts";

/** A tile on screen: its path, and its box in pixels of the page. */
export interface KnownTile {
  readonly path: string;
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** The tiles that can be seen, each read from its own pixels. */
export async function shownTiles(page: Page, stub: StubTiles): Promise<KnownTile[]> {
  const shown = await page.$$eval("img.leaflet-tile-loaded", (images) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
    return images.map((image) => {
      context.drawImage(image as HTMLImageElement, 0, 0);
      const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
      const { left, top, width } = image.getBoundingClientRect();
      return { colour: red << 16 | green << 8 | blue, left, top, side: width };
    });
  });
  return shown.map(({ colour, ...box }) => ({ path: stub.pathOf(colour) ?? "none", ...box }));
}

/** Every place and zoom of a hash. */
export function readPlace(hash: string): { re: string; im: string; zoom: number } {
  const parameters = new URLSearchParams(hash);
  const text = (name: string) => parameters.get(name) ?? assert.fail(`no ${name} in ${hash}`);
  return { re: text("re"), im: text("im"), zoom: Number(text("zoom")) };
}

/**
 * Asserts that the window is covered by tiles of the hash's zoom, each within a pixel of where its
 * address belongs: exact arithmetic from the decimal centre to the tile's corner.
 */
export async function assertInPlace(page: Page, stub: StubTiles): Promise<KnownTile[]> {
  const { re, im, zoom } = readPlace(new URL(page.url()).hash.slice(1));
  const { width, height } = page.viewportSize() ?? assert.fail("no viewport");
  // The centre in thousandths of a pixel, from the world's corner.
  const bits = BigInt(zoom + 6);
  const real = binaryOf(re, bits + 20n) ?? assert.fail(re);
  const imaginary = binaryOf(im, bits + 20n) ?? assert.fail(im);
  const right = real + (5n << (bits + 19n));
  const down = (2n << (bits + 20n)) - imaginary;
  const tiles = await shownTiles(page, stub);
  let covered = 0;
  for (const { path, left, top, side } of tiles) {
    const [, , z, x = "", y = ""] = path.split(/[/.@]/);
    assert.equal(Number(z), zoom, `a tile of zoom ${z?.slice(0, 9)} at zoom ${zoom}`);
    assert.equal(side, 256);
    const exactLeft = Number((BigInt(x) << 28n) - right) / 2 ** 20 + width / 2;
    const exactTop = Number((BigInt(y) << 28n) - down) / 2 ** 20 + height / 2;
    assert.ok(Math.abs(left - exactLeft) < 0.52, `left ${left}, exactly ${exactLeft}`);
    assert.ok(Math.abs(top - exactTop) < 0.52, `top ${top}, exactly ${exactTop}`);
    covered += Math.max(0, Math.min(left + 256, width) - Math.max(left, 0)) *
      Math.max(0, Math.min(top + 256, height) - Math.max(top, 0));
  }
  assert.ok(zoom < 4 || covered === width * height, `${covered} pixels are covered`);
  return tiles;
}
