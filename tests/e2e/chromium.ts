/** Chromium, where it is installed: tests that are given one. */

import assert from "node:assert/strict";
import { type Browser, chromium } from "playwright-core";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** No window, no sandbox (a container's root has none), and nothing that calls home. */
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Without a graphics card: none is asked for, or WebGL is done by the processor. */
const graphics = {
  none: ["--disable-gpu"],
  software: ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
};

/**
 * Declares a test that is given a browser, with WebGL by the processor if it is needed. Where no browser
 * is installed it is skipped, and says so; with CI=true it fails.
 */
export function testInBrowser(
  name: string,
  run: (browser: Browser, t: Deno.TestContext) => Promise<void>,
  { webgl = false }: { readonly webgl?: boolean } = {},
): void {
  const executablePath = places.find(isFile);
  const mustRun = Deno.env.get("CI") === "true";
  if (executablePath === undefined && !mustRun) {
    // deno-lint-ignore no-console
    console.warn(`NOT TESTED as no Chromium or Chrome was found here: ${name}`);
  }
  Deno.test({
    name,
    ignore: executablePath === undefined && !mustRun,
    // Playwright keeps its connection to the browser between the steps of one test.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn(t) {
      assert.ok(executablePath !== undefined, "Cannot test as there is no Chromium and CI is true");
      const args = [...flags, ...webgl ? graphics.software : graphics.none];
      const browser = await chromium.launch({ executablePath, args });
      try {
        await run(browser, t);
      } finally {
        await browser.close();
      }
    },
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
