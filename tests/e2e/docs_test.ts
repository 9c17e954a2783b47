/// <reference lib="dom" />
/** The page of the interface in a real browser, against the real command. */

import assert from "node:assert/strict";
import { findChromium, launchChromium } from "./chromium.ts";
import { startServer } from "./server.ts";

const path = findChromium();
const mustRun = Deno.env.get("CI") === "true";

if (path === undefined && !mustRun) {
  // deno-lint-ignore no-console
  console.warn("NOT TESTED: /docs, as no Chromium or Chrome was found here");
}

Deno.test({
  name: "/docs shows every request, and breaks no rule of its own",
  ignore: path === undefined && !mustRun,
  // Playwright keeps its connection to the browser until the browser is closed.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    assert.ok(path !== undefined, "Cannot test the page as there is no Chromium and CI is true");
    await using server = await startServer();
    const browser = await launchChromium(path);
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      page.on("pageerror", (error) => faults.push(error.message));
      await page.goto(`${server.url}docs`);
      await page.waitForSelector("#operations details");
      const { paths } = await (await fetch(`${server.url}openapi.json`)).json();
      const operations = Object.values(paths).flatMap((path) => Object.keys(path as object));
      assert.equal(await page.locator("#operations details").count(), operations.length);
      await page.locator("summary", { hasText: "/tiles/{z}/{x}/{y}.{format}" }).click();
      const card = page.locator("details[open]");
      assert.match(await card.innerText(), /iterations[^]*auto or 1 to 5000000/);
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
    }
  },
});
