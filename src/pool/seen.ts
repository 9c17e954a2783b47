// Which objects a message already holds, so that one that occurs twice is written once.

// Slots of the table, 2 bytes each: small enough for the processor's nearest cache.
const SLOT_BITS = 13;
const SLOTS = 2 ** SLOT_BITS;
const LARGEST_ENTRY = 2 ** 16 - 1;
const PROBES = 8;

/**
 * The objects of one message, numbered from 0 in the order in which they were met.
 *
 * A Map would do, at 100 ns an object or more, most of what it costs to write a small array. But an
 * object that is met again looks the same again: so a number made of its content (a hint) finds its
 * slot in a small table of numbers, and `===` decides. A Map takes what does not fit, so that many
 * objects alike (10,000 times `[0, 0]`) are no slower than with a Map alone.
 */
export class Seen {
  readonly #slots = new Uint16Array(SLOTS);
  // Kept at its length, as growing it anew for each message costs more than all the rest.
  readonly #objects: (object | undefined)[] = new Array(SLOTS).fill(undefined);
  #overflow: Map<object, number> | undefined;
  #count = 0;
  // Slots hold `base` + the object's number + 1. Raising the base past all of them empties the
  // table at no cost.
  #base = 0;

  /**
   * The number of an object met before, or -1 for a new one, which is given the next number.
   * `hint` must be the same integer every time the object is met.
   */
  meet(object: object, hint: number): number {
    const slots = this.#slots;
    const base = this.#base;
    let slot = Math.imul(hint, 0x9e3779b1) >>> (32 - SLOT_BITS); // Knuth's multiplicative hashing
    for (let probe = 0; probe < PROBES; probe++) {
      const number = slots[slot]! - base - 1;
      if (number < 0) {
        if (this.#count >= SLOTS) break;
        const next = this.#count++;
        slots[slot] = base + next + 1;
        this.#objects[next] = object;
        return -1;
      }
      if (this.#objects[number] === object) return number;
      slot = (slot + 1) & (SLOTS - 1);
    }
    return this.#meetInMap(object);
  }

  /** Forgets everything. */
  clear(): void {
    this.#objects.fill(undefined, 0, this.#count);
    this.#overflow = undefined;
    this.#base += Math.min(this.#count, SLOTS);
    this.#count = 0;
    if (this.#base + SLOTS > LARGEST_ENTRY) {
      this.#slots.fill(0);
      this.#base = 0;
    }
  }

  #meetInMap(object: object): number {
    this.#overflow ??= new Map();
    const number = this.#overflow.get(object);
    if (number !== undefined) return number;
    this.#overflow.set(object, this.#count++);
    return -1;
  }
}

/**
 * A hint for an array: an integer made of its length and what stands at its ends, or at those of
 * its first element.
 */
export function hintOf(array: readonly unknown[]): number {
  const first = array[0];
  const length = array.length;
  // The 1 tells an array of pairs from its first pair.
  if (Array.isArray(first)) return hintOfEnds(first[0], first[first.length - 1]) + length + 1;
  return hintOfEnds(first, array[length - 1]) + length;
}

/**
 * A hint for a pair of numbers: both spread over 32 bits, be they integers or differ in the seventh
 * digit only.
 */
export function hintOfPair(first: number, second: number): number {
  return (first * 1327217885.3 + second * 2654435769.7) | 0;
}

function hintOfEnds(first: unknown, last: unknown): number {
  return hintOfPair(numberOf(first), numberOf(last));
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.length > 0 ? value.length + value.charCodeAt(0) : 0;
}
