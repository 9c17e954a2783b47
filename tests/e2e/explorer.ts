/** The explorer in a browser against the real command, step by step. */

import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { testInBrowser } from "./chromium.ts";
import { ExplorerPage, type LaidTile } from "./explorer_page.ts";
import { startServer } from "./server.ts";

/** Opens the page at a hash and waits for its picture. */
export type Open = (hash: string, options?: BrowserContextOptions) => Promise<ExplorerPage>;

/** The browser and the server that it looks at, for pages that are not the explorer. */
export interface Place {
  readonly browser: Browser;
  readonly url: string;
}

export const seahorses = "#re=-0.7436&im=0.1318&zoom=9";

/** Declares a test of these steps over one server. */
export function testExplorer(
  name: string,
  steps: Readonly<Record<string, (open: Open, place: Place) => Promise<void>>>,
): void {
  testInBrowser(name, async (browser, t) => {
    await using server = await startServer();
    const open: Open = (hash, options = {}) =>
      ExplorerPage.open(browser, server.url + hash, options);
    const place = { browser, url: server.url };
    for (const [name, step] of Object.entries(steps)) await t.step(name, () => step(open, place));
  });
}

/** Asserts that every tile is laid out at its size and has a picture of so many pixels. */
export function assertDecoded(tiles: LaidTile[], pixels: number): void {
  assert.ok(tiles.some(isVisible));
  for (const tile of tiles) {
    assert.deepEqual([tile.width, tile.height, tile.pixels], [256, 256, pixels]);
  }
}

/** Whether any of a tile is in the window of 900 x 700. */
export function isVisible({ left, top }: LaidTile): boolean {
  return left > -256 && top > -256 && left < 900 && top < 700;
}
