// Tests of the reference orbit: its doubles are the exact orbit's, in slices or at once.

import assert from "node:assert/strict";
import { advanceOrbit, type Orbit, orbitOf, type OrbitSlice } from "../../src/fractal/mod.ts";
import { Exact } from "../../src/plane/mod.ts";

/** -2 ends at 2 and stays; i runs i - 1, -i, i - 1, ...; 1 escapes. */
const MINUS_TWO = { re: "-2", im: "0" };
const I = { re: "0", im: "1" };
const SEAHORSE = {
  re: "-0.743643887037158704752191506114774",
  im: "0.131825904205311970493132056385139",
};

function begin({ re, im }: { re: string; im: string }, bits = 256): Orbit {
  return orbitOf(Exact.parse(re).toFixedPoint(bits), Exact.parse(im).toFixedPoint(bits), bits);
}

/** All points of slices in a row. */
function joined(slices: readonly OrbitSlice[]): number[] {
  return slices.flatMap(({ points }) => [...points]);
}

Deno.test("points whose orbits are known have them", () => {
  const { points, orbit } = advanceOrbit(begin(MINUS_TWO), 4);
  assert.deepEqual([...points], [-2, 0, 2, 0, 2, 0, 2, 0]);
  assert.deepEqual([orbit.length, orbit.ended], [4, false]);
  assert.deepEqual([...advanceOrbit(begin(I), 5).points], [0, 1, -1, 1, 0, -1, -1, 1, 0, -1]);
});

Deno.test("an orbit ends at its first point beyond radius 4", () => {
  const { points, orbit } = advanceOrbit(begin({ re: "1", im: "0" }), 100);
  assert.deepEqual([...points], [1, 0, 2, 0, 5, 0]);
  assert.deepEqual([orbit.length, orbit.ended], [3, true]);
  assert.equal(advanceOrbit(orbit, 200).points.length, 0, "and goes no farther");
});

Deno.test("in slices it is what it is at once", () => {
  const whole = advanceOrbit(begin(SEAHORSE), 900);
  const slices: OrbitSlice[] = [];
  let orbit = begin(SEAHORSE);
  for (const length of [1, 2, 33, 500, 900]) {
    slices.push(advanceOrbit(orbit, length));
    orbit = slices.at(-1)!.orbit;
  }
  assert.deepEqual(joined(slices), [...whole.points]);
  assert.deepEqual(orbit, whole.orbit);
  const short = advanceOrbit(begin(SEAHORSE), 1e9, 0);
  assert.ok(short.orbit.length < 1000, "when the time is over it stops");
});

Deno.test("its doubles are the nearest to an orbit of many more bits", () => {
  const { points } = advanceOrbit(begin(SEAHORSE), 300);
  const fine = advanceOrbit(begin(SEAHORSE, 2048), 300);
  for (const [i, value] of points.entries()) {
    const exact = fine.points[i]!;
    assert.ok(Math.abs(value - exact) <= 2 ** -52 * Math.abs(exact), `${value}, not ${exact}`);
  }
});

Deno.test("what a double cannot hold is told with an exponent", () => {
  // The orbit of a point 2^-1500 from the nucleus -1 comes as close to 0 at every second step.
  const bits = 4096;
  const near = Exact.of(-1).plus(Exact.powerOfTwo(-1500));
  const { points, nearZero } = advanceOrbit(orbitOf(near.toFixedPoint(bits), 0n, bits), 6);
  assert.deepEqual([...points].filter((_, i) => i % 2 === 0).map(Math.abs), [1, 0, 1, 0, 1, 0]);
  assert.deepEqual(nearZero.map(({ index }) => index), [2, 4, 6]);
  // c^2 + c with c = -1 + e is -e + e^2.
  const [first] = nearZero;
  assert.equal(first!.x * 2 ** (first!.exponent + 1500), -1);
  assert.equal(first!.y, 0);
});
