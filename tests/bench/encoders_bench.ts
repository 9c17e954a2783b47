/** Encoders against each other on one smooth tile: bytes, milliseconds, and both as ratios. */

import { encode as encodeByFastPng } from "fast-png";
import imagescript from "imagescript/png/node.js";
import {
  defaultPalette,
  encodePng,
  type Look,
  paintAveraged,
  paintIndexed,
} from "../../src/image/mod.ts";
import { mandelbrotSamples, seahorses } from "../image/fixtures.ts";

/** One way of making a tile's file (or its colours), and what it costs. */
export interface EncoderRow {
  readonly name: string;
  /** Size of the file; of the pixels where nothing is encoded. */
  readonly bytes: number;
  /** Median of the runs. */
  readonly milliseconds: number;
  /** Both over the first row's, measured in the same run. */
  readonly sizeRatio: number;
  readonly timeRatio: number;
}

/** Runs before the clock, for the compiler, and runs on it. */
const warmUps = 15;
const runs = 25;

/**
 * Encodes the same 256 x 256 view with every encoder and level; the first row is what tiles use.
 * The rounds go through all of them in turn, so that a busy machine slows all of them alike.
 */
export function benchEncoders(): EncoderRow[] {
  const samples = mandelbrotSamples(seahorses, 2000);
  const { width, height } = samples;
  const look: Look = { palette: defaultPalette, shading: "smooth" };
  const picture = paintIndexed(samples, look);
  const rgb = paintAveraged(samples, 1, look);
  const rgba = Uint8Array.from(
    { length: width * height * 4 },
    (_, i) => i % 4 === 3 ? 255 : rgb[3 * (i >> 2) + (i & 3)]!,
  );
  const palette = Array.from(
    { length: 256 },
    (_, i) => [...picture.colours.subarray(3 * i, 3 * i + 3)],
  );
  const indexed = { width, height, channels: 1, depth: 8, data: picture.indices, palette } as const;
  const trueColour = { kind: "true colour", width, height, channels: 3, pixels: rgb } as const;
  const ways: [string, () => Uint8Array][] = [
    ["encodePng, indexed", () => encodePng(picture)],
    ["encodePng, true colour", () => encodePng(trueColour)],
    ...[1, 3, 6, 9].map((level): [string, () => Uint8Array] => [
      `fast-png, indexed, level ${level}`,
      () => encodeByFastPng(indexed, { zlib: { level: level as 1 | 3 | 6 | 9 } }),
    ]),
    ...[1, 3, 6].map((level): [string, () => Uint8Array] => [
      `imagescript, RGB, level ${level}`,
      () => imagescript.encode(rgb, { width, height, channels: 3, level }),
    ]),
    ...[1, 3, 6].map((level): [string, () => Uint8Array] => [
      `imagescript, RGBA, level ${level}`,
      () => imagescript.encode(rgba, { width, height, channels: 4, level }),
    ]),
    ["paintIndexed alone", () => paintIndexed(samples, look).indices],
    ["paintAveraged alone, factor 1", () => paintAveraged(samples, 1, look)],
  ];
  const times: number[][] = ways.map(() => []);
  for (let round = -warmUps; round < runs; round++) {
    ways.forEach(([, run], i) => {
      const start = performance.now();
      run();
      if (round >= 0) times[i]!.push(performance.now() - start);
    });
  }
  const measured = ways.map(([name, run], i) => ({
    name,
    bytes: run().length,
    milliseconds: median(times[i]!),
  }));
  const first = measured[0]!;
  return measured.map((row) => ({
    ...row,
    sizeRatio: row.bytes / first.bytes,
    timeRatio: row.milliseconds / first.milliseconds,
  }));
}

/** The rows as a table for people. */
export function encodersTable(rows: readonly EncoderRow[]): string {
  const lines = rows.map((row) =>
    row.name.padEnd(32) +
    String(row.bytes).padStart(9) +
    row.milliseconds.toFixed(2).padStart(9) +
    row.sizeRatio.toFixed(2).padStart(8) +
    row.timeRatio.toFixed(2).padStart(8)
  );
  const head = "one smooth 256 x 256 tile".padEnd(32) + "    bytes       ms  x size  x time";
  return [head, ...lines].join("\n") + "\n";
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

if (import.meta.main) {
  await Deno.stdout.write(new TextEncoder().encode(encodersTable(benchEncoders())));
}
