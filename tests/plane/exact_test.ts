// Tests of Exact: its arithmetic against plain fractions, and its rounding to doubles against the language's own.

import assert from "node:assert/strict";
import { Exact } from "../../src/plane/mod.ts";
import {
  add,
  assertNearest,
  assertValue,
  divide,
  type Fraction,
  less,
  multiply,
  negate,
  nextUp,
  ofDouble,
} from "./fraction.ts";
import { anyDouble, bitsOf, digits, integerIn, randomFrom } from "./random.ts";

/** Pairs of the same random value as Exact and as a plain fraction: integers, dyadics, decimals, thirds. */
function randomPair(random: () => number): { exact: Exact; fraction: Fraction } {
  const n = bitsOf(random, integerIn(random, 1, 200)) * (random() < 0.5 ? 1n : -1n);
  const k = integerIn(random, 0, 120);
  switch (integerIn(random, 0, 3)) {
    case 0:
      return { exact: Exact.of(n), fraction: [n, 1n] };
    case 1:
      return { exact: Exact.of(n).timesPowerOfTwo(-k), fraction: [n, 2n ** BigInt(k)] };
    case 2:
      return { exact: Exact.parse(`${n}e-${k}`), fraction: [n, 10n ** BigInt(k)] };
    default: {
      const d = bitsOf(random, 40) + 1n;
      return { exact: Exact.of(n).dividedBy(Exact.of(d)), fraction: [n, d] };
    }
  }
}

Deno.test("arithmetic agrees with plain fractions", () => {
  const random = randomFrom(1);
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [randomPair(random), randomPair(random)];
    assertValue(a.exact.plus(b.exact), add(a.fraction, b.fraction));
    assertValue(a.exact.minus(b.exact), add(a.fraction, negate(b.fraction)));
    assertValue(a.exact.times(b.exact), multiply(a.fraction, b.fraction));
    assertValue(a.exact.negated(), negate(a.fraction));
    const k = integerIn(random, -90, 90);
    assertValue(a.exact.timesPowerOfTwo(k).timesPowerOfTwo(-k), a.fraction);
    if (b.fraction[0] !== 0n) {
      assertValue(a.exact.dividedBy(b.exact), divide(a.fraction, b.fraction));
    }
    const order = less(a.fraction, b.fraction) ? -1 : less(b.fraction, a.fraction) ? 1 : 0;
    assert.equal(a.exact.compare(b.exact), order);
    assert.equal(a.exact.compare(a.exact.plus(b.exact).minus(b.exact)), 0);
    assert.equal(a.exact.isZero(), a.fraction[0] === 0n);
  }
});

Deno.test("floor, round, fixed point and logarithm agree with their definitions", () => {
  const random = randomFrom(2);
  for (let i = 0; i < 2000; i++) {
    const { exact, fraction: [n, d] } = randomPair(random);
    const floor = exact.floor();
    assert.ok(floor * d <= n && n < (floor + 1n) * d);
    const round = exact.round();
    assert.ok((2n * round - 1n) * d <= 2n * n && 2n * n <= (2n * round + 1n) * d);
    assert.equal(exact.negated().round(), -round);
    const bits = integerIn(random, -20, 200);
    const fixed = exact.toFixedPoint(bits);
    assert.equal(fixed, Exact.of(fixed).round());
    const error = exact.timesPowerOfTwo(bits).minus(Exact.of(fixed));
    assert.ok(error.plus(error).compare(Exact.of(1)) <= 0);
    assert.ok(error.plus(error).compare(Exact.of(-1)) >= 0);
    if (n !== 0n) {
      const size = n < 0n ? exact.negated() : exact;
      const log2 = exact.log2Floor();
      assert.ok(Exact.powerOfTwo(log2).compare(size) <= 0);
      assert.ok(Exact.powerOfTwo(log2 + 1).compare(size) > 0);
    }
  }
  for (const [text, rounded] of [["0.5", 1n], ["-0.5", -1n], ["1.5", 2n], ["2.5", 3n]] as const) {
    assert.equal(Exact.parse(text).round(), rounded);
  }
  assert.equal(Exact.of(-2.5).floor(), -3n);
  assert.equal(Exact.of(-2.5).toFixedPoint(8), -640n);
});

Deno.test("the logarithm is exact beside powers of two", () => {
  for (const k of [-30000, -1075, -46, -1, 0, 1, 52, 1024, 30000]) {
    const power = Exact.powerOfTwo(k);
    const tiny = Exact.powerOfTwo(k - 500);
    assert.equal(power.log2Floor(), k);
    assert.equal(power.negated().log2Floor(), k);
    assert.equal(power.minus(tiny).log2Floor(), k - 1);
    assert.equal(power.plus(tiny).log2Floor(), k);
    assert.equal(power.dividedBy(Exact.of(3)).log2Floor(), k - 2);
  }
});

Deno.test("a random decimal becomes the double the language reads", () => {
  const random = randomFrom(3);
  let subnormal = 0;
  for (let i = 0; i < 20_000; i++) {
    const sign = ["", "-", "+"][integerIn(random, 0, 2)];
    const whole = digits(random, integerIn(random, 1, 25));
    const places = digits(random, integerIn(random, 0, 25));
    // A third of them where doubles are subnormal, about 1e-308 to 1e-324 and below.
    const exponent = i % 3 === 0 ? integerIn(random, -350, -305) : integerIn(random, -345, 310);
    const text = `${sign}${whole}.${places}e${exponent}`;
    const expected = Number(text);
    if (expected !== 0 && Math.abs(expected) < 2 ** -1022) subnormal += 1;
    const exact = Exact.parse(text);
    // An exact 0 has no sign; what is merely rounded to 0 keeps it.
    assert.ok(Object.is(exact.toDouble(), exact.isZero() ? 0 : expected), text);
  }
  assert.ok(subnormal > 500);
});

Deno.test("ties go to the even double, and their neighbours to the nearer one", () => {
  const random = randomFrom(4);
  for (let i = 0; i < 3000; i++) {
    const subnormal = i % 3 === 0;
    const low = subnormal
      ? integerIn(random, 0, 2 ** 40) * 2 ** -1074
      : Math.abs(anyDouble(random));
    const high = nextUp(low);
    if (!Number.isFinite(high)) continue;
    const tie = Exact.of(low).plus(Exact.of(high)).timesPowerOfTwo(-1);
    const nudge = tie.timesPowerOfTwo(-200 - integerIn(random, 0, 300));
    const even = ofDouble(low)[0] === 0n || isEven(low) ? low : high;
    for (const turn of [(x: Exact) => x, (x: Exact) => x.negated()]) {
      const sign = turn(Exact.of(1)).toDouble();
      assert.equal(turn(tie).toDouble(), sign * even);
      assert.equal(turn(tie.minus(nudge)).toDouble(), sign * low);
      assert.equal(turn(tie.plus(nudge)).toDouble(), sign * high);
    }
  }
});

function isEven(value: number): boolean {
  return (new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n) % 2n === 0n;
}

Deno.test("a tie written out in decimal is read as the language reads it", () => {
  const random = randomFrom(5);
  for (let i = 0; i < 1000; i++) {
    // (2m + 1) 2^-k = (2m + 1) 5^k / 10^k: a tie when m has 53 bits, a finite decimal always.
    const odd = 2n * (bitsOf(random, 52) + 2n ** 52n) + 1n;
    const k = integerIn(random, 1, 1100);
    const text = `${odd * 5n ** BigInt(k)}e-${k}`;
    assert.equal(Exact.parse(text).toDouble(), Number(text), text);
    const beside = `${odd * 5n ** BigInt(k)}0000000001e-${k + 10}`;
    assert.equal(Exact.parse(beside).toDouble(), Number(beside), beside);
  }
});

Deno.test("quotients round to the nearest double", () => {
  const random = randomFrom(6);
  for (let i = 0; i < 2000; i++) {
    const n = bitsOf(random, integerIn(random, 1, 300)) + 1n;
    const d = bitsOf(random, integerIn(random, 1, 300)) + 1n;
    assertNearest(Exact.of(-n).dividedBy(Exact.of(d)).toDouble(), [-n, d]);
  }
});

Deno.test("the ends of the doubles: overflow, the smallest, and below", () => {
  const limit = 2n ** 1024n - 2n ** 970n;
  assert.equal(Exact.of(limit).toDouble(), Infinity);
  assert.equal(Exact.of(-limit).toDouble(), -Infinity);
  assert.equal(Exact.of(limit - 1n).toDouble(), Number.MAX_VALUE);
  assert.equal(Exact.parse("1e20000").toDouble(), Infinity);
  assert.equal(Exact.parse("5e-324").toDouble(), Number.MIN_VALUE);
  assert.ok(Object.is(Exact.powerOfTwo(-1075).toDouble(), 0));
  assert.ok(Object.is(Exact.powerOfTwo(-1075).negated().toDouble(), -0));
  assert.equal(
    Exact.powerOfTwo(-1075).plus(Exact.powerOfTwo(-3000)).toDouble(),
    Number.MIN_VALUE,
  );
  assert.ok(Object.is(Exact.parse("-1e-20000").toDouble(), -0));
  assert.ok(Object.is(Exact.parse("-0").toDouble(), 0));
  // The largest subnormal and a half: the tie goes up to the smallest normal double.
  const normal = Exact.powerOfTwo(-1022);
  assert.equal(normal.minus(Exact.powerOfTwo(-1075)).toDouble(), 2 ** -1022);
});

Deno.test("every double is its own nearest", () => {
  const random = randomFrom(7);
  for (let i = 0; i < 5000; i++) {
    const value = anyDouble(random);
    const exact = Exact.of(value);
    assert.equal(exact.toDouble(), value);
    assertValue(exact, ofDouble(value));
  }
  let power = 1;
  for (let k = 0; k <= 1023; k++, power *= 2) assert.equal(Exact.powerOfTwo(k).toDouble(), power);
  power = 1;
  for (let k = 0; k >= -1074; k--, power /= 2) assert.equal(Exact.powerOfTwo(k).toDouble(), power);
});

Deno.test("a decimal is written as JavaScript rounds it", () => {
  const random = randomFrom(8);
  for (let i = 0; i < 2000; i++) {
    const value = i % 2 === 0
      ? anyDouble(random)
      : (random() - 0.5) * 10 ** integerIn(random, -9, 25);
    const count = integerIn(random, 1, 100);
    const written = Exact.of(value).toDecimal(count);
    assert.equal(Exact.parse(written).compare(Exact.parse(value.toPrecision(count))), 0);
    assert.equal(Number(Exact.of(value).toDecimal(17)), value);
  }
  const table: [text: string, count: number, written: string][] = [
    ["0", 5, "0"],
    ["-1.7e0", 5, "-1.7"],
    ["123456", 3, "123000"],
    ["999.96", 4, "1000"],
    ["-0.99996", 4, "-1"],
    ["0.00000012345", 9, "0.00000012345"],
    ["0.000000012345", 2, "1.2e-8"],
    ["-1e21", 9, "-1e+21"],
    ["1e20", 9, "100000000000000000000"],
    ["5e-433", 20, "5e-433"],
    ["0.125", 2, "0.13"],
    ["-0.125", 2, "-0.13"],
  ];
  for (const [text, count, written] of table) {
    assert.equal(Exact.parse(text).toDecimal(count), written);
  }
  const deep = `-1.${digits(random, 9000)}7e-9000`;
  assert.equal(Exact.parse(deep).toDecimal(9002), deep);
});

Deno.test("what cannot be done is said", () => {
  assert.throws(() => Exact.of(1).dividedBy(Exact.of(0)), RangeError);
  assert.throws(() => Exact.of(0).log2Floor(), RangeError);
  for (const bad of [NaN, Infinity, -Infinity]) assert.throws(() => Exact.of(bad), RangeError);
  for (const bad of [NaN, 0.5, Infinity]) {
    assert.throws(() => Exact.powerOfTwo(bad), RangeError);
    assert.throws(() => Exact.of(1).timesPowerOfTwo(bad), RangeError);
  }
  for (const bad of [0, -1, 1.5, NaN]) assert.throws(() => Exact.of(1).toDecimal(bad), RangeError);
});
