// Tests of perturbation: counts against exact arithmetic, at every depth, with skips and without.

import assert from "node:assert/strict";
import { escapeTime, exactEscapeTime, referencePointOf } from "../../src/fractal/mod.ts";
import {
  columnsOf,
  Exact,
  frameOfTile,
  frameOfView,
  pointOf,
  rowsOf,
  TileAddress,
  tileAt,
} from "../../src/plane/mod.ts";
import { randomFrom } from "../plane/random.ts";
import {
  type DeepPlace,
  deepPlaces,
  judge,
  PerturbedSampler,
  viewOf,
} from "./perturbed_sampler.ts";

const sampler = await PerturbedSampler.start();

/** Pixels of a view that are compared, and how many must be equal: chaos may have the rest. */
const PIXELS = 24;
const EQUAL = 22;
const WORST = 1e-3;

/** Points of the boundary that can be written down at any depth. */
const ENDLESS: readonly [name: string, re: string, im: string][] = [
  ["the tip -2", "-2", "0"],
  ["the end i of a branch", "0", "1"],
  ["the cusp 1/4", "0.25", "0"],
  ["the root of the period-3 antenna", "-1.75", "0"],
  ["the point of two tangent disks", "-0.75", "0"],
];

function endless([name, re, im]: (typeof ENDLESS)[number], digits: number): DeepPlace {
  // Aside by a third of the view, so that the point itself is no corner of a pixel.
  const span = Exact.parse(`4e-${digits}`);
  const aside = span.dividedBy(Exact.of(3));
  return {
    name: `${name}, 1e${digits}`,
    re: Exact.parse(re).plus(aside),
    im: Exact.parse(im).minus(aside),
    span,
    iterations: 2000,
  };
}

Deno.test("counts are those of exact arithmetic at the listed places", async (t) => {
  const random = randomFrom(71);
  for (const place of deepPlaces()) {
    // The two with the longest exact orbits are compared at fewer pixels; the soak test has them all.
    const dear = place.iterations * -place.span.log2Floor() > 4e7;
    const pixels = dear ? 4 : PIXELS;
    await t.step(place.name, () => {
      const { iterations } = place;
      const frame = viewOf(place, 64);
      const { counts, steps } = sampler.sample(frame, { iterations });
      const verdict = judge(frame, { counts, iterations }, { random, pixels });
      assert.ok(verdict.equal >= pixels - (PIXELS - EQUAL), `${verdict.equal} of ${pixels} equal`);
      assert.ok(verdict.worst <= WORST, `${verdict.worst}`);
      assert.equal(
        steps.skipped > 0,
        place.name !== "past-double-1e14",
        "tables are used below 1e-29",
      );
    });
  }
});

Deno.test("counts are those of exact arithmetic around points of the boundary, at any depth", () => {
  const random = randomFrom(72);
  const seen = new Set<number>();
  for (const point of ENDLESS) {
    for (const digits of [13, 31, 77, 154, 200, 287, 289, 291, 308, 330, 500, 1000]) {
      const place = endless(point, digits);
      const frame = viewOf(place, 24);
      for (const skips of [true, false]) {
        const { counts, point } = sampler.sample(frame, { iterations: place.iterations, skips });
        const { iterations } = place;
        const verdict = judge(frame, { counts, iterations }, { random, pixels: 6 });
        assert.equal(verdict.equal, 6, `${place.name}, ${skips ? "with" : "without"} skips`);
        seen.add(Number(point.floatexp));
      }
    }
  }
  assert.equal(seen.size, 2, "in plain numbers and in floatexp ones");
});

Deno.test("skipping changes next to nothing", () => {
  for (const place of deepPlaces().filter(({ iterations }) => iterations < 40_000)) {
    const frame = viewOf(place, 48);
    const { iterations } = place;
    const fast = sampler.sample(frame, { iterations });
    const slow = sampler.sample(frame, { iterations, skips: false });
    assert.equal(slow.steps.skipped, 0);
    const equal = fast.counts.filter((count, i) => count === slow.counts[i]).length;
    assert.ok(equal >= 0.97 * fast.counts.length, `${place.name}: ${equal} of 2304`);
  }
});

Deno.test("skipping changes next to nothing at the border of what a reference serves, in a chaotic place", () => {
  const { re, im, iterations } = deepPlaces().find(({ name }) => name === "seahorse-1e31")!;
  const key = (tile: TileAddress) => referencePointOf(frameOfTile(tile, 64)).key;
  let next = tileAt(107, re, im);
  let tile = next;
  for (; key(next) === key(tile); next = TileAddress.of(tile.z, tile.x + 1n, tile.y)) tile = next;
  const frame = frameOfTile(tile, 64);
  const fast = sampler.sample(frame, { iterations });
  const slow = sampler.sample(frame, { iterations, skips: false });
  assert.ok(fast.steps.made < slow.steps.made / 3);
  const equal = fast.counts.filter((count, i) => count === slow.counts[i]).length;
  assert.ok(equal >= 0.97 * fast.counts.length, `${equal} of 4096`);
});

Deno.test("the same region from two references agrees", () => {
  for (const place of deepPlaces().filter(({ iterations }) => iterations < 40_000)) {
    const frame = viewOf(place, 48);
    const { iterations } = place;
    const own = sampler.sample(frame, { iterations });
    // The reference of a view to the side, farther away than a reference serves.
    const far = place.span.times(Exact.of(176));
    const aside = { ...place, re: place.re.plus(far), im: place.im.minus(far) };
    const other = referencePointOf(viewOf(aside, 48));
    assert.notEqual(other.key, own.point.key);
    const point = { ...other, reach: other.reach + 4 };
    const { counts } = sampler.sample(frame, { iterations, point });
    const equal = counts.filter((count, i) => count === own.counts[i]).length;
    assert.ok(equal >= 0.97 * counts.length, `${place.name}: ${equal} of 2304`);
  }
});

Deno.test("a reference that was cut off by the limit is not taken for one that escaped", () => {
  // Around a point of the boundary whose reference does not escape for a long time: with few iterations
  // its orbit is cut, and all that outlive it must be told so, by the limit and nothing else.
  const place = deepPlaces().find(({ name }) => name === "seahorse-1e31")!;
  const frame = viewOf(place, 32);
  const full = sampler.sample(frame, { iterations: 60_000 });
  for (const iterations of [100, 5_000, 20_000, 32_000]) {
    const cut = sampler.sample(frame, { iterations });
    assert.equal(cut.length, iterations, "the orbit is as long as the largest count");
    assert.ok(!cut.ended);
    for (const [i, count] of full.counts.entries()) {
      assert.equal(cut.counts[i], Math.min(count, iterations), `${iterations}: ${i}`);
    }
  }
});

Deno.test("doubles and perturbation agree where both can go, and the oracle decides between them", () => {
  const random = randomFrom(73);
  const place = {
    re: Exact.parse("-0.743643887037158704752191506114774"),
    im: Exact.parse("0.131825904205311970493132056385139"),
  };
  let differing = 0;
  const right = { double: 0, perturbation: 0 };
  for (const z of [33, 36, 38, 39]) {
    const frame = frameOfView({ ...place, span: Exact.powerOfTwo(2 - z), width: 128, height: 128 });
    const iterations = 6000;
    const { counts } = sampler.sample(frame, { iterations });
    const [columns, rows] = [columnsOf(frame), rowsOf(frame)];
    for (let j = 0; j < 128; j++) {
      for (let i = 0; i < 128; i++) {
        const double = escapeTime(columns[i]!, rows[j]!, iterations);
        const perturbed = counts[j * 128 + i]!;
        if (double === perturbed) continue;
        differing++;
        if (random() > 0.05) continue;
        const exact = exactEscapeTime(pointOf(frame, i, j), iterations, { bits: 256 }).count;
        if (exact === double) right.double++;
        if (exact === perturbed) right.perturbation++;
      }
    }
  }
  assert.ok(differing < 0.25 * 4 * 128 * 128, `${differing} of 65536 differ`);
  assert.ok(right.perturbation > 5 * right.double, `the oracle says ${JSON.stringify(right)}`);
});

Deno.test("the smooth count is continuous where the count changes", () => {
  let crossed = 0;
  for (const { name, re, im, span } of deepPlaces()) {
    if (name === "deep-1e50" || name === "underflow-4e318") continue;
    const frame = frameOfView({ re, im, span, width: 600, height: 8 });
    const { counts, fractions } = sampler.sample(frame, { iterations: 60_000 });
    const at = (i: number) => counts[i]! + fractions[i]!;
    for (let i = 2; i < counts.length - 1; i++) {
      const inOneRow = i % 600 >= 2 && i % 600 < 599;
      if (!inOneRow || counts[i] === counts[i - 1]) continue;
      // Where it is calm on both sides of the border it is calm across it.
      const calm = Math.max(Math.abs(at(i - 1) - at(i - 2)), Math.abs(at(i + 1) - at(i)));
      if (calm > 0.02) continue;
      crossed++;
      assert.ok(Math.abs(at(i) - at(i - 1)) < 0.06, `${name}: ${at(i - 1)} to ${at(i)}`);
    }
  }
  assert.ok(crossed > 50, `${crossed} calm borders of two counts were crossed`);
});
