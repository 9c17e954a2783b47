// A pipe: two connections, and what one sends the other receives.

import {
  allocateChannel,
  anything,
  type Capacity,
  Channel,
  Empty,
  type Endings,
  Full,
  type Outgoing,
} from "./channel.ts";
import { BYTES, type Form, type Reader } from "./ring.ts";
import { NOT_YET, type NotYet, type WaitOptions } from "./wait.ts";

/**
 * Nothing more will come: an end of the pipe is closed, and all that was sent before has been
 * received.
 */
export class EndOfFile extends Error {
  override readonly name = "EndOfFile";
}

/** What is sent will not be received: an end of the pipe is closed. */
export class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}

/** What a connection is while it travels to another worker: plain data, fit for `postMessage`. */
export interface ConnectionHandle<Sends, Receives> {
  readonly kind: "connection";
  readonly outgoing: SharedArrayBuffer;
  readonly incoming: SharedArrayBuffer;
  /** Never there: it carries the types of the values. */
  readonly carries?: (sent: Sends) => Receives;
}

/**
 * A new pipe: two connected ends. Each sends to the other, and either can be sent to a worker by
 * its handle. The type parameters are what the first end sends and what it receives; the capacity
 * is that of each direction.
 *
 * @throws RangeError when a capacity is not a whole number from 1 on, or too large
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pipe } from "./pipe.ts";
 *
 * const [sender, recipient] = pipe<string>(); // usually: worker.postMessage(sender.toHandle())
 * sender.send("Hello from process_one");
 * assert.ok(recipient.recv() === "Hello from process_one");
 * ```
 */
export function pipe<Sends = unknown, Receives = Sends>(
  capacity: Capacity = {},
): [Connection<Sends, Receives>, Connection<Receives, Sends>] {
  const there = allocateChannel(capacity);
  const back = allocateChannel(capacity);
  return [
    Connection.from<Sends, Receives>({ kind: "connection", outgoing: there, incoming: back }),
    Connection.from<Receives, Sends>({ kind: "connection", outgoing: back, incoming: there }),
  ];
}

/**
 * One end of a pipe.
 *
 * `send` and `recv` carry values, cloned as a queue does; `sendBytes`, `recvBytes` and
 * `recvBytesInto` carry bytes as they are. A message is received whole, in the order of sending.
 * The blocking methods are meant for workers; on the main thread, where they stop everything else,
 * use those that end in `Async`.
 *
 * An end is closed for all threads that have it. A worker that ends without closing leaves its end
 * open: close it, when its loss is noticed, through a handle of its own, or waits with a timeout.
 */
export class Connection<Sends = unknown, Receives = Sends> implements Disposable {
  readonly #outgoing: Channel;
  readonly #incoming: Channel;

  private constructor(handle: ConnectionHandle<Sends, Receives>) {
    this.#outgoing = new Channel(handle.outgoing, ENDINGS);
    this.#incoming = new Channel(handle.incoming, ENDINGS);
  }

  /**
   * The connection that `toHandle` was called on, in this thread. Throws TypeError when the handle
   * is not a connection's.
   */
  static from<Sends, Receives>(
    handle: ConnectionHandle<Sends, Receives>,
  ): Connection<Sends, Receives> {
    if (handle?.kind !== "connection") {
      throw new TypeError("Cannot make a connection from this as it is not the handle of one");
    }
    return new Connection(handle);
  }

  /**
   * The connection as plain data, to be posted to another worker and given to
   * {@linkcode Connection.from} there. An own property, so that structured clone refuses the
   * connection itself instead of making it `{}`.
   */
  readonly toHandle = (): ConnectionHandle<Sends, Receives> => ({
    kind: "connection",
    outgoing: this.#outgoing.buffer,
    incoming: this.#incoming.buffer,
  });

  /**
   * Sends a value, blocking while the pipe is full.
   *
   * @throws Full when `timeout` milliseconds passed first
   * @throws BrokenPipe when an end is closed, also while waiting
   * @throws TypeError when the value cannot be cloned
   * @throws RangeError when it takes more bytes than the pipe holds
   */
  send(value: Sends, timeout?: number): void {
    this.#send(this.#outgoing.pack(value), timeout);
  }

  /**
   * Sends a value, as it is at the time of the call, without blocking the thread. Rejects as
   * {@linkcode send} throws, or when aborted.
   */
  async sendAsync(value: Sends, options: WaitOptions = {}): Promise<void> {
    await this.#sendAsync(this.#outgoing.pack(value), options);
  }

  /** Sends bytes as they are, without cloning a value; otherwise as {@linkcode send}. */
  sendBytes(bytes: Uint8Array, timeout?: number): void {
    this.#send(this.#outgoing.packBytes(bytes), timeout);
  }

  /**
   * Sends bytes without blocking the thread. Rejects as {@linkcode sendBytes} throws, or when
   * aborted.
   */
  async sendBytesAsync(bytes: Uint8Array, options: WaitOptions = {}): Promise<void> {
    await this.#sendAsync(this.#outgoing.packBytes(bytes), options);
  }

  /**
   * Receives the next message, blocking while there is none. Bytes sent by `sendBytes` arrive as a
   * Uint8Array.
   *
   * @throws Empty when `timeout` milliseconds passed first
   * @throws EndOfFile when an end is closed and nothing is left, also while waiting
   */
  recv(timeout?: number): Receives {
    // It was sent by the other end, typed the other way round.
    return this.#receive(anything, timeout) as Receives;
  }

  /**
   * Receives the next message without blocking the thread. Rejects as {@linkcode recv} throws, or
   * when aborted.
   */
  async recvAsync(options: WaitOptions = {}): Promise<Receives> {
    return await this.#receiveAsync(anything, options) as Receives;
  }

  /**
   * Receives the bytes of the next message.
   *
   * @throws TypeError when the next message is a value; it stays there for `recv`
   * @throws Empty, EndOfFile as {@linkcode recv} does
   */
  recvBytes(timeout?: number): Uint8Array<ArrayBuffer> {
    return this.#receive(new BytesReader(), timeout);
  }

  /**
   * Receives bytes without blocking the thread. Rejects as {@linkcode recvBytes} throws, or when
   * aborted.
   */
  async recvBytesAsync(options: WaitOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#receiveAsync(new BytesReader(), options);
  }

  /**
   * Receives the bytes of the next message into the beginning of `target`, without allocating;
   * returns how many there were.
   *
   * @throws RangeError when `target` is too short; the message stays there
   * @throws TypeError, Empty, EndOfFile as {@linkcode recvBytes} does
   */
  recvBytesInto(target: ArrayBufferView, timeout?: number): number {
    return this.#receive(new IntoReader(target), timeout);
  }

  /**
   * Receives bytes into `target` without blocking the thread. Rejects as {@linkcode recvBytesInto}
   * throws, or when aborted.
   */
  async recvBytesIntoAsync(target: ArrayBufferView, options: WaitOptions = {}): Promise<number> {
    return await this.#receiveAsync(new IntoReader(target), options);
  }

  /**
   * Whether receiving would not wait: a message is there, or the end of file. Waits up to `timeout`
   * milliseconds for that (default 0), blocking the thread.
   */
  poll(timeout = 0): boolean {
    return this.#incoming.poll(timeout);
  }

  /**
   * Resolves with true once receiving would not wait, with false when the timeout passed first.
   * Rejects when aborted.
   */
  pollAsync(options: WaitOptions = {}): Promise<boolean> {
    return this.#incoming.pollAsync(options);
  }

  /** Whether either end was closed, in any thread. */
  get closed(): boolean {
    return this.#outgoing.closed;
  }

  /**
   * Closes this end, in all threads that have it. The other end receives what was sent before, then
   * EndOfFile; what this end has not received is dropped. Waiting threads are woken. Closing again
   * changes nothing.
   */
  close(): void {
    this.#outgoing.closeWriting();
    this.#incoming.closeReading();
  }

  /** Closes this end when the `using` block is left. */
  [Symbol.dispose](): void {
    this.close();
  }

  #send(message: Outgoing, timeout: number | undefined): void {
    if (!this.#outgoing.send(message, timeout)) throw full(timeout);
  }

  async #sendAsync(message: Outgoing, options: WaitOptions): Promise<void> {
    if (!await this.#outgoing.sendAsync(message, options)) throw full(options.timeout);
  }

  #receive<R>(reader: Reader<R>, timeout: number | undefined): R {
    return orEmpty(this.#incoming.receive(reader, timeout), timeout);
  }

  async #receiveAsync<R>(reader: Reader<R>, options: WaitOptions): Promise<R> {
    return orEmpty(await this.#incoming.receiveAsync(reader, options), options.timeout);
  }
}

class BytesReader implements Reader<Uint8Array<ArrayBuffer>> {
  #bytes = new Uint8Array(0);

  place(form: Form, length: number): Uint8Array {
    checkBytes(form);
    return this.#bytes = new Uint8Array(length);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }
}

class IntoReader implements Reader<number> {
  readonly #target: Uint8Array;

  constructor(target: ArrayBufferView) {
    this.#target = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  }

  place(form: Form, length: number): Uint8Array {
    checkBytes(form);
    if (length > this.#target.length) {
      throw new RangeError(
        `Cannot receive ${length} bytes into ${this.#target.length} as that is too short`,
      );
    }
    return this.#target.subarray(0, length);
  }

  finish(_form: Form, bytes: Uint8Array): number {
    return bytes.length;
  }
}

function checkBytes(form: Form): void {
  if (form !== BYTES) {
    throw new TypeError("Cannot receive bytes as the next message is a value: use recv");
  }
}

const ENDINGS: Endings = {
  cannotSend: () => new BrokenPipe("Cannot send as an end of the pipe is closed"),
  nothingMore: () => new EndOfFile("Cannot receive as an end of the pipe is closed"),
};

function full(timeout: number | undefined): Full {
  return new Full(`Cannot send as there was no room in the pipe for ${timeout ?? 0} ms`);
}

function orEmpty<R>(result: R | NotYet, timeout: number | undefined): R {
  if (result === NOT_YET) {
    throw new Empty(`Cannot receive as nothing was sent for ${timeout ?? 0} ms`);
  }
  return result;
}
