/// <reference lib="dom" />
/** The deep places in full: every one against exact arithmetic, and a journey in a real browser. */

import assert from "node:assert/strict";
import { decode } from "fast-png";
import type { Page } from "playwright-core";
import { binaryOf } from "../../src/web/page/decimal.js";
import places from "../data/places.json" with { type: "json" };
import { testInBrowser } from "../e2e/chromium.ts";
import { ExplorerPage } from "../e2e/explorer_page.ts";
import { readPlace } from "../e2e/laid_tiles.ts";
import { startServer } from "../e2e/server.ts";
import { deepPlaces, judge, PerturbedSampler, viewOf } from "../fractal/perturbed_sampler.ts";
import { randomFrom } from "../plane/random.ts";

Deno.test("counts are those of exact arithmetic at all listed places, the dear ones too", async (t) => {
  const sampler = await PerturbedSampler.start();
  const random = randomFrom(77);
  for (const place of deepPlaces()) {
    await t.step(place.name, () => {
      const { iterations } = place;
      const frame = viewOf(place, 64);
      const { counts } = sampler.sample(frame, { iterations });
      const verdict = judge(frame, { counts, iterations }, { random, pixels: 24 });
      assert.ok(verdict.equal >= 22, `${verdict.equal} of 24 equal`);
      assert.ok(verdict.worst <= 1e-3, `${verdict.worst}`);
    });
  }
});

testInBrowser("the map goes down among real tiles", async (browser, t) => {
  await using server = await startServer();
  await t.step("from zoom 0 to 400 by wheel alone, in 60 stops", async () => {
    await using explorer = await ExplorerPage.open(browser, `${server.url}${deepHash(0)}`);
    await descend(explorer);
  });
  await t.step("a link copied at 1e300 opens the same picture", async () => {
    const permissions = ["clipboard-read", "clipboard-write"];
    const options = { permissions };
    await using first = await ExplorerPage.open(browser, server.url + deepHash(998), options);
    const link = await wander(first);
    await using second = await ExplorerPage.open(browser, link, options);
    await assertSamePicture(first.page, second.page);
    assert.deepEqual([...first.faults, ...second.faults], []);
  });
});

/** Turns the wheel so far that Leaflet takes it for four levels. */
const FOUR_LEVELS = 2500;

const DEEPEST = 400;
const STOPS = 60;

/** Bytes of the page's heap that the journey may add: what is left behind is let go. */
const MOST_HEAP = 64 * 2 ** 20;

/** The link to the deepest listed place, with all its digits. */
function deepHash(zoom: number): string {
  const { re, im } = places.places.at(-1)!;
  return `#re=${re}&im=${im}&zoom=${zoom}`;
}

/**
 * Zooms in where the place is, as a person would: the mouse goes there, to the whole pixel, and the wheel
 * turns. A map that is wrong by a pixel in one of the turns is wrong by 2^396 at the end.
 */
async function descend(explorer: ExplorerPage): Promise<void> {
  const { page } = explorer;
  const before = await heapOf(page);
  let stops = 0;
  for (let zoom = 4; zoom <= DEEPEST; zoom += 4) {
    const { x, y } = placeOnScreen(explorer);
    const mouse = { x: Math.round(x), y: Math.round(y) };
    await page.mouse.move(mouse.x, mouse.y);
    await page.mouse.wheel(0, -FOUR_LEVELS);
    await explorer.settled(zoom);
    // Half a pixel is eight now, and the map's own pixels are whole.
    const place = placeOnScreen(explorer);
    const off = Math.max(Math.abs(place.x - mouse.x), Math.abs(place.y - mouse.y));
    assert.ok(off <= 10, `${off} pixels off at zoom ${zoom}`);
    // Every other turn or so is a stop.
    if (Math.floor(zoom * STOPS / DEEPEST) === Math.floor((zoom - 4) * STOPS / DEEPEST)) continue;
    await assertCovered(explorer);
    stops++;
  }
  assert.equal(stops, STOPS);
  assert.ok(readPlace(explorer.hash).re.length > 120, explorer.hash);
  assert.ok(await heapOf(page) - before < MOST_HEAP);
  assert.deepEqual(explorer.faults, []);
}

/** Where the deepest listed place lies on the screen, by exact arithmetic on the hash; in pixels. */
function placeOnScreen(explorer: ExplorerPage): { x: number; y: number } {
  const { width, height } = explorer.page.viewportSize()!;
  const { re, im, zoom } = readPlace(explorer.hash);
  const bits = 4000n;
  const pixels = (to: string, from: string) => {
    const [a, b] = [to, from].map((decimal) => binaryOf(decimal, bits) ?? assert.fail(decimal));
    // A pixel is 2^-(zoom + 6) wide.
    return Number((a! - b!) >> (bits - BigInt(zoom + 6) - 10n)) / 2 ** 10;
  };
  const place = places.places.at(-1)!;
  return { x: width / 2 + pixels(place.re, re), y: height / 2 - pixels(place.im, im) };
}

/** Asserts that the whole window shows tiles, every one of them decoded. */
async function assertCovered(explorer: ExplorerPage): Promise<void> {
  const { width, height } = explorer.page.viewportSize()!;
  let covered = 0;
  for (const tile of await explorer.tiles()) {
    assert.deepEqual([tile.pixels, tile.width, tile.height], [256, 256, 256]);
    const across = Math.min(width, tile.left + tile.width) - Math.max(0, tile.left);
    const down = Math.min(height, tile.top + tile.height) - Math.max(0, tile.top);
    covered += Math.max(0, across) * Math.max(0, down);
  }
  assert.equal(covered, width * height, `at ${explorer.hash.slice(-9)}`);
}

/** Goes where no link has been, by wheel and by hand, and copies the link. */
async function wander(explorer: ExplorerPage): Promise<string> {
  const { page } = explorer;
  await page.mouse.move(333, 222);
  await page.mouse.wheel(0, -120);
  await explorer.settled(999);
  await page.mouse.wheel(0, FOUR_LEVELS);
  await explorer.settled(995);
  const before = explorer.hash;
  await page.mouse.move(450, 300);
  await page.mouse.down();
  await page.mouse.move(487, 249, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction((before) => location.hash.slice(1) !== before, before);
  await explorer.settled();
  await page.click("#copy-link");
  return await page.evaluate(() => navigator.clipboard.readText());
}

async function assertSamePicture(one: Page, other: Page): Promise<void> {
  const [a, b] = [decode(await mapOf(one)), decode(await mapOf(other))];
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  const differing = a.data.filter((value, i) => value !== b.data[i]).length;
  assert.equal(differing, 0, `${differing} of ${a.data.length} values`);
  assert.ok(new Set(a.data).size > 50, "there is something to see");
}

/** A picture of the map alone. */
async function mapOf(page: Page): Promise<Uint8Array> {
  const around = "body > :not(main), body > :not(main) *";
  return await page.screenshot({ style: `${around} { visibility: hidden !important }` });
}

/** Bytes of the page's heap after its garbage was collected. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}
