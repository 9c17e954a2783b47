// Which objects a message already holds, so that one that occurs twice is written once.

// Slots of the table, 2 bytes each: small enough for the processor's nearest cache.
const SLOT_BITS = 13;
const SLOTS = 2 ** SLOT_BITS;
const LARGEST_ENTRY = 2 ** 16 - 1;
const PROBES = 8;
/** Memory for more hints than this, which a large message made, is given back. */
const MOST_HINTS = 2 ** 18;

/** Arrays met together: the first has the number `from`, the others those that follow. */
interface Group {
  readonly from: number;
  readonly rows: readonly Row[];
}

type Row = readonly unknown[];

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
  // Kept at its length, as growing it anew for each message costs more than all the rest. Not kept
  // here is what stands in a group: to store an object costs as much as to find its slot.
  readonly #objects: (object | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #groups: Group[] = [];
  /** Groups that are not yet in the table. */
  readonly #waiting: Group[] = [];
  #overflow: Map<object, number> | undefined;
  #count = 0;
  // More than any number that was given in this message, those included that were forgotten.
  #highest = 0;
  // Slots hold `base` + the object's number + 1. Raising the base past all of them empties the
  // table at no cost.
  #base = 0;
  #hints = new Int32Array(0);

  /** How many objects were met: the number of the next. */
  get count(): number {
    return this.#count;
  }

  /**
   * The number of an object met before, or -1 for a new one, which is given the next number.
   * `hint` must be the same integer every time the object is met.
   */
  meet(object: object, hint: number): number {
    if (this.#waiting.length > 0) this.#placeWaiting();
    const next = this.#count;
    if (next < SLOTS) {
      const slot = slotOf(hint);
      if (this.#slots[slot]! <= this.#base) {
        this.#slots[slot] = this.#base + next + 1;
        this.#objects[next] = object;
        this.#count = next + 1;
        return -1;
      }
    }
    const number = this.#find(object, hint, next);
    if (number < 0) {
      if (next < SLOTS) this.#objects[next] = object;
      this.#count = next + 1;
    }
    return number;
  }

  /** Memory for the hints of so many rows, until the next call. */
  hints(count: number): Int32Array {
    if (this.#hints.length < count) this.#hints = new Int32Array(Math.max(1024, 2 * count));
    return this.#hints;
  }

  /**
   * Meets arrays that hold no objects, all with their hints; false when one of them was met before,
   * and then they are to be forgotten.
   */
  meetRows(rows: readonly Row[], hints: Int32Array): boolean {
    const slots = this.#slots;
    const base = this.#base;
    const from = this.#count;
    this.#groups.push({ from, rows });
    const inSlots = Math.min(rows.length, SLOTS - from);
    let i = 0;
    for (; i < inSlots; i++) {
      const slot = slotOf(hints[i]!);
      if (slots[slot]! <= base) slots[slot] = base + from + i + 1;
      else if (this.#find(rows[i]!, hints[i]!, from + i) >= 0) break;
    }
    for (; i < rows.length; i++) {
      if (this.#find(rows[i]!, hints[i]!, from + i) >= 0) break;
    }
    this.#count = from + rows.length;
    return i === rows.length;
  }

  /**
   * Gives numbers to arrays that hold arrays just met as new: so these are new as well, and nobody
   * looks for them unless other objects follow.
   */
  addRows(rows: readonly Row[]): void {
    const group = { from: this.#count, rows };
    this.#groups.push(group);
    this.#waiting.push(group);
    this.#count += rows.length;
  }

  /** Forgets all objects but the first `count`. */
  forget(count: number): void {
    if (count === this.#count) return;
    // What is left in the slots finds no object under its number, or another one.
    this.#objects.fill(undefined, count, this.#count);
    for (const [object, number] of this.#overflow ?? []) {
      if (number >= count) this.#overflow?.delete(object);
    }
    for (const groups of [this.#groups, this.#waiting]) {
      while (groups.length > 0 && groups.at(-1)!.from >= count) groups.pop();
    }
    this.#highest = Math.max(this.#highest, this.#count);
    this.#count = count;
  }

  /** Forgets everything. */
  clear(): void {
    this.#objects.fill(undefined, 0, this.#count);
    if (this.#groups.length > 0) {
      this.#groups.length = 0;
      this.#waiting.length = 0;
      if (this.#hints.length > MOST_HINTS) this.#hints = new Int32Array(0);
    }
    this.#overflow = undefined;
    this.#base += Math.min(Math.max(this.#highest, this.#count), SLOTS);
    this.#count = 0;
    this.#highest = 0;
    if (this.#base + SLOTS > LARGEST_ENTRY) {
      this.#slots.fill(0);
      this.#base = 0;
    }
  }

  /** The number the object has; -1 when it had none, and then `next` is its number from now on. */
  #find(object: object, hint: number, next: number): number {
    const slots = this.#slots;
    const base = this.#base;
    let slot = slotOf(hint);
    for (let probe = 0; probe < PROBES; probe++) {
      const number = slots[slot]! - base - 1;
      if (number < 0) {
        if (next >= SLOTS) break;
        slots[slot] = base + next + 1;
        return -1;
      }
      if ((this.#objects[number] ?? this.#rowOf(number)) === object) return number;
      slot = (slot + 1) & (SLOTS - 1);
    }
    return this.#findInMap(object, next);
  }

  #findInMap(object: object, next: number): number {
    this.#overflow ??= new Map();
    const number = this.#overflow.get(object);
    if (number !== undefined) return number;
    this.#overflow.set(object, next);
    return -1;
  }

  #rowOf(number: number): Row | undefined {
    for (let i = 0; i < this.#groups.length; i++) {
      const { from, rows } = this.#groups[i]!;
      if (number >= from && number < from + rows.length) return rows[number - from];
    }
    return undefined;
  }

  #placeWaiting(): void {
    for (const { from, rows } of this.#waiting) {
      rows.forEach((row, i) => this.#find(row, hintOf(row), from + i));
    }
    this.#waiting.length = 0;
  }
}

function slotOf(hint: number): number {
  return Math.imul(hint, 0x9e3779b1) >>> (32 - SLOT_BITS); // Knuth's multiplicative hashing
}

/**
 * A hint for an array: an integer made of its length and what stands at its ends, or at those of
 * its first element.
 */
export function hintOf(array: readonly unknown[]): number {
  const first = array[0];
  const length = array.length;
  // The 1 tells an array of pairs from its first pair.
  if (Array.isArray(first)) {
    return hintOfNumbers(numberOf(first[0]), numberOf(first[first.length - 1]), length + 1);
  }
  return hintOfNumbers(numberOf(first), numberOf(array[length - 1]), length);
}

/** {@linkcode hintOf} an array of so many numbers with these at its ends. */
export function hintOfNumbers(first: number, last: number, length: number): number {
  // Spread over 32 bits, be they integers or differ in the seventh digit only.
  return ((first * 1327217885.3 + last * 2654435769.7) | 0) + length;
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.length > 0 ? value.length + value.charCodeAt(0) : 0;
}
