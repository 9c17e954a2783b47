/// <reference lib="dom" />
/** The lesson's page in a real browser, against the real command. */

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { testInBrowser } from "../e2e/chromium.ts";
import { startServer } from "../e2e/server.ts";

testInBrowser("the lesson works in a browser", async (browser, t) => {
  await using server = await startServer();
  const faults: string[] = [];
  const page = await open(browser, `${server.url}lesson?picture=notebook&side=64`, faults);
  await t.step("a run is shown while it is under way", () => isLive(page));
  await t.step("a run fills the canvas, the lanes and the table", () => runs(page));
  await t.step("nothing stands out, on a phone or a wide screen", () => fits(page));
  await t.step("the workers' slider changes the lanes", () => changesWorkers(page));
  await t.step("a way is shown again", () => showsAgain(page));
  await t.step("the map links here, and this links to the map", () => linksBack(page));
  assert.deepEqual(faults, []);
});

async function open(browser: Browser, url: string, faults: string[]): Promise<Page> {
  // Less motion: everything is played as fast as it happened.
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(url);
  return page;
}

/** Waits until a run is done. */
async function played(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector("#state")?.textContent?.startsWith("Done"),
    undefined,
    { timeout: 60_000 },
  );
}

/** Which share of the picture's pixels is filled, and how many colours it has. */
async function pictureOf(page: Page): Promise<{ filled: number; colours: number }> {
  return await page.$eval("#picture", (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    // From a copy: Chromium warns of a canvas that is read again and again.
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(canvas as HTMLCanvasElement, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    const filled = pixels.filter((pixel) => pixel >>> 24 === 255).length / pixels.length;
    return { filled, colours: new Set(pixels).size };
  });
}

async function lanesOf(page: Page): Promise<string[]> {
  return await page.$$eval(".lane .who", (names) => names.map((name) => name.textContent ?? ""));
}

async function isLive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const says = [...document.querySelectorAll(".lane .says")];
    const batches = says.map(({ textContent }) => parseInt(textContent ?? "") || 0);
    const done = batches.reduce((a, b) => a + b, 0);
    return document.querySelector("#badge")?.textContent === "Live" && done > 0 && done < 25 ** 2;
  });
  assert.ok(await page.isDisabled("#again"), "there is nothing to play again yet");
}

async function runs(page: Page): Promise<void> {
  const workers = Number(await page.inputValue("#workers"));
  await played(page);
  const { filled, colours } = await pictureOf(page);
  assert.equal(filled, 1);
  assert.ok(colours > 50, `${colours} colours`);
  assert.deepEqual(await lanesOf(page), names(workers));
  const says = await page.$$eval(".lane .says", (all) => all.map((one) => one.textContent ?? ""));
  const batches = says.map((text) => Number(/^[\d,]+/.exec(text)?.[0].replaceAll(",", "") ?? 0));
  assert.equal(batches.reduce((a, b) => a + b), 25 ** 2, `batches of the last way: ${says}`);
  const rows = await page.$$eval(
    "#rows tr",
    (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
  );
  assert.ok(rows.length >= 8, `${rows.length} rows`);
  assert.equal(rows[0]?.[0], "sequential");
  for (const [way, , time, rate, speedUp] of rows) {
    assert.match(time ?? "", /^[\d.]+ ms$/, way);
    assert.match(rate ?? "", /^[\d.]+ M\/s$/, way);
    assert.match(speedUp ?? "", /^[\d.]+×$/, way);
  }
}

async function fits(page: Page): Promise<void> {
  const before = page.viewportSize()!;
  for (const width of [360, 390, 600, 601, 901, 1101, 1440, 1920]) {
    await page.setViewportSize({ width, height: 844 });
    // Two pixels for the corners of letters.
    const out = await page.$$eval(
      "main, #side, #controls, #now, table, td",
      (parts) =>
        parts.filter((part) => part.scrollWidth > part.clientWidth + 2)
          .map((part) => `${part.tagName} ${part.id} ${part.className}`),
    );
    assert.deepEqual(out, [], `at ${width} pixels`);
  }
  await page.setViewportSize(before);
}

async function changesWorkers(page: Page): Promise<void> {
  const before = (await lanesOf(page)).length;
  const wanted = before === 3 ? 4 : 3;
  await page.fill("#workers", String(wanted));
  await page.waitForFunction((old) => {
    const lanes = document.querySelectorAll(".lane").length;
    return lanes > 0 && lanes !== old;
  }, before);
  await played(page);
  assert.deepEqual(await lanesOf(page), names(wanted));
  assert.equal((await pictureOf(page)).filled, 1);
}

async function showsAgain(page: Page): Promise<void> {
  await page.click("#rows button:text('two queues')");
  await page.waitForFunction(() =>
    document.querySelectorAll(".lane").length > 3 &&
    document.querySelector("#way")?.textContent?.startsWith("producer")
  );
  const lanes = await lanesOf(page);
  assert.deepEqual(lanes.slice(-3), ["Producer", "TODO queue", "RESULTS queue"]);
  assert.equal(await page.textContent("#badge"), "Replay");
  await page.fill("#slow", "3");
  assert.match(await page.textContent("#badge") ?? "", /^Replay \d+× slower$/);
  const coloured = (await pictureOf(page)).colours;
  await page.uncheck("#coloured");
  assert.notEqual((await pictureOf(page)).colours, coloured, "the picture alone has one hue");
}

async function linksBack(page: Page): Promise<void> {
  await page.click("header a");
  await page.waitForSelector("img.leaflet-tile-loaded");
  await page.click("#toggle-look");
  await page.click("#look a");
  await page.waitForURL(/\/lesson$/);
  await page.waitForSelector(".lane");
}

function names(workers: number): string[] {
  return Array.from({ length: workers }, (_, i) => `Worker ${i + 1}`);
}
