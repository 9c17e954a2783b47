/** Chromium, where it is installed: found and started. */

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

/** The path of an installed Chromium or Chrome; nothing when there is none. */
export function findChromium(): string | undefined {
  return places.find(isFile);
}

/** Starts a browser, with WebGL by the processor if it is needed. Whoever does closes it. */
export function launchChromium(
  executablePath: string,
  { webgl = false }: { readonly webgl?: boolean } = {},
): Promise<Browser> {
  const args = [...flags, ...webgl ? graphics.software : graphics.none];
  return chromium.launch({ executablePath, args });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
