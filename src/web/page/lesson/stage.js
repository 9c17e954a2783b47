// @ts-check
/// <reference lib="dom" />
/** What the room looks at: the picture, the lanes, the clock, for one way at a time, live or played again. */

import { element } from "../elements.js";
import { LessonCanvas } from "./canvas.js";
import { Lanes } from "./lanes.js";
import { Recording } from "./recording.js";

/** @typedef {import("./recording.js").Taken} Taken */
/** @typedef {import("./recording.js").Way} Way */

/** Microseconds that the lanes are wide before anybody knows how long it takes. */
const firstGuess = 1_000_000;

/** How much wider they get when that was not enough. */
const growth = 1.6;

export class Stage {
  #canvas = new LessonCanvas(
    element("picture", HTMLCanvasElement),
    element("marks", HTMLCanvasElement),
  );
  #lanes = new Lanes(element("lanes", HTMLElement), element("axis", HTMLElement));
  #name = element("way", HTMLElement);
  #by = element("by", HTMLElement);
  #clock = element("clock", HTMLElement);
  #badge = element("badge", HTMLElement);
  #fit = element("fit", HTMLInputElement);
  #coloured = element("coloured", HTMLInputElement);
  #recording = new Recording();
  /** @type {Way | null} */
  #way = null;
  #span = 1;
  #at = 0;

  constructor() {
    this.#fit.addEventListener("change", () => this.redrawLanes());
    addEventListener("resize", () => this.redrawLanes());
    this.#coloured.addEventListener("change", () => {
      this.#canvas.coloured = this.#coloured.checked;
    });
  }

  /**
   * Clears it for a run that has begun.
   *
   * @param {Recording} recording
   */
  prepare(recording) {
    this.#recording = recording;
    this.#way = null;
    this.#canvas.prepare(recording);
  }

  /**
   * Shows a way from its beginning.
   *
   * @param {Way} way
   * @param {string} badge whether it is live, or how slow
   */
  begin(way, badge) {
    this.#way = way;
    this.#at = 0;
    this.#span = this.#spanOf(way);
    this.#canvas.clear();
    this.#lanes.begin(way, { workers: this.#recording.run?.workers ?? 1, span: this.#span });
    this.#name.textContent = way.name;
    this.#by.textContent = way.workers === 1 ? "1 worker" : `${way.workers} workers`;
    this.say(badge);
  }

  /** @param {string} badge */
  say(badge) {
    this.#badge.textContent = badge;
    this.#badge.classList.toggle("live", badge === "Live");
  }

  /**
   * A batch is done.
   *
   * @param {Taken} taken
   * @param {number} now milliseconds; 0 when it is not to light up
   */
  took(taken, now) {
    this.#canvas.fill(taken, now);
    this.#lanes.draw(taken);
  }

  /**
   * A moment has passed.
   *
   * @param {number} at microseconds of the way
   * @param {readonly Taken[]} underWay
   * @param {number} now milliseconds
   */
  frame(at, underWay, now) {
    const way = this.#way;
    if (way === null) return;
    this.#at = at;
    if (at > this.#span) this.redrawLanes();
    if (way.hasQueues && !this.#lanes.hasQueues) this.redrawLanes();
    this.#canvas.mark(underWay, now);
    this.#lanes.update(way, at);
    this.#clock.textContent = (at / 1000).toFixed(way.end > 0 && way.end < 1e6 ? 1 : 0);
  }

  /** Draws the lanes of the way once more, as far as it has been shown. */
  redrawLanes() {
    const way = this.#way;
    if (way === null) return;
    this.#span = this.#spanOf(way);
    this.#lanes.begin(way, { workers: this.#recording.run?.workers ?? 1, span: this.#span });
    for (const taken of way.taken) if (taken.ended <= this.#at) this.#lanes.draw(taken);
    this.#lanes.update(way, this.#at);
  }

  /**
   * Microseconds that the lanes are wide: the time of the first way for all, so that they can be compared,
   * or a way's own; and room to go on where that is not known yet.
   *
   * @param {Way} way
   */
  #spanOf(way) {
    const first = this.#recording.ways[0]?.end ?? 0;
    const least = Math.max(way.end, this.#fit.checked ? 0 : first);
    if (way.end > 0) return Math.max(1, least);
    let span = Math.max(least, firstGuess);
    while (span < this.#at) span *= growth;
    return span;
  }
}
