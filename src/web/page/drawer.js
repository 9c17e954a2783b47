// @ts-check
/// <reference lib="dom" />
/** A panel that a button of the bar opens and closes; of all of them one at most is open. */

/** @type {Drawer[]} */
const drawers = [];

export class Drawer {
  #button;
  #panel;

  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} panel
   */
  constructor(button, panel) {
    this.#button = button;
    this.#panel = panel;
    drawers.push(this);
    button.addEventListener("click", () => this.show(Boolean(panel.hidden)));
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !panel.hidden) this.show(false);
    });
  }

  /** @param {boolean} open */
  show(open) {
    if (open) { for (const other of drawers) if (other !== this) other.show(false); }
    const within = this.#panel.contains(document.activeElement);
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
    if (within && !open) this.#button.focus();
  }
}
