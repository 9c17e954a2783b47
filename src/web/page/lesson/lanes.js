// @ts-check
/// <reference lib="dom" />
/** One lane a worker: the batches it took, along the time; and below them the queues, where there are some. */

import { make } from "../elements.js";
import { colourOf, css } from "./colours.js";

/** @typedef {import("./recording.js").Taken} Taken */
/** @typedef {import("./recording.js").Way} Way */

/** Batches narrower than this, in pixels of the screen, get no gap between them. */
const narrow = 3;

/** About how many marks the axis has. */
const ticks = 6;

/** The picture of one lane, and what it says. */
class Lane {
  batches = 0;
  busy = 0;
  strip = make("canvas", {});
  says = make("span", { className: "says" });

  /**
   * @param {string} name
   * @param {string} colour
   */
  constructor(name, colour) {
    this.colour = colour;
    const dot = make("i", { className: "dot" });
    dot.style.background = colour;
    const who = make("span", { className: "who" }, dot, name);
    this.element = make("li", { className: "lane" }, who, this.strip, this.says);
  }

  /** Makes the strip as fine as the screen, and empty. */
  reset() {
    const { width, height } = this.strip.getBoundingClientRect();
    this.strip.width = Math.max(1, Math.round(width * devicePixelRatio));
    this.strip.height = Math.max(1, Math.round(height * devicePixelRatio));
    this.batches = this.busy = 0;
    this.says.textContent = "";
  }

  /**
   * Draws a batch.
   *
   * @param {Taken} taken
   * @param {number} span microseconds of the whole width
   */
  draw({ began, ended }, span) {
    const context = this.strip.getContext("2d");
    if (context === null) return;
    const scale = this.strip.width / span;
    const width = (ended - began) * scale;
    // Every other one is lighter, so that they differ without a gap.
    context.globalAlpha = this.batches % 2 === 0 ? 1 : 0.72;
    context.fillStyle = this.colour;
    context.fillRect(began * scale, 0, width > narrow ? width - 1 : width, this.strip.height);
    this.batches++;
    this.busy += ended - began;
  }
}

export class Lanes {
  #list;
  #axis;
  /** @type {Lane[]} */
  #lanes = [];
  /** @type {{ todo: Lane, done: Lane } | null} */
  #queues = null;
  #workers = 0;
  #span = 1;
  #queued = 0;

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} axis
   */
  constructor(list, axis) {
    this.#list = list;
    this.#axis = axis;
  }

  /**
   * Lays out the lanes of a way, empty.
   *
   * @param {Way} way
   * @param {{ workers: number, span: number }} of the run's workers, and microseconds of the whole width
   */
  begin(way, { workers, span }) {
    this.#workers = workers;
    this.#lanes = Array.from(
      { length: workers },
      (_, i) => new Lane(`Worker ${i + 1}`, css(colourOf(i, workers))),
    );
    this.#queues = null;
    const all = [...this.#lanes];
    if (way.hasQueues) {
      const grey = css(colourOf(workers, workers));
      const producer = new Lane("Producer", grey);
      this.#lanes.push(producer);
      this.#queues = { todo: new Lane("TODO queue", grey), done: new Lane("RESULTS queue", grey) };
      all.push(producer, this.#queues.todo, this.#queues.done);
    }
    this.#list.replaceChildren(...all.map(({ element }) => element));
    this.#span = span;
    this.#queued = 0;
    for (const lane of all) lane.reset();
    this.#drawAxis();
  }

  /** Whether the queues have lanes. */
  get hasQueues() {
    return this.#queues !== null;
  }

  /** @param {Taken} taken */
  draw(taken) {
    this.#lanes[taken.worker]?.draw(taken, this.#span);
  }

  /**
   * Says how busy everybody has been, and shows how long the queues were, up to now.
   *
   * @param {Way} way
   * @param {number} now microseconds
   */
  update(way, now) {
    for (const lane of this.#lanes) {
      const share = now > 0 ? Math.min(100, Math.round(100 * lane.busy / now)) : 0;
      lane.says.textContent = lane.batches === 0
        ? "idle"
        : `${lane.batches.toLocaleString("en")} · ${share} % busy`;
    }
    if (this.#queues === null) return;
    const { todo, done } = this.#queues;
    for (; (way.queued[this.#queued]?.at ?? Infinity) * 1000 <= now; this.#queued++) {
      const here = way.queued[this.#queued];
      const next = way.queued[this.#queued + 1];
      // How long the last one holds is not known before the next, or the end.
      if (here === undefined || (next === undefined && way.end === 0)) return;
      const until = Math.min((next?.at ?? here.at) * 1000, way.end || Infinity);
      this.#drawSize(todo, { from: here.at * 1000, until, share: here.todo / way.batches });
      this.#drawSize(done, { from: here.at * 1000, until, share: here.done / way.batches });
      todo.says.textContent = `${here.todo.toLocaleString("en")} waiting`;
      done.says.textContent = `${here.done.toLocaleString("en")} waiting`;
    }
  }

  /**
   * @param {Lane} lane
   * @param {{ from: number, until: number, share: number }} size of all batches
   */
  #drawSize({ strip, colour }, { from, until, share }) {
    const context = strip.getContext("2d");
    if (context === null) return;
    const scale = strip.width / this.#span;
    const height = share > 0 ? Math.max(devicePixelRatio, share * strip.height) : 0;
    context.fillStyle = colour;
    context.fillRect(from * scale, strip.height - height, (until - from) * scale + 0.5, height);
  }

  #drawAxis() {
    const milliseconds = this.#span / 1000;
    const step = roundStep(milliseconds / ticks);
    const marks = [];
    for (let i = 0; i * step < milliseconds * 0.85; i++) {
      const last = (i + 1) * step >= milliseconds * 0.85;
      const text = Number((i * step).toPrecision(6)).toLocaleString("en");
      const mark = make("span", {}, last ? `${text} ms` : text);
      mark.style.left = `${100 * i * step / milliseconds}%`;
      marks.push(mark);
    }
    this.#axis.replaceChildren(...marks);
  }
}

/**
 * The next of 1, 2, 5, 10, 20 and so on.
 *
 * @param {number} least above 0
 */
export function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((digit) => digit * power >= least) ?? 10);
}
