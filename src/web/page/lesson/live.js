// @ts-check
/** Shows a run while it is under way: the events that the server sends ten times a second, as they come. */

/** @typedef {import("./recording.js").Recording} Recording */
/** @typedef {import("./recording.js").Taken} Taken */
/** @typedef {import("./recording.js").Way} Way */

/**
 * What a live run is shown on.
 *
 * @typedef {object} LiveStage
 * @property {(recording: Recording) => void} prepare a run has begun
 * @property {(way: Way, badge: string) => void} begin a way begins
 * @property {(taken: Taken, now: number) => void} took a batch is done; `now` in milliseconds
 * @property {(at: number, underWay: readonly Taken[], now: number) => void} frame
 *   a moment has passed: `at` microseconds of the way
 */

export class Live {
  #stage;
  #recording;
  /** @type {Way | undefined} */
  #way;
  /** Batches of the way that are on the stage, and those whose counts are known. */
  #shown = 0;
  #known = 0;
  /** Microseconds of the way at which the last batch ended, and when we heard of it, milliseconds. */
  #ended = 0;
  #heard = 0;

  /**
   * @param {LiveStage} stage
   * @param {Recording} recording that is being filled
   */
  constructor(stage, recording) {
    this.#stage = stage;
    this.#recording = recording;
  }

  /** The way that is under way. */
  get way() {
    return this.#way;
  }

  /**
   * The recording has taken an event of this name. Little is drawn for it: see {@link tick}.
   *
   * @param {string} event
   * @param {number} now milliseconds
   */
  heard(event, now) {
    if (event === "run") return this.#stage.prepare(this.#recording);
    const way = this.#recording.ways.at(-1);
    if (way === undefined) return;
    if (event === "way") {
      this.#way = way;
      this.#shown =
        this.#known =
        this.#ended =
        this.#heard =
          0;
      this.#stage.begin(way, "Live");
    }
    if (event === "batches") {
      this.#ended = way.taken.at(-1)?.ended ?? 0;
      this.#heard = now;
    }
    // The first way's batches are of use once their counts have come.
    if (event === "counts") this.#known++;
    else if (way.number > 0) this.#known = way.taken.length;
    if (event === "row") {
      this.#show(way);
      way.played = true;
      this.#stage.frame(way.end, [], now);
      this.#way = undefined;
    }
  }

  /**
   * Microseconds of the way that have passed by now: its clock is the server's, whose events come late.
   *
   * @param {number} now milliseconds
   */
  at(now) {
    return this.#heard === 0 ? 0 : this.#ended + 1000 * (now - this.#heard);
  }

  /**
   * Shows what has come since the last time. The fewer times a second, the less of the machine is taken
   * from workers that run on it too.
   *
   * @param {number} now milliseconds
   */
  tick(now) {
    if (this.#way === undefined) return;
    this.#show(this.#way);
    this.#stage.frame(this.at(now), [], now);
  }

  /** @param {Way} way */
  #show(way) {
    // Without lighting up: that would be drawn again and again until it has faded.
    for (const taken of way.taken.slice(this.#shown, this.#known)) this.#stage.took(taken, 0);
    this.#shown = this.#known;
  }
}
