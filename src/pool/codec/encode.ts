// A value as bytes: structured clone in its own format, fast on small messages and number lists.

import { writeColumns } from "./columns_out.ts";
import { BUFFER_TYPES, ERROR_NAMES, isInt32, TAG } from "./format.ts";
import { Output } from "./output.ts";
import { hintOf, hintOfNumbers, Seen } from "./seen.ts";

const idle: Encoder[] = [];

/**
 * The value as bytes, to be read by `decode`. They belong to the encoder and last until the next
 * call in this thread.
 *
 * What arrives is what `structuredClone` would give: primitives, plain objects, arrays, Map, Set,
 * Date, RegExp, Error, typed arrays, array buffers, with cycles and shared parts kept; the class of
 * any other object is lost. It differs where that would cost too much or make no sense: of a view
 * only the bytes it shows travel, also out of shared memory; properties of an array other than its
 * elements are dropped.
 *
 * @throws TypeError when a part of the value cannot be cloned: a function, a symbol, a
 * SharedArrayBuffer, an object of the platform
 * @throws RangeError when the bytes would be more than `limit`
 */
export function encode(value: unknown, limit: number): Uint8Array {
  // A getter among the properties may itself send a message: then it has an encoder of its own.
  const encoder = idle.pop() ?? new Encoder();
  try {
    return encoder.encode(value, limit);
  } finally {
    idle.push(encoder);
  }
}

class Encoder {
  readonly #out = new Output();
  #hasReferences = false;
  readonly #seen = new Seen();
  readonly #keys = new Map<string, number>();

  encode(value: unknown, limit: number): Uint8Array {
    const out = this.#out;
    this.#hasReferences = false;
    out.begin(limit);
    try {
      out.byte(0);
      this.#value(value);
      out.bytes[0] = this.#hasReferences ? 1 : 0;
      return out.message();
    } finally {
      out.end();
      this.#seen.clear();
      if (this.#keys.size > 0) this.#keys.clear();
    }
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case "number":
        return this.#number(value);
      case "string":
        return this.#out.text(value);
      case "object":
        return value === null ? this.#out.byte(TAG.NULL) : this.#object(value);
      case "boolean":
        return this.#out.byte(value ? TAG.TRUE : TAG.FALSE);
      case "undefined":
        return this.#out.byte(TAG.UNDEFINED);
      case "bigint": {
        this.#out.byte(TAG.BIGINT);
        this.#out.byte(value < 0n ? 1 : 0);
        return this.#out.text((value < 0n ? -value : value).toString(16));
      }
      case "function":
        throw cannotClone(value.name === "" ? "a function" : `the function ${value.name}`);
      case "symbol":
        throw cannotClone(String(value));
    }
  }

  #number(value: number): void {
    const out = this.#out;
    out.reserve(9);
    if (!isInt32(value)) {
      out.bytes[out.at] = TAG.DOUBLE;
      out.view.setFloat64(out.at + 1, value, true);
      out.at += 9;
    } else if (value >= 0 && value < 256) {
      out.bytes[out.at] = TAG.BYTE;
      out.bytes[out.at + 1] = value;
      out.at += 2;
    } else {
      out.bytes[out.at] = TAG.INT32;
      out.view.setInt32(out.at + 1, value, true);
      out.at += 5;
    }
  }

  #object(object: object): void {
    if (Array.isArray(object)) return this.#array(object);
    const prototype = Object.getPrototypeOf(object);
    if (prototype === Object.prototype || prototype === null) return this.#record(object);
    if (object instanceof Map) {
      if (this.#isReference(object, TAG.MAP + object.size)) return;
      this.#out.byte(TAG.MAP);
      this.#out.count(object.size);
      for (const [key, value] of [...object]) {
        this.#value(key);
        this.#value(value);
      }
    } else if (object instanceof Set) {
      if (this.#isReference(object, TAG.SET + object.size)) return;
      this.#out.byte(TAG.SET);
      this.#out.count(object.size);
      for (const member of [...object]) this.#value(member);
    } else if (ArrayBuffer.isView(object)) {
      if (this.#isReference(object, object.byteLength)) return;
      const type = brandOf(object);
      if (object.buffer instanceof ArrayBuffer && object.buffer.detached) {
        throw cannotClone(`a ${type} whose buffer was transferred away`);
      }
      this.#buffer(type, new Uint8Array(object.buffer, object.byteOffset, object.byteLength));
    } else {
      this.#rareObject(object);
    }
  }

  #rareObject(object: object): void {
    if (this.#isReference(object, 0)) return;
    if (object instanceof Date) {
      this.#out.byte(TAG.DATE);
      this.#number(object.getTime());
    } else if (object instanceof ArrayBuffer) {
      if (object.detached) throw cannotClone("an ArrayBuffer that was transferred away");
      this.#buffer("ArrayBuffer", new Uint8Array(object));
    } else if (object instanceof RegExp) {
      this.#out.byte(TAG.REGEXP);
      this.#out.text(object.source);
      this.#out.text(object.flags);
    } else if (object instanceof DOMException) {
      this.#out.byte(TAG.DOM_EXCEPTION);
      this.#out.text(object.name);
      this.#out.text(object.message);
    } else if (object instanceof Error) {
      this.#out.byte(TAG.ERROR);
      this.#out.text(ERROR_NAMES.includes(object.name) ? object.name : "Error");
      this.#value(object.message);
      this.#value(object.stack);
      this.#value(Object.hasOwn(object, "cause"));
      this.#value(object.cause);
    } else if (isBoxed(object)) {
      this.#out.byte(TAG.BOXED);
      this.#value(object.valueOf());
    } else {
      // An instance of a class is cloned without its class. An object of the platform (URL,
      // Promise, WeakMap, SharedArrayBuffer, MessagePort) names itself, and has nothing to clone
      // that would be of use elsewhere.
      const brand = brandOf(object);
      if (brand !== "Object") throw cannotClone(`an object of type ${brand}`);
      this.#properties(object, Object.keys(object));
    }
  }

  #array(array: readonly unknown[]): void {
    const length = array.length;
    if (length === 2) {
      const first = array[0];
      const second = array[1];
      if (typeof first === "number" && typeof second === "number") {
        return this.#pair(array, first, second);
      }
    }
    if (this.#isReference(array, hintOf(array))) return;
    const first = array[0];
    if (typeof first === "number") {
      if ((isInt32(first) && this.#ints(array)) || this.#doubles(array)) return;
    } else if (writeColumns(array, this.#out, this.#seen)) {
      return;
    }
    this.#out.head(TAG.ARRAY, length);
    for (let i = 0; i < length; i++) {
      const element = array[i];
      if (Array.isArray(element)) this.#array(element);
      else if (element === undefined && !Object.hasOwn(array, i)) this.#out.byte(TAG.HOLE);
      else this.#value(element);
    }
  }

  /**
   * Writes the array as integers; false, and nothing is written, when it holds anything else or
   * that would not fit.
   */
  #ints(array: readonly unknown[]): boolean {
    const out = this.#out;
    const length = array.length;
    const start = out.at;
    out.head(TAG.INTS, length);
    const place = out.placeInts(length);
    if (place < 0) {
      out.at = start;
      return false;
    }
    const ints = out.ints;
    for (let i = 0; i < length; i++) {
      const element = array[i];
      if (typeof element !== "number" || !isInt32(element)) {
        out.at = start;
        return false;
      }
      ints[place + i] = element;
    }
    return true;
  }

  /**
   * Writes the array as doubles; false, and nothing is written, when it holds anything but numbers
   * or that would not fit.
   */
  #doubles(array: readonly unknown[]): boolean {
    const out = this.#out;
    const length = array.length;
    const start = out.at;
    out.head(TAG.DOUBLES, length);
    const place = out.placeDoubles(length);
    if (place < 0) {
      out.at = start;
      return false;
    }
    const doubles = out.doubles;
    for (let i = 0; i < length; i++) {
      const element = array[i];
      if (typeof element !== "number") {
        out.at = start;
        return false;
      }
      doubles[place + i] = element;
    }
    return true;
  }

  // Coordinates travel as pairs of numbers, often alone: each number is read from its array once,
  // and written without a count.
  #pair(array: readonly unknown[], first: number, second: number): void {
    const out = this.#out;
    if (this.#isReference(array, hintOfNumbers(first, second, 2))) return;
    out.reserve(17);
    const view = out.view;
    const at = out.at;
    if (isInt32(first) && isInt32(second)) {
      out.bytes[at] = TAG.INT_PAIR;
      view.setInt32(at + 1, first, true);
      view.setInt32(at + 5, second, true);
      out.at = at + 9;
    } else {
      out.bytes[at] = TAG.DOUBLE_PAIR;
      view.setFloat64(at + 1, first, true);
      view.setFloat64(at + 9, second, true);
      out.at = at + 17;
    }
  }

  #record(object: object): void {
    const keys = Object.keys(object);
    if (!this.#isReference(object, TAG.OBJECT + keys.length)) this.#properties(object, keys);
  }

  #properties(object: object, keys: readonly string[]): void {
    this.#out.byte(TAG.OBJECT);
    this.#out.count(keys.length);
    for (const key of keys) {
      const number = this.#keys.get(key);
      if (number === undefined) {
        this.#keys.set(key, this.#keys.size + 1);
        this.#out.count(0);
        this.#out.text(key);
      } else {
        this.#out.count(number);
      }
      this.#value((object as Readonly<Record<string, unknown>>)[key]);
    }
  }

  #buffer(type: string, content: Uint8Array): void {
    const out = this.#out;
    out.byte(TAG.BUFFER);
    out.byte(BUFFER_TYPES.findIndex((name) => name === type));
    out.count(content.length);
    out.reserve(content.length);
    out.bytes.set(content, out.at);
    out.at += content.length;
  }

  #isReference(object: object, hint: number): boolean {
    const number = this.#seen.meet(object, hint);
    if (number < 0) return false;
    this.#hasReferences = true;
    this.#out.byte(TAG.REFERENCE);
    this.#out.count(number);
    return true;
  }
}

function cannotClone(what: string): TypeError {
  return new TypeError(`Cannot send ${what} as it cannot be cloned`);
}

/** What the object says it is: "Object" for an instance of a class, "URL" for a URL. */
function brandOf(object: object): string {
  return Object.prototype.toString.call(object).slice(8, -1);
}

function isBoxed(object: object): boolean {
  return object instanceof Number || object instanceof String || object instanceof Boolean ||
    object instanceof BigInt;
}
