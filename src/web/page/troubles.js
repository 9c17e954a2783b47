// @ts-check
/// <reference lib="dom" />
/** Tiles that wait for a busy server and tiles that could not be had: one quiet line for all of them. */

import { element } from "./elements.js";

export class Troubles {
  /** @type {Map<HTMLElement, string | null>} why a tile has failed; null while it waits */
  #tiles = new Map();
  #line = element("trouble", HTMLElement);
  #said = element("trouble-said", HTMLElement);
  #again = element("try-again", HTMLButtonElement);

  /** @param {() => void} onRetry called when all of them are to be asked for again */
  constructor(onRetry) {
    this.#again.addEventListener("click", onRetry);
  }

  /** @param {HTMLElement} tile */
  waits(tile) {
    this.#set(tile, null);
  }

  /**
   * @param {HTMLElement} tile
   * @param {string} why
   */
  failed(tile, why) {
    tile.classList.add("failed");
    this.#set(tile, why);
  }

  /**
   * The tile has come, or has left the screen.
   *
   * @param {HTMLElement} tile
   */
  over(tile) {
    if (this.#tiles.delete(tile)) this.#draw();
  }

  /**
   * @param {HTMLElement} tile
   * @param {string | null} why
   */
  #set(tile, why) {
    this.#tiles.set(tile, why);
    this.#draw();
  }

  #draw() {
    const all = [...this.#tiles.values()];
    const why = all.findLast((why) => why !== null);
    const failed = all.filter((why) => why !== null).length;
    this.#line.hidden = all.length === 0;
    this.#again.hidden = failed === 0;
    this.#said.textContent = typeof why === "string"
      ? `${tiles(failed)} missing: ${why}`
      : `The server is busy: ${tiles(all.length)} waiting`;
  }
}

/** @param {number} count */
function tiles(count) {
  return count === 1 ? "1 tile" : `${count} tiles`;
}
