/** How fast a queue drains: what `Retry-After` is computed from. */

/** Departures that are looked back upon. */
const REMEMBERED = 64;

/**
 * One departure is taken for granted, after so many milliseconds: what a light tile takes on a busy
 * machine. It makes a rate of nothing known yet, and is outweighed by the first real ones.
 */
const FIRST = 50;

/** The least and the most that `Retry-After` says, seconds. */
const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 60;

/**
 * Measures departures per time during which all places were taken: what leaves a server that has
 * nothing to do says how often it is asked, not how fast it is. Without departures the rate sinks.
 */
export class DrainRate {
  readonly #now: () => number;
  /** Milliseconds for which all places have been taken so far, and since when they are. */
  #busy = 0;
  #since: number | undefined;
  /** When they left, by that clock; the first of them begins the time that is looked at. */
  #departures: number[] = [];

  /** @param now milliseconds; tests have a clock of their own */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Tells whether all places are taken. */
  set full(full: boolean) {
    if (full) this.#since ??= this.#now();
    else {
      this.#busy = this.#clock();
      this.#since = undefined;
    }
  }

  /** Tells that one has left while all places were taken. */
  departed(): void {
    this.#departures.push(this.#clock());
    if (this.#departures.length > REMEMBERED + 1) this.#departures.shift();
  }

  /** Whole seconds until so many have left, within these bounds. */
  secondsFor(count: number): number {
    const seconds = Math.ceil(count / this.#perSecond());
    return Math.max(SHORTEST_WAIT, Math.min(LONGEST_WAIT, seconds));
  }

  #perSecond(): number {
    const whole = this.#departures.length > REMEMBERED;
    const from = whole ? this.#departures[0]! : 0;
    const left = whole ? REMEMBERED : this.#departures.length;
    return 1000 * (left + 1) / (this.#clock() - from + FIRST);
  }

  #clock(): number {
    return this.#busy + (this.#since === undefined ? 0 : this.#now() - this.#since);
  }
}
