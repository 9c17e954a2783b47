/// <reference lib="dom" />
/** More of the explorer in a real browser: looks, screens of other kinds, what it copies. */

import assert from "node:assert/strict";
import { assertDecoded, type Open, seahorses, testExplorer } from "../e2e/explorer.ts";

testExplorer("the explorer's panel, edges and screens", {
  "asks for retina tiles on a retina screen": isSharp,
  "changes palette, shading and iterations": changesLook,
  "comes back when led out of the world": comesBack,
  "copies a command that fetches the view": copiesCurl,
  "works on a phone": worksOnPhone,
});

async function isSharp(open: Open): Promise<void> {
  await using explorer = await open(seahorses, { deviceScaleFactor: 2 });
  assertDecoded(await explorer.tiles(), 512);
  assert.ok(
    explorer.tilePaths.every((path) =>
      /^\/tiles\/9\/\d+\/\d+@2x\.png\?fallback=parent$/.test(path)
    ),
  );
  assert.deepEqual(explorer.faults, []);
}

async function changesLook(open: Open): Promise<void> {
  await using explorer = await open(seahorses);
  const { page } = explorer;
  assert.ok(
    explorer.tilePaths.every((path) => path.endsWith(".png?fallback=parent")),
    "no defaults",
  );
  await page.click("#toggle-look");

  await page.click("label.palette:has-text('magma')");
  await explorer.hashMatches(/&palette=magma$/);
  await explorer.settled();
  assert.match(explorer.tilePaths.at(-1) ?? "", /\.png\?palette=magma&fallback=parent$/);

  await page.click("label:has-text('own colours')");
  await page.fill("#colours", "#F00, 00ff00");
  await page.keyboard.press("Enter");
  await explorer.hashMatches(/&palette=ff0000,00ff00$/);
  await explorer.settled();
  assert.match(explorer.tilePaths.at(-1) ?? "", /\.png\?palette=ff0000,00ff00&fallback=parent$/);

  await page.click("label:has-text('classic')");
  await page.click("label:has-text('Bands')");
  await page.click("label:has-text('Fixed')");
  await page.fill("#iterations", "300");
  await page.keyboard.press("Enter");
  await explorer.hashMatches(/&zoom=9&iterations=300&shading=bands$/);
  await explorer.settled();
  assert.match(
    explorer.tilePaths.at(-1) ?? "",
    /\.png\?iterations=300&shading=bands&fallback=parent$/,
  );
  assertDecoded(await explorer.tiles(), 256);

  await page.fill("#iterations", "0");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("#iterations", "aria-invalid"), "true");
  await page.keyboard.press("Escape");
  assert.equal(await page.isVisible("#look"), false);
  assert.deepEqual(explorer.faults, []);
}

async function comesBack(open: Open): Promise<void> {
  await using explorer = await open("#re=7&im=0&zoom=3");
  const { page } = explorer;
  assert.equal(explorer.hash, "re=1.5&im=0&zoom=3");
  const edge = async () => Math.max(...(await explorer.tiles()).map(({ left }) => left + 256));
  assert.equal(await edge(), 450, "the world ends in the middle of the window");
  await page.mouse.move(450, 350);
  await page.mouse.down();
  await page.mouse.move(350, 350, { steps: 5 });
  assert.equal(await edge(), 350);
  await page.mouse.up();
  await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll("img.leaflet-tile")];
    return Math.max(...tiles.map((tile) => tile.getBoundingClientRect().right)) === 450;
  });
  await explorer.hashMatches(/^#re=1\.5&im=0&zoom=3$/);
  assert.deepEqual(explorer.faults, []);
}

async function copiesCurl(open: Open): Promise<void> {
  const permissions = ["clipboard-read", "clipboard-write"];
  await using explorer = await open(seahorses + "&palette=magma", { permissions });
  await explorer.page.click("#copy-curl");
  await explorer.page.waitForSelector("#notice.seen");
  const command = await explorer.page.evaluate(() => navigator.clipboard.readText());
  const url = /^curl -o mandelbrot\.png '([^']+)'$/.exec(command)?.[1];
  assert.ok(url !== undefined, command);
  assert.ok(!command.includes("fallback"), command);
  const response = await fetch(url);
  const png = new DataView(await response.arrayBuffer());
  assert.equal(response.status, 200, command);
  assert.deepEqual([png.getUint32(16), png.getUint32(20)], [900, 700]);

  await explorer.page.click("#copy-link");
  const link = await explorer.page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, explorer.page.url());
  assert.deepEqual(explorer.faults, []);
}

async function worksOnPhone(open: Open): Promise<void> {
  const phone = { width: 390, height: 844 };
  await using explorer = await open("", {
    viewport: phone,
    deviceScaleFactor: 3,
    hasTouch: true,
    isMobile: true,
  });
  const { page } = explorer;
  assertDecoded(await explorer.tiles(), 512);
  await page.tap("#zoom-in");
  await explorer.settled(2);
  await page.tap("#toggle-look");
  await page.tap("label:has-text('viridis')");
  await explorer.hashMatches(/&palette=viridis$/);
  await explorer.settled();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, phone.width, "nothing sticks out");
  assert.deepEqual(explorer.faults, []);
}
