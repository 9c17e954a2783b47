// A channel: values through a ring, with waiting; a queue, or one direction of a pipe.

import { decode } from "../codec/decode.ts";
import { encode } from "../codec/encode.ts";
import {
  allocateRing,
  BYTES,
  type Form,
  type Reader,
  READING_CLOSED,
  Ring,
  VALUE,
  WRITING_CLOSED,
} from "./ring.ts";
import { blockUntil, Line, NOT_YET, type NotYet, spin, type WaitOptions } from "./wait.ts";

/** There was nothing to take, for as long as the caller was ready to wait. */
export class Empty extends Error {
  override readonly name = "Empty";
}

/** There was no room, for as long as the caller was ready to wait. */
export class Full extends Error {
  override readonly name = "Full";
}

/** How much a queue, or each direction of a pipe, holds before a sender has to wait. */
export interface Capacity {
  /** Messages at most. Default: 2^31 - 1, that is, only the bytes count. */
  readonly maxItems?: number | undefined;
  /**
   * Bytes at most, rounded up to a power of two, 512 MiB at most. No single message can be larger.
   * Default: 1 MiB, which stays in the processor's cache.
   */
  readonly maxBytes?: number | undefined;
}

/** What a closed channel throws, for either side. */
export interface Endings {
  /** For senders when either side is closed. */
  cannotSend(): Error;
  /** For receivers when nothing will come any more. */
  nothingMore(): Error;
}

/** A message ready to be sent. */
export interface Outgoing {
  readonly form: Form;
  readonly bytes: Uint8Array;
}

/**
 * New memory for a channel. Throws RangeError when a capacity is not a whole number from 1 on, or
 * too large.
 */
export function allocateChannel({ maxItems, maxBytes }: Capacity): SharedArrayBuffer {
  if (maxItems === 0) {
    throw new RangeError(
      "Cannot make room for 0 messages: where Python's maxsize is 0, leave maxItems out, and only bytes bound it",
    );
  }
  return allocateRing({ maxItems: maxItems ?? 2 ** 31 - 1, maxBytes: maxBytes ?? 2 ** 20 });
}

/** One direction of messages, first in first out, between any threads. */
export class Channel {
  readonly #ring: Ring;
  readonly #endings: Endings;
  readonly #senders: Line;
  readonly #receivers: Line;

  /** The channel in the memory that {@linkcode allocateChannel} made, here or in another thread. */
  constructor(buffer: SharedArrayBuffer, endings: Endings) {
    this.#ring = new Ring(buffer);
    this.#endings = endings;
    this.#senders = new Line(this.#ring.writers);
    this.#receivers = new Line(this.#ring.readers);
  }

  /** The memory of the channel. */
  get buffer(): SharedArrayBuffer {
    return this.#ring.buffer;
  }

  /** Messages waiting at this moment. */
  get count(): number {
    return this.#ring.count;
  }

  /** Messages it holds at most. */
  get maxItems(): number {
    return this.#ring.maxItems;
  }

  /** Bytes it holds at most. */
  get maxBytes(): number {
    return this.#ring.maxBytes;
  }

  /** Whether nothing more can be sent. */
  get closed(): boolean {
    return this.#ring.closed !== 0;
  }

  /** Lets nothing more in; what is there can still be received. Wakes all that wait. */
  closeWriting(): void {
    this.#ring.close(WRITING_CLOSED);
  }

  /** Lets nothing more in or out. Wakes all that wait. */
  closeReading(): void {
    this.#ring.close(READING_CLOSED);
  }

  /**
   * A value as a message; it lasts until the next call in this thread. Bytes travel as they are.
   *
   * @throws TypeError when it cannot be cloned
   * @throws RangeError when it is larger than the channel
   */
  pack(value: unknown): Outgoing {
    if (value instanceof Uint8Array) return this.packBytes(value);
    return { form: VALUE, bytes: encode(value, this.#ring.maxMessage) };
  }

  /**
   * Bytes as a message. Throws RangeError when they are more than the channel holds, TypeError when
   * they are gone.
   */
  packBytes(bytes: Uint8Array): Outgoing {
    const limit = this.#ring.maxMessage;
    if (bytes.buffer instanceof ArrayBuffer && bytes.buffer.detached) {
      throw new TypeError("Cannot send bytes whose buffer was transferred away");
    }
    if (bytes.length > limit) {
      throw new RangeError(
        `Cannot send ${bytes.length} bytes as the buffer holds messages of at most ${limit}`,
      );
    }
    return { form: BYTES, bytes };
  }

  /**
   * Sends, blocking while there is no room; false when `timeout` milliseconds passed first. Throws
   * when closed.
   */
  send(message: Outgoing, timeout?: number): boolean {
    const attempt = () => this.#trySend(message);
    if (attempt() !== NOT_YET) return true;
    if (timeout !== 0 && spin(attempt) !== NOT_YET) return true;
    return blockUntil(this.#ring.writers, attempt, timeout) !== NOT_YET;
  }

  /**
   * Resolves with true once sent, with false when the timeout passed first. Rejects when closed or
   * aborted.
   */
  async sendAsync(message: Outgoing, options: WaitOptions): Promise<boolean> {
    // While it waits, other messages use the memory this one stands in, and a caller may change
    // bytes it gave.
    let kept = this.#senders.busy ? copyOf(message) : message;
    const attempt = () => {
      const result = this.#trySend(kept);
      if (result === NOT_YET && kept === message) kept = copyOf(message);
      return result;
    };
    return await this.#senders.join(attempt, options) !== NOT_YET;
  }

  /**
   * Receives, blocking while there is nothing; `NOT_YET` when `timeout` milliseconds passed first.
   * Throws at the end.
   */
  receive<R>(reader: Reader<R>, timeout?: number): R | NotYet {
    const attempt = () => this.#tryReceive(reader);
    const result = attempt();
    if (result !== NOT_YET || timeout === 0) return result;
    const soon = spin(attempt);
    return soon !== NOT_YET ? soon : blockUntil(this.#ring.readers, attempt, timeout);
  }

  /**
   * Resolves with what is received, `NOT_YET` when the timeout passed first. Rejects at the end or
   * when aborted.
   */
  receiveAsync<R>(reader: Reader<R>, options: WaitOptions): Promise<R | NotYet> {
    return this.#receivers.join(() => this.#tryReceive(reader), options);
  }

  /**
   * Waits until `receive` would not wait, be it for a message or the end; false when the time was
   * up first.
   */
  poll(timeout: number): boolean {
    return blockUntil(this.#ring.readers, () => this.#look(), timeout) !== NOT_YET;
  }

  /** The awaitable {@linkcode poll}. */
  async pollAsync(options: WaitOptions): Promise<boolean> {
    return await this.#receivers.join(() => this.#look(), options) !== NOT_YET;
  }

  #trySend(message: Outgoing): true | NotYet {
    if (this.#ring.closed !== 0) throw this.#endings.cannotSend();
    return this.#ring.tryWrite(message.form, message.bytes) ? true : NOT_YET;
  }

  #tryReceive<R>(reader: Reader<R>): R | NotYet {
    // Read before the ring is: what came in before the closing must come out.
    const closed = this.#ring.closed;
    if ((closed & READING_CLOSED) !== 0) throw this.#endings.nothingMore();
    const result = this.#ring.tryRead(reader);
    if (result === NOT_YET && closed !== 0) throw this.#endings.nothingMore();
    return result;
  }

  #look(): true | NotYet {
    return this.#ring.count > 0 || this.#ring.closed !== 0 ? true : NOT_YET;
  }
}

function copyOf({ form, bytes }: Outgoing): Outgoing {
  return { form, bytes: bytes.slice() };
}

let scratch = new Uint8Array(4096);
// A larger message gets memory of its own, which goes when it is read.
const LARGEST_SCRATCH = 2 ** 20;

/** Reads what was sent, values and bytes alike. */
export const anything: Reader<unknown> = {
  place(form, length) {
    if (form === BYTES || length > LARGEST_SCRATCH) return new Uint8Array(length);
    if (length > scratch.length) scratch = new Uint8Array(Math.max(length, 2 * scratch.length));
    return scratch.subarray(0, length);
  },
  finish(form, bytes) {
    return form === BYTES ? bytes : decode(bytes);
  },
};
