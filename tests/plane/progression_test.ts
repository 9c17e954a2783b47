// Tests of progression: its fast paths give what exact arithmetic and one rounding give.

import assert from "node:assert/strict";
import { Exact } from "../../src/plane/mod.ts";
import { progression } from "../../src/plane/progression.ts";
import { bitsOf, digits, integerIn, randomFrom } from "./random.ts";

/** The slow path: every number on its own, exactly, rounded once. */
function oneByOne(first: Exact, step: Exact, count: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => first.plus(step.times(Exact.of(i))).toDouble(),
  );
}

function assertSame(first: Exact, step: Exact, count: number): void {
  const actual = progression(first, step, count);
  assert.equal(actual.length, count);
  // Bit by bit: -0 is not 0 here.
  oneByOne(first, step, count).forEach((expected, i) => {
    assert.ok(Object.is(actual[i], expected), `number ${i}: ${actual[i]} is not ${expected}`);
  });
}

function signed(random: () => number, bits: number): bigint {
  return bitsOf(random, bits) * (random() < 0.5 ? 1n : -1n);
}

Deno.test("dyadic progressions, on both sides of where integers are doubles", () => {
  const random = randomFrom(21);
  for (let i = 0; i < 1500; i++) {
    const first = signed(random, integerIn(random, 40, 60));
    const step = signed(random, integerIn(random, 1, 55));
    const exponent = integerIn(random, -1200, 1000);
    assertSame(
      Exact.of(first).timesPowerOfTwo(exponent),
      Exact.of(step).timesPowerOfTwo(exponent - integerIn(random, 0, 9)),
      integerIn(random, 0, 20),
    );
  }
});

Deno.test("the border of the exact path itself", () => {
  for (const first of [2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, 2n ** 52n]) {
    for (const step of [1n, -1n, 2n ** 53n - 1n, -(2n ** 53n) + 1n, -(2n ** 53n), 3n - 2n ** 54n]) {
      for (const count of [1, 2, 3, 40]) {
        for (const exponent of [0, -52, 900, -900, 901, -901, -1074]) {
          assertSame(
            Exact.of(first).timesPowerOfTwo(exponent),
            Exact.of(step).timesPowerOfTwo(exponent),
            count,
          );
        }
      }
    }
  }
});

Deno.test("decimal progressions of any scale", () => {
  const random = randomFrom(22);
  for (let i = 0; i < 600; i++) {
    const scale = integerIn(random, -345, 310);
    const first = Exact.parse(`-0.${digits(random, integerIn(random, 1, 80))}e${scale}`);
    const step = Exact.parse(`${digits(random, 5)}1e${scale - integerIn(random, 3, 60)}`);
    assertSame(first, step.dividedBy(Exact.of(integerIn(random, 1, 3000))), 15);
  }
});

Deno.test("progressions that cross zero, exactly and nearly", () => {
  const third = Exact.of(1).dividedBy(Exact.of(3));
  for (const scale of [0, -300, -950, -1074, -1080, -5000, 950, 5000]) {
    for (const shift of [0, -60, -130, -400]) {
      const step = third.timesPowerOfTwo(scale);
      const off = Exact.powerOfTwo(scale + shift);
      for (const start of [step.times(Exact.of(-7)), step.times(Exact.of(-7)).plus(off)]) {
        assertSame(start, step, 15);
        assertSame(start.negated(), step.negated(), 15);
      }
    }
  }
  assertSame(third.minus(third), third, 1);
  assertSame(third.minus(third), third.negated(), 3);
});

Deno.test("ties beyond 53 bits", () => {
  // Odd multiples of 2^-53 above 1: every one of them lies between two doubles.
  const ulp = Exact.powerOfTwo(-52);
  const half = Exact.powerOfTwo(-53);
  for (const tiny of [Exact.of(0), Exact.powerOfTwo(-128), Exact.powerOfTwo(-900)]) {
    for (const turned of [tiny, tiny.negated()]) {
      const first = Exact.of(1).plus(half).plus(turned);
      assertSame(first, ulp, 20);
      assertSame(first.negated(), ulp, 20);
    }
  }
});
