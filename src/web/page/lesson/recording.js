// @ts-check
/** All events of a run of the lesson so far: what can be played, now and again. */

import { boundsOf } from "./bounds.js";

/**
 * @typedef {object} Run
 * @property {number} workers
 * @property {number} side points along a side of a batch
 * @property {number} pixdim points along a side of the canvas
 * @property {number} escape the count of a point that does not escape
 * @property {number[]} preview counts of points all over the canvas, in ascending order
 */

/**
 * @typedef {object} Row
 * @property {number} milliseconds
 * @property {number} startUp
 * @property {number} pointsPerSecond
 * @property {number} speedUp
 */

/**
 * A batch that was computed. Times are microseconds since the way began.
 *
 * @typedef {object} Taken
 * @property {number} batch
 * @property {number} worker the lane; those from `workers` on are not workers but a producer
 * @property {number} began
 * @property {number} ended
 */

/** @typedef {{ at: number, todo: number, done: number }} Queued milliseconds, and numbers of batches */

/** One way of doing it. */
export class Way {
  /** @type {Taken[]} in the order they ended */
  taken = [];
  /** @type {Queued[]} */
  queued = [];
  /** @type {Row | null} */
  row = null;
  /** Whether it has been shown to its end. */
  played = false;

  /**
   * @param {{ way: number, name: string, workers: number, batches: number }} content
   */
  constructor({ way, name, workers, batches }) {
    this.number = way;
    this.name = name;
    this.workers = workers;
    this.batches = batches;
  }

  /** Microseconds that it took; 0 as long as that is not known. */
  get end() {
    return (this.row?.milliseconds ?? 0) * 1000;
  }

  /** Whether other processes than the workers took part, and queues between them. */
  get hasQueues() {
    return this.queued.length > 0;
  }
}

export class Recording {
  /** @type {Run | null} */
  run = null;
  /** @type {Way[]} */
  ways = [];
  /** The counts, row by row: filled while the first way is under way. */
  canvas = new Uint16Array(0);
  ended = false;
  /** Batches of the first way whose counts have come. */
  #counted = 0;

  /**
   * Takes an event of the server's.
   *
   * @param {string} event
   * @param {string} data
   * @throws {Error} when the server says that it failed
   */
  take(event, data) {
    const content = JSON.parse(data);
    const way = this.ways.at(-1);
    if (event === "run") this.#begin(content);
    else if (event === "way") this.ways.push(new Way(content));
    else if (event === "batches") way?.taken.push(...takenOf(content));
    else if (event === "counts") this.#place(content);
    else if (event === "queues") way?.queued.push(content);
    else if (event === "row" && way) way.row = content;
    else if (event === "end") this.ended = true;
    else if (event === "failed") throw new Error(content.message);
  }

  /** @param {Run} run */
  #begin(run) {
    this.run = run;
    this.canvas = new Uint16Array(run.pixdim ** 2);
  }

  /** @param {string} base64 the counts of the next batch of the first way */
  #place(base64) {
    const batch = this.ways[0]?.taken[this.#counted++]?.batch;
    if (batch === undefined || this.run === null) return;
    const letters = atob(base64);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    const counts = this.run.escape < 256 ? bytes : new Uint16Array(bytes.buffer);
    const { left, top, width, height } = boundsOf(this.run, batch);
    for (let row = 0; row < height; row++) {
      const start = (top + row) * this.run.pixdim + left;
      this.canvas.set(counts.subarray(row * width, (row + 1) * width), start);
    }
  }
}

/**
 * @param {number[]} flat batch, worker, began, ended, and so on
 * @returns {Taken[]}
 */
function takenOf(flat) {
  const taken = [];
  for (let i = 0; i + 3 < flat.length; i += 4) {
    const [batch = 0, worker = 0, began = 0, ended = 0] = flat.slice(i, i + 4);
    taken.push({ batch, worker, began, ended });
  }
  return taken;
}
