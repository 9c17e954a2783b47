/** Map clients in a real browser: what they put on the screen is what /render answers. */

import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { testInBrowser } from "../e2e/chromium.ts";
import { coloursOf } from "../e2e/colours.ts";
import { pageNames, pagePath, servePages } from "../e2e/map_pages.ts";
import { startServer } from "../e2e/server.ts";

const SIDE = 512;

testInBrowser(
  "Leaflet, OpenLayers and MapLibre GL draw the world in a browser",
  async (browser, t) => {
    await using server = await startServer(["--base-path", "/fractal"]);
    const pages = servePages(server.url);
    try {
      const view = `re=-0.5&im=0&span=4&width=${SIDE}&height=${SIDE}`;
      const answer = await fetch(`${server.url}render.png?${view}`);
      const expected = coloursOf(await answer.bytes());
      for (const name of pageNames) {
        await t.step(name, async () => {
          const url = `http://127.0.0.1:${pages.addr.port}${pagePath(name)}`;
          const shown = coloursOf(await shot(browser, url));
          let wrong = 0;
          for (let i = 0; i < shown.length; i++) if (shown[i] !== expected[i]) wrong++;
          assert.equal(shown.length, expected.length);
          assert.equal(wrong, 0, `${wrong} of ${shown.length} values differ`);
        });
      }
    } finally {
      await pages.shutdown();
    }
  },
  { webgl: true },
);

/** What a page has on the screen when it says that it is drawn. */
async function shot(browser: Browser, url: string): Promise<Uint8Array> {
  const context = await browser.newContext({
    viewport: { width: SIDE, height: SIDE },
    deviceScaleFactor: 1,
  });
  try {
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
    page.on("response", (response) => {
      if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
    });
    await page.goto(url);
    try {
      await page.waitForSelector("body#drawn", { timeout: 20_000 });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${faults.join("\n")}`);
    }
    assert.deepEqual(faults, []);
    return await page.screenshot();
  } finally {
    await context.close();
  }
}
