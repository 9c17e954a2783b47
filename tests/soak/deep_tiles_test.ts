// Tests of tiles below the range of doubles: the same bytes every time, without a seam, without a jump.

import assert from "node:assert/strict";
import { pathOf } from "../../src/fractal/mod.ts";
import { defaultPalette } from "../../src/image/mod.ts";
import { Frame, frameOfTile, TileAddress, tileBounds } from "../../src/plane/mod.ts";
import {
  AutoIterations,
  type Output,
  type PerturbationArithmetic,
  renderView,
  RenderWorkers,
} from "../../src/render/mod.ts";
import { type DeepTile, deepTiles, same, tileOfPlace } from "../render/frames.ts";

/** Pixels of a tile's side. */
const SIDE = 256;

/** A frame's counts and fractions, and how they were computed. */
interface Grid {
  readonly counts: Uint32Array;
  readonly fractions: Float32Array;
  readonly arithmetic: PerturbationArithmetic;
}

async function sampled(workers: RenderWorkers, frame: Frame, iterations: number): Promise<Grid> {
  using samples = await workers.sample(frame, { iterations, fractions: true });
  const { buffer } = workers.save(samples).bytes;
  const pixels = frame.width * frame.height;
  return {
    counts: new Uint32Array(buffer, 0, pixels),
    fractions: new Float32Array(buffer, 4 * pixels, pixels),
    arithmetic: samples.arithmetic as PerturbationArithmetic,
  };
}

function assertSame(one: Grid, other: Grid, what: string): void {
  assert.ok(same(one.counts, other.counts), `${what}: counts`);
  assert.ok(same(one.fractions, other.fractions), `${what}: fractions`);
}

/** The frame of a deep tile: a quarter of its pixels, where these are small enough all the same. */
function frameOf({ address }: DeepTile): Frame {
  return frameOfTile(address, address.z < 43 ? SIDE : SIDE / 4);
}

/**
 * Tiles where some points escape before the reference and some after it, and iterations between: so the
 * reference's orbit is cut off by the limit, and many points outlive it.
 */
const CUT: readonly DeepTile[] = ([
  ["seahorse-1e31", 62, 8085],
  ["deep-1e50", 80, 13_999],
  ["deep-5e113", 160, 4950],
  ["deep-1e77", 252, 537],
  ["underflow-4e318", 360, 15_100],
  ["double-spiral-1e1000", 1000, 650],
] as const).map(([name, zoom, iterations]) => ({ ...tileOfPlace(name, zoom), iterations }));

Deno.test("a deep tile is the same bytes, whoever computes it and whatever came before", async () => {
  const tiles = [...deepTiles(), ...CUT];
  const fresh: Grid[] = [];
  {
    await using workers = await RenderWorkers.start({ workers: 1 });
    for (const tile of tiles) fresh.push(await sampled(workers, frameOf(tile), tile.iterations));
  }
  for (const [i, { name }] of tiles.entries()) {
    assert.equal(fresh[i]!.arithmetic.kind, "perturbation", name);
    assert.ok(new Set(fresh[i]!.counts).size > 2, `${name}: there is something to see`);
  }
  // References that were there, as long, lengthened, and longer than it takes.
  for (const history of [[0.1], [0.01, 1.5]]) {
    await using workers = await RenderWorkers.start({ workers: 2 });
    for (const [i, tile] of [...tiles.entries()].reverse()) {
      for (const factor of history) {
        await sampled(workers, frameOf(tile), Math.ceil(factor * tile.iterations));
      }
      const again = await sampled(workers, frameOf(tile), tile.iterations);
      assertSame(again, fresh[i]!, `${tile.name} after ${history}`);
    }
  }
});

Deno.test("a reference that was cut off by few iterations is not taken for one that escaped", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  for (const tile of CUT) {
    const { name, iterations } = tile;
    const few = await sampled(workers, frameOf(tile), iterations);
    const { length } = few.arithmetic;
    assert.ok(length === iterations || 8 * length < iterations, `${name}: cut, or of a nucleus`);
    const many = await sampled(workers, frameOf(tile), 2 * iterations);
    const outlive = many.counts.filter((count) => count > iterations);
    assert.ok(outlive.length > 200 && outlive.length < 4000, `${name}: ${outlive.length}`);
    assert.ok(new Set(outlive).size > 9, `${name}: not all at the same count`);
    for (const [i, count] of many.counts.entries()) {
      assert.equal(few.counts[i], Math.min(count, iterations), `${name}: pixel ${i}`);
    }
  }
});

Deno.test("tiles have no seam where one reference meets the next", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  for (const tile of deepTiles()) {
    const { name, iterations } = tile;
    const side = tile.address.z < 43 ? SIDE : SIDE / 2;
    const [left, right] = acrossReferences(tile.address).map((tile) => frameOfTile(tile, side));
    assert.notDeepEqual(pathOf(left!, iterations), pathOf(right!, iterations), "two references");
    const one = await sampled(workers, left!, iterations);
    const next = await sampled(workers, right!, iterations);
    const both = new Frame({ ...left!, width: 2 * side });
    const whole = await sampled(workers, both, iterations);
    const counts = sideBySide(one.counts, next.counts, side);
    const equal = counts.filter((count, i) => count === whole.counts[i]).length / counts.length;
    // Among counts of 170,000 chaos has some more.
    const least = name === "deep-1e50" ? 0.98 : 0.99;
    assert.ok(equal >= least, `${name}: ${100 * equal} % are what one view of both has`);
    const differences = acrossColumns(sideBySide(smooth(one), smooth(next), side), 2 * side);
    const border = differences[side - 1]!;
    const inside = mean(
      [16, 12, 8, 4, 2].flatMap((columns) =>
        [side - 1 - columns, side - 1 + columns].map((column) => differences[column]!)
      ),
    );
    assert.ok(border < 2 * inside && inside < 2 * border, `${name}: ${border}, inside ${inside}`);
  }
});

Deno.test("a parent in doubles and its four perturbed children agree in the mean", async () => {
  await using workers = await RenderWorkers.start({ workers: 2 });
  // The counts are some hundreds, and 2700: one step more or less would be twice that at least.
  const tolerance = 1.8e-4;
  for (
    const [name, iterations] of [
      ["past-double-1e14", 4036],
      ["deep-1e50", 6000],
      ["deep-5e113", 6000],
    ] as const
  ) {
    for (const zoom of [39, 40]) {
      const parent = tileOfPlace(name, zoom).address;
      const own = await sampled(workers, frameOfTile(parent, SIDE), iterations);
      assert.equal(own.arithmetic.kind, "double");
      assert.ok(new Set(own.counts).size > 100, `${name}: a busy place`);
      const children = await Promise.all([0n, 1n, 2n, 3n].map((child) => {
        const [x, y] = [2n * parent.x + (child & 1n), 2n * parent.y + (child >> 1n)];
        return sampled(workers, frameOfTile(TileAddress.of(zoom + 1, x, y), SIDE), iterations);
      }));
      const kind = zoom === 40 ? "perturbation" : "double";
      assert.ok(children.every(({ arithmetic }) => arithmetic.kind === kind));
      const off = mean(children.map((child) => mean(smooth(child)))) / mean(smooth(own)) - 1;
      assert.ok(Math.abs(off) < tolerance, `${name}: ${off} from ${zoom} to ${zoom + 1}`);
    }
  }
});

Deno.test("a deep picture in bands is the picture at once", async () => {
  await using ample = await RenderWorkers.start({ workers: 2 });
  await using small = await RenderWorkers.start({ workers: 2, memoryBytes: 2 ** 22 });
  const look = { palette: defaultPalette, shading: "smooth" } as const;
  const outputs: Output[] = [{ format: "png", look }, { format: "npy" }];
  for (const name of ["deep-1e77", "underflow-4e318", "double-spiral-1e1000"]) {
    const { address, iterations } = tileOfPlace(name);
    // The middle lies on the border of two regions: by their own middles the bands would have two references.
    const { right, bottom, left } = tileBounds(address.parent(4 + address.z % 4));
    const span = frameOfTile(address, 1).step;
    const centre = { re: left.plus(right).timesPowerOfTwo(-1), im: bottom };
    for (const output of outputs) {
      const supersample = output.format === "png" ? 2 : 1;
      const [width, height] = [400 / supersample, 380 / supersample];
      assert.ok(small.mostSamples < 400 * 380, "it does not fit at once");
      const view = { view: { ...centre, span, width, height, supersample }, iterations, output };
      const [a, b] = await Promise.all([ample, small].map(async (workers) => {
        const auto = new AutoIterations(workers);
        return await renderView({ frames: workers, auto }, view);
      }));
      assert.ok(same(a!.bytes, b!.bytes), `${name} as ${output.format}`);
      assert.equal(a!.arithmetic.kind, "perturbation");
    }
  }
});

/** Two neighbours in the row of a tile, the nearest to it that have different references. */
function acrossReferences({ z, x, y }: TileAddress): [TileAddress, TileAddress] {
  for (let away = 0n;; away++) {
    for (const left of [x + away, x - away]) {
      const pair = [left, left + 1n].map((x) => TileAddress.of(z, x, y)) as [
        TileAddress,
        TileAddress,
      ];
      const [one, next] = pair.map((tile) => pathOf(frameOfTile(tile, SIDE), 1000));
      assert.ok(one!.arithmetic === "perturbation" && next!.arithmetic === "perturbation");
      if (one!.reference.key !== next!.reference.key) return pair;
    }
  }
}

function sideBySide(left: ArrayLike<number>, right: ArrayLike<number>, side: number): Float64Array {
  const both = new Float64Array(2 * left.length);
  for (let i = 0; i < left.length; i++) {
    const at = i + side * Math.floor(i / side);
    both[at] = left[i]!;
    both[at + side] = right[i]!;
  }
  return both;
}

function smooth({ counts, fractions }: Grid): Float64Array {
  return Float64Array.from(counts, (count, i) => count + fractions[i]!);
}

/**
 * The mean difference of every column of two tiles side by side from the next. The largest tenth counts
 * as its least: a few pixels of a filament would else decide.
 */
function acrossColumns(values: Float64Array, width: number): number[] {
  const differences = values.map((value, i) => Math.abs(values[i + 1]! - value) || 0);
  const most = differences.toSorted()[Math.floor(0.9 * differences.length)]!;
  const means = new Array<number>(width).fill(0);
  for (const [i, difference] of differences.entries()) {
    means[i % width]! += Math.min(difference, most) * width / values.length;
  }
  return means;
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
