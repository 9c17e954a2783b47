// The bytes of a message being read, as bytes and as numbers.

import { LONG_COUNT } from "./format.ts";

/** The same memory, seen as each kind of number. */
interface Views {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly ints: Int32Array<ArrayBuffer>;
  readonly doubles: Float64Array<ArrayBuffer>;
}

// Messages usually stand in one and the same memory, and to make the views of it takes longer than
// to read a number. Larger memory is not kept.
const LARGEST_KEPT = 2 ** 21;
let kept: Views | undefined;

/** Bytes to be read one after the other, from `at` on. */
export class Input {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For numbers anywhere. */
  readonly view: DataView<ArrayBuffer>;
  /** For numbers at multiples of 4 bytes. */
  readonly ints: Int32Array<ArrayBuffer>;
  /** For numbers at multiples of 8 bytes. */
  readonly doubles: Float64Array<ArrayBuffer>;
  /** Where the next byte stands. */
  at = 0;

  constructor(message: Uint8Array) {
    const views = viewsOf(message);
    this.bytes = views.bytes;
    this.view = views.view;
    this.ints = views.ints;
    this.doubles = views.doubles;
  }

  /** Reads one byte. */
  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** Reads what `Output.count` wrote. */
  count(): number {
    const count = this.byte();
    if (count < LONG_COUNT) return count;
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  /** Goes to so many integers from here on; returns the first one's place in `ints`. */
  intsFrom(count: number): number {
    const place = (this.at + 3) >>> 2;
    this.at = 4 * (place + count);
    return place;
  }

  /** Goes to so many doubles from here on; returns the first one's place in `doubles`. */
  doublesFrom(count: number): number {
    const place = (this.at + 7) >>> 3;
    this.at = 8 * (place + count);
    return place;
  }
}

function viewsOf(message: Uint8Array): Views {
  const { buffer, byteOffset } = message;
  if (kept !== undefined && kept.bytes.buffer === buffer && byteOffset === 0) return kept;
  // Numbers stand at multiples of their size, counted from the beginning of the message.
  const whole = byteOffset === 0 && buffer instanceof ArrayBuffer
    ? buffer
    : new Uint8Array(message).buffer;
  const views = {
    bytes: new Uint8Array(whole),
    view: new DataView(whole),
    ints: new Int32Array(whole, 0, whole.byteLength >>> 2),
    doubles: new Float64Array(whole, 0, whole.byteLength >>> 3),
  };
  if (whole === buffer && whole.byteLength <= LARGEST_KEPT) kept = views;
  return views;
}
