// Arrays of small arrays of one shape: by columns or not, what arrives is what structuredClone gives.

import assert from "node:assert/strict";
import { decode } from "../../src/pool/codec/decode.ts";
import { encode } from "../../src/pool/codec/encode.ts";
import { TAG } from "../../src/pool/codec/format.ts";
import { Queue } from "../../src/pool/sync/queue.ts";
import { randomFrom } from "./fixtures/crew.ts";
import { assertSameGraph } from "./fixtures/same_graph.ts";

const ROOM = 2 ** 26;

function travel(value: unknown): unknown {
  return decode(encode(value, ROOM).slice());
}

function check(value: unknown): void {
  assertSameGraph(travel(value), structuredClone(value));
}

function goesByColumns(value: unknown): boolean {
  return encode(value, ROOM)[1] === TAG.COLUMNS;
}

const COUNT = 200;

function rows<R>(make: (i: number) => R): R[] {
  return Array.from({ length: COUNT }, (_, i) => make(i));
}

const point = (i: number) => [[i, i % 40], [i / 7, -0.6]];

const SHAPES: Readonly<Record<string, readonly unknown[]>> = {
  "pairs of integers": rows((i) => [i, -i]),
  "pairs of doubles": rows((i) => [i / 7, -i / 3]),
  "an integer and a double": rows((i) => [i, i / 7]),
  "integers, and a double at last": rows((i) => [i, i === COUNT - 1 ? 0.5 : 1]),
  "triples": rows((i) => [i, i * i, -1]),
  "five doubles": rows((i) => [i, i / 2, i / 3, i / 4, i / 5]),
  "points": rows(point),
  "three deep": rows((i) => [[[i, 1], [i, 2]], [[i, 3], [i, 4]]]),
  "numbers and rows": rows((i) => [i, [i / 3, 0.25], -i / 9]),
  "a number and rows of rows": rows((i) => [i + 0.5, [[i, 0]]]),
  "integers, and a double at last, beside rows": rows((i) => [i === COUNT - 1 ? 0.5 : i, [i, i]]),
  "negative zeros and no numbers": rows((i) => [i % 3 === 0 ? -0 : i, [NaN, Infinity][i % 2]]),
  "negative zeros among integers": rows((i) => [[i, i === 77 ? -0 : 0], [i, i]]),
  "rows of rows all alike": rows(() => [[0, 0], [0, 0]]),
};

for (const [name, value] of Object.entries(SHAPES)) {
  Deno.test(`${name}: travel by columns and arrive as sent`, () => {
    assert.ok(goesByColumns(value));
    check(value);
    check({ before: 1, value, after: [2, "x"], again: value });
  });
}

Deno.test("parts that other parts of the message share arrive as one", () => {
  for (const value of Object.values(SHAPES)) {
    const [first, last] = [value[0], value.at(-1)];
    const inner = (value[50] as unknown[]).at(-1);
    check([value, first, last, inner, value]);
    check([first, value]);
    check([inner, { value }, last]);
    check([value, rows((i) => [i, [i, 0.5]]), value[100], first]);
    check(new Map([[value, last], [first as unknown[], inner]]));
    check([...value, first]);
    check([...value.slice(0, 60), value[20], ...value.slice(60)]);
  }
  const shared = [1, 2];
  check(rows((i) => [[i, i], i < 150 ? [i, 1] : shared]));
  check(rows((i) => [shared, [i, i]]));
  check([rows((i) => [i, i]), rows((i) => [i === 5 ? shared : [i, 1], [i, i]]), shared]);
});

Deno.test("one part of another kind, anywhere, and the rest arrives as sent", () => {
  const strangers: readonly unknown[] = [
    "1",
    undefined,
    null,
    1n,
    true,
    {},
    new Date(5),
    [],
    [1],
    [1, 2, 3],
    ["a", "b"],
    [[1, 2], [3, 4]],
    [[1, 2], 3],
    [1, undefined],
    // deno-lint-ignore no-sparse-arrays
    [1, ,],
  ];
  for (const stranger of strangers) {
    for (const place of [0, 1, 127, COUNT - 1]) {
      for (const value of Object.values(SHAPES)) {
        check(value.with(place, stranger));
        const row = [...value[place] as unknown[]];
        row[row.length - 1] = stranger;
        check([value.with(place, row), value[3]]);
      }
    }
  }
});

Deno.test("holes stay holes", () => {
  for (const place of [0, 99, COUNT - 1]) {
    const list = rows(point);
    delete list[place];
    check(list);
    const inner = rows(point);
    delete inner[place]![1];
    check(inner);
    const innermost = rows(point);
    delete innermost[place]![0]![1];
    check(innermost);
  }
  const sparse: unknown[] = [[1, 2], [3, 4]];
  sparse[1000] = [5, 6];
  check(sparse);
});

Deno.test("cycles through rows come back as cycles", () => {
  const list: unknown[] = rows(point);
  list[100] = list;
  check(list);
  const deep: unknown[][][] = rows(point);
  deep[100]![1] = deep;
  check(deep);
  const owner: Record<string, unknown> = {};
  owner.list = rows((i) => [[i, i], i === 60 ? owner : [i, 0.5]]);
  check(owner);
  check([owner, owner.list]);
});

Deno.test("tens of thousands of rows, alike or not, are told apart and found again", () => {
  const alike = Array.from({ length: 30_000 }, () => [0, 0]);
  const points = Array.from({ length: 10_000 }, (_, i) => point(i));
  assert.ok(goesByColumns(points));
  check([alike, points, alike[29_999], points[9_999], points[5_000]?.[1], points[1]]);
  check([...points, points[9_000]]);
  check([...alike, alike[15_000]]);
});

Deno.test("messages do not remember the rows of those before", () => {
  const pairs = rows((i) => [i % 9, i % 7]);
  const broken: readonly unknown[] = [...pairs, "end"];
  for (let i = 0; i < 1000; i++) {
    assert.ok(goesByColumns(pairs));
    if (i % 50 === 0) check([pairs, pairs[i % COUNT]]);
    if (i % 3 === 0) encode(broken, ROOM);
  }
  check([broken, broken]);
});

Deno.test("getters among the rows: what they do to the array or send meanwhile spoils nothing", () => {
  const meanwhile = rows((i) => [[i, 7], [i, 0.5]]);
  const actions: readonly ((list: unknown[]) => unknown)[] = [
    () => (check(meanwhile), 5),
    () => (check(meanwhile), 0.5),
    (list) => (list.length = 20),
    (list) => (list.push("more"), 6),
    (list) => (list.fill(undefined), 6),
    () => "text",
  ];
  for (const action of actions) {
    const makers: readonly ((i: number) => unknown[])[] = [
      (i) => [i, i],
      (i) => [i / 2, 0.5],
      point,
    ];
    for (const make of makers) {
      const list: unknown[] = rows(make);
      const row = list[40] as unknown[];
      const target = Array.isArray(row[1]) ? row[1] : row;
      Object.defineProperty(target, 1, { enumerable: true, get: () => action(list) });
      const arrived = travel(list) as unknown[][];
      const same = rows(make);
      for (let i = 0; i < 20; i++) assertSameGraph(arrived[i], same[i]);
      check(meanwhile);
    }
  }
  const thrower: unknown[] = rows(point);
  Object.defineProperty(thrower[40], 0, {
    get() {
      throw new Error("no");
    },
  });
  assert.throws(() => encode(thrower, ROOM), /no/);
  check(meanwhile);
});

Deno.test("within any limit a value arrives, or is a RangeError", () => {
  const random = randomFrom(11);
  for (const value of [...Object.values(SHAPES), rows((i) => i), rows((i) => i / 3)]) {
    const longest = encode(value, ROOM).length;
    assertSameGraph(decode(encode(value, longest)), structuredClone(value));
    for (let i = 0; i < 200; i++) {
      const limit = Math.floor(random() * longest);
      try {
        const bytes = encode([value, 1], limit);
        assert.ok(bytes.length <= limit);
        assertSameGraph(decode(bytes), structuredClone([value, 1]));
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }
    assert.throws(() => encode(value, COUNT), RangeError);
  }
});

Deno.test("an array with a row at its front and endless holes is refused at once", () => {
  const list: unknown[] = [[1, 2]];
  list.length = 2 ** 32 - 1;
  assert.throws(() => encode(list, 2 ** 16), RangeError);
});

Deno.test("bytes are read from any place in their buffer", () => {
  for (const value of Object.values(SHAPES)) {
    const message = encode(value, ROOM);
    for (const offset of [1, 4, 8]) {
      const place = new Uint8Array(message.length + 16).subarray(offset, offset + message.length);
      place.set(message);
      assertSameGraph(decode(place), structuredClone(value));
    }
  }
  for (const kind of [[99], [TAG.COLUMNS, 99]]) {
    assert.throws(() => decode(new Uint8Array([0, TAG.COLUMNS, 16, 1, ...kind])), SyntaxError);
  }
});

Deno.test("messages that wrap around the end of a queue's memory arrive as sent", () => {
  const queue = new Queue<unknown>({ maxBytes: 2 ** 14 });
  const random = randomFrom(5);
  const values = Object.values(SHAPES);
  for (let i = 0; i < 2000; i++) {
    const value = values[Math.floor(random() * values.length)]!;
    const sent = [value.slice(0, Math.floor(random() * COUNT)), i, value[i % COUNT]];
    queue.put(sent);
    const arrived = queue.get();
    if (i % 5 === 0) assertSameGraph(arrived, structuredClone(sent));
  }
});

Deno.test("random tables, seeded, with a few things wrong, arrive as structuredClone makes them", () => {
  const random = randomFrom(17);
  const below = (n: number) => Math.floor(random() * n);
  const number = (kind: number): number => {
    if (random() < 0.01) return [-0, NaN, -Infinity, 2 ** 31, 2 ** 53][below(5)]!;
    return kind === 0 ? below(2000) - 1000 : (random() - 0.5) * 2 ** below(60);
  };
  type Shape = number | readonly Shape[];
  const shape = (depth: number): Shape =>
    depth > 0 && random() < 0.6
      ? Array.from({ length: below(4) + 1 }, () => shape(depth - 1))
      : below(2);
  const made: object[] = [];
  function make(form: Shape): unknown {
    if (typeof form === "number") return number(form);
    const row = form.map(make);
    if (random() < 0.02) made.push(row);
    return row;
  }
  let byColumns = 0;
  for (let round = 0; round < 2500; round++) {
    made.length = 0;
    const form = Array.from({ length: below(4) + 1 }, () => shape(3));
    const table = Array.from({ length: below(100) }, () => make(form));
    if (goesByColumns(table)) byColumns++;
    const value: unknown[] = [table, ...made, below(2) === 0 ? "end" : table];
    for (let wrong = below(4); wrong > 0; wrong--) {
      let list = table as unknown[];
      while (random() < 0.7) {
        const part = list[below(list.length)];
        if (!Array.isArray(part) || part.length === 0) break;
        list = part;
      }
      const place = below(list.length + 1);
      switch (below(7)) {
        case 0:
          list[place] = made[below(made.length)] ?? table[0];
          break;
        case 1:
          list[place] = [table, value, list][below(3)];
          break;
        case 2:
          delete list[place];
          break;
        case 3:
          list[place] = ["text", 5n, null, undefined, { a: [1, 2] }][below(5)];
          break;
        case 4:
          list.push(number(1));
          break;
        case 5:
          list.length = place;
          break;
      }
    }
    if (below(2) === 0) value.reverse();
    check(value);
    check(table);
  }
  assert.ok(byColumns > 600);
});
