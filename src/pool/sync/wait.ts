// Waiting: how a thread sleeps on one word of shared memory until an attempt succeeds.

/** What an attempt returns to say that it could not succeed yet. */
export const NOT_YET: unique symbol = Symbol("not yet");
/** The type of {@linkcode NOT_YET}. */
export type NotYet = typeof NOT_YET;

/** How long an awaitable call may wait. */
export interface WaitOptions {
  /** Milliseconds to wait at most; 0 tries once. Default: as long as it takes. */
  readonly timeout?: number | undefined;
  /** Ends the wait: the promise rejects with the signal's reason. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A word to sleep on. `arm()` leaves a mark in the word that says "a thread is about to sleep here"
 * and returns the value the word then has. A thread that makes a change sees the mark, alters the word
 * and wakes everybody. So no wake-up is lost when an attempt stands between `arm()` and the sleep:
 * either the attempt sees the change, or the word is no longer the one `arm()` returned and the
 * sleep ends before it starts.
 *
 * All sleepers are woken, never one: a wake-up handed to a single sleeper is lost when that sleeper
 * has given up meanwhile (its timeout passed, its signal aborted, its worker was terminated).
 */
export interface Bed {
  readonly cells: Int32Array<SharedArrayBuffer>;
  readonly index: number;
  arm(): number;
}

/**
 * An event count: where threads sleep until something elsewhere in shared memory has changed. Bit 0
 * says that a thread sleeps, the bits above count the wake-ups. Waking costs one load while none
 * sleeps.
 */
export class Sleepers implements Bed {
  readonly cells: Int32Array<SharedArrayBuffer>;
  readonly index: number;

  /** The event count in the given cell, which starts as 0. */
  constructor(cells: Int32Array<SharedArrayBuffer>, index: number) {
    this.cells = cells;
    this.index = index;
  }

  /** Marks that a thread is about to sleep. */
  arm(): number {
    return Atomics.or(this.cells, this.index, 1) | 1;
  }

  /** Wakes all sleepers; to be called after every change they may wait for. */
  wake(): void {
    const seen = Atomics.load(this.cells, this.index);
    if ((seen & 1) === 0) return;
    // Adding 1 clears the mark and counts. Another waker may have done so first: then the sleepers
    // are its to wake.
    if (Atomics.compareExchange(this.cells, this.index, seen, (seen + 1) | 0) === seen) {
      Atomics.notify(this.cells, this.index);
    }
  }
}

// Falling asleep and being woken costs some 10 us on two threads; a message takes well below 1 us.
// So a waiter looks a few times more before it sleeps.
const LOOKS = 60;

/**
 * Tries a few times more, with a growing pause in between: some microseconds of work that may save
 * a sleep.
 */
export function spin<R>(attempt: () => R | NotYet): R | NotYet {
  for (let look = 0; look < LOOKS; look++) {
    const result = attempt();
    if (result !== NOT_YET) return result;
    Atomics.pause(look);
  }
  return NOT_YET;
}

/**
 * Blocks the calling thread until `attempt` returns something else than {@linkcode NOT_YET}, and
 * returns that; returns `NOT_YET` when the time is up.
 *
 * @throws RangeError when `timeout` is negative or not a number
 */
export function blockUntil<R>(bed: Bed, attempt: () => R | NotYet, timeout?: number): R | NotYet {
  const patience = checkTimeout(timeout);
  const deadline = performance.now() + patience;
  while (true) {
    const seen = bed.arm();
    const result = attempt();
    if (result !== NOT_YET) return result;
    const left = deadline - performance.now();
    if (left <= 0) return NOT_YET;
    Atomics.wait(bed.cells, bed.index, seen, left);
  }
}

interface Ticket {
  /** Tries once; true when the ticket's promise is settled, for good or bad. */
  serve(): boolean;
}

/**
 * The awaitable waiters of one thread on one bed, served in the order in which they came: an
 * earlier one is never overtaken by a later one of the same line.
 */
export class Line {
  readonly #bed: Bed;
  readonly #tickets: Ticket[] = [];
  #asleep = false;
  // Atomics.waitAsync does not keep Deno's event loop alive. A timer that never matters does, while
  // somebody waits.
  #awake: ReturnType<typeof setInterval> | undefined;

  /** An empty line at the bed. */
  constructor(bed: Bed) {
    this.#bed = bed;
  }

  /** Whether anything waits in the line. */
  get busy(): boolean {
    return this.#tickets.length > 0;
  }

  /**
   * Settles as `attempt` does once it does not return {@linkcode NOT_YET} any more: resolves with
   * its result, rejects with what it throws. Resolves with `NOT_YET` when the time is up, rejects
   * with the signal's reason when it aborts.
   *
   * @throws RangeError (as a rejection) when the timeout is negative or not a number
   */
  async join<R>(attempt: () => R | NotYet, options: WaitOptions = {}): Promise<R | NotYet> {
    const { signal } = options;
    const timeout = checkTimeout(options.timeout);
    signal?.throwIfAborted();
    if (this.#tickets.length === 0) {
      const result = attempt();
      if (result !== NOT_YET) return result;
    }
    if (timeout === 0) return NOT_YET;
    return await this.#stand(attempt, timeout, signal);
  }

  #stand<R>(
    attempt: () => R | NotYet,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<R | NotYet> {
    const { promise, resolve, reject } = Promise.withResolvers<R | NotYet>();
    const leave = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    };
    const ticket: Ticket = {
      serve() {
        try {
          const result = attempt();
          if (result === NOT_YET) return false;
          resolve(result);
        } catch (error) {
          reject(error);
        }
        leave();
        return true;
      },
    };
    const aborted = () => {
      leave();
      this.#remove(ticket);
      reject(signal?.reason);
    };
    const late = () => {
      leave();
      this.#remove(ticket);
      resolve(NOT_YET);
    };
    const timer = after(timeout, late);
    signal?.addEventListener("abort", aborted, { once: true });
    this.#tickets.push(ticket);
    this.#awake ??= setInterval(() => {}, LONGEST_TIMER);
    this.#move();
    return promise;
  }

  #remove(ticket: Ticket): void {
    const place = this.#tickets.indexOf(ticket);
    if (place >= 0) this.#tickets.splice(place, 1);
    // The next in line may want less than the one that left: a small message fits where a large one
    // did not.
    this.#move();
  }

  /** Serves the line from the front; sleeps when the first cannot be served. */
  #move(): void {
    while (this.#tickets.length > 0) {
      const seen = this.#bed.arm();
      if (this.#tickets[0]?.serve()) {
        this.#tickets.shift();
        continue;
      }
      // An earlier sleep on this word still lasts: the mark is set again, so the next change ends
      // it.
      if (this.#asleep) return;
      const sleep = Atomics.waitAsync(this.#bed.cells, this.#bed.index, seen);
      if (!sleep.async) continue;
      this.#asleep = true;
      sleep.value.then(() => {
        this.#asleep = false;
        this.#move();
      });
      return;
    }
    clearInterval(this.#awake);
    this.#awake = undefined;
  }
}

// setTimeout counts in 31 bits of milliseconds, 24.8 days.
export const LONGEST_TIMER: number = 2 ** 31 - 1;

/** A timer that {@linkcode after} started. */
export type Timer = ReturnType<typeof setTimeout>;

/** Calls `then` after so many milliseconds; never, when no timer can count that far. */
export function after(milliseconds: number, then: () => void): Timer | undefined {
  return milliseconds <= LONGEST_TIMER ? setTimeout(then, milliseconds) : undefined;
}

/** The timeout in milliseconds, infinite when there is none. */
export function checkTimeout(timeout: number | undefined): number {
  if (timeout === undefined) return Infinity;
  if (!(timeout >= 0)) {
    throw new RangeError(`Cannot wait ${timeout} ms as a timeout must be 0 or more`);
  }
  return timeout;
}
