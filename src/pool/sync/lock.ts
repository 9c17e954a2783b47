// A lock that workers share: one word of shared memory, held by one thread at a time.

import {
  type Bed,
  blockUntil,
  Line,
  NOT_YET,
  type NotYet,
  spin,
  type WaitOptions,
} from "./wait.ts";

const FREE = 0;
const HELD = 1;
/** Held, and a thread may be asleep waiting for it: the release must wake. */
const AWAITED = 2;

/** What a lock is while it travels to another worker: plain data, fit for `postMessage`. */
export interface LockHandle {
  readonly kind: "lock";
  readonly buffer: SharedArrayBuffer;
  /** Where the lock's word stands in the buffer, in bytes: a multiple of 4. */
  readonly byteOffset: number;
}

/**
 * A lock shared by any workers and the main thread. Only one of them holds it at a time; the others
 * wait.
 *
 * It is not reentrant (a thread that acquires it twice waits for itself) and not fair (a thread that
 * comes just as it is released may get it before those that sleep). Any thread may release it, not
 * only the one that acquired it; so when a worker is lost with the lock in its hands, any thread that
 * notices can free it.
 *
 * The algorithm is the three-state mutex of Ulrich Drepper, "Futexes Are Tricky" (2011), section 6,
 * but waking every sleeper instead of one (why: see `Bed` in wait.ts).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Lock } from "./lock.ts";
 *
 * const lock = new Lock();
 * {
 *   using _held = lock.hold();
 *   assert.ok(lock.locked);
 * } // released here, whatever was thrown
 * assert.ok(!lock.locked);
 * // In a worker: const same = Lock.from(handle), where handle = lock.toHandle() came by postMessage.
 * ```
 */
export class Lock {
  readonly #bed: LockBed;
  readonly #line: Line;

  /**
   * A new lock, free; or the lock that stands in a word of the caller's own, as
   * {@linkcode Lock.from} makes it.
   */
  constructor(at?: { readonly buffer: SharedArrayBuffer; readonly byteOffset: number }) {
    const { buffer, byteOffset } = at ?? { buffer: new SharedArrayBuffer(4), byteOffset: 0 };
    this.#bed = new LockBed(new Int32Array(buffer, byteOffset, 1), 0);
    this.#line = new Line(this.#bed);
  }

  /**
   * The lock that `toHandle` was called on, in this thread. Throws TypeError when the handle is not
   * a lock's.
   */
  static from(handle: LockHandle): Lock {
    if (handle?.kind !== "lock") {
      throw new TypeError("Cannot make a lock from this as it is not the handle of a lock");
    }
    return new Lock(handle);
  }

  /**
   * The lock as plain data, to be posted to another worker and given to {@linkcode Lock.from}
   * there. An own property, so that structured clone refuses the lock itself instead of making it `{}`.
   */
  readonly toHandle = (): LockHandle => {
    const { buffer, byteOffset } = this.#bed.cells;
    return { kind: "lock", buffer, byteOffset };
  };

  /** Whether anybody holds the lock at this moment. */
  get locked(): boolean {
    return Atomics.load(this.#bed.cells, 0) !== FREE;
  }

  /** Takes the lock if it is free; says whether it did. Never waits. */
  tryAcquire(): boolean {
    return tryLock(this.#bed.cells, 0);
  }

  /**
   * Blocks the calling thread until it holds the lock; false when `timeout` milliseconds passed
   * first. On the main thread of Deno this works too, but nothing else runs there meanwhile: prefer
   * {@linkcode acquireAsync}.
   */
  acquire(timeout?: number): boolean {
    return this.tryAcquire() || this.#bed.block(timeout);
  }

  /**
   * Resolves with true once the lock is held, with false when the timeout passed first; rejects
   * when aborted.
   */
  async acquireAsync(options: WaitOptions = {}): Promise<boolean> {
    return await this.#line.join(() => this.#bed.attempt(), options) !== NOT_YET;
  }

  /** Frees the lock. Throws Error when it is not held. */
  release(): void {
    if (!unlock(this.#bed.cells, 0)) {
      throw new Error("Cannot release the lock as it is not held");
    }
  }

  /**
   * Acquires the lock, blocking, for as long as the `using` block it stands in.
   * Throws a DOMException named `TimeoutError` when `timeout` milliseconds passed first.
   */
  hold(timeout?: number): Held {
    if (!this.acquire(timeout)) throw tooLate(timeout);
    return new Held(this);
  }

  /**
   * Acquires the lock without blocking: `using _held = await lock.holdAsync()`. Rejects with a
   * DOMException named `TimeoutError` when the timeout passed first, with the signal's reason when
   * aborted.
   */
  async holdAsync(options: WaitOptions = {}): Promise<Held> {
    if (!await this.acquireAsync(options)) throw tooLate(options.timeout);
    return new Held(this);
  }
}

/** A lock being held: disposing of it releases the lock, once. */
export class Held implements Disposable {
  #lock: Lock | undefined;

  /** Takes over a lock that is held already. */
  constructor(lock: Lock) {
    this.#lock = lock;
  }

  /** Releases the lock; does nothing the second time. */
  [Symbol.dispose](): void {
    const lock = this.#lock;
    this.#lock = undefined;
    lock?.release();
  }
}

class LockBed implements Bed {
  readonly cells: Int32Array<SharedArrayBuffer>;
  readonly index: number;

  constructor(cells: Int32Array<SharedArrayBuffer>, index: number) {
    this.cells = cells;
    this.index = index;
  }

  /** The mark is left by the attempt itself, which finds or puts AWAITED in the word. */
  arm(): number {
    return AWAITED;
  }

  /**
   * Takes the lock marked as awaited: others may be asleep too, and the mark of all of them is this
   * one.
   */
  attempt(): true | NotYet {
    return Atomics.exchange(this.cells, this.index, AWAITED) === FREE ? true : NOT_YET;
  }

  /** Takes the lock, blocking the thread; false when the time is up. */
  block(timeout?: number): boolean {
    // The first looks leave no mark: where a lock is soon free again, no thread has to be woken.
    if (timeout !== 0 && spin(() => this.#look()) !== NOT_YET) return true;
    return blockUntil(this, () => this.attempt(), timeout) !== NOT_YET;
  }

  #look(): true | NotYet {
    return Atomics.load(this.cells, this.index) === FREE && tryLock(this.cells, this.index)
      ? true
      : NOT_YET;
  }
}

/**
 * Takes the lock in a cell if it is free. For structures that hold a lock among their own cells.
 */
export function tryLock(cells: Int32Array<SharedArrayBuffer>, index: number): boolean {
  return Atomics.compareExchange(cells, index, FREE, HELD) === FREE;
}

/** Takes the lock in a cell, blocking the thread until it is free. */
export function lock(cells: Int32Array<SharedArrayBuffer>, index: number): void {
  if (tryLock(cells, index)) return;
  new LockBed(cells, index).block();
}

/** Frees the lock in a cell and wakes all that wait for it; false when it was free. */
export function unlock(cells: Int32Array<SharedArrayBuffer>, index: number): boolean {
  const before = Atomics.exchange(cells, index, FREE);
  if (before === AWAITED) Atomics.notify(cells, index);
  return before !== FREE;
}

function tooLate(timeout: number | undefined): DOMException {
  return new DOMException(
    `Cannot hold the lock as another thread did for all of ${timeout} ms`,
    "TimeoutError",
  );
}
