// A queue: values from any number of producers to any number of consumers, in any workers.

import {
  allocateChannel,
  anything,
  type Capacity,
  Channel,
  Empty,
  type Endings,
  Full,
} from "./channel.ts";
import { NOT_YET, type WaitOptions } from "./wait.ts";

/** The queue is closed: nothing can be put any more, and what was put before has all been taken. */
export class QueueClosed extends Error {
  override readonly name = "QueueClosed";
}

/** What a queue of `T` is while it travels to another worker: plain data, fit for `postMessage`. */
export interface QueueHandle<T> {
  readonly kind: "queue";
  readonly buffer: SharedArrayBuffer;
  /** Never there: it carries the type of the values. */
  readonly carries?: T;
}

/**
 * A bounded first-in first-out queue of values over one SharedArrayBuffer, for any number of
 * producers and consumers in any workers and on the main thread.
 *
 * Values are cloned as `structuredClone` would (see `encode` in encode.ts for the small print);
 * shared memory, and so the handles of shared things, cannot go through a queue, only through
 * `postMessage`. What one producer puts is taken in the order it was put. While there is no room,
 * `put` waits; while there is nothing, `get` waits.
 *
 * `put` and `get` block the thread and are meant for workers. Deno lets the main thread block as
 * well, but then nothing else happens there (timers, requests, messages): use `putAsync` and
 * `getAsync` there.
 *
 * A worker that is terminated while it waits in `get` is not gone: it wakes at the next message and
 * takes it. Close the queue first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Queue } from "./queue.ts";
 *
 * const todo = new Queue<[row: number, column: number]>({ maxItems: 100 });
 * await todo.putAsync([3, 4]);
 * const same = Queue.from(todo.toHandle()); // usually in a worker, where get() may block
 * assert.ok(same.get()[1] === 4);
 * todo.close();
 * for await (const _ of todo) assert.fail("nothing is left");
 * ```
 */
export class Queue<T> {
  readonly #channel: Channel;

  /**
   * A new, empty queue; or the queue of a handle, as {@linkcode Queue.from} makes it.
   *
   * @throws RangeError when a capacity is not a whole number from 1 on, or too large
   */
  constructor(origin: Capacity | QueueHandle<T> = {}) {
    const buffer = "kind" in origin ? origin.buffer : allocateChannel(origin);
    this.#channel = new Channel(buffer, ENDINGS);
  }

  /**
   * The queue that `toHandle` was called on, in this thread. Throws TypeError when the handle is
   * not a queue's.
   */
  static from<T>(handle: QueueHandle<T>): Queue<T> {
    if (handle?.kind !== "queue") {
      throw new TypeError("Cannot make a queue from this as it is not the handle of a queue");
    }
    return new Queue(handle);
  }

  /**
   * The queue as plain data, to be posted to another worker and given to {@linkcode Queue.from}
   * there. An own property, so that structured clone refuses the queue itself instead of making it `{}`.
   */
  readonly toHandle = (): QueueHandle<T> => ({ kind: "queue", buffer: this.#channel.buffer });

  /**
   * Puts a value, blocking while the queue is full.
   *
   * @throws Full when `timeout` milliseconds passed first
   * @throws QueueClosed when the queue is closed, also while waiting
   * @throws TypeError when the value cannot be cloned
   * @throws RangeError when it takes more bytes than the queue holds
   */
  put(value: T, timeout?: number): void {
    if (!this.#channel.send(this.#channel.pack(value), timeout)) throw this.#full(timeout);
  }

  /**
   * Puts a value if there is room now. Throws Full when there is none, and as {@linkcode put} does.
   */
  putNowait(value: T): void {
    this.put(value, 0);
  }

  /**
   * Puts a value, without blocking the thread, as it is at the time of the call. Of several calls
   * in one thread the earlier one puts first. Rejects as {@linkcode put} throws, and with the
   * signal's reason when aborted.
   */
  async putAsync(value: T, options: WaitOptions = {}): Promise<void> {
    const sent = await this.#channel.sendAsync(this.#channel.pack(value), options);
    if (!sent) throw this.#full(options.timeout);
  }

  /**
   * Takes the oldest value, blocking while the queue is empty.
   *
   * @throws Empty when `timeout` milliseconds passed first
   * @throws QueueClosed when the queue is closed and empty, also while waiting
   */
  get(timeout?: number): T {
    const value = this.#channel.receive(anything, timeout);
    if (value === NOT_YET) throw empty(timeout);
    // It was put by a Queue<T> too.
    return value as T;
  }

  /**
   * Takes the oldest value if there is one now. Throws Empty when there is none, and as
   * {@linkcode get} does.
   */
  getNowait(): T {
    return this.get(0);
  }

  /**
   * Takes the oldest value without blocking the thread. Of several calls in one thread the earlier
   * one takes first. Rejects as {@linkcode get} throws, and with the signal's reason when aborted.
   */
  async getAsync(options: WaitOptions = {}): Promise<T> {
    const value = await this.#channel.receiveAsync(anything, options);
    if (value === NOT_YET) throw empty(options.timeout);
    return value as T;
  }

  /** Takes values, blocking, until the queue is closed and empty. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    try {
      while (true) yield this.get();
    } catch (error) {
      if (!(error instanceof QueueClosed)) throw error;
    }
  }

  /** Takes values, without blocking the thread, until the queue is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      while (true) yield await this.getAsync();
    } catch (error) {
      if (!(error instanceof QueueClosed)) throw error;
    }
  }

  /** Number of values in the queue. Others may put and take meanwhile: it was true a moment ago. */
  qsize(): number {
    return Math.min(this.#channel.count, this.#channel.maxItems);
  }

  /** Whether the queue was empty a moment ago. */
  empty(): boolean {
    return this.qsize() === 0;
  }

  /**
   * Whether the queue held `maxItems` values a moment ago. It may lack the bytes for a value before
   * that.
   */
  full(): boolean {
    return this.qsize() === this.#channel.maxItems;
  }

  /** Whether {@linkcode close} was called, in any thread. */
  get closed(): boolean {
    return this.#channel.closed;
  }

  /**
   * Closes the queue for all threads: `put` throws QueueClosed, and so does `get` once nothing is
   * left. Waiting threads are woken. Closing again changes nothing.
   */
  close(): void {
    this.#channel.closeWriting();
  }

  #full(timeout: number | undefined): Full {
    const { count, maxItems, maxBytes } = this.#channel;
    return new Full(
      `Cannot put into the queue as there was no room for ${timeout ?? 0} ms: ` +
        `it holds ${count} values (at most ${maxItems} values, ${maxBytes} bytes)`,
    );
  }
}

const ENDINGS: Endings = {
  cannotSend: () => new QueueClosed("Cannot put into the queue as it is closed"),
  nothingMore: () => new QueueClosed("Cannot get from the queue as it is closed and empty"),
};

function empty(timeout: number | undefined): Empty {
  return new Empty(`Cannot get from the queue as nothing came for ${timeout ?? 0} ms`);
}
