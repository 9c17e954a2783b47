// encode and decode: what arrives is what structuredClone would give.

import assert from "node:assert/strict";
import { decode } from "../../src/pool/codec/decode.ts";
import { encode } from "../../src/pool/codec/encode.ts";
import { randomFrom } from "./fixtures/crew.ts";

const ROOM = 2 ** 26;

function travel<V>(value: V): V {
  return decode(encode(value, ROOM).slice()) as V;
}

class Point {
  constructor(readonly x: number, readonly y: number) {}
  get norm(): number {
    return Math.hypot(this.x, this.y);
  }
}

// deno-lint-ignore no-sparse-arrays
const SPARSE = [, 1, , undefined, ,];

const VALUES: Readonly<Record<string, unknown>> = {
  "nothing": [undefined, null, true, false],
  "integers": [0, 1, 255, 256, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, -(2 ** 53)],
  "other numbers": [-0, 0.1, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE],
  "a negative zero in a pair": [-0, 0],
  "pairs": [[1, 2], [0.5, 2], [1, NaN], [1, "2"], [undefined, 1], [3, -0]],
  "numbers, then something else": [1, 2.5, 3, "four"],
  "integers, then a hole": Object.assign([1, 2, 3], { length: 5 }),
  "a hole at the front": SPARSE,
  "empty things": [[], {}, "", new Map(), new Set(), new Uint8Array(0), new ArrayBuffer(0)],
  "texts": ["plain", "Größe", "日本語", "😀", "\ud800 alone", "\u0000", "x".repeat(70_000), "ÿĀ"],
  "long texts": ["ü".repeat(10_000), "–".repeat(10_000)],
  "bigints": [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n)],
  "many keys": Object.fromEntries(Array.from({ length: 600 }, (_, i) => ["key" + i, i])),
  "the same keys again": Array.from(
    { length: 300 },
    (_, i) => ({ re: i / 3, im: -i, name: "p" + i }),
  ),
  "a key called __proto__": JSON.parse('{"__proto__": {"a": 1}, "b": 2}'),
  "numeric keys": { 2: "two", 1: "one", "-1": "minus one" },
  "maps and sets": new Map<unknown, unknown>([[{ a: 1 }, new Set([1, [2]])], ["k", undefined]]),
  "dates": [new Date(0), new Date(-1.5e12), new Date(NaN)],
  "regular expressions": [/a+/gi, /\/[^/]/u],
  "boxed": [Object(1), Object("s"), Object(false), Object(3n)],
  "buffers": [
    new Uint8Array([1, 2, 3]),
    new Uint8ClampedArray([300]),
    new Int8Array([-1]),
    new Int16Array([-300]),
    new Uint16Array([60_000]),
    new Int32Array([-70_000]),
    new Uint32Array([4e9]),
    new Float16Array([0.5]),
    new Float32Array([1.5]),
    new Float64Array([Math.PI, NaN]),
    new BigInt64Array([-1n]),
    new BigUint64Array([2n ** 63n]),
    new DataView(new Uint8Array([9, 8]).buffer),
    new Uint8Array([7, 7]).buffer,
  ],
  "255 and 256 elements": [
    new Array(254).fill("a"),
    new Array(255).fill("b"),
    new Array(256).fill(1),
  ],
  "an instance of a class": new Point(3, 4),
  "an object without a prototype": Object.assign(Object.create(null), { a: 1 }),
  "an object with a getter": {
    get a() {
      return 1;
    },
  },
};

for (const [name, value] of Object.entries(VALUES)) {
  Deno.test(`${name}: arrives as structuredClone would make it`, () => {
    assert.deepEqual(travel(value), structuredClone(value));
    assert.deepEqual(travel([value, { value }]), structuredClone([value, { value }]));
  });
}

Deno.test("errors keep class, message, stack and cause", () => {
  for (
    const error of [
      new Error("plain", { cause: { code: 5 } }),
      new RangeError("range"),
      new URIError("uri", { cause: new TypeError("inner") }),
      new AggregateError([], "aggregate"),
    ]
  ) {
    const clone = structuredClone(error);
    const arrived = travel(error);
    assert.equal(arrived.constructor, clone.constructor);
    assert.deepEqual(arrived, clone);
    assert.equal(arrived.stack, error.stack);
    assert.equal(Object.hasOwn(arrived, "cause"), Object.hasOwn(clone, "cause"));
    assert.deepEqual(Object.keys(arrived), []);
  }
  const aborted = travel(new DOMException("enough", "AbortError"));
  assert.ok(aborted instanceof DOMException);
  assert.deepEqual([aborted.name, aborted.message], ["AbortError", "enough"]);
});

Deno.test("a thing that occurs twice arrives once, whatever it is", () => {
  for (
    const thing of [
      [1, 2],
      [0.5, 1],
      [1, 2, 3],
      ["a"],
      [],
      {},
      { a: 1 },
      new Map(),
      new Set(),
      new Date(),
      /x/,
      new Error("e"),
      new Uint8Array(2),
      new ArrayBuffer(2),
      Object(1),
      new Point(1, 2),
    ]
  ) {
    const [first, { second }, third] = travel([thing, { second: thing }, [thing]] as const);
    assert.deepEqual(first, structuredClone(thing));
    assert.equal(first, second);
    assert.equal(first, third[0]);
  }
});

Deno.test("things that only look alike stay apart", () => {
  const alike = travel(Array.from({ length: 20_000 }, () => [0, 0]));
  assert.equal(new Set(alike).size, 20_000);
});

Deno.test("shared things are found among tens of thousands", () => {
  const things = Array.from({ length: 30_000 }, (_, i) => i % 3 === 0 ? { i } : [i % 50, i % 7]);
  const arrived = travel([...things, ...things]);
  assert.equal(new Set(arrived).size, 30_000);
  for (let i = 0; i < 30_000; i++) assert.equal(arrived[i], arrived[i + 30_000]);
  assert.deepEqual(arrived.slice(0, 30_000), things);
});

Deno.test("many messages one after the other do not remember each other", () => {
  const pair = [1, 2];
  for (let i = 0; i < 20_000; i++) assert.deepEqual(travel([pair, [pair], i]), [pair, [pair], i]);
});

Deno.test("cycles come back as cycles", () => {
  const list: unknown[] = [1, "a"];
  list.push(list, { list });
  const arrived = travel(list);
  assert.equal(arrived[2], arrived);
  assert.equal((arrived[3] as { list: unknown }).list, arrived);

  const map = new Map<unknown, unknown>();
  map.set(map, new Set([map]));
  const [[key, value]] = travel(map) as unknown as [[unknown, Set<unknown>]];
  assert.ok(value.has(key));

  const error = new Error("self");
  error.cause = error;
  const back = travel(error);
  assert.equal(back.cause, back);
});

Deno.test("random values, seeded, arrive as structuredClone makes them", () => {
  const random = randomFrom(3);
  const made: unknown[] = [];
  const below = (n: number) => Math.floor(random() * n);
  function make(depth: number): unknown {
    if (made.length > 0 && random() < 0.1) return made[below(made.length)];
    switch (below(depth > 4 ? 5 : 9)) {
      case 0:
        return below(1000) - 500;
      case 1:
        return random() * 2 ** below(60);
      case 2:
        return String.fromCodePoint(below(0x300)).repeat(below(20));
      case 3:
        return [true, false, null, undefined][below(4)];
      case 4:
        return BigInt(below(2 ** 31)) ** 3n;
      case 5:
      case 6: {
        const list: unknown[] = [];
        made.push(list);
        for (let left = below(6); left > 0; left--) list.push(make(depth + 1));
        return list;
      }
      case 7: {
        const object: Record<string, unknown> = {};
        made.push(object);
        for (let left = below(6); left > 0; left--) object["k" + below(9)] = make(depth + 1);
        return object;
      }
      default: {
        const map = new Map<unknown, unknown>();
        made.push(map);
        for (let left = below(4); left > 0; left--) map.set(make(depth + 1), make(depth + 1));
        return map;
      }
    }
  }
  for (let i = 0; i < 500; i++) {
    made.length = 0;
    const value = make(0);
    assert.deepEqual(travel(value), structuredClone(value));
  }
});

Deno.test("a view out of shared memory arrives as a copy, and a view shows only its own bytes", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(5);
  const [arrived] = travel<readonly Uint8Array[]>([shared.subarray(2, 4)]);
  assert.deepEqual(arrived, new Uint8Array([5, 5]));
  assert.ok(arrived?.buffer instanceof ArrayBuffer);
  assert.equal(arrived.buffer.byteLength, 2);
});

Deno.test("what cannot be cloned is a TypeError that names it", () => {
  const detached = new ArrayBuffer(4);
  const view = new Int16Array(detached);
  structuredClone(detached, { transfer: [detached] });
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [() => 1, /Cannot send a function as/],
    [{ callback: function done() {} }, /the function done/],
    [class Named {}, /the function Named/],
    [[Symbol("token")], /Symbol\(token\)/],
    [Promise.resolve(), /Promise/],
    [new WeakMap(), /WeakMap/],
    [new SharedArrayBuffer(4), /SharedArrayBuffer/],
    [new URL("http://localhost/"), /URL/],
    [new Blob([]), /Blob/],
    [new AbortController().signal, /AbortSignal/],
    [detached, /transferred away/],
    [[view], /transferred away/],
  ];
  for (const [value, message] of refused) {
    assert.throws(() => encode(value, ROOM), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.equal(travel("after all that"), "after all that");
});

Deno.test("more bytes than the limit is a RangeError; exactly the limit is not", () => {
  for (
    const value of [
      "abc",
      "日本",
      [1, 2, 3],
      [1.5, 2, 3],
      [1, null, null, null, null, null],
      { a: [1, 2] },
      new Float64Array(1000),
      Array.from({ length: 3000 }, (_, i) => "item" + i),
    ]
  ) {
    const length = encode(value, ROOM).length;
    assert.deepEqual(decode(encode(value, length)), value);
    assert.throws(() => encode(value, 2), RangeError);
  }
  assert.throws(() => encode("x".repeat(5000), 4999), RangeError);
  assert.throws(() => encode(new Array(2 ** 31), 1000), RangeError);
});

Deno.test("bytes of something else are a SyntaxError", () => {
  assert.throws(() => decode(new Uint8Array([0, 99])), SyntaxError);
  assert.throws(() => decode(new Uint8Array([0, 22, 99, 0])), SyntaxError);
});
