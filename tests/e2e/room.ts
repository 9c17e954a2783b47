/** A browser, and for every step of a test pages over tiles of its own. */

import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { findChromium, launchChromium } from "./chromium.ts";
import { ExplorerPage } from "./explorer_page.ts";
import { StubTiles } from "./stub_tiles.ts";

/** A place 1e300 deep, its digits made up. */
export const deepPlace = `re=-0.${"743643887037158704".repeat(17).slice(0, 305)}&im=0.${
  "131825904205311970".repeat(17).slice(0, 305)
}`;

/** What a step needs. */
export class Room {
  readonly #browser: Browser;
  readonly stub: StubTiles;

  constructor(browser: Browser, stub: StubTiles) {
    this.#browser = browser;
    this.stub = stub;
  }

  /** Opens the page at a hash and waits for its picture. */
  open(hash: string, options: BrowserContextOptions = {}): Promise<ExplorerPage> {
    return ExplorerPage.open(this.#browser, this.stub.url + hash, {
      reducedMotion: "no-preference",
      ...options,
    });
  }
}

/** Declares a test of these steps; without a browser it is skipped, unless it must run. */
export function testOverStubs(
  name: string,
  steps: Readonly<Record<string, (room: Room) => Promise<void>>>,
): void {
  const path = findChromium();
  Deno.test({
    name,
    ignore: path === undefined && Deno.env.get("CI") !== "true",
    // Playwright keeps its connection to the browser between the steps of one test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn(t) {
      assert.ok(path !== undefined, "Cannot test the page as there is no Chromium and CI is true");
      const browser = await launchChromium(path);
      try {
        for (const [name, step] of Object.entries(steps)) {
          await t.step(name, async () => {
            await using stub = new StubTiles();
            await step(new Room(browser, stub));
          });
        }
      } finally {
        await browser.close();
      }
    },
  });
}
