// Tests of `iterations=auto`: a function of the place alone, on which neighbours agree.

import assert from "node:assert/strict";
import { Exact, type Frame, TileAddress, tileAt } from "../../src/plane/mod.ts";
import { AutoIterations, type Sampled, type SampleOptions } from "../../src/render/mod.ts";
import { edgePoint } from "../fractal/grids.ts";
import { integerIn, randomFrom } from "../plane/random.ts";
import { nowhere, oracleCounts } from "./frames.ts";

/** Samples by the oracle, in this thread, and remembers for which frames it was asked. */
class OracleSampler {
  readonly mostSamples = 256;
  readonly asked: Frame[] = [];
  /** Samples that will fail before one succeeds. */
  failures = 0;
  #counts = new Uint32Array(0);

  sample(frame: Frame, { iterations, fractions }: SampleOptions): Promise<Sampled> {
    assert.equal(fractions, false);
    assert.ok(frame.width * frame.height <= this.mostSamples, "a coarse look");
    this.asked.push(frame);
    if (this.failures-- > 0) return Promise.reject(new Error("no luck"));
    this.#counts = new Uint32Array(oracleCounts(frame, iterations));
    return Promise.resolve(nowhere(frame, iterations));
  }

  copyCounts(): Uint32Array<ArrayBuffer> {
    return this.#counts.slice();
  }
}

/** The zoom of the tile that is looked at. */
function ancestorZoom(z: number): number {
  return z - z % 4;
}

function edgeTile(random: () => number, z: number): TileAddress {
  const { re, im } = edgePoint(random);
  return tileAt(z, Exact.of(re), Exact.of(im));
}

Deno.test("all tiles below one ancestor agree, in whatever order they are asked", async () => {
  const random = randomFrom(8);
  for (let z = 3; z <= 40; z += 9) {
    const tile = edgeTile(random, z);
    const ancestor = tile.parent(z - ancestorZoom(z));
    const below = (levels: number) => {
      const scale = 1n << BigInt(levels);
      const inside = () => BigInt(integerIn(random, 0, Number(scale) - 1));
      return TileAddress.of(
        ancestor.z + levels,
        ancestor.x * scale + inside(),
        ancestor.y * scale + inside(),
      );
    };
    const sampler = new OracleSampler();
    const auto = new AutoIterations(sampler);
    const choice = await auto.ofTile(tile);
    for (let i = 0; i < 12; i++) assert.equal(await auto.ofTile(below(i % 4)), choice);
    const [first] = sampler.asked;
    assert.ok(sampler.asked.length <= 4, "a few looks");
    for (const frame of sampler.asked) assert.deepEqual(frame, first, "all at the ancestor");
    const other = new AutoIterations(new OracleSampler());
    await other.ofTile(edgeTile(random, 7));
    assert.equal(await other.ofTile(below(3)), choice, "what came before does not matter");
  }
});

Deno.test("the choice lies within its bounds and on a coarse scale", async () => {
  const random = randomFrom(9);
  const auto = new AutoIterations(new OracleSampler());
  for (let z = 0; z <= 40; z += 4) {
    for (let i = 0; i < 3; i++) {
      const choice = await auto.ofTile(edgeTile(random, z));
      assert.ok(choice >= 512 + 64 * z && choice <= 1.5 * (2000 + 3000 * z), `${choice} at ${z}`);
      const power = 2 ** Math.floor(Math.log2(choice));
      assert.ok(choice === power || choice === 1.5 * power, `${choice}`);
    }
  }
});

Deno.test("a place gets more where its points take longer, and the least where none escapes", async () => {
  const auto = new AutoIterations(new OracleSampler());
  const at = (z: number, re: string, im: string) =>
    auto.ofTile(tileAt(z, Exact.parse(re), Exact.parse(im)));
  assert.equal(await at(8, "-0.1", "0.1"), 1024, "the next to 512 + 64 * 8");
  assert.equal(await at(8, "1.2", "1.2"), 1024);
  const border = await at(28, "-0.6977273122174665", "-0.2589795459061861");
  assert.ok(border > 3072, `${border} where points take thousands of steps`);
});

Deno.test("a view gets what the tile of its size at its centre gets", async () => {
  const random = randomFrom(10);
  const auto = new AutoIterations(new OracleSampler());
  const view = (re: Exact, im: Exact, span: Exact) => auto.ofView({ re, im, span });
  for (let z = 0; z <= 36; z += 6) {
    const point = edgePoint(random);
    const [re, im] = [Exact.of(point.re), Exact.of(point.im)];
    const side = Exact.powerOfTwo(2 - z);
    const expected = await auto.ofTile(tileAt(z, re, im));
    assert.equal(await view(re, im, side), expected);
    assert.equal(await view(re, im, side.times(Exact.of(0.6))), expected, "down to half of it");
  }
  const zero = Exact.of(0);
  assert.equal(await view(zero, zero, Exact.of(1e9)), await auto.ofTile(TileAddress.of(0, 0n, 0n)));
  assert.ok(await view(Exact.of(50), zero, Exact.of(2 ** -18)) >= 512, "beyond the world");
});

Deno.test("a look that fails is not remembered", async () => {
  const sampler = new OracleSampler();
  sampler.failures = 1;
  const auto = new AutoIterations(sampler);
  const tile = TileAddress.of(5, 11n, 15n);
  const results = await Promise.allSettled([auto.ofTile(tile), auto.ofTile(tile)]);
  assert.ok(results.every(({ status }) => status === "rejected"));
  assert.equal(sampler.asked.length, 1, "both waited for the same look");
  assert.ok(await auto.ofTile(tile) >= 512);
  assert.ok(sampler.asked.length >= 2, "looked at again");
});

Deno.test("a look ends when the last who waits for it has gone, and is begun anew for who comes next", async () => {
  const sampler = new OracleSampler();
  const signals: AbortSignal[] = [];
  const sample = sampler.sample.bind(sampler);
  // The first look never ends by itself.
  sampler.sample = (frame, options) => {
    signals.push(options.signal!);
    return signals.length > 1 ? sample(frame, options) : new Promise((_, reject) => {
      options.signal!.onabort = () => reject(options.signal!.reason);
    });
  };
  const auto = new AutoIterations(sampler);
  const tile = TileAddress.of(5, 11n, 15n);
  const [one, other] = [new AbortController(), new AbortController()];
  const gone = new Error("gone");
  const first = assert.rejects(auto.ofTile(tile, one.signal), gone);
  const second = assert.rejects(auto.ofTile(tile, other.signal), gone);
  one.abort(gone);
  await first;
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false], "for the other it goes on");
  other.abort(gone);
  await second;
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
  assert.ok(await auto.ofTile(tile) >= 512);
  assert.equal(signals.at(-1)?.aborted, false);
});
