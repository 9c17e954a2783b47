/// <reference lib="dom" />
/** The map without a last zoom, in a real browser over tiles that say which they are. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { binaryOf, decimalOf, trimmed } from "../../src/web/page/decimal.js";
import { powerOfTwo } from "../../src/web/page/magnification.js";
import type { ExplorerPage } from "../e2e/explorer_page.ts";
import { assertInPlace, readPlace, shownTiles } from "../e2e/laid_tiles.ts";
import { deepPlace, type Room, testOverStubs } from "../e2e/room.ts";

testOverStubs("the map has no last zoom", {
  "41 re-anchors by wheel, to the deep and back": anchors,
  "no tile is lost while slow tiles are on their way": keepsOldTiles,
  "a pinch goes on through anchors": pinches,
  "zoom 0 to 400 by wheel keeps the centre to the last digit": keepsCentre,
  "a link's digits stay until a hand moves the view": keepsLink,
  "a moved view comes back to its digits": comesBack,
  "a dive at the whole set arrives with every digit": arrives,
});

/** Turns the wheel so far that Leaflet takes it for four levels. */
const fourLevels = 2500;

async function anchors(room: Room): Promise<void> {
  await using explorer = await room.open("#re=-0.7436447860&im=0.1318252536&zoom=1");
  const { page } = explorer;
  await page.evaluate(() => {
    const map = document.getElementById("map")!;
    new MutationObserver((changes) => {
      map.title = String(Number(map.title) + changes.length);
    }).observe(map, { attributeFilter: ["data-anchor"] });
  });
  const anchored = async () => Number(await page.getAttribute("#map", "title"));
  // Off the middle, so that every step moves the view as well.
  await page.mouse.move(600, 200);
  let mostTiles = 0;
  let mostLevels = 0;
  const wheel = async (delta: number, zoom: number) => {
    await page.mouse.wheel(0, delta);
    if (zoom % 16 !== 5) return await atRest(page, zoom);
    await explorer.settled(zoom);
    mostTiles = Math.max(mostTiles, (await assertInPlace(page, room.stub)).length);
    mostLevels = Math.max(mostLevels, await page.locator(".leaflet-tile-container").count());
  };
  for (let zoom = 5; zoom <= 213; zoom += 4) await wheel(-fourLevels, zoom);
  assert.ok(await anchored() >= 14, `${await anchored()} re-anchors on the way down`);
  assertOnce(explorer.tilePaths);
  const down = explorer.tilePaths.splice(0);
  for (let zoom = 209; zoom >= 1; zoom -= 4) await wheel(fourLevels, zoom);
  assert.ok(await anchored() >= 41, `${await anchored()} re-anchors`);
  assertOnce(explorer.tilePaths);
  assert.ok(down.length > 48 * 9, `${down.length} tiles`);
  assert.ok(mostTiles <= 60 && mostLevels <= 4, `${mostTiles} tiles in ${mostLevels} levels`);
  assert.deepEqual(explorer.faults, []);
}

async function keepsOldTiles(room: Room): Promise<void> {
  const { stub } = room;
  await using explorer = await room.open("#re=-0.7436447860&im=0.1318252536&zoom=1");
  const { page } = explorer;
  await page.mouse.move(600, 200);
  for (let zoom = 5; zoom <= 21; zoom += 4) {
    await page.mouse.wheel(0, -fourLevels);
    await explorer.settled(zoom);
  }
  const before = await shownTiles(page, stub);
  const anchor = await page.getAttribute("#map", "data-anchor");
  const gate = Promise.withResolvers<void>();
  stub.interfere = () => gate.promise;
  await page.mouse.wheel(0, -fourLevels);
  await page.waitForFunction(
    (old) => document.getElementById("map")!.dataset.anchor !== old,
    anchor,
  );
  const during = await shownTiles(page, stub);
  // Leaflet itself lets go of what is not on screen any more.
  const inView = before.filter(({ left, top }) =>
    [[left, 600, 900], [top, 200, 700]].every(([edge = 0, at = 0, end = 0]) =>
      at + (edge - at) * 16 < end - 9 && at + (edge + 256 - at) * 16 > 9
    )
  );
  assert.ok(inView.length > 0);
  for (const { path } of inView) assert.ok(during.some((tile) => tile.path === path), path);
  for (const { path, left, top, side } of during) {
    const old = before.find((tile) => tile.path === path) ?? assert.fail(path);
    assert.equal(side, 256 * 16);
    // The point under the mouse has stayed, and everything is 16 times as far from it.
    assert.ok(Math.abs(left - (600 + (old.left - 600) * 16)) <= 9, `${left} from ${old.left}`);
    assert.ok(Math.abs(top - (200 + (old.top - 200) * 16)) <= 9, `${top} from ${old.top}`);
  }
  gate.resolve();
  await explorer.settled(25);
  await assertInPlace(page, stub);
  assertOnce(explorer.tilePaths);
  assert.deepEqual(explorer.faults, []);
}

async function keepsCentre(room: Room): Promise<void> {
  const centre = "#re=-0.743643887037158&im=0.131825904205312&zoom=0";
  await using explorer = await room.open(centre, { reducedMotion: "reduce" });
  const { page } = explorer;
  await page.mouse.move(450, 350);
  const before: { re: string; im: string }[] = [];
  for (let zoom = 4; zoom <= 400; zoom += 4) {
    await page.mouse.wheel(0, -fourLevels);
    await explorer.settled(zoom);
    await assertInPlace(page, room.stub);
    before.push(readPlace(explorer.hash));
  }
  const last = before.at(-1) ?? assert.fail("no steps");
  assert.equal(before.length, 100);
  for (const [step, { re, im }] of before.entries()) {
    assert.equal(re, roundedTo(last.re, digitsAt(4 * step + 4)));
    assert.equal(im, roundedTo(last.im, digitsAt(4 * step + 4)));
  }
  assert.deepEqual(explorer.faults, []);
}

async function keepsLink(room: Room): Promise<void> {
  await using explorer = await room.open(`#${deepPlace}&zoom=0`, { hasTouch: true });
  const { page } = explorer;
  const link = readPlace(`${deepPlace}&zoom=0`);
  const stays = (zoom: number) => assertDigits(explorer, { ...link, zoom });
  await stays(0);
  await page.focus("#map");
  for (let zoom = 1; zoom <= 60; zoom++) {
    await page.keyboard.press("+");
    await atRest(page, zoom);
  }
  await stays(60);
  await explorer.settled(60);
  await assertInPlace(page, room.stub);
  for (let zoom = 59; zoom >= 20; zoom--) {
    await page.click("#zoom-out");
    await atRest(page, zoom);
  }
  await stays(20);
  await page.mouse.move(450, 350);
  for (let zoom = 24; zoom <= 100; zoom += 4) {
    await page.mouse.wheel(0, -fourLevels);
    await atRest(page, zoom);
  }
  await stays(100);
  // To odd numbers of pixels, where the middle is on half a pixel, and back.
  for (const [zoom, width, height] of [[101, 801, 633], [102, 900, 700]] as const) {
    await page.setViewportSize({ width, height });
    await page.click("#zoom-in");
    await explorer.settled(zoom);
    await assertInPlace(page, room.stub);
  }
  await stays(102);
  const pinch = await fingersOn(page);
  await pinch(20, 160);
  // The end of the change of size may write the hash in the middle of the pinch.
  await explorer.settled();
  await explorer.hashMatches(/zoom=1(0[3-9]|1\d)$/);
  await stays(readPlace(explorer.hash).zoom);
  assert.deepEqual(explorer.faults, []);
}

async function comesBack(room: Room): Promise<void> {
  for (const reducedMotion of ["no-preference", "reduce"] as const) {
    await using explorer = await room.open(`#${deepPlace}&zoom=120`, { reducedMotion });
    const { page } = explorer;
    await page.mouse.move(450, 350);
    await page.mouse.down();
    await page.mouse.move(487, 299, { steps: 4 });
    await page.mouse.up();
    await page.focus("#map");
    await page.keyboard.press("ArrowLeft");
    const far = readPlace(`${deepPlace}&zoom=120`);
    await page.waitForFunction((link) => !location.hash.includes(link), far.re.slice(0, 40));
    await explorer.settled(120);
    const moved = readPlace(explorer.hash);
    await assertInPlace(page, room.stub);
    for (const step of [-3, 3]) {
      for (let times = 1; times <= 30; times++) {
        await page.keyboard.press(step < 0 ? "Shift+-" : "Shift++");
        await atRest(page, (step < 0 ? 120 : 30) + step * times);
      }
      await explorer.settled(step < 0 ? 30 : 120);
      await assertInPlace(page, room.stub);
    }
    assert.deepEqual(readPlace(explorer.hash), moved);
    assert.deepEqual(explorer.faults, []);
  }
}

async function arrives(room: Room): Promise<void> {
  await using explorer = await room.open("#re=0.3&im=0.1&zoom=6");
  const { page } = explorer;
  const { re, im } = readPlace(`${deepPlace}&zoom=0`);
  await page.click("#toggle-places");
  await page.fill("[name=re]", re);
  await page.fill("[name=im]", im);
  await page.fill("[name=size]", "9");
  await page.click("text=Fast");
  await page.click("#dive");
  await explorer.settled(9);
  await assertDigits(explorer, { re, im, zoom: 9 });
  await page.focus("#map");
  for (let zoom = 12; zoom <= 60; zoom += 3) {
    await page.keyboard.press("Shift++");
    await atRest(page, zoom);
  }
  await assertDigits(explorer, { re, im, zoom: 60 });
  assert.deepEqual(explorer.faults, []);
}

async function pinches(room: Room): Promise<void> {
  await using explorer = await room.open(`#${deepPlace}&zoom=990`, { hasTouch: true });
  const { page } = explorer;
  const pinch = await fingersOn(page);
  const anchor = () => page.getAttribute("#map", "data-anchor");
  const zooms = [990];
  const pinchAndLook = async (from: number, to: number) => {
    await pinch(from, to);
    await explorer.settled();
    await assertInPlace(page, room.stub);
    zooms.push(readPlace(explorer.hash).zoom);
  };
  // Three levels each, or less where a slow machine makes the browser cut a pinch short.
  const before = await anchor();
  while (await anchor() === before && zooms.length < 20) await pinchAndLook(20, 160);
  assert.equal(await anchor(), String((zooms.at(-1) ?? 0) - 12), `no anchor followed ${zooms}`);
  const deepest = zooms.at(-1) ?? 0;
  while ((zooms.at(-1) ?? 0) >= deepest && zooms.length < 30) await pinchAndLook(160, 20);
  assert.ok((zooms.at(-1) ?? 0) < deepest, `${zooms}`);
  assert.deepEqual(explorer.faults, []);
}

/** Two fingers on the middle of the window, that draw apart or together: pixels from the middle. */
async function fingersOn(page: Page): Promise<(from: number, to: number) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const fingers = (type: "touchStart" | "touchMove" | "touchEnd", apart: number) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [
        { x: 450 - apart, y: 350, id: 1 },
        { x: 450 + apart, y: 350, id: 2 },
      ],
    });
  return async (from, to) => {
    await fingers("touchStart", from);
    for (let part = 1; part <= 8; part++) {
      await fingers("touchMove", from * (to / from) ** (part / 8));
    }
    await page.evaluate(() => new Promise(requestAnimationFrame));
    await fingers("touchEnd", 0);
  };
}

/** Asserts that the hash comes to have the place's digits, as many as its zoom needs. */
async function assertDigits(
  explorer: ExplorerPage,
  { re, im, zoom }: { re: string; im: string; zoom: number },
): Promise<void> {
  await atRest(explorer.page, zoom);
  await explorer.hashMatches(new RegExp(`zoom=${zoom}$`));
  const places = digitsAt(zoom);
  const exact = { re: roundedTo(re, places), im: roundedTo(im, places), zoom };
  assert.deepEqual(readPlace(explorer.hash), exact);
}

/** Decimal places of a link at a zoom. */
function digitsAt(zoom: number): number {
  return Math.ceil((zoom + 20) * 0.30103);
}

/** A decimal rounded to so many places, without zeros at its end. */
function roundedTo(decimal: string, places: number): string {
  const bits = 2000n;
  return trimmed(decimalOf(binaryOf(decimal, bits) ?? assert.fail(decimal), bits, places));
}

/** Waits for a zoom to be reached, not for its tiles. */
async function atRest(page: Page, zoom: number): Promise<void> {
  await page.waitForFunction((power) => {
    return document.getElementById("zoom")!.textContent === power &&
      document.querySelector(".leaflet-zoom-anim") === null;
  }, powerOfTwo(zoom));
}

function assertOnce(paths: readonly string[]): void {
  const twice = paths.filter((path, at) => paths.indexOf(path) !== at);
  assert.deepEqual(twice, []);
}
