/// <reference lib="dom" />
/** What one does on the map at any depth: hands, links, dives, files, and a server in trouble. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import type { ExplorerPage } from "../e2e/explorer_page.ts";
import { assertInPlace, type KnownTile, readPlace, shownTiles } from "../e2e/laid_tiles.ts";
import { deepPlace, type Room, testOverStubs } from "../e2e/room.ts";

testOverStubs("the map works at any depth", {
  "a link copied at 1e300 opens the same picture": sameByLink,
  "every hand works at 1e300, and at zoom 30,000": hands,
  "dives out and in again, and stops when touched": dives,
  "opens the files of other programs": opensFiles,
  "says when tiles wait or are missing, and tries again": tellsTrouble,
  "shows an ancestor's pixels and asks again for the tile": fallsBack,
});

async function sameByLink(room: Room): Promise<void> {
  const permissions = ["clipboard-read", "clipboard-write"];
  await using first = await room.open(`#${deepPlace}&zoom=998`, { permissions });
  // By wheel off the middle, and by hand: a view that no link has made.
  await first.page.mouse.move(333, 222);
  await first.page.mouse.wheel(0, -120);
  await first.settled(999);
  await first.page.mouse.wheel(0, 2500);
  await first.settled(995);
  await drag(first, { x: 37, y: -51 });
  const tiles = await assertInPlace(first.page, room.stub);
  await first.page.click("#copy-link");
  const link = await first.page.evaluate(() => navigator.clipboard.readText());
  await using second = await room.open(new URL(link).hash);
  assert.equal(second.page.url(), link);
  assert.deepEqual(inView(await assertInPlace(second.page, room.stub)), inView(tiles));
  const places = Math.ceil((995 + 20) * Math.log10(2));
  assert.ok(first.hash.length <= "re=-0.&im=0.&zoom=995".length + 2 * places, first.hash);

  await first.page.click("#copy-curl");
  const command = await first.page.evaluate(() => navigator.clipboard.readText());
  assert.ok(command.includes(readPlace(first.hash).re), command);
  assert.deepEqual([...first.faults, ...second.faults], []);
}

async function hands(room: Room): Promise<void> {
  await using explorer = await room.open(`#${deepPlace}&zoom=990`, { deviceScaleFactor: 2 });
  const { page } = explorer;
  const at = async (zoom: number, act: Promise<unknown>) => {
    await act;
    await explorer.settled(zoom);
    await assertInPlace(page, room.stub);
  };
  assert.ok(explorer.tilePaths.every((path) => path.endsWith("@2x.png?fallback=parent")));
  await page.focus("#map");
  await at(991, page.keyboard.press("+"));
  await at(990, page.keyboard.press("-"));
  await at(993, page.keyboard.press("Shift++"));
  const before = explorer.hash;
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction((before) => location.hash.slice(1) !== before, before);
  await at(994, page.click("#zoom-in"));
  await at(993, page.click("#zoom-out"));
  await at(994, page.mouse.dblclick(450, 350));
  await drag(explorer, { x: -90, y: 44 });
  await assertInPlace(page, room.stub);

  // A box of 225 x 175 is a quarter of the window: two levels. Of 7 x 5 it is seven, to the next anchor.
  await at(996, box(page, { width: 225, height: 175 }));
  await at(1003, box(page, { width: 7, height: 5 }));
  const deepest = explorer.hash;
  await page.evaluate((hash) => location.hash = hash, `${deepPlace}&zoom=1001`);
  await at(1001, Promise.resolve());
  await at(1003, page.goBack());
  assert.equal(explorer.hash, deepest);
  await at(1001, page.goForward());
  assert.deepEqual(explorer.faults, []);

  const end = `re=-0.${"743643887".repeat(1004)}&im=0.${"131825904".repeat(1004)}`;
  await using last = await room.open(`#${end}&zoom=29999`);
  assert.equal((await assertInPlace(last.page, room.stub)).length > 11, true);
  await last.page.click("#zoom-in");
  await last.settled(30_000);
  await assertInPlace(last.page, room.stub);
  assert.equal(await last.page.getAttribute("#zoom-in", "aria-disabled"), "true");
  await last.page.focus("#map");
  await last.page.keyboard.press("ArrowLeft");
  await last.settled(30_000);
  assert.deepEqual(last.faults, []);
}

async function dives(room: Room): Promise<void> {
  await using explorer = await room.open("#re=-0.7436438870371587&im=0.13182590420531198&zoom=44");
  const { page } = explorer;
  const start = explorer.hash;
  let shallowest = Infinity;
  let most = 0;
  const watch = async (until: number) => {
    for (;;) {
      const { zoom, tiles, hash } = await page.evaluate(() => ({
        zoom: document.getElementById("zoom")!.textContent,
        tiles: document.querySelectorAll("img.leaflet-tile").length,
        hash: location.hash,
      }));
      const superscript = "⁰¹²³⁴⁵⁶⁷⁸⁹";
      const now = Number(zoom?.slice(1).replaceAll(/./g, (d) => String(superscript.indexOf(d))));
      shallowest = Math.min(shallowest, now);
      most = Math.max(most, tiles);
      if (hash.includes(`zoom=${until}`)) return;
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
  };
  await page.click("#toggle-places");
  await page.click("text=Fast");
  await page.click("#place-list button:has-text('past double 1e14')");
  await watch(48);
  assert.ok(shallowest < 6, `out to ${shallowest}: the target is elsewhere`);
  assert.ok(most < 120, `${most} tiles at a time`);
  await explorer.settled(48);
  await assertInPlace(page, room.stub);
  assert.ok(explorer.hash.startsWith("re=-1.759817130804847813611&im=-0.012593310799749865384&"));
  assert.match(explorer.hash, /&iterations=4036$/);
  await page.goBack();
  await explorer.settled(44);
  assert.equal(explorer.hash, start);

  // Straight down to 1e-60, and stopped on the way.
  await page.click("#toggle-places");
  await page.fill("[name=re]", "-0.7436438870371587");
  await page.fill("[name=im]", "0.13182590420531198");
  await page.fill("[name=size]", "1e-60");
  await page.click("#dive");
  await page.waitForFunction(() => document.getElementById("zoom")!.textContent! > "2⁶⁰");
  await page.mouse.move(450, 300);
  await page.mouse.down();
  await page.mouse.up();
  await explorer.settled();
  const { zoom } = readPlace(explorer.hash);
  assert.ok(zoom > 44 && zoom < 202, `stopped at ${zoom}`);
  await assertInPlace(page, room.stub);
  assert.deepEqual(explorer.faults, []);
}

async function opensFiles(room: Room): Promise<void> {
  await using explorer = await room.open("", { reducedMotion: "reduce" });
  const { page } = explorer;
  const open = (name: string, text: string) =>
    page.setInputFiles("#place-file", {
      name,
      mimeType: "text/plain",
      buffer: Buffer.from(text),
    });
  await open("a.kfr", "Re: -1.25066\r\nIm: 0.02012\r\nZoom: 1E10\r\nIterations: 700\r\n");
  await explorer.hashMatches(/^#re=-1\.25066&im=0\.02012&zoom=34&iterations=700$/);
  await page.click("#toggle-places");
  await open("b.toml", "nothing = 1");
  await page.waitForFunction(() =>
    document.getElementById("place-fault")!.textContent!.includes("b.toml: Cannot find a place")
  );
  await open("b.kfr", "Re: -1.25\nIm: 0.02\nZoom: 1E10\nRotateAngle: 30\n");
  await page.waitForFunction(() =>
    document.getElementById("place-fault")!.textContent!.includes("RotateAngle = 30")
  );
  await open("c.kfr", "Re: -1.25\nIm: 0.02\nZoom: 1E10\nIterations: 1e10\n");
  await explorer.hashMatches(/^#re=-1\.25&im=0\.02&zoom=34&iterations=1000000000$/);
  const said = await page.textContent("#said");
  assert.match(said!, /^c\.kfr asks for 10,000,000,000 iterations and gets 1,000,000,000/);
  await page.evaluate(() => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(['real = "0.25"\nimag = "0.5"\nzoom = "4e3"'], "c.toml"));
    const drop = new DragEvent("drop", { dataTransfer: dropped, bubbles: true });
    document.body.dispatchEvent(drop);
  });
  await explorer.hashMatches(/^#re=0\.25&im=0\.5&zoom=13/);
  assert.deepEqual(explorer.faults, []);
}

async function tellsTrouble(room: Room): Promise<void> {
  const { stub } = room;
  await using explorer = await room.open(`#${deepPlace}&zoom=990`);
  const { page } = explorer;
  const busy = new Set<string>();
  stub.interfere = (path) => {
    if (busy.has(path)) return undefined;
    busy.add(path);
    return new Response("busy", { status: 503, headers: { "retry-after": "1" } });
  };
  await page.click("#zoom-in");
  await page.waitForSelector("#trouble:not([hidden])");
  assert.match(
    await page.textContent("#trouble-said") ?? "",
    /^The server is busy: \d+ tiles? wait/,
  );
  await explorer.settled(991);
  assert.equal(await page.isVisible("#trouble"), false, "all have come");
  await assertInPlace(page, stub);

  stub.interfere = () => Response.json({ detail: "The deepest zoom is 991" }, { status: 404 });
  await page.click("#zoom-in");
  await page.waitForSelector("#try-again:not([hidden])");
  assert.match(
    await page.textContent("#trouble-said") ?? "",
    /^\d+ tiles? missing: The deepest zoom is 991$/,
  );
  stub.interfere = () => undefined;
  await page.click("#try-again");
  await explorer.settled(992);
  assert.equal(await page.isVisible("#trouble"), false);
  await assertInPlace(page, stub);
  const told = /\b(404|503)\b/;
  assert.deepEqual(explorer.faults.filter((fault) => !told.test(fault)), []);
}

async function fallsBack(room: Room): Promise<void> {
  const { stub } = room;
  await using explorer = await room.open(`#${deepPlace}&zoom=990`);
  const { page } = explorer;
  await box(page, { width: 7, height: 5 });
  await explorer.settled(997);
  await page.focus("#map");
  await page.keyboard.press("Shift++");
  await explorer.settled(1000);
  const coarse = new Map<string, number>();
  stub.interfere = (path) => {
    const times = coarse.get(path) ?? 0;
    coarse.set(path, times + 1);
    return times === 0 ? stub.coarse(path) : undefined;
  };
  // The tiles are asked for from one anchor, and come when the map counts from another.
  assert.equal(await page.getAttribute("#map", "data-anchor"), "978");
  await page.click("#zoom-in");
  await explorer.settled(1001);
  assert.equal(await page.getAttribute("#map", "data-anchor"), "989");
  const tiles = await shownTiles(page, stub);
  assert.ok(tiles.length > 8 && tiles.every(({ path }) => path.startsWith("coarse")));
  assert.match(
    await page.textContent("#trouble-said") ?? "",
    /^The server is busy: \d+ tiles wait/,
  );
  await page.waitForFunction(() => document.getElementById("trouble")?.hidden === true);
  await assertInPlace(page, stub);
  assert.ok(explorer.tilePaths.every((path) => path.endsWith(".png?fallback=parent")));
  assert.deepEqual(explorer.faults, []);

  // What has left the screen for good is not asked for again.
  coarse.clear();
  await page.click("#zoom-in");
  await explorer.settled(1002);
  const left = [...coarse.keys()];
  stub.interfere = () => undefined;
  await page.click("#home");
  await explorer.settled();
  const asked = stub.asked.length;
  await page.waitForTimeout(8000);
  assert.ok(left.length > 8);
  assert.equal(stub.asked.length, asked);
}

/** Drags the map by so many pixels, and lets go at rest. */
async function drag(explorer: ExplorerPage, by: { x: number; y: number }): Promise<void> {
  const { page } = explorer;
  const before = explorer.hash;
  await page.mouse.move(450, 300);
  await page.mouse.down();
  await page.mouse.move(450 + by.x, 300 + by.y, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction((before) => location.hash.slice(1) !== before, before);
  await explorer.settled();
}

/** Draws a box in the middle of the window with Shift held down. */
async function box(page: Page, { width, height }: { width: number; height: number }) {
  await page.keyboard.down("Shift");
  await page.mouse.move(450 - width / 2, 350 - height / 2);
  await page.mouse.down();
  await page.mouse.move(450 + width / 2, 350 + height / 2, { steps: 3 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
}

/** The tiles that can be seen, in one order. */
function inView(tiles: readonly KnownTile[]): KnownTile[] {
  return tiles
    .filter(({ left, top }) => left > -256 && left < 900 && top > -256 && top < 700)
    .sort((a, b) => a.path < b.path ? -1 : 1);
}
