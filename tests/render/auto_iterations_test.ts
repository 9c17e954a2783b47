// Tests of `iterations=auto`: a function of the place alone, on which neighbours agree.

import assert from "node:assert/strict";
import { Exact, type Frame, TileAddress, tileAt } from "../../src/plane/mod.ts";
import {
  type Arithmetic,
  AutoIterations,
  type Chosen,
  type FrameOptions,
  type FrameRenderer,
  type FrameRequest,
  OrbitTooLongError,
  type RenderedFrame,
} from "../../src/render/mod.ts";
import { referenceBytes } from "../../src/fractal/mod.ts";
import { edgePoint } from "../fractal/grids.ts";
import { integerIn, randomFrom } from "../plane/random.ts";
import { oracleCounts, renderedCounts } from "./frames.ts";
import { sharedWorkers } from "./shared_workers.ts";

/** Counts by the oracle, in this thread, and remembers for which frames it was asked. */
class OracleRenderer implements FrameRenderer {
  readonly asked: Frame[] = [];
  /** Frames that will fail before one succeeds. */
  failures = 0;

  render({ frame, iterations, output }: FrameRequest, _?: FrameOptions): Promise<RenderedFrame> {
    assert.equal(output.format, "counts");
    assert.ok(frame.width * frame.height <= 256, "a coarse look");
    this.asked.push(frame);
    if (this.failures-- > 0) return Promise.reject(new Error("no luck"));
    return Promise.resolve(renderedCounts(new Uint32Array(oracleCounts(frame, iterations))));
  }
}

/** Counts that are a function of the pixel's place in the row-by-row order of 256. */
class MadeUpRenderer implements FrameRenderer {
  /** Iterations of every look. */
  readonly asked: number[] = [];
  /** The longest orbit that there is memory for. */
  fits = Infinity;
  readonly #count: (i: number) => number;
  readonly #arithmetic: Arithmetic;

  constructor(count: (i: number) => number, arithmetic: Arithmetic = { kind: "double" }) {
    this.#count = count;
    this.#arithmetic = arithmetic;
  }

  render({ frame: { width, height }, iterations }: FrameRequest): Promise<RenderedFrame> {
    this.asked.push(iterations);
    if (iterations > this.fits) return Promise.reject(new OrbitTooLongError(iterations, 1));
    const each = 256 / (width * height);
    const counts = Uint32Array.from(
      { length: width * height },
      (_, i) => Math.min(iterations, this.#count(i * each)),
    );
    return Promise.resolve(renderedCounts(counts, this.#arithmetic));
  }
}

/** Asserts that two choices are the same, whatever they took. */
function same(
  { iterations, capped }: Pick<Chosen, "iterations" | "capped">,
  expected: Pick<Chosen, "iterations" | "capped">,
  message?: string,
): void {
  const wanted = { iterations: expected.iterations, capped: expected.capped };
  assert.deepEqual({ iterations, capped }, wanted, message);
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
    const renderer = new OracleRenderer();
    const auto = new AutoIterations(renderer);
    const choice = await auto.ofTile(tile);
    for (let i = 0; i < 12; i++) same(await auto.ofTile(below(i % 4)), choice);
    const [first] = renderer.asked;
    assert.ok(renderer.asked.length <= 4, "a few looks");
    for (const frame of renderer.asked) assert.deepEqual(frame, first, "all at the ancestor");
    const other = new AutoIterations(new OracleRenderer());
    await other.ofTile(edgeTile(random, 7));
    same(await other.ofTile(below(3)), choice, "what came before does not matter");
  }
});

Deno.test("the choice lies within its bounds and on a coarse scale", async () => {
  const random = randomFrom(9);
  const auto = new AutoIterations(new OracleRenderer());
  for (let z = 0; z <= 40; z += 4) {
    for (let i = 0; i < 3; i++) {
      const { iterations: choice } = await auto.ofTile(edgeTile(random, z));
      assert.ok(choice >= 512 + 64 * z && choice <= 1.5 * (2000 + 3000 * z), `${choice} at ${z}`);
      const power = 2 ** Math.floor(Math.log2(choice));
      assert.ok(choice === power || choice === 1.5 * power, `${choice}`);
    }
  }
});

Deno.test("a place gets more where its points take longer, and the least where none escapes", async () => {
  const auto = new AutoIterations(new OracleRenderer());
  const at = (z: number, re: string, im: string) =>
    auto.ofTile(tileAt(z, Exact.parse(re), Exact.parse(im)));
  same(await at(8, "-0.1", "0.1"), { iterations: 1024, capped: false }, "inside the cardioid");
  same(await at(8, "1.2", "1.2"), { iterations: 1024, capped: false }, "next to 512 + 64 * 8");
  same(await at(8, "-0.12", "0.74"), { iterations: 1024, capped: false }, "inside, of period 3");
  const { iterations } = await at(28, "-0.6977273122174665", "-0.2589795459061861");
  assert.ok(iterations > 3072, `${iterations} where points take thousands of steps`);
});

Deno.test("a view gets what tiles with pixels as wide get where its centre is, whatever its size", async () => {
  const random = randomFrom(10);
  const auto = new AutoIterations(new OracleRenderer());
  const [zero, side] = [Exact.of(0), (z: number) => Exact.powerOfTwo(2 - z)];
  for (let z = 0; z <= 36; z += 6) {
    const point = edgePoint(random);
    const [re, im] = [Exact.of(point.re), Exact.of(point.im)];
    const expected = await auto.ofTile(tileAt(z, re, im));
    for (const width of [1, 256, 512, 768, 1280]) {
      const span = side(z).times(Exact.of(width / 256));
      same(await auto.ofView({ re, im, span, width }), expected, `${width} pixels at ${z}`);
    }
    const less = side(z).times(Exact.of(0.6));
    same(await auto.ofView({ re, im, span: less, width: 256 }), expected, "down to half of it");
  }
  const world = await auto.ofTile(TileAddress.of(0, 0n, 0n));
  same(await auto.ofView({ re: zero, im: zero, span: Exact.of(1e9), width: 256 }), world);
  const beyond = { re: Exact.of(50), im: zero, span: Exact.of(2 ** -18), width: 256 };
  same(await auto.ofView(beyond), { iterations: 512 + 64 * 20, capped: false }, "beyond the world");
  same(await auto.ofView(beyond, { limit: 9 }), { iterations: 9, capped: false });
});

/** Where nobody knows what is inside: some 10^-16 above the antenna. */
const DEEP = tileAt(60, Exact.parse("-1.5"), Exact.parse("1e-16"));

Deno.test("where nothing escapes at first it looks farther, until there is something to show", async () => {
  const ordinary = 2000 + 3000 * 60;
  for (const count of [200_000, 1_000_000]) {
    const renderer = new MadeUpRenderer((i) => count + i);
    const { iterations, capped } = await new AutoIterations(renderer).ofTile(DEEP);
    assert.equal(capped, false);
    assert.ok(iterations > count + 256 && iterations <= 1_572_864, `${iterations} for ${count}`);
    assert.ok(renderer.asked.length <= 8, "a few looks");
  }
  // Most are inside, so that a glance may see none of the others; next to none is not enough.
  for (const [share, capped] of [[8, false], [128, true]] as const) {
    const renderer = new MadeUpRenderer((i) => i % share === 0 ? 500_000 : Infinity);
    const chosen = await new AutoIterations(renderer).ofTile(DEEP);
    assert.equal(chosen.capped, capped, `one in ${share}`);
    assert.equal(chosen.iterations > 500_000, !capped);
  }
  const renderer = new MadeUpRenderer(() => ordinary - 1);
  await new AutoIterations(renderer).ofTile(DEEP);
  assert.equal(Math.max(...renderer.asked), ordinary, "what is seen at first is enough");
});

Deno.test("real workers show what is in a neck, and say so where no look can see it", async () => {
  const workers = await sharedWorkers();
  const at = (z: number, re: string, im: string) =>
    new AutoIterations(workers).ofTile(tileAt(z, Exact.parse(re), Exact.parse(im)));
  // 10^-10 wide there, where points take 314,000 steps; and a tenth of it, a million steps.
  same(await at(33, "-0.7500000001", "1e-5"), { iterations: 1_572_864, capped: false });
  same(await at(38, "-0.75", "3e-6"), { iterations: 3072, capped: true });
});

Deno.test("where nothing ever escapes it says that it was capped, and what it has looked at is bounded", async () => {
  for (const zoom of [44, 101, 102, 943, 944, 4000, 30_000]) {
    const renderer = new MadeUpRenderer(() => Infinity);
    const tile = tileAt(zoom, Exact.parse("-1.5"), Exact.of(0));
    const { iterations, capped } = await new AutoIterations(renderer).ofTile(tile);
    assert.equal(capped, true);
    assert.ok(iterations <= 1.5 * (512 + 64 * zoom), `${iterations} is the least`);
    const length = Math.max(...renderer.asked);
    const bytes = referenceBytes({ length, nearZero: 0, floatexp: zoom >= 944 });
    assert.ok(bytes <= 256 * 2 ** 20, `${bytes} bytes of an orbit`);
    assert.ok(renderer.asked.length <= 10);
  }
  const inside = new MadeUpRenderer(() => Infinity, { kind: "interior" });
  const { capped } = await new AutoIterations(inside).ofTile(DEEP);
  assert.deepEqual([capped, inside.asked.length], [false, 1], "it is known to be inside");
});

Deno.test("a limit caps a choice where too little escapes within it, and looks do not go beyond it", async () => {
  const renderer = new MadeUpRenderer((i) => 400_000 + 1000 * i);
  const auto = new AutoIterations(renderer);
  const { iterations: wanted } = await auto.ofTile(DEEP);
  for (const limit of [401_000, 403_000, 404_000, 500_000, wanted, 1e9]) {
    renderer.asked.length = 0;
    const { iterations, capped } = await auto.ofTile(DEEP, { limit });
    assert.equal(capped, limit <= 403_000, `whether fewer than four escape within ${limit}`);
    if (capped) assert.ok(iterations < 10_000, `${iterations} where more would show no more`);
    else assert.equal(iterations, Math.min(limit, wanted));
    assert.ok(Math.max(0, ...renderer.asked) <= limit);
  }
});

Deno.test("what does not fit the memory for orbits is a cap and no error", async () => {
  // Tried are 362,000 iterations, then 5,792,000, then 6,291,456.
  const tile = tileAt(120, Exact.parse("-1.5"), Exact.parse("1e-30"));
  for (const [fits, capped] of [[400_000, true], [6_000_000, false]] as const) {
    const renderer = new MadeUpRenderer((i) => i < 128 ? 4_000_000 + 10_000 * i : Infinity);
    renderer.fits = fits;
    const chosen = await new AutoIterations(renderer).ofTile(tile);
    assert.equal(chosen.capped, capped);
    assert.ok(chosen.iterations <= fits && Math.max(...renderer.asked) > fits);
  }
});

Deno.test("a look that fails is not remembered", async () => {
  const renderer = new OracleRenderer();
  renderer.failures = 1;
  const auto = new AutoIterations(renderer);
  const tile = TileAddress.of(5, 11n, 15n);
  const results = await Promise.allSettled([auto.ofTile(tile), auto.ofTile(tile)]);
  assert.ok(results.every(({ status }) => status === "rejected"));
  assert.equal(renderer.asked.length, 1, "both waited for the same look");
  assert.ok((await auto.ofTile(tile)).iterations >= 512);
  assert.ok(renderer.asked.length >= 2, "looked at again");
});

Deno.test("a look ends when the last who waits for it has gone, and is begun anew for who comes next", async () => {
  const renderer = new OracleRenderer();
  const signals: AbortSignal[] = [];
  const render = renderer.render.bind(renderer);
  // The first look never ends by itself.
  renderer.render = (request, options) => {
    const signal = options!.signal!;
    signals.push(signal);
    return signals.length > 1 ? render(request) : new Promise((_, reject) => {
      signal.onabort = () => reject(signal.reason);
    });
  };
  const auto = new AutoIterations(renderer);
  const tile = TileAddress.of(5, 11n, 15n);
  const [one, other] = [new AbortController(), new AbortController()];
  const gone = new Error("gone");
  const first = assert.rejects(auto.ofTile(tile, { signal: one.signal }), gone);
  const second = assert.rejects(auto.ofTile(tile, { signal: other.signal }), gone);
  one.abort(gone);
  await first;
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false], "for the other it goes on");
  other.abort(gone);
  await second;
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
  assert.ok((await auto.ofTile(tile)).iterations >= 512);
  assert.equal(signals.at(-1)?.aborted, false);
});
