/** Answers by shared memory, which wakes a worker's parent sooner than a message does. */

import { anything } from "../sync/channel.ts";
import { decode } from "../codec/decode.ts";
import { encode } from "../codec/encode.ts";
import { allocateRing, BYTES, type Reader, Ring, VALUE } from "../sync/ring.ts";
import { NOT_YET } from "../sync/wait.ts";
import type { Answer, BytesAndNumbers, LeftAnswer } from "../wire.ts";

/** Bytes that answers may take until they are read: a few tiles' files. */
const ROOM = 2 ** 18;

/** Numbers in front of bytes that cross as they are: the order's id, its milliseconds, how many follow. */
const FRONT = 3;

const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;

/**
 * Answers of one worker to its parent. An answer of 30 kB in here takes half the time of a message to
 * an idle parent (experiment pool-2); bytes with their numbers are not even encoded.
 */
export class AnswerRing {
  readonly #ring: Ring;

  /** A new ring, or the same ring in another thread. */
  constructor(buffer?: SharedArrayBuffer) {
    this.#ring = new Ring(buffer ?? allocateRing({ maxItems: 2 ** 31 - 1, maxBytes: ROOM }));
  }

  get buffer(): SharedArrayBuffer {
    return this.#ring.buffer;
  }

  /** The worker answers. Returns whether it could: false for what is too large or cannot be encoded. */
  put(answer: Answer): boolean {
    const result = resultOf(answer);
    if (result !== undefined) return this.#putAsItIs(result);
    try {
      return this.#ring.tryWrite(VALUE, encode(answer, this.#ring.maxMessage));
    } catch {
      return false;
    }
  }

  #putAsItIs({ id, milliseconds, value: { bytes, numbers } }: Result): boolean {
    const front = Float64Array.of(id, milliseconds, numbers.length, ...numbers);
    return this.#ring.tryWrite(BYTES, bytes, new Uint8Array(front.buffer));
  }

  /** The parent takes what is there. */
  *taken(): Generator<Answer> {
    for (;;) {
      const answer = this.#ring.tryRead(answers);
      if (answer === NOT_YET) return;
      yield answer;
    }
  }

  /** Calls `arrived` whenever there may be an answer, until it returns false. */
  listen(arrived: () => boolean): Promise<void> {
    return this.#ring.listen(arrived);
  }

  /** Wakes the parent for another call of what listens. */
  wake(): void {
    this.#ring.readers.wake();
  }
}

/** The result of a last call that is bytes and numbers. */
interface Result extends Pick<LeftAnswer, "id" | "milliseconds"> {
  readonly value: BytesAndNumbers;
}

function resultOf(answer: Answer): Result | undefined {
  if (answer.kind !== "left" || answer.last === null) return undefined;
  const { id, milliseconds, last: { value } } = answer;
  return isBytesAndNumbers(value) ? { id, milliseconds, value } : undefined;
}

function isBytesAndNumbers(value: unknown): value is BytesAndNumbers {
  if (typeof value !== "object" || value === null) return false;
  const { bytes, numbers } = value as Partial<BytesAndNumbers>;
  return bytes instanceof Uint8Array && Array.isArray(numbers) &&
    numbers.every((number) => typeof number === "number") && Object.keys(value).length === 2;
}

const answers: Reader<Answer> = {
  place: anything.place,
  finish(form, message) {
    if (form !== BYTES) return decode(message) as Answer;
    const buffer = message.buffer as ArrayBuffer;
    const [id, milliseconds, count] = new Float64Array(buffer, 0, FRONT) as unknown as Front;
    const numbers = [...new Float64Array(buffer, FRONT * NUMBER_BYTES, count)];
    const bytes = new Uint8Array(buffer, (FRONT + count) * NUMBER_BYTES);
    return { kind: "left", id, milliseconds, failed: null, last: { value: { bytes, numbers } } };
  },
};

type Front = readonly [id: number, milliseconds: number, count: number];
