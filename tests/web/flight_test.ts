/** The way of a dive: where it leads, how fast, and that no depth is too deep for it. */

import assert from "node:assert/strict";
import { Flight } from "../../src/web/page/flight.js";
import { gapBetween } from "../../src/web/page/way.js";

/** Steps of the way in which it is looked at. */
const steps = 1000;

function near(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, not ${expected}`);
}

Deno.test("straight ahead, every level takes the same time", () => {
  for (const levels of [3, 40, 30_000, -30_000]) {
    const logRatio = -levels * Math.LN2;
    const flight = new Flight({ logDistance: -Infinity, logRatio });
    near(flight.length, Math.abs(logRatio), 1e-6);
    for (let step = 0; step <= steps; step++) {
      near(flight.at(flight.length * step / steps).logWidth, logRatio * step / steps, 1e-6);
    }
    near(flight.at(flight.length).offsets.to, 0, 1e-9);
  }
});

Deno.test("a way begins at one view and ends at the other, out and in again between", () => {
  for (const logDistance of [-3, 0, 2, 60, 20_000]) {
    for (const logRatio of [0, -7, 7, -10_000, 10_000]) {
      const flight = new Flight({ logDistance, logRatio });
      const [start, end] = [flight.at(0), flight.at(flight.length)];
      near(start.logWidth, 0, 1e-9);
      near(end.logWidth, logRatio, 1e-6);
      assert.equal(start.offsets.from, 0);
      near(end.offsets.to, 0, 1e-9);
      // At any time the two offsets are the whole distance.
      let top = -Infinity;
      for (let step = 0; step <= steps; step++) {
        const { logWidth, offsets: { from, to } } = flight.at(flight.length * step / steps);
        top = Math.max(top, logWidth);
        assert.ok(from >= 0 && to >= 0);
        // Where a double can hold that many, or that few, widths of the view.
        const held = from + to < Infinity && from + to > 1e-300;
        if (held) near(Math.log(from + to) + logWidth, logDistance, 1e-6);
      }
      // Where the ends are far apart the view grows as wide as the way: w = D / 2 at the top.
      if (logDistance > Math.max(0, logRatio) + 3) {
        near(top, logDistance, 0.1 + flight.length / steps);
      }
    }
  }
});

Deno.test("the picture moves evenly: as far across and as deep in every step", () => {
  const flight = new Flight({ logDistance: 9, logRatio: -4 });
  for (let step = 0; step < steps; step++) {
    const a = flight.at(flight.length * step / steps);
    const b = flight.at(flight.length * (step + 1) / steps);
    const across = 2 * (b.offsets.from * Math.exp(b.logWidth - a.logWidth) - a.offsets.from);
    const deep = b.logWidth - a.logWidth;
    if (a.offsets.from < 1e6) near(Math.hypot(across, deep), flight.length / steps, 1e-3);
  }
});

Deno.test("a gap is told beyond what a double can", () => {
  const place = (re: string, im: string, zoom: number) => ({ re, im, zoom });
  const small = `0.25${"0".repeat(400)}`;
  const gap = gapBetween(place(`${small}0`, "0", 1400), place(`${small}4`, "0", 3));
  near(gap.logTiles, -403 * Math.LN10, 1e-9);
  assert.deepEqual(gap.direction, { x: 1, y: 0 });
  const up = gapBetween(place("0", "0", 0), place("-3", "4", 0));
  near(Math.exp(up.logTiles), 5 / 4, 1e-12);
  near(up.direction.x, -0.6, 1e-12);
  near(up.direction.y, -0.8, 1e-12);
  assert.equal(gapBetween(place("1", "1", 5), place("1.0", "1", 9)).logTiles, -Infinity);
});
