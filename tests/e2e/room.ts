/** A browser, and for every step of a test pages over tiles of its own. */

import type { Browser, BrowserContextOptions } from "playwright-core";
import { testInBrowser } from "./chromium.ts";
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

/** Declares a test of these steps. */
export function testOverStubs(
  name: string,
  steps: Readonly<Record<string, (room: Room) => Promise<void>>>,
): void {
  testInBrowser(name, async (browser, t) => {
    for (const [name, step] of Object.entries(steps)) {
      await t.step(name, async () => {
        await using stub = new StubTiles();
        await step(new Room(browser, stub));
      });
    }
  });
}
