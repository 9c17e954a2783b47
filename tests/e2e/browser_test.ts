/// <reference lib="dom" />
/** The explorer, and the page of the interface, in a real browser, against the real command. */

import assert from "node:assert/strict";
import { showsDocs } from "./docs_page.ts";
import { assertDecoded, isVisible, type Open, seahorses, testExplorer } from "./explorer.ts";
import type { LaidTile } from "./explorer_page.ts";

/** Inside the cardioid, where even the deepest tiles cost next to nothing. */
const deepInside = "#re=-0.1234567890123456789&im=0.0987654321098765432&zoom=40";

testExplorer("the explorer works in a browser", {
  "shows the whole set from home": showsHome,
  "covers the window without a gap": covers,
  "zooms by wheel, keyboard and button": zooms,
  "finds a place again after a reload": restores,
  "follows the hash, back and forward": followsHash,
  "stays exact at zoom 40": staysExact,
  "lays nothing over the figures": keepsApart,
  "and /docs shows every request, and breaks no rule of its own": (_, place) => showsDocs(place),
});

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

/** Deep down, where the figures take three lines, and on a phone, where they take six. */
async function keepsApart(open: Open): Promise<void> {
  const permissions = ["clipboard-read", "clipboard-write"];
  const sizes = [{ width: 1440, height: 700 }, { width: 900, height: 700 }, {
    width: 390,
    height: 844,
  }];
  for (const viewport of sizes) {
    await using explorer = await open(deepInside, { permissions, viewport });
    const { page } = explorer;
    await page.click("#copy-link");
    await page.waitForSelector("#notice.seen");
    const boxes = await page.$$eval("#notice, #readout, #credit", (parts) =>
      parts.map((part) => {
        const { left, top, right, bottom } = part.getBoundingClientRect();
        return { id: part.id, left, top, right, bottom };
      }));
    assert.equal(boxes.length, 3);
    for (const [n, one] of boxes.entries()) {
      assert.ok(one.left >= 0 && one.right <= viewport.width && one.bottom <= viewport.height);
      for (const other of boxes.slice(n + 1)) {
        const apart = one.right <= other.left || other.right <= one.left ||
          one.bottom <= other.top || other.bottom <= one.top;
        assert.ok(apart, `${one.id} and ${other.id} at ${viewport.width} pixels`);
      }
    }
  }
}
