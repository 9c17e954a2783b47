// The memory a message is written to: it grows, up to a limit.

import { LONG_COUNT, TAG } from "./format.ts";

const SMALLEST_ROOM = 4096;
/** Room that a large message made is given back if it is more than this. */
const LARGEST_ROOM = 2 ** 20;

/** Some calls reserve a few bytes more than they use: 17 for any pair, of which 9 may do. */
const MOST_SPARE = 8;

/**
 * Bytes to be written one after the other. Where speed counts, a writer reserves room, writes
 * through `bytes` or `view` from `at` on, and moves `at` itself.
 */
export class Output {
  /** The room there is. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(SMALLEST_ROOM);
  /** The same room, for numbers of more than a byte. */
  view: DataView<ArrayBuffer> = new DataView(this.bytes.buffer);
  /** The same room, for integers at multiples of 4 bytes. */
  ints: Int32Array<ArrayBuffer> = new Int32Array(this.bytes.buffer);
  /** The same room, for numbers at multiples of 8 bytes. */
  doubles: Float64Array<ArrayBuffer> = new Float64Array(this.bytes.buffer);
  /** Where the next byte goes. */
  at = 0;
  /** How many bytes the message may have. */
  limit = 0;

  /** Begins a message of at most `limit` bytes. */
  begin(limit: number): void {
    this.limit = limit;
    this.at = 0;
  }

  /**
   * The message written since {@linkcode begin}, valid until the next one. Throws RangeError when
   * it is too long.
   */
  message(): Uint8Array<ArrayBuffer> {
    if (this.at > this.limit) throw tooLarge(this.limit);
    return this.bytes.subarray(0, this.at);
  }

  /** Gives large memory back. What `message` returned stays valid. */
  end(): void {
    if (this.bytes.length > LARGEST_ROOM) this.#setRoom(new Uint8Array(SMALLEST_ROOM));
  }

  /** Writes a text, a byte a character if that is enough. */
  text(text: string): void {
    const length = text.length;
    const start = this.at;
    this.byte(TAG.LATIN1);
    this.count(length);
    this.reserve(length);
    const bytes = this.bytes;
    const at = this.at;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0xff) {
        this.at = start;
        return this.#wideText(text);
      }
      bytes[at + i] = unit;
    }
    this.at += length;
  }

  #wideText(text: string): void {
    this.byte(TAG.UTF16);
    this.count(text.length);
    this.reserve(2 * text.length);
    for (let i = 0; i < text.length; i++, this.at += 2) {
      this.view.setUint16(this.at, text.charCodeAt(i), true);
    }
  }

  /** Writes one byte. */
  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.at++] = byte;
  }

  /** Writes a tag and a count, and makes room for so many bytes after them. */
  head(tag: number, count: number, size = 0): void {
    this.reserve(6 + size);
    if (count < LONG_COUNT) {
      this.view.setUint16(this.at, tag | (count << 8), true);
      this.at += 2;
    } else {
      this.bytes[this.at] = tag;
      this.bytes[this.at + 1] = LONG_COUNT;
      this.view.setUint32(this.at + 2, count, true);
      this.at += 6;
    }
  }

  /** Writes a count: one byte, or five. */
  count(count: number): void {
    this.reserve(5);
    if (count < LONG_COUNT) {
      this.bytes[this.at++] = count;
    } else {
      this.bytes[this.at] = LONG_COUNT;
      this.view.setUint32(this.at + 1, count, true);
      this.at += 5;
    }
  }

  /** Whether so many bytes more are within the limit. */
  fits(size: number): boolean {
    return this.at + size <= this.limit;
  }

  /**
   * Makes room for so many integers and moves `at` behind them; returns the first one's place in
   * `ints`, or -1 when they are beyond the limit.
   */
  placeInts(count: number): number {
    const place = (this.at + 3) >>> 2;
    return this.#moveTo(4 * (place + count)) ? place : -1;
  }

  /** {@linkcode placeInts} for doubles, in `doubles`. */
  placeDoubles(count: number): number {
    const place = (this.at + 7) >>> 3;
    return this.#moveTo(8 * (place + count)) ? place : -1;
  }

  /** Makes room for so many bytes from `at` on. Throws RangeError when that is beyond the limit. */
  reserve(size: number): void {
    if (this.at + size > this.bytes.length) this.#grow(this.at + size);
  }

  #moveTo(end: number): boolean {
    if (end > this.limit) return false;
    this.reserve(end - this.at);
    this.at = end;
    return true;
  }

  #grow(needed: number): void {
    if (needed > this.limit + MOST_SPARE) throw tooLarge(this.limit);
    const larger = new Uint8Array(Math.max((needed + 7) & -8, 2 * this.bytes.length));
    larger.set(this.bytes);
    this.#setRoom(larger);
  }

  #setRoom(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.ints = new Int32Array(bytes.buffer);
    this.doubles = new Float64Array(bytes.buffer);
  }
}

function tooLarge(limit: number): RangeError {
  return new RangeError(
    `Cannot send a message that takes more than ${limit} bytes as the buffer holds no more`,
  );
}
