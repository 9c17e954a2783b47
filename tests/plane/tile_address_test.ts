// Tests of TileAddress: what is an address, what is not, and that nothing large is built to find out.

import assert from "node:assert/strict";
import { DEEPEST_ZOOM, OutsideWorldError, TileAddress, TooDeepError } from "../../src/plane/mod.ts";
import { bitsOf, integerIn, randomFrom } from "./random.ts";

function parse(text: string, deepest?: number): TileAddress {
  const [z = "", x = "", y = ""] = text.split("/");
  return TileAddress.parse({ z, x, y }, deepest === undefined ? {} : { deepest });
}

Deno.test("an address is read and written alike", () => {
  for (const text of ["0/0/0", "1/1/1", "3/7/0", "20/1048575/1048575"]) {
    assert.equal(String(parse(text)), text);
  }
  const random = randomFrom(31);
  for (let i = 0; i < 300; i++) {
    const z = integerIn(random, 0, 3400);
    const address = TileAddress.of(z, bitsOf(random, z), bitsOf(random, z));
    assert.deepEqual(parse(String(address)), address);
  }
});

Deno.test("a thousand digits are an address where the world is that wide", () => {
  const z = 3400;
  const last = 2n ** BigInt(z) - 1n;
  assert.ok(String(last).length > 1000);
  const address = parse(`${z}/${last}/${last}`);
  assert.equal(address.x, last);
  assert.equal(String(address), `${z}/${last}/${last}`);
  assert.throws(() => parse(`${z}/${last + 1n}/0`), OutsideWorldError);
  assert.throws(() => parse(`${z}/0/${last + 1n}`), OutsideWorldError);
});

Deno.test("the edges of the world, at every zoom", () => {
  for (let z = 0; z <= 400; z++) {
    const side = 2n ** BigInt(z);
    assert.equal(parse(`${z}/${side - 1n}/${side - 1n}`).y, side - 1n);
    for (const [x, y] of [[side, 0n], [0n, side]] as const) {
      assert.throws(() => parse(`${z}/${x}/${y}`), OutsideWorldError);
      assert.throws(() => TileAddress.of(z, x, y), OutsideWorldError);
    }
  }
});

Deno.test("refuses by the hundred what is not an address", () => {
  const bad = [
    "",
    " ",
    "-1",
    "-0",
    "+1",
    "00",
    "01",
    "007",
    "1.0",
    "1.",
    ".1",
    "1e1",
    "1E0",
    "0x1",
    "0b1",
    "1n",
    "1_0",
    "1,0",
    " 1",
    "1 ",
    "1\n",
    "\n1",
    "1\u0000",
    "NaN",
    "Infinity",
    "null",
    "undefined",
    "true",
    "{z}",
    "\u0661",
    "\uff11",
    "\u00b2",
    "\u2212" + "1",
    "1%2F1",
    "..",
    "%31",
    "1@2x",
    "\ud83d\ude00",
    "9".repeat(1000) + "x",
    "0".repeat(1000),
  ];
  for (const text of bad) {
    for (const name of ["z", "x", "y"]) {
      const address = { z: "3", x: "1", y: "1", [name]: text };
      assert.throws(() => TileAddress.parse(address), (error: unknown) => {
        assert.ok(error instanceof SyntaxError);
        assert.match(error.message, new RegExp(`^Cannot read tile ${name} ".*leading zeros$`));
        assert.ok(error.message.length < 400);
        return true;
      });
    }
  }
});

Deno.test("a message says which number is wrong and what is allowed", () => {
  const messages: [text: string, message: string][] = [
    ["3/9/1", "Cannot address tile 3/9/1 as x must be below 8"],
    ["3/1/8", "Cannot address tile 3/1/8 as y must be below 8"],
    ["0/0/1", "Cannot address tile 0/0/1 as y must be below 1"],
    [`60/0/${2n ** 60n}`, "Cannot address tile 60/0/1152921504606846976 as y must be below 2^60"],
    [
      `3/${"7".repeat(5000)}/1`,
      "Cannot address tile 3/77777777777777777777...(5000 digits)/1 as x must be below 8",
    ],
  ];
  for (const [text, message] of messages) {
    const axis = message.includes("as x") ? "x" : "y";
    assert.throws(() => parse(text), { name: "OutsideWorldError", message, axis });
  }
  assert.throws(() => TileAddress.of(3, -1n, 0n), {
    name: "OutsideWorldError",
    message: "Cannot address tile 3/-1/0 as x must not be negative",
  });
  assert.ok(new OutsideWorldError("") instanceof RangeError);
});

Deno.test("a zoom beyond the deepest tells the limit", () => {
  assert.equal(parse("40/0/0", 40).z, 40);
  assert.equal(parse(`${DEEPEST_ZOOM}/0/0`).z, DEEPEST_ZOOM);
  for (const z of ["41", "1000", "9".repeat(1000)]) {
    assert.throws(() => parse(`${z}/0/0`, 40), (error: unknown) => {
      assert.ok(error instanceof TooDeepError && error instanceof RangeError);
      assert.equal(error.deepest, 40);
      assert.match(error.message, /^deeper than this server goes.* 40$/);
      assert.ok(error.message.length < 120);
      return true;
    });
  }
  assert.throws(() => parse(`${DEEPEST_ZOOM + 1}/0/0`), TooDeepError);
});

Deno.test("no number wider than the world is built", () => {
  const built: number[] = [];
  const genuine = globalThis.BigInt;
  const spy = (value: string | number | bigint | boolean) => {
    built.push(String(value).length);
    return genuine(value);
  };
  globalThis.BigInt = Object.assign(spy, {
    asIntN: genuine.asIntN,
    asUintN: genuine.asUintN,
    prototype: genuine.prototype,
  }) as BigIntConstructor;
  try {
    const long = "7".repeat(100_000);
    assert.throws(() => parse(`3/${long}/1`), OutsideWorldError);
    assert.throws(() => parse(`3/1/${long}`), OutsideWorldError);
    assert.throws(() => parse(`${long}/1/1`), TooDeepError);
    // A billion levels down 2^z would take 128 megabytes.
    assert.equal(parse("1000000000/5/6", 2_000_000_000).x, 5n);
  } finally {
    globalThis.BigInt = genuine;
  }
  assert.ok(built.length > 0 && Math.max(...built) <= 10, `built ${built}`);
});

Deno.test("a zoom must be an integer from 0 up", () => {
  for (const z of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(() => TileAddress.of(z, 0n, 0n), { name: "RangeError" });
  }
});

Deno.test("parents contain their children", () => {
  const address = TileAddress.of(5, 21n, 10n);
  assert.equal(String(address.parent()), "4/10/5");
  assert.equal(String(address.parent(3)), "2/2/1");
  assert.equal(String(address.parent(5)), "0/0/0");
  assert.deepEqual(address.parent(0), address);
  for (const levels of [6, -1, 0.5, NaN]) {
    assert.throws(() => address.parent(levels), { name: "RangeError", message: /0 to 5$/ });
  }
});

Deno.test("mirroring twice is where one was", () => {
  assert.equal(String(TileAddress.of(0, 0n, 0n).mirror()), "0/0/0");
  assert.equal(String(TileAddress.of(3, 2n, 0n).mirror()), "3/2/7");
  const random = randomFrom(32);
  for (const z of [1, 2, 53, 64, 1000, 30_000]) {
    const address = TileAddress.of(z, bitsOf(random, z), bitsOf(random, z));
    const mirrored = address.mirror();
    assert.equal(mirrored.x, address.x);
    assert.notEqual(mirrored.y, address.y);
    assert.deepEqual(mirrored.mirror(), address);
  }
});
