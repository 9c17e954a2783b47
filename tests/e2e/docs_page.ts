/// <reference lib="dom" />
/** The page of the interface in a real browser, against the real command. */

import assert from "node:assert/strict";
import { DEFAULT_LIMITS } from "../../src/web/request/limits.ts";
import type { Place } from "./explorer.ts";

/** Asserts that it shows every request, and breaks no rule of its own. */
export async function showsDocs({ browser, url }: Place): Promise<void> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(`${url}docs`);
  await page.waitForSelector("#operations details");
  const { paths } = await (await fetch(`${url}openapi.json`)).json();
  const operations = Object.values(paths).flatMap((path) => Object.keys(path as object));
  assert.equal(await page.locator("#operations details").count(), operations.length);
  await page.locator("summary", { hasText: "/tiles/{z}/{x}/{y}.{format}" }).click();
  const card = page.locator("details[open]");
  const { iterations: most } = DEFAULT_LIMITS;
  assert.match(await card.innerText(), new RegExp(`iterations[^]*auto or 1 to ${most}`));
  assert.deepEqual(faults, []);
  await page.close();
}
