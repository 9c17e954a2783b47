// @ts-check
/// <reference lib="dom" />
/** The table of all ways: how long each took, and how much faster than the first it was. */

import { make } from "../elements.js";

/** @typedef {import("./recording.js").Way} Way */

export class LessonTable {
  #body;
  #onPick;
  /** @type {Way[]} */
  #shown = [];

  /**
   * @param {HTMLElement} body of the table
   * @param {(way: Way) => void} onPick called when a way is to be shown again
   */
  constructor(body, onPick) {
    this.#body = body;
    this.#onPick = onPick;
  }

  clear() {
    this.#shown = [];
    this.#body.replaceChildren();
  }

  /**
   * Adds a way that is under way.
   *
   * @param {Way} way
   */
  add(way) {
    if (this.#shown.includes(way)) return;
    this.#shown.push(way);
    const name = make(
      "button",
      { type: "button", title: "Show this again, slowed down" },
      way.name,
    );
    name.addEventListener("click", () => this.#onPick(way));
    const bar = make("span", { className: "bar" });
    this.#body.append(make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      make("td", { className: "workers" }, String(way.workers)),
      make("td", { className: "time" }, "…"),
      make("td", { className: "rate" }),
      make("td", { className: "speed" }, bar, make("b", {})),
    ));
  }

  /**
   * Says how long a way has been under way.
   *
   * @param {Way} way
   * @param {number} at microseconds
   */
  tick(way, at) {
    const tr = this.#rowOf(way);
    if (tr !== undefined && at > 0) write(tr, ".time", `${(at / 1000).toFixed(0)} ms`);
  }

  /**
   * Fills in a way's figures. The longest bar is that of the fastest way shown so far.
   *
   * @param {Way} way
   */
  finish(way) {
    const tr = this.#rowOf(way);
    if (way.row === null || tr === undefined) return;
    const { milliseconds, pointsPerSecond } = way.row;
    tr.classList.add("done");
    write(tr, ".time", `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms`);
    write(tr, ".rate", `${(pointsPerSecond / 1e6).toFixed(1)} M/s`);
    const done = this.#shown.filter((way) => this.#rowOf(way)?.classList.contains("done"));
    const fastest = Math.max(...done.map((way) => way.row?.speedUp ?? 0));
    for (const way of done) {
      const row = this.#rowOf(way);
      const speedUp = way.row?.speedUp ?? 0;
      row?.classList.toggle("best", speedUp === fastest && done.length > 1);
      const bar = row?.querySelector(".bar");
      if (bar instanceof HTMLElement) bar.style.width = `calc(${speedUp / fastest} * var(--full))`;
      if (row) write(row, ".speed b", `${speedUp.toFixed(speedUp < 10 ? 2 : 1)}×`);
    }
  }

  /**
   * Marks the way that is played.
   *
   * @param {Way} way
   */
  mark(way) {
    for (const other of this.#shown) {
      this.#rowOf(other)?.classList.toggle("playing", other === way);
    }
  }

  /**
   * @param {Way} way
   * @returns {Element | undefined}
   */
  #rowOf(way) {
    return this.#body.children[this.#shown.indexOf(way)];
  }
}

/**
 * @param {Element} tr
 * @param {string} selector
 * @param {string} text
 */
function write(tr, selector, text) {
  const cell = tr.querySelector(selector);
  if (cell !== null) cell.textContent = text;
}
