// @ts-check
/// <reference lib="dom" />
/** Tiles of which a busy server shows an ancestor's pixels, and which are asked for until they come. */

import { fetchPatiently, pause } from "./patient_fetch.js";

/** How often to ask, all in all: for some six minutes. */
const tries = 9;
/** First and longest wait, in ms. The first is longer than a coarse answer may be kept by caches. */
const firstWait = 6000;
const longestWait = 60_000;

/**
 * Fetches a tile, and while what comes is an ancestor's pixels, fetches it again after 6, 12, 24 s and
 * so on, up to {@link tries} times.
 *
 * @param {string} url
 * @param {AbortSignal} signal ends it
 * @param {object} by
 * @param {(response: Response, levels: number) => Promise<void>} by.show puts an answer on screen;
 *   levels: how far up its pixels come from, 0 for the tile itself
 * @param {() => boolean} [by.isWanted] whether the tile belongs to what is looked at: one that does not
 *   is not asked for meanwhile
 * @param {() => void} [by.onWait] called before every wait
 * @param {typeof fetchPatiently} [by.ask]
 * @param {(ms: number, signal: AbortSignal) => Promise<void>} [by.wait]
 * @returns {Promise<void>}
 * @throws {Error} when the server has been busy all the while, or the last failure, or the signal's reason
 */
export async function showUntilWhole(url, signal, by) {
  const { show, isWanted = () => true, onWait = () => {}, ask = fetchPatiently, wait = pause } = by;
  for (let attempt = 0;; attempt++) {
    const response = await ask(url, signal, { onWait });
    const levels = levelsUp(response.headers.get("mandeltile-fallback"));
    await show(response, levels);
    if (levels === 0) return;
    if (attempt + 1 >= tries) throw new Error("the server was busy all the time");
    onWait();
    do await wait(waitAfter(attempt), signal); while (!isWanted());
  }
}

/**
 * How many levels up an answer's pixels come from, as its header says it: `parent; levels=2`.
 *
 * @param {string | null} header
 * @returns {number} 0 where it is the tile itself
 */
export function levelsUp(header) {
  if (header === null) return 0;
  return Number(/levels=(\d+)/.exec(header)?.[1] ?? 1);
}

/**
 * Up to a quarter more by chance, so that a screen full of tiles does not come back all at once.
 *
 * @param {number} attempt 0 after the first
 * @returns {number} in ms
 */
function waitAfter(attempt) {
  return Math.min(firstWait * 2 ** attempt, longestWait) * (1 + Math.random() / 4);
}
