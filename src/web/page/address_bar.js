// @ts-check
/// <reference lib="dom" />
/** The address bar: wandering keeps it up to date, a jump leaves a step to go back to. */

/** Browsers limit how often a page may write its address; this long after the last move, in ms. */
const settle = 150;

export class AddressBar {
  #hashNow;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {() => string} hashNow the hash of what is on screen
   * @param {() => void} onEdit called when a hash was typed, a link opened, or after back and forward
   */
  constructor(hashNow, onEdit) {
    this.#hashNow = hashNow;
    addEventListener("hashchange", () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      onEdit();
    });
    addEventListener("pagehide", () => this.#flush());
  }

  /** Writes the hash once things have settled, over the one that was there. */
  update() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), settle);
  }

  /** Keeps the present view as a step of the history, before a jump away from it. */
  keep() {
    this.#flush();
    history.pushState(null, "", this.#hashNow());
  }

  /** Writes at once what is waiting to be written. */
  #flush() {
    if (this.#timer !== undefined) this.#write();
  }

  #write() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const hash = this.#hashNow();
    if (hash !== location.hash) history.replaceState(null, "", hash);
  }
}
