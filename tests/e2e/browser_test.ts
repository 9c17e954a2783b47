/// <reference lib="dom" />
/** The explorer in a real browser, against the real command. */

import assert from "node:assert/strict";
import type { BrowserContextOptions } from "playwright-core";
import { findChromium, launchChromium } from "./chromium.ts";
import { ExplorerPage, type LaidTile } from "./explorer_page.ts";
import { startServer } from "./server.ts";

const path = findChromium();
const mustRun = Deno.env.get("CI") === "true";

if (path === undefined && !mustRun) {
  // deno-lint-ignore no-console
  console.warn("NOT TESTED: the explorer page, as no Chromium or Chrome was found here");
}

const seahorses = "#re=-0.7436&im=0.1318&zoom=9";
/** Inside the cardioid, where even the deepest tiles cost next to nothing. */
const deepInside = "#re=-0.1234567890123456789&im=0.0987654321098765432&zoom=40";

Deno.test({
  name: "the explorer works in a browser",
  ignore: path === undefined && !mustRun,
  // Playwright keeps its connection to the browser between the steps of one test.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    assert.ok(path !== undefined, "Cannot test the page as there is no Chromium and CI is true");
    await using server = await startServer();
    const browser = await launchChromium(path);
    try {
      const open = (hash: string, options: BrowserContextOptions = {}) =>
        ExplorerPage.open(browser, server.url + hash, options);
      await t.step("shows the whole set from home", () => showsHome(open));
      await t.step("covers the window without a gap", () => covers(open));
      await t.step("asks for retina tiles on a retina screen", () => isSharp(open));
      await t.step("zooms by wheel, keyboard and button", () => zooms(open));
      await t.step("finds a place again after a reload", () => restores(open));
      await t.step("follows the hash, back and forward", () => followsHash(open));
      await t.step("changes palette, shading and iterations", () => changesLook(open));
      await t.step("stays exact at zoom 40", () => staysExact(open));
      await t.step("comes back when led out of the world", () => comesBack(open));
      await t.step("copies a command that fetches the view", () => copiesCurl(open));
      await t.step("works on a phone", () => worksOnPhone(open));
    } finally {
      await browser.close();
    }
  },
});

type Open = (hash: string, options?: BrowserContextOptions) => Promise<ExplorerPage>;

async function showsHome(open: Open): Promise<void> {
  await using explorer = await open("");
  const tiles = await explorer.tiles();
  assert.equal(tiles.length, 16, "the world at zoom 2, and nothing outside it");
  assertDecoded(tiles, 256);
  assert.equal(explorer.hash, "re=-0.7&im=0&zoom=2");
  const colours = await explorer.page.$eval("img.leaflet-tile", (image) => {
    const context = new OffscreenCanvas(256, 256).getContext("2d")!;
    context.drawImage(image as HTMLImageElement, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, 256, 256).data.buffer)).size;
  });
  assert.ok(colours > 10, `a tile has ${colours} colours`);
  assert.deepEqual(explorer.faults, []);
}

async function covers(open: Open): Promise<void> {
  await using explorer = await open(seahorses);
  const tiles = await explorer.tiles();
  assertDecoded(tiles, 256);
  for (let y = 0.5; y < 700; y += 9) {
    for (let x = 0.5; x < 900; x += 9) {
      const over = tiles.filter(({ left, top }) =>
        left <= x && x < left + 256 && top <= y && y < top + 256
      );
      assert.equal(over.length, 1, `tiles over ${x}, ${y}`);
    }
  }
  assert.deepEqual(explorer.faults, []);
}

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

async function zooms(open: Open): Promise<void> {
  await using explorer = await open(seahorses, { reducedMotion: "no-preference" });
  const { page } = explorer;
  const askedAt = (zoom: number) =>
    explorer.tilePaths.filter((path) => path.startsWith(`/tiles/${zoom}/`)).length;

  await page.mouse.move(300, 200);
  const under = await page.textContent("#re");
  await page.mouse.wheel(0, -120);
  await explorer.settled(10);
  assertDecoded(await explorer.tiles(), 256);
  assert.ok(askedAt(10) >= (await explorer.tiles()).length);
  const stillUnder = await page.textContent("#re");
  assert.ok(
    Math.abs(Number(under) - Number(stillUnder)) < 4 / 256 / 2 ** 9,
    "the wheel's own point",
  );

  await page.keyboard.press("+");
  await explorer.settled(11);
  assertDecoded(await explorer.tiles(), 256);
  assert.ok(askedAt(11) > 0);

  await page.click("#zoom-out");
  await explorer.settled(10);
  await page.focus("#map");
  const before = explorer.hash;
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((before) => location.hash !== "#" + before, before);
  await explorer.settled(10);
  assertDecoded(await explorer.tiles(), 256);
  assert.deepEqual(explorer.faults, []);
}

async function restores(open: Open): Promise<void> {
  await using explorer = await open(
    "#re=-0.6977273122174665&im=-0.2589795459061861&zoom=23&iterations=400",
  );
  const { page } = explorer;
  const start = explorer.hash;
  await page.mouse.move(500, 400);
  await page.mouse.down();
  await page.mouse.move(437, 291, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction((start) => location.hash !== "#" + start, start);
  await explorer.settled(23);
  const before = explorer.hash;
  const visible = (tiles: LaidTile[]) => tiles.filter(isVisible);
  const laidBefore = visible(await explorer.tiles());

  await page.reload();
  await explorer.settled(23);
  assert.equal(explorer.hash, before);
  assert.deepEqual(visible(await explorer.tiles()), laidBefore);
  assert.deepEqual(explorer.faults, []);
}

async function followsHash(open: Open): Promise<void> {
  await using explorer = await open(seahorses);
  const { page } = explorer;
  await page.evaluate(() => location.hash = "#re=0.25&im=0&zoom=7");
  await explorer.settled(7);
  assert.equal(explorer.hash, "re=0.25&im=0&zoom=7");
  await page.goBack();
  await explorer.settled(9);
  assert.equal("#" + explorer.hash, seahorses);
  await page.goForward();
  await explorer.settled(7);
  await page.click("#home");
  await explorer.settled(2);
  await page.goBack();
  await explorer.settled(7);
  assert.equal(explorer.hash, "re=0.25&im=0&zoom=7");

  await page.evaluate(() => location.hash = "#re=nowhere&zoom=-3");
  await explorer.hashMatches(/^#re=0\.25&im=0&zoom=7$/);
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

async function staysExact(open: Open): Promise<void> {
  await using explorer = await open(deepInside);
  const { page } = explorer;
  const before = await explorer.tiles();
  assertDecoded(before, 256);
  assert.ok(before.every(({ left, top }) => Number.isInteger(left) && Number.isInteger(top)));
  const hash = explorer.hash;
  await page.mouse.move(450, 350);
  await page.mouse.down();
  await page.mouse.move(457, 347, { steps: 2 });
  const during = await explorer.tiles();
  const stayed = before.filter(({ left, top }) =>
    during.some((tile) => tile.left === left + 7 && tile.top === top - 3)
  );
  assert.equal(stayed.length, before.length, "seven pixels are seven pixels");
  await page.mouse.up();
  await page.waitForFunction((hash) => location.hash !== "#" + hash, hash);
  await explorer.settled(40);
  assert.ok(explorer.tilePaths.every((path) => /^\/tiles\/40\/\d{12}\/\d{12}\.png\?/.test(path)));
  // Doubles end here, and the map goes on.
  await page.click("#zoom-in");
  await explorer.settled(41);
  assertDecoded(await explorer.tiles(), 256);
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

function assertDecoded(tiles: LaidTile[], pixels: number): void {
  assert.ok(tiles.some(isVisible));
  for (const tile of tiles) {
    assert.deepEqual([tile.width, tile.height, tile.pixels], [256, 256, pixels]);
  }
}

function isVisible({ left, top }: LaidTile): boolean {
  return left > -256 && top > -256 && left < 900 && top < 700;
}
