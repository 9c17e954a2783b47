// A ring of messages in one SharedArrayBuffer: in at the tail, out at the head, from any threads.

import { lock, unlock } from "./lock.ts";
import { NOT_YET, type NotYet, Sleepers } from "./wait.ts";

// The head of the buffer, in cells of 4 bytes. What writers change and what readers change stand a
// cache line (64 bytes, 16 cells) apart, so that the two do not take the line from each other at
// every message.
const MAX_ITEMS = 0;
/** Bits: the sides that have closed. */
const CLOSED = 1;
const PUT_LOCK = 16;
/**
 * Words of 8 bytes written since the beginning, modulo 2^32. Its place in the ring is this modulo
 * the ring's size.
 */
const TAIL = 17;
/**
 * Messages written since the beginning, modulo 2^32. To count one more is what publishes a message.
 */
const PUTS = 18;
const TAKE_LOCK = 32;
/** Words of 8 bytes read since the beginning, modulo 2^32. */
const HEAD = 33;
/** Messages read since the beginning, modulo 2^32. */
const TAKES = 34;
const READERS_BED = 48;
const WRITERS_BED = 64;
const HEADER_CELLS = 80;
const HEADER_BYTES = 4 * HEADER_CELLS;

// A message is one word that holds its length and form, then its bytes, filled up to whole words.
// So every message begins at a multiple of 8 bytes, where V8 copies to and from shared memory seven
// times as fast as elsewhere.
const WORD = 8;
const CELLS_A_WORD = 2;
// The form stands in the two low bits of the first cell, the length in bytes above them.
const FORM_BITS = 2;

/** The writing side is closed: nothing comes any more, what is there can still be read. */
export const WRITING_CLOSED = 1;
/** The reading side is closed: nothing is read any more. */
export const READING_CLOSED = 2;

/** The largest ring, in bytes. A length then fits into the 30 bits that the form leaves. */
export const LARGEST_RING = 2 ** 29;

/** How the bytes of a message are to be read: as a value written by `encode`, or as they are. */
export const VALUE = 0;
/** See {@linkcode VALUE}. */
export const BYTES = 1;
/** {@linkcode VALUE} or {@linkcode BYTES}. */
export type Form = typeof VALUE | typeof BYTES;

/** The size of a ring. */
export interface RingSize {
  /** Messages it holds at most. */
  readonly maxItems: number;
  /**
   * Bytes it holds at most, rounded up to a power of two. A message takes its own, rounded up to
   * whole words of 8, and 8 more.
   */
  readonly maxBytes: number;
}

/** How a message leaves the ring. */
export interface Reader<R> {
  /**
   * Where the message goes: an array of exactly `length` bytes. When this throws, the message stays
   * in the ring. It is called while other readers wait, and must be short.
   */
  place(form: Form, length: number): Uint8Array;
  /** What the reader makes of it, once it is out of the ring and other readers can go on. */
  finish(form: Form, bytes: Uint8Array): R;
}

/**
 * A bounded first-in first-out ring of byte messages, for any number of writers and readers in any
 * threads.
 *
 * Writers share one lock and readers another, so a writer and a reader work at the same time: they
 * meet only in the two counters of messages, PUTS and TAKES. A lock is held for the copy of one
 * message and nothing else; no thread sleeps with it. What throws inside leaves it free and the ring
 * as it was. A thread that stopped for good inside would block its side of the ring, but Deno has
 * no way to stop one there: `Deno.exit()` and `close()` are calls, and `terminate()` lets running
 * code go on.
 */
export class Ring {
  /**
   * The memory, which is all there is to the ring: `new Ring(buffer)` in another thread is the same
   * ring.
   */
  readonly buffer: SharedArrayBuffer;
  /** Where readers sleep until there is a message. */
  readonly readers: Sleepers;
  /** Where writers sleep until there is room. */
  readonly writers: Sleepers;
  readonly #cells: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #words: number;

  /** The ring in `buffer`, which {@linkcode allocateRing} made. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer, HEADER_BYTES);
    this.#words = this.#bytes.length / WORD;
    this.readers = new Sleepers(this.#cells, READERS_BED);
    this.writers = new Sleepers(this.#cells, WRITERS_BED);
  }

  /** Messages in the ring at this moment. */
  get count(): number {
    // In this order, and no other, 0 means that the ring was empty when PUTS was read.
    const takes = Atomics.load(this.#cells, TAKES);
    return (Atomics.load(this.#cells, PUTS) - takes) >>> 0;
  }

  /** Messages it holds at most. */
  get maxItems(): number {
    return Atomics.load(this.#cells, MAX_ITEMS);
  }

  /** Bytes it holds at most. */
  get maxBytes(): number {
    return this.#bytes.length;
  }

  /** The longest message, in bytes, that fits when the ring is empty. */
  get maxMessage(): number {
    return this.#bytes.length - WORD;
  }

  /** Which sides are closed: bits {@linkcode WRITING_CLOSED} and {@linkcode READING_CLOSED}. */
  get closed(): number {
    return Atomics.load(this.#cells, CLOSED);
  }

  /**
   * Closes a side, for all threads, and wakes all that wait on either. Once the call returns no write
   * succeeds any more.
   */
  close(side: number): void {
    const cells = this.#cells;
    lock(cells, PUT_LOCK);
    Atomics.or(cells, CLOSED, side);
    unlock(cells, PUT_LOCK);
    this.readers.wake();
    this.writers.wake();
  }

  /** Puts a message in, if there is room and neither side is closed; returns whether it did. */
  tryWrite(form: Form, message: Uint8Array): boolean {
    const cells = this.#cells;
    const { length } = message;
    const needed = 1 + Math.ceil(length / WORD);
    lock(cells, PUT_LOCK);
    try {
      if (Atomics.load(cells, CLOSED) !== 0 || !this.#hasRoom(needed)) return false;
      const tail = Atomics.load(cells, TAIL);
      cells[HEADER_CELLS + CELLS_A_WORD * this.#place(tail)] = (length << FORM_BITS) | form;
      this.#copyIn(message, this.#place(tail + 1) * WORD);
      Atomics.store(cells, TAIL, (tail + needed) | 0);
      Atomics.add(cells, PUTS, 1);
    } finally {
      unlock(cells, PUT_LOCK);
    }
    this.readers.wake();
    return true;
  }

  /** Takes the oldest message out with the help of `reader`; `NOT_YET` when there is none. */
  tryRead<R>(reader: Reader<R>): R | NotYet {
    const cells = this.#cells;
    // A look without the lock spares the other readers while the ring is empty.
    if (this.count === 0) return NOT_YET;
    let form: Form;
    let message: Uint8Array;
    lock(cells, TAKE_LOCK);
    try {
      if (this.count === 0) return NOT_YET;
      const head = Atomics.load(cells, HEAD);
      const first = cells[HEADER_CELLS + CELLS_A_WORD * this.#place(head)]!;
      const length = first >>> FORM_BITS;
      form = (first & BYTES) as Form;
      message = reader.place(form, length);
      this.#copyOut(message, this.#place(head + 1) * WORD);
      Atomics.store(cells, HEAD, (head + 1 + Math.ceil(length / WORD)) | 0);
      Atomics.add(cells, TAKES, 1);
    } finally {
      unlock(cells, TAKE_LOCK);
    }
    this.writers.wake();
    return reader.finish(form, message);
  }

  /** Exact while the lock of the writers is held: room can only grow meanwhile. */
  #hasRoom(needed: number): boolean {
    const cells = this.#cells;
    const used = (Atomics.load(cells, TAIL) - Atomics.load(cells, HEAD)) >>> 0;
    return used + needed <= this.#words && this.count < this.maxItems;
  }

  #place(position: number): number {
    return position & (this.#words - 1);
  }

  #copyIn(message: Uint8Array, at: number): void {
    const ring = this.#bytes;
    const length = message.length;
    const untilEnd = ring.length - at;
    if (length > untilEnd) {
      ring.set(message.subarray(0, untilEnd), at);
      ring.set(message.subarray(untilEnd), 0);
    } else if (length > SHORT) {
      ring.set(message, at);
    } else {
      for (let i = 0; i < length; i++) ring[at + i] = message[i]!;
    }
  }

  #copyOut(message: Uint8Array, at: number): void {
    const ring = this.#bytes;
    const length = message.length;
    const untilEnd = ring.length - at;
    if (length > untilEnd) {
      message.set(ring.subarray(at));
      message.set(ring.subarray(0, length - untilEnd), untilEnd);
    } else if (length > SHORT) {
      message.set(ring.subarray(at, at + length));
    } else {
      for (let i = 0; i < length; i++) message[i] = ring[at + i]!;
    }
  }
}

// Up to this many bytes a loop is faster than a call of `set`.
const SHORT = 48;

/**
 * The memory of a new, empty ring. Throws RangeError when a size is not a whole number from 1 on,
 * or too large.
 */
export function allocateRing({ maxItems, maxBytes }: RingSize): SharedArrayBuffer {
  checkSize("messages", maxItems, 2 ** 31 - 1);
  checkSize("bytes", maxBytes, LARGEST_RING);
  const powerOfTwo = 2 ** (32 - Math.clz32(maxBytes - 1));
  const bytes = Math.max(2 * WORD, powerOfTwo);
  const buffer = new SharedArrayBuffer(HEADER_BYTES + bytes);
  new Int32Array(buffer)[MAX_ITEMS] = maxItems;
  return buffer;
}

function checkSize(what: string, size: number, largest: number): void {
  if (!Number.isInteger(size) || size < 1 || size > largest) {
    throw new RangeError(
      `Cannot make room for ${size} ${what} as that must be a whole number from 1 to ${largest}`,
    );
  }
}
