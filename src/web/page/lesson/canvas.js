// @ts-check
/// <reference lib="dom" />
/** The picture as it fills: every batch in the colour of the worker that computed it. */

import { boundsOf } from "./bounds.js";
import { colourOf, css, plain, tinted, tonesOf } from "./colours.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Taken} Taken */

/** Milliseconds for which a batch that is done lights up. */
const glow = 350;

/** Batches that light up at a time at most; with more there is only a flicker. */
const mostGlowing = 64;

/** Batches of fewer points a side than this have no edge: there would be nothing but edges. */
const edged = 16;

/** What an edge leaves of a colour. */
const edge = 0.72;

export class LessonCanvas {
  #picture;
  #marks;
  /** @type {{ pixdim: number, side: number, workers: number, counts: Uint16Array,
   *          tints: Uint32Array[], plain: Uint32Array } | null} */
  #run = null;
  /** @type {{ batch: number, since: number }[]} */
  #glowing = [];
  /** The worker that computed a batch, by its number. @type {Map<number, number>} */
  #filled = new Map();
  #coloured = true;

  /**
   * @param {HTMLCanvasElement} picture
   * @param {HTMLCanvasElement} marks over the picture: batches under way, and batches just done
   */
  constructor(picture, marks) {
    this.#picture = picture;
    this.#marks = marks;
  }

  /**
   * Gets ready for a run that has begun.
   *
   * @param {Recording} recording
   */
  prepare({ run, canvas }) {
    if (run === null) return;
    const { pixdim, side, workers } = run;
    const tones = tonesOf(run.preview, run.escape);
    /** @param {readonly [number, number, number]} colour */
    const tint = (colour) => new Uint32Array(tinted(tones, colour).buffer);
    this.#run = {
      pixdim,
      side,
      workers,
      counts: canvas,
      tints: Array.from({ length: workers }, (_, i) => tint(colourOf(i, workers))),
      plain: tint(plain),
    };
    this.#picture.width = this.#picture.height = pixdim;
    this.#marks.width = this.#marks.height = pixdim;
    this.clear();
  }

  /** Whether batches have their workers' colours; else there is the picture alone. */
  set coloured(/** @type {boolean} */ whether) {
    this.#coloured = whether;
    for (const [batch, worker] of this.#filled) this.#paint(batch, worker);
  }

  clear() {
    this.#glowing = [];
    this.#filled.clear();
    for (const canvas of [this.#picture, this.#marks]) {
      canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    }
  }

  /**
   * Fills in a batch.
   *
   * @param {Taken} taken
   * @param {number} now milliseconds; 0 when it is not to light up
   */
  fill({ batch, worker }, now) {
    if (worker >= (this.#run?.workers ?? 0)) return;
    this.#filled.set(batch, worker);
    this.#paint(batch, worker);
    if (now > 0) this.#glowing.push({ batch, since: now });
  }

  /**
   * Marks the batches under way, and lets those just done fade.
   *
   * @param {readonly Taken[]} underWay
   * @param {number} now milliseconds
   */
  mark(underWay, now) {
    const context = this.#marks.getContext("2d");
    const run = this.#run;
    if (context === null || run === null) return;
    // Out of the way while there is nothing to mark: the browser would draw it all the same.
    this.#marks.hidden = this.#glowing.length + underWay.length === 0;
    if (this.#marks.hidden) return;
    context.clearRect(0, 0, run.pixdim, run.pixdim);
    this.#glowing = this.#glowing.filter(({ since }) => now - since < glow).slice(-mostGlowing);
    for (const { batch, since } of this.#glowing) {
      const { left, top, width, height } = boundsOf(run, batch);
      context.fillStyle = `rgb(255 255 255 / ${0.55 * (1 - (now - since) / glow)})`;
      context.fillRect(left, top, width, height);
    }
    const line = Math.max(2, run.pixdim / 260);
    for (const { batch, worker } of underWay) {
      const { left, top, width, height } = boundsOf(run, batch);
      const colour = colourOf(worker, run.workers);
      context.fillStyle = css(colour, 0.45);
      context.fillRect(left, top, width, height);
      context.strokeStyle = css(colour);
      context.lineWidth = line;
      context.strokeRect(left, top, width, height);
    }
  }

  /**
   * @param {number} batch
   * @param {number} worker
   */
  #paint(batch, worker) {
    const context = this.#picture.getContext("2d");
    const run = this.#run;
    const tint = this.#coloured ? run?.tints[worker] : run?.plain;
    if (context === null || run === null || tint === undefined) return;
    const { left, top, width, height } = boundsOf(run, batch);
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let row = 0, at = 0; row < height; row++) {
      const start = (top + row) * run.pixdim + left;
      for (let column = 0; column < width; column++, at++) {
        pixels[at] = tint[run.counts[start + column] ?? 0] ?? 0;
      }
    }
    if (this.#coloured && run.side >= edged) darkenEdge(image);
    context.putImageData(image, left, top);
  }
}

/**
 * Darkens the first row and the first column, so that neighbours of one colour differ.
 *
 * @param {ImageData} image
 */
function darkenEdge({ data, width, height }) {
  /** @param {number} at */
  const darken = (at) => {
    for (let i = at; i < at + 3; i++) data[i] = (data[i] ?? 0) * edge;
  };
  for (let column = 0; column < width; column++) darken(4 * column);
  for (let row = 1; row < height; row++) darken(4 * row * width);
}
