// @ts-check
/// <reference lib="dom" />
/** The picture as it fills: every batch in the colour of the worker that computed it. */

import { colourOf, css, tinted, tonesOf } from "./colours.js";

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Taken} Taken */

/** Milliseconds for which a batch that is done lights up. */
const glow = 350;

/** Batches that light up at a time at most; with more there is only a flicker. */
const mostGlowing = 64;

export class LessonCanvas {
  #picture;
  #marks;
  /** @type {{ pixdim: number, side: number, workers: number, counts: Uint8Array,
   *          tints: Uint32Array[] } | null} */
  #run = null;
  /** @type {{ batch: number, since: number }[]} */
  #glowing = [];

  /**
   * @param {HTMLCanvasElement} picture
   * @param {HTMLCanvasElement} marks over the picture: batches under way, and batches just done
   */
  constructor(picture, marks) {
    this.#picture = picture;
    this.#marks = marks;
  }

  /**
   * Gets ready for a run whose counts are known.
   *
   * @param {Recording} recording
   */
  prepare({ run, canvas }) {
    if (run === null || canvas === null) return;
    const { pixdim, side, workers } = run;
    const tones = tonesOf(canvas);
    const tints = Array.from(
      { length: workers },
      (_, i) => new Uint32Array(tinted(tones, colourOf(i, workers)).buffer),
    );
    this.#run = { pixdim, side, workers, counts: canvas, tints };
    this.#picture.width = this.#picture.height = pixdim;
    this.#marks.width = this.#marks.height = pixdim;
  }

  clear() {
    this.#glowing = [];
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
    const context = this.#picture.getContext("2d");
    const run = this.#run;
    const tint = run?.tints[worker];
    if (context === null || run === null || tint === undefined) return;
    const { left, top, width, height } = this.#boundsOf(batch);
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let row = 0, at = 0; row < height; row++) {
      const start = (top + row) * run.pixdim + left;
      for (let column = 0; column < width; column++, at++) {
        pixels[at] = tint[run.counts[start + column] ?? 0] ?? 0;
      }
    }
    context.putImageData(image, left, top);
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
    context.clearRect(0, 0, run.pixdim, run.pixdim);
    this.#glowing = this.#glowing.filter(({ since }) => now - since < glow).slice(-mostGlowing);
    for (const { batch, since } of this.#glowing) {
      const { left, top, width, height } = this.#boundsOf(batch);
      context.fillStyle = `rgb(255 255 255 / ${0.55 * (1 - (now - since) / glow)})`;
      context.fillRect(left, top, width, height);
    }
    const line = Math.max(2, run.pixdim / 260);
    for (const { batch, worker } of underWay) {
      const { left, top, width, height } = this.#boundsOf(batch);
      const colour = colourOf(worker, run.workers);
      context.fillStyle = css(colour, 0.45);
      context.fillRect(left, top, width, height);
      context.strokeStyle = css(colour);
      context.lineWidth = line;
      context.strokeRect(left, top, width, height);
    }
  }

  /** @param {number} batch */
  #boundsOf(batch) {
    const { pixdim, side } = this.#run ?? { pixdim: 0, side: 1 };
    const across = Math.ceil(pixdim / side);
    const left = (batch % across) * side;
    const top = Math.floor(batch / across) * side;
    return {
      left,
      top,
      width: Math.min(side, pixdim - left),
      height: Math.min(side, pixdim - top),
    };
  }
}
