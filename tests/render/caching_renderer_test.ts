/** Remembered samples: nothing is iterated twice, and the bytes are those of the first time. */

import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { promisify } from "node:util";
import { parsePalette } from "../../src/image/mod.ts";
import {
  Exact,
  type Frame,
  frameOfTile,
  frameOfView,
  TileAddress,
  tileAt,
} from "../../src/plane/mod.ts";
import {
  AutoIterations,
  CachingRenderer,
  type Output,
  renderTile,
  RenderWorkers,
} from "../../src/render/mod.ts";
import { emptyStore, MemoryStore, type TileStore } from "../../src/store/mod.ts";
import { HEAVY, heavyView, same, TILES } from "./frames.ts";
import { sharedWorkers } from "./shared_workers.ts";

const LOOKS: readonly Output[] = [
  { format: "png", look: { palette: parsePalette("classic"), shading: "smooth" } },
  { format: "png", look: { palette: parsePalette("viridis"), shading: "smooth" } },
  { format: "png", look: { palette: parsePalette("ff0000,00ff00,000011"), shading: "bands" } },
  { format: "npy" },
];

const ITERATIONS = 700;

const endOfTurn = promisify(setImmediate);

/** The shared workers, which count how often they iterate, and are as they were once this is disposed of. */
async function countedWorkers() {
  const workers = await sharedWorkers();
  const sample = workers.sample.bind(workers);
  const counted = {
    workers,
    sampled: 0,
    [Symbol.dispose]() {
      // What a test has put before the methods of the class.
      for (const name of ["sample", "finish", "save"]) Reflect.deleteProperty(workers, name);
    },
  };
  workers.sample = (...args) => {
    counted.sampled++;
    return sample(...args);
  };
  return counted;
}

async function bytesOf(
  workers: CachingRenderer | RenderWorkers,
  address: TileAddress,
  output: Output,
): Promise<Uint8Array> {
  const renderer = { frames: workers, auto: new AutoIterations(workers) };
  const tile = { address, size: 256, iterations: ITERATIONS, output };
  return (await renderTile(renderer, tile)).bytes;
}

Deno.test("every look of a tile and of its mirror image is of one iteration, byte for byte", async () => {
  using counted = await countedWorkers();
  for (const address of TILES) {
    const stores = { memory: new MemoryStore(2 ** 26), disk: emptyStore };
    const caching = new CachingRenderer(counted.workers, stores);
    const wanted: Uint8Array[] = [];
    for (const place of [address, address.mirror()]) {
      for (const output of LOOKS) wanted.push(await bytesOf(counted.workers, place, output));
    }
    const before = counted.sampled;
    for (const place of [address, address.mirror()]) {
      for (const output of LOOKS) {
        assert.ok(same(await bytesOf(caching, place, output), wanted.shift()!), `${place}`);
      }
    }
    assert.equal(counted.sampled - before, 1, `${address}`);
  }
});

Deno.test("all looks and both mirror images at the same time are of one iteration too", async () => {
  using counted = await countedWorkers();
  const caching = new CachingRenderer(counted.workers, {
    memory: emptyStore,
    disk: emptyStore,
  });
  const address = TileAddress.of(5, 9n, 13n);
  const smooth = LOOKS.slice(0, 2);
  await Promise.all(
    [address, address.mirror()].flatMap((place) =>
      smooth.map((output) => bytesOf(caching, place, output))
    ),
  );
  assert.equal(counted.sampled, 1);
});

Deno.test("a tile's picture comes with its samples, and the samples are kept after it", async () => {
  using counted = await countedWorkers();
  let painted = 0;
  let copied = 0;
  const { workers } = counted;
  const [finish, save] = [workers.finish.bind(workers), workers.save.bind(workers)];
  workers.finish = (...args) => (painted++, finish(...args));
  workers.save = (...args) => (copied++, save(...args));
  const memory = new MemoryStore(2 ** 26);
  const caching = new CachingRenderer(workers, { memory, disk: emptyStore });
  const address = TileAddress.of(5, 9n, 13n);
  await bytesOf(caching, address, LOOKS[0]!);
  assert.deepEqual([painted, copied], [0, 0], "whoever asked has the file, and waited for no copy");
  // Asked for before they are stored: the copy is made for this, and not again.
  await bytesOf(caching, address.mirror(), LOOKS[1]!);
  assert.deepEqual([painted, copied, counted.sampled], [1, 1, 1]);
  while ((await memory.stats())[0]!.entries === 0) await endOfTurn();
  assert.equal(copied, 1);
  await bytesOf(caching, address, LOOKS[2]!);
  assert.deepEqual([painted, copied, counted.sampled], [2, 1, 1]);
});

Deno.test("the memory of samples is given back, whether whoever asked is served or has gone", async () => {
  // Room for four tiles: one that is lost each time is missed soon.
  await using workers = await RenderWorkers.start({ workers: 2, memoryBytes: 4 * 2 ** 20 });
  const caching = new CachingRenderer(workers, { memory: emptyStore, disk: emptyStore });
  for (let n = 0; n < 24; n++) {
    const frame = frameOfTile(TileAddress.of(6, BigInt(n), 20n), 256);
    const leaving = new AbortController();
    const options = { iterations: 300, fractions: true, signal: leaving.signal };
    const asked = caching.sample(frame, {
      ...options,
      onProgress: () => n % 2 === 0 && leaving.abort(),
    });
    const samples = await asked.catch(() => undefined);
    samples?.[Symbol.dispose]();
  }
  const frame = frameOfTile(TileAddress.of(6, 30n, 20n), 256);
  const all = await Promise.all(Array.from({ length: 4 }, () =>
    workers.sample(frame, {
      ...{ iterations: 300, fractions: true },
      signal: AbortSignal.timeout(10_000),
    })));
  for (const samples of all) samples[Symbol.dispose]();
});

Deno.test("counts alone do not serve who wants fractions, but the other way round", async () => {
  using counted = await countedWorkers();
  const stores = { memory: new MemoryStore(2 ** 26), disk: emptyStore };
  const caching = new CachingRenderer(counted.workers, stores);
  const frame = frameOfTile(TileAddress.of(5, 9n, 13n), 64);
  for (const [fractions, sampled] of [[false, 1], [true, 2], [false, 2], [true, 2]] as const) {
    using samples = await caching.sample(frame, { iterations: 50, fractions });
    assert.ok(samples.fractions !== 0 || !fractions);
    assert.equal(counted.sampled, sampled);
  }
});

Deno.test("another number of iterations, another size, another place are others", async () => {
  using counted = await countedWorkers();
  const stores = { memory: new MemoryStore(2 ** 26), disk: emptyStore };
  const caching = new CachingRenderer(counted.workers, stores);
  const address = TileAddress.of(5, 9n, 13n);
  const asked = [
    [frameOfTile(address, 64), 50],
    [frameOfTile(address, 64), 51],
    [frameOfTile(address, 65), 50],
    [frameOfTile(TileAddress.of(5, 10n, 13n), 64), 50],
    [frameOfTile(TileAddress.of(6, 18n, 26n), 64), 50],
  ] as const;
  for (const [frame, iterations] of asked) {
    (await caching.sample(frame, { iterations, fractions: false }))[Symbol.dispose]();
  }
  assert.equal(counted.sampled, asked.length);
});

Deno.test("what was dear comes back from the disk, what was cheap is not put there", async () => {
  using counted = await countedWorkers();
  const disk = new MemoryStore(2 ** 26);
  const sample = async (memory: TileStore, frame: Frame, iterations: number) => {
    const caching = new CachingRenderer(counted.workers, { memory, disk });
    using samples = await caching.sample(frame, { iterations, fractions: true });
    return counted.workers.save(samples).bytes;
  };
  const outside = frameOfView({
    ...{ re: Exact.of(9), im: Exact.of(9), span: Exact.of(1) },
    ...{ width: 8, height: 8 },
  });
  await sample(emptyStore, outside, 10);
  assert.equal((await disk.stats())[0]?.entries, 0);
  const heavy = frameOfView(heavyView(128));
  const first = await sample(emptyStore, heavy, HEAVY);
  assert.equal((await disk.stats())[0]?.entries, 1);
  const before = counted.sampled;
  assert.ok(same(await sample(new MemoryStore(2 ** 26), heavy, HEAVY), first));
  assert.equal(counted.sampled, before);
});

Deno.test("a frame too large to be remembered is flipped over all the same", async () => {
  using counted = await countedWorkers();
  const caching = new CachingRenderer(counted.workers, {
    memory: emptyStore,
    disk: emptyStore,
  });
  const view = { re: Exact.of(-0.5), im: Exact.of(-0.75), span: Exact.of(1) };
  const frame = frameOfView({ ...view, width: 1025, height: 1025 });
  using here = await caching.sample(frame, { iterations: 60, fractions: true });
  using there = await counted.workers.sample(frame, { iterations: 60, fractions: true });
  assert.ok(same(counted.workers.save(here).bytes, counted.workers.save(there).bytes));
});

Deno.test("deep down a mirror image has the very same samples, upside down", async () => {
  using counted = await countedWorkers();
  const stores = { memory: new MemoryStore(2 ** 26), disk: emptyStore };
  const caching = new CachingRenderer(counted.workers, stores);
  const point = ["-0.743643887037158704752191506114774", "0.131825904205311970493132056385139"];
  const [re, im] = point.map((text) => Exact.parse(text)) as [Exact, Exact];
  const address = tileAt(50, re, im);
  const rows: string[][] = [];
  for (const place of [address, address.mirror()]) {
    const options = { iterations: 40_000, fractions: true };
    using samples = await caching.sample(frameOfTile(place, 32), options);
    assert.equal(samples.arithmetic.kind, "perturbation");
    const counts = [...counted.workers.copyCounts(samples)];
    rows.push(Array.from({ length: 32 }, (_, j) => counts.slice(32 * j, 32 * j + 32).join()));
  }
  assert.ok(new Set(rows[0]).size > 1, "a tile with something in it");
  assert.deepEqual(rows[0], rows[1]!.toReversed());
  assert.equal(counted.sampled, 1);
});
