/** The lesson's canvas as files, and what can be said of it. */

import { createHash } from "node:crypto";
import { encodeNpy, encodePng, paletteStops, parsePalette } from "../image/mod.ts";

/** Facts that differ between canvases. */
export interface CanvasFacts {
  readonly sum: number;
  readonly lowest: number;
  readonly highest: number;
  /** Points that have the highest count. */
  readonly atHighest: number;
  /** Of the bytes, row 0 first. */
  readonly sha256: string;
}

/** Looks at every point of the canvas. */
export function factsOf(canvas: Uint8Array): CanvasFacts {
  const points = new Uint32Array(256);
  for (const count of canvas) points[count]!++;
  const highest = points.findLastIndex((number) => number > 0);
  return {
    sum: points.reduce((sum, number, count) => sum + number * count, 0),
    lowest: points.findIndex((number) => number > 0),
    highest,
    atHighest: points[highest] ?? 0,
    sha256: createHash("sha256").update(canvas).digest("hex"),
  };
}

/**
 * Writes `canvas.npy` as NumPy would save it, and `canvas.png` as `imshow` would draw it: viridis over
 * the canvas's own range.
 */
export async function writeCanvas(folder: string, canvas: Uint8Array, side: number): Promise<void> {
  const { lowest, highest } = factsOf(canvas);
  const scale = 256 / Math.max(1, highest - lowest);
  const colours = paletteStops(parsePalette("viridis"), 256).flatMap((stop) =>
    [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16))
  );
  const picture = encodePng({
    kind: "indexed",
    width: side,
    height: side,
    indices: canvas.map((count) => Math.min(255, Math.floor((count - lowest) * scale))),
    colours: Uint8Array.from(colours),
  });
  await Deno.writeFile(`${folder}/canvas.png`, picture);
  await Deno.writeFile(`${folder}/canvas.npy`, encodeNpy(canvas, { width: side, height: side }));
}
