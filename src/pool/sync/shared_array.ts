// Numbers that several workers see: a typed array or one value in shared memory, with a lock.

import { Lock } from "./lock.ts";

/** Every typed array, over shared memory, by the name of its constructor. */
export interface SharedViews {
  Int8Array: Int8Array<SharedArrayBuffer>;
  Uint8Array: Uint8Array<SharedArrayBuffer>;
  Uint8ClampedArray: Uint8ClampedArray<SharedArrayBuffer>;
  Int16Array: Int16Array<SharedArrayBuffer>;
  Uint16Array: Uint16Array<SharedArrayBuffer>;
  Int32Array: Int32Array<SharedArrayBuffer>;
  Uint32Array: Uint32Array<SharedArrayBuffer>;
  Float16Array: Float16Array<SharedArrayBuffer>;
  Float32Array: Float32Array<SharedArrayBuffer>;
  Float64Array: Float64Array<SharedArrayBuffer>;
  BigInt64Array: BigInt64Array<SharedArrayBuffer>;
  BigUint64Array: BigUint64Array<SharedArrayBuffer>;
}

/** The name of a typed array type. */
export type ElementType = keyof SharedViews;

/** What one element is: a number, or a bigint in the two 64-bit integer types. */
export type ElementOf<K extends ElementType> = SharedViews[K][number];

/**
 * A typed array's constructor, as `Float64Array` itself, of which the type's name `K` can be read.
 */
export interface ViewType<K extends ElementType> {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  readonly prototype: { readonly [Symbol.toStringTag]: K };
}

/** What a shared array is while it travels to another worker: plain data, fit for `postMessage`. */
export interface SharedArrayHandle<K extends ElementType = ElementType> {
  readonly kind: "shared array";
  readonly type: K;
  readonly length: number;
  readonly buffer: SharedArrayBuffer;
}

/** What a shared value is while it travels to another worker: plain data, fit for `postMessage`. */
export interface SharedValueHandle<K extends ElementType = ElementType> {
  readonly kind: "shared value";
  readonly type: K;
  readonly buffer: SharedArrayBuffer;
}

// The lock's word comes first; the elements start where any type is aligned.
const ELEMENTS_AT = 8;

/**
 * An array of numbers in shared memory: what one worker writes, all see.
 *
 * `array` is the plain typed view and knows nothing of the lock. A read followed by a write of the
 * same element needs the lock when others write too; elements that only one worker touches do not.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { SharedArray } from "./shared_array.ts";
 *
 * const squares = SharedArray.of(Float64Array, [1, 4, 9]);
 * const same = SharedArray.from(squares.toHandle()); // usually in a worker
 * {
 *   using _held = same.lock.hold();
 *   same.array[0]! += 1;
 * }
 * assert.ok(squares.array[0] === 2);
 * ```
 */
export class SharedArray<K extends ElementType = ElementType> {
  readonly #handle: SharedArrayHandle<K>;
  /** The elements. */
  readonly array: SharedViews[K];
  /** The lock beside the elements. */
  readonly lock: Lock;

  private constructor(handle: SharedArrayHandle<K>) {
    this.#handle = handle;
    this.array = viewOf(handle.type, handle.buffer, handle.length);
    this.lock = new Lock({ buffer: handle.buffer, byteOffset: 0 });
  }

  /**
   * A new array of `type`, of a length (all zeros) or with the given elements.
   *
   * @throws RangeError when the length is not a whole number of 0 or more
   */
  static of<K extends ElementType>(
    type: ViewType<K>,
    content: number | Iterable<ElementOf<K>>,
  ): SharedArray<K> {
    const elements = typeof content === "number" ? undefined : [...content];
    const length = elements?.length ?? Number(content);
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(
        `Cannot make a shared array of ${length} elements as a length is a whole number from 0 on`,
      );
    }
    const shared = new SharedArray<K>({
      kind: "shared array",
      type: typeName(type),
      length,
      buffer: new SharedArrayBuffer(ELEMENTS_AT + length * type.BYTES_PER_ELEMENT),
    });
    elements?.forEach((element, index) => shared.array[index] = element);
    return shared;
  }

  /**
   * The array that `toHandle` was called on, in this thread. Throws TypeError when the handle is
   * not an array's.
   */
  static from<K extends ElementType>(handle: SharedArrayHandle<K>): SharedArray<K> {
    if (handle?.kind !== "shared array") {
      throw new TypeError("Cannot make a shared array from this as it is not the handle of one");
    }
    return new SharedArray(handle);
  }

  /**
   * The array as plain data, to be posted to another worker and given to
   * {@linkcode SharedArray.from} there. An own property, so that structured clone refuses the array
   * itself instead of making it `{}`.
   */
  readonly toHandle = (): SharedArrayHandle<K> => this.#handle;

  /** Number of elements. */
  get length(): number {
    return this.#handle.length;
  }
}

/**
 * One number in shared memory.
 *
 * Reading or setting `value` is one step; `value += 1` is two, between which another worker may
 * write. Use {@linkcode SharedValue.add}, {@linkcode SharedValue.update} or the lock for that.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { SharedValue } from "./shared_array.ts";
 *
 * const done = SharedValue.of(Int32Array, 40);
 * assert.ok(done.add(2) === 42);
 * assert.ok(done.update((n) => n / 2) === 21);
 * ```
 */
export class SharedValue<K extends ElementType = ElementType> {
  readonly #handle: SharedValueHandle<K>;
  readonly #cell: SharedViews[K];
  /** The lock beside the value. */
  readonly lock: Lock;

  private constructor(handle: SharedValueHandle<K>) {
    this.#handle = handle;
    this.#cell = viewOf(handle.type, handle.buffer, 1);
    this.lock = new Lock({ buffer: handle.buffer, byteOffset: 0 });
  }

  /** A new value of the type whose typed array is given; zero unless another start is given. */
  static of<K extends ElementType>(type: ViewType<K>, start?: ElementOf<K>): SharedValue<K> {
    const shared = new SharedValue<K>({
      kind: "shared value",
      type: typeName(type),
      buffer: new SharedArrayBuffer(ELEMENTS_AT + type.BYTES_PER_ELEMENT),
    });
    if (start !== undefined) shared.value = start;
    return shared;
  }

  /**
   * The value that `toHandle` was called on, in this thread. Throws TypeError when the handle is
   * not a value's.
   */
  static from<K extends ElementType>(handle: SharedValueHandle<K>): SharedValue<K> {
    if (handle?.kind !== "shared value") {
      throw new TypeError("Cannot make a shared value from this as it is not the handle of one");
    }
    return new SharedValue(handle);
  }

  /**
   * The value as plain data, to be posted to another worker and given to
   * {@linkcode SharedValue.from} there. An own property, so that structured clone refuses the value
   * itself instead of making it `{}`.
   */
  readonly toHandle = (): SharedValueHandle<K> => this.#handle;

  /** The number as it is now. */
  get value(): ElementOf<K> {
    return this.#cell[0] as ElementOf<K>;
  }

  /** Sets the number; it is rounded or wrapped as the typed array does. */
  set value(value: ElementOf<K>) {
    this.#cell[0] = value;
  }

  /**
   * Replaces the value by `change(value)` while holding the lock, and returns what is stored then.
   * Blocks while another worker holds the lock. A `change` that throws leaves the value as it was
   * and the lock free.
   */
  update(change: (value: ElementOf<K>) => ElementOf<K>): ElementOf<K> {
    using _held = this.lock.hold();
    this.value = change(this.value);
    return this.value;
  }

  /**
   * Adds to the value while holding the lock, and returns the sum. Blocks while another worker
   * holds the lock.
   */
  add(amount: ElementOf<K>): ElementOf<K> {
    // Both operands are of the one type K stands for; the compiler cannot add two values of "number
    // or bigint".
    return this.update((value) => ((value as number) + (amount as number)) as ElementOf<K>);
  }
}

type ViewMaker<K extends ElementType> = new (
  buffer: SharedArrayBuffer,
  byteOffset: number,
  length: number,
) => SharedViews[K];

const MAKERS: { readonly [K in ElementType]: ViewMaker<K> } = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

function viewOf<K extends ElementType>(
  type: K,
  buffer: SharedArrayBuffer,
  length: number,
): SharedViews[K] {
  return new MAKERS[type](buffer, ELEMENTS_AT, length);
}

function typeName<K extends ElementType>(type: ViewType<K>): K {
  const name = String(type?.name);
  if (!Object.hasOwn(MAKERS, name)) {
    throw new TypeError(
      `Cannot share ${name} as it is not a typed array type such as Float64Array`,
    );
  }
  return name as K;
}
