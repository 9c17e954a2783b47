// @ts-check
/** Plays the ways of a recording, slowed down, one after the other. */

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Taken} Taken */
/** @typedef {import("./recording.js").Way} Way */

/**
 * What a player reports.
 *
 * @typedef {object} Stage
 * @property {(way: Way) => void} begin a way is shown from its beginning
 * @property {(taken: Taken, now: number) => void} took a batch is done
 * @property {(at: number, underWay: readonly Taken[], now: number) => void} frame
 *   a moment has passed: `at` microseconds of the way, `now` milliseconds
 * @property {(way: Way) => void} finish a way is shown to its end
 */

/** Milliseconds between two ways. */
const pause = 700;

/** Entries to look through for those under way: they are in the order of their ends. */
const ahead = 64;

export class Player {
  #stage;
  /** @type {Recording | null} */
  #recording = null;
  /** @type {Way | null} */
  #way = null;
  #at = 0;
  #next = 0;
  #finishedAt = 0;
  #last = 0;
  /** How many times slower than it happened. */
  slowness = 1;
  paused = false;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
  }

  /** @param {Recording | null} recording to be played from; it must be complete. Nothing is played yet. */
  load(recording) {
    this.#recording = recording;
    this.#way = null;
    this.paused = false;
  }

  /** Plays all ways, one after the other. */
  playAll() {
    for (const way of this.#recording?.ways ?? []) way.played = false;
    this.#begin(this.#recording?.ways[0]);
  }

  /** @param {Way} way to be played once more, and none after it that has been played already */
  show(way) {
    if (this.#recording?.ways.includes(way)) this.#begin(way);
  }

  /** The way on the stage. */
  get way() {
    return this.#way;
  }

  /** Microseconds of that way that have been shown. */
  get at() {
    return this.#at;
  }

  /**
   * A moment has passed.
   *
   * @param {number} now milliseconds
   */
  tick(now) {
    // A page in the background gets no frames: it goes on where it was.
    const passed = Math.min(100, now - this.#last);
    this.#last = now;
    const recording = this.#recording;
    if (recording === null) return;
    const way = this.#way;
    if (way === null) return;
    if (!this.paused) this.#play(way, passed, now);
    this.#stage.frame(this.#at, this.#underWay(way), now);
    if (this.#finishedAt > 0 && now - this.#finishedAt > pause) {
      const next = recording.ways[way.number + 1];
      if (next !== undefined && !next.played && !this.paused) this.#begin(next);
    }
  }

  /**
   * @param {Way} way
   * @param {number} passed milliseconds
   * @param {number} now
   */
  #play(way, passed, now) {
    if (this.#finishedAt > 0) return;
    this.#at = Math.min(way.end, this.#at + passed * 1000 / this.slowness);
    for (;; this.#next++) {
      const taken = way.taken[this.#next];
      if (taken === undefined || taken.ended > this.#at) break;
      this.#stage.took(taken, now);
    }
    if (this.#at < way.end) return;
    // The clocks of two threads may differ by some microseconds.
    for (const taken of way.taken.slice(this.#next)) this.#stage.took(taken, now);
    this.#next = way.taken.length;
    this.#finishedAt = now;
    way.played = true;
    this.#stage.finish(way);
  }

  /** @param {Way | undefined} way */
  #begin(way) {
    if (way === undefined) return;
    this.#way = way;
    this.#at = this.#next = this.#finishedAt = 0;
    this.paused = false;
    this.#stage.begin(way);
  }

  /** @param {Way} way */
  #underWay(way) {
    return way.taken.slice(this.#next, this.#next + ahead).filter(({ began }) => began <= this.#at);
  }
}
