// Tests of reading decimals: what a person writes, what is refused, and what is too long.

import assert from "node:assert/strict";
import { Exact, LARGEST_EXPONENT, MOST_DIGITS } from "../../src/plane/mod.ts";
import { assertValue, decimal } from "./fraction.ts";
import { digits, integerIn, randomFrom } from "./random.ts";

Deno.test("reads what a person writes", () => {
  const table: [text: string, plain: string, exponent: number][] = [
    ["0", "0", 0],
    ["-0.0", "0", 0],
    ["+1", "1", 0],
    ["-1.7e0", "-1.7", 0],
    ["5e-433", "5", -433],
    [".5", "0.5", 0],
    ["-.5E+1", "-0.5", 1],
    ["5.", "5", 0],
    ["5.e2", "5", 2],
    ["00012.5000", "12.5", 0],
    ["1e0000000000000000000000003", "1", 3],
    ["1e-0", "1", 0],
    ["-1.24000e3", "-1240", 0],
  ];
  for (const [text, plain, exponent] of table) {
    assertValue(Exact.parse(text), decimal(plain, exponent), text);
  }
});

Deno.test("reads random decimals as they are written", () => {
  const random = randomFrom(11);
  for (let i = 0; i < 500; i++) {
    const plain = `${random() < 0.5 ? "-" : ""}${digits(random, integerIn(random, 1, 400))}.${
      digits(random, integerIn(random, 0, 400))
    }`;
    const exponent = integerIn(random, -600, 600);
    assertValue(Exact.parse(`${plain}e${exponent}`), decimal(plain, exponent));
  }
});

Deno.test("zeros at the end change nothing about a number", () => {
  const same = [
    ["0.3", ".3", "0.30", "3e-1", "0.003e2", "+00.300000", "30e-2"],
    ["1200", "1.2e3", "1200.", "01200.00", "12e+2"],
    ["0", "-0", "0.000", "000e7", "0e-9"],
    ["-7", "-7.0", "-70e-1", "-.7e1"],
  ];
  for (const [first, ...others] of same) {
    const fraction = Exact.parse(first!).toFraction();
    for (const text of others) assert.deepEqual(Exact.parse(text).toFraction(), fraction, text);
  }
});

/** Texts that are not numbers, by hand. */
const UNREADABLE = [
  "",
  " ",
  ".",
  "-",
  "+",
  "e5",
  ".e5",
  "-.",
  "1e",
  "1e+",
  "1e-",
  "1e1.5",
  "1.2.3",
  "--1",
  "+-1",
  "1-",
  "NaN",
  "nan",
  "Infinity",
  "-Infinity",
  "inf",
  "0x10",
  "0b1",
  "0o7",
  "1n",
  "1_000",
  "1,5",
  "1 000",
  " 1",
  "1 ",
  "1\n",
  "\t1",
  "1\u0000",
  "\u22121",
  "\u0661\u0662",
  "\uff11",
  "1\u00b2",
  "\u00bd",
  "1e\u0665",
  "1/2",
  "1%",
  "1+1i",
  "null",
  "true",
  "[1]",
  "1e5e5",
  "\ud800",
];

Deno.test("refuses by the hundred what is not a number", () => {
  const random = randomFrom(12);
  const texts = [...UNREADABLE];
  const strange = " _,xXnN\u2212\u0660\uff10/\n\u200b";
  while (texts.length < 600) {
    // A number with one strange character in it is no number any more.
    const number = `-${digits(random, integerIn(random, 1, 9))}.${digits(random, 5)}e-12`;
    const at = integerIn(random, 0, number.length);
    const character = strange.charAt(integerIn(random, 0, strange.length - 1));
    texts.push(number.slice(0, at) + character + number.slice(at));
  }
  for (const text of texts) {
    assert.throws(() => Exact.parse(text), SyntaxError, JSON.stringify(text));
  }
});

Deno.test("limits are inclusive, named, and the caller's to set", () => {
  const most = "9".repeat(MOST_DIGITS);
  assert.equal(Exact.parse(most).plus(Exact.of(1)).toDecimal(3), `1e+${MOST_DIGITS}`);
  assert.throws(() => Exact.parse(`${most}9`), { limit: "digits", message: /limit is 20000$/ });
  assert.throws(() => Exact.parse(`0.${most}`), RangeError);
  assert.equal(Exact.parse(`1e-${LARGEST_EXPONENT}`).toDecimal(1), `1e-${LARGEST_EXPONENT}`);
  for (const exponent of ["20001", "-20001", "9".repeat(400)]) {
    assert.throws(() => Exact.parse(`1e${exponent}`), {
      limit: "exponent",
      message: /exponent must be within -20000 and 20000$/,
    });
  }
  const limits = { digits: 3, exponent: 2 };
  assert.equal(Exact.parse("-12.3e-2", limits).toDecimal(9), "-0.123");
  assert.throws(() => Exact.parse("12.34", limits), { limit: "digits", message: /limit is 3$/ });
  assert.throws(() => Exact.parse("1e3", limits), RangeError);
});

Deno.test("a refusal quotes a long text in part only", () => {
  for (const text of ["1".repeat(100_000), `${"1".repeat(100_000)}x`]) {
    assert.throws(
      () => Exact.parse(text),
      (error: Error) => error.message.length < 200 && error.message.includes("characters"),
    );
  }
});

Deno.test("a megabyte is refused without being built", () => {
  const long = "9".repeat(1_000_000);
  const texts = [long, `${long}x`, `1e${long}`, `1e${"0".repeat(1_000_000)}x`, `.${long}.`];
  const started = performance.now();
  for (const text of texts) assert.throws(() => Exact.parse(text));
  // Measured: 20 ms. Reading quadratically would take minutes.
  assert.ok(performance.now() - started < 2000);
});
