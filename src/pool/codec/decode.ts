// Bytes back to a value: the other half of encode.ts.

import { readColumns } from "./columns_in.ts";
import { BUFFER_TYPES, TAG } from "./format.ts";
import { Input } from "./input.ts";

/**
 * The value that `encode` was given, as new objects that share nothing with `bytes`.
 *
 * @throws SyntaxError when the bytes are not a message of `encode`
 */
export function decode(bytes: Uint8Array): unknown {
  return new Decoder(bytes).message();
}

class Decoder {
  readonly #in: Input;
  /** The objects in the order of their numbers; kept only when the message refers to any. */
  readonly #objects: object[] | undefined;
  readonly #keys: string[] = [];

  constructor(bytes: Uint8Array) {
    this.#in = new Input(bytes);
    this.#objects = this.#in.byte() === 1 ? [] : undefined;
  }

  message(): unknown {
    return this.#value();
  }

  #value(): unknown {
    const tag = this.#in.byte();
    switch (tag) {
      case TAG.UNDEFINED:
        return undefined;
      case TAG.NULL:
        return null;
      case TAG.TRUE:
        return true;
      case TAG.FALSE:
        return false;
      case TAG.BYTE:
        return this.#in.byte();
      case TAG.INT32:
        this.#in.at += 4;
        return this.#in.view.getInt32(this.#in.at - 4, true);
      case TAG.DOUBLE:
        this.#in.at += 8;
        return this.#in.view.getFloat64(this.#in.at - 8, true);
      case TAG.LATIN1:
        return this.#latin1();
      case TAG.UTF16:
        return this.#utf16();
      case TAG.INT_PAIR:
        return this.#intPair();
      case TAG.DOUBLE_PAIR:
        return this.#doublePair();
      case TAG.COLUMNS:
        return this.#columns();
      case TAG.INTS:
        return this.#ints();
      case TAG.DOUBLES:
        return this.#doubles();
      case TAG.ARRAY:
        return this.#array();
      case TAG.OBJECT:
        return this.#object();
      case TAG.REFERENCE:
        return this.#objects?.[this.#in.count()];
      default:
        return this.#rareValue(tag);
    }
  }

  #rareValue(tag: number): unknown {
    switch (tag) {
      case TAG.BIGINT: {
        const negative = this.#in.byte() === 1;
        const magnitude = BigInt("0x" + this.#text());
        return negative ? -magnitude : magnitude;
      }
      case TAG.MAP: {
        const map = this.#met(new Map<unknown, unknown>());
        for (let left = this.#in.count(); left > 0; left--) {
          const key = this.#value();
          map.set(key, this.#value());
        }
        return map;
      }
      case TAG.SET: {
        const set = this.#met(new Set<unknown>());
        for (let left = this.#in.count(); left > 0; left--) set.add(this.#value());
        return set;
      }
      case TAG.DATE:
        return this.#met(new Date(Number(this.#value())));
      case TAG.REGEXP: {
        const source = this.#text();
        return this.#met(new RegExp(source, this.#text()));
      }
      case TAG.DOM_EXCEPTION: {
        const name = this.#text();
        return this.#met(new DOMException(this.#text(), name));
      }
      case TAG.ERROR:
        return this.#error();
      case TAG.BOXED:
        return this.#met(Object(this.#value()));
      case TAG.BUFFER:
        return this.#met(this.#buffer());
    }
    throw new SyntaxError(`Cannot read the message as there is no value of kind ${tag}`);
  }

  #ints(): number[] {
    const input = this.#in;
    const length = input.count();
    const ints = input.ints;
    const place = input.intsFrom(length);
    const array = this.#met(new Array<number>(length));
    for (let i = 0; i < length; i++) array[i] = ints[place + i]!;
    return array;
  }

  #doubles(): number[] {
    const input = this.#in;
    const length = input.count();
    const doubles = input.doubles;
    const place = input.doublesFrom(length);
    const array = this.#met(new Array<number>(length));
    for (let i = 0; i < length; i++) array[i] = doubles[place + i]!;
    return array;
  }

  #intPair(): number[] {
    const { view, at } = this.#in;
    this.#in.at = at + 8;
    return this.#met([view.getInt32(at, true), view.getInt32(at + 4, true)]);
  }

  #doublePair(): number[] {
    const { view, at } = this.#in;
    this.#in.at = at + 16;
    return this.#met([view.getFloat64(at, true), view.getFloat64(at + 8, true)]);
  }

  #columns(): unknown[] {
    const count = this.#in.count();
    const objects = this.#objects;
    if (objects === undefined) return readColumns(this.#in, count, undefined);
    // The array has its number before its parts have theirs.
    const number = objects.push([]) - 1;
    return objects[number] = readColumns(this.#in, count, objects);
  }

  #array(): unknown[] {
    const length = this.#in.count();
    const array = this.#met(new Array<unknown>(length));
    for (let i = 0; i < length; i++) {
      if (this.#in.bytes[this.#in.at] === TAG.HOLE) this.#in.at++;
      else array[i] = this.#value();
    }
    return array;
  }

  #object(): object {
    const object: Record<string, unknown> = this.#met({});
    for (let left = this.#in.count(); left > 0; left--) {
      const key = this.#key();
      // Plain assignment to this one key would set the prototype.
      if (key === "__proto__") define(object, key, this.#value(), true);
      else object[key] = this.#value();
    }
    return object;
  }

  #key(): string {
    const number = this.#in.count();
    if (number > 0) return this.#keys[number - 1]!;
    const key = this.#text();
    this.#keys.push(key);
    return key;
  }

  #error(): Error {
    const name = this.#text();
    const error = this.#met(newError(name));
    define(error, "message", this.#value(), false);
    define(error, "stack", this.#value(), false);
    const hasCause = this.#value() === true;
    const cause = this.#value();
    if (hasCause) define(error, "cause", cause, false);
    return error;
  }

  #buffer(): object {
    const type = BUFFER_TYPES[this.#in.byte()];
    const length = this.#in.count();
    this.#in.at += length;
    const { buffer } = new Uint8Array(this.#in.bytes.subarray(this.#in.at - length, this.#in.at));
    switch (type) {
      case "ArrayBuffer":
        return buffer;
      case "DataView":
        return new DataView(buffer);
      case undefined:
        throw new SyntaxError("Cannot read the message as it holds an unknown type of buffer");
      default:
        return new globalThis[type](buffer);
    }
  }

  #text(): string {
    return String(this.#value());
  }

  #latin1(): string {
    const length = this.#in.count();
    const end = this.#in.at + length;
    if (length > SHORT_TEXT) {
      this.#in.at = end;
      return characters(this.#in.bytes.subarray(end - length, end));
    }
    let text = "";
    while (this.#in.at < end) text += String.fromCharCode(this.#in.bytes[this.#in.at++]!);
    return text;
  }

  #utf16(): string {
    const units = new Uint16Array(this.#in.count());
    for (let i = 0; i < units.length; i++, this.#in.at += 2) {
      units[i] = this.#in.view.getUint16(this.#in.at, true);
    }
    return characters(units);
  }

  /** Numbers an object; to be called before its parts are read, which may refer to it. */
  #met<O extends object>(object: O): O {
    this.#objects?.push(object);
    return object;
  }
}

// Below this, adding characters one by one is faster than a call with an array of them.
const SHORT_TEXT = 12;
// A call takes its arguments on the stack: some thousands are safe.
const TEXT_PIECE = 4096;

function characters(units: Uint8Array | Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += TEXT_PIECE) {
    // The compiler's type for `apply` wants an array; the language takes anything with a length.
    const piece = units.subarray(at, at + TEXT_PIECE) as unknown as number[];
    text += String.fromCharCode.apply(null, piece);
  }
  return text;
}

function newError(name: string): Error {
  switch (name) {
    case "EvalError":
      return new EvalError();
    case "RangeError":
      return new RangeError();
    case "ReferenceError":
      return new ReferenceError();
    case "SyntaxError":
      return new SyntaxError();
    case "TypeError":
      return new TypeError();
    case "URIError":
      return new URIError();
    default:
      return new Error();
  }
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
