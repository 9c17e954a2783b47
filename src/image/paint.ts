/** Samples to colours: one pixel a sample, or an average of several in linear light. */

import { fineLight, fineSteps, indexedColours, wheelColours } from "./colour_table.ts";
import { byteOfLight } from "./light.ts";
import type { Look } from "./look.ts";
import { wheelPosition } from "./mapping.ts";
import type { IndexedPicture } from "./picture.ts";

/** How long each point of a grid took to escape. Row 0 is the top. May lie in shared memory. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  /** width x height counts. A count of `iterations` says the point never escaped: the interior. */
  readonly counts: Uint32Array;
  /** width x height numbers that make `count + fraction` vary continuously over the plane. */
  readonly fractions: Float32Array;
  readonly iterations: number;
}

/** The colour number of the interior. */
const interior = 0;

/**
 * Colours samples one for one with 255 colours around the wheel, number 0 being the interior's black.
 * A sample's colour depends on that sample and the look alone.
 *
 * @throws {TypeError} when the arrays do not have width x height elements
 *
 * @example
 * ```ts
 * import { defaultPalette, paintIndexed } from "./mod.ts";
 * const counts = Uint32Array.of(3, 500);
 * const samples = { width: 2, height: 1, counts, fractions: new Float32Array(2), iterations: 500 };
 * const picture = paintIndexed(samples, { palette: defaultPalette, shading: "smooth" });
 * console.assert(picture.indices[0] !== 0 && picture.indices[1] === 0);
 * ```
 */
export function paintIndexed(samples: Samples, look: Look): IndexedPicture {
  checkShape(samples);
  const { width, height, counts, fractions, iterations } = samples;
  const smooth = look.shading === "smooth";
  const indices = new Uint8Array(width * height);
  for (let i = 0; i < indices.length; i++) {
    const count = counts[i]!;
    if (count >= iterations) {
      indices[i] = interior;
      continue;
    }
    const position = wheelPosition(smooth ? count + fractions[i]! : count);
    // Wrapped as a whole number: wrapping the position itself could round up to a full turn.
    const step = (Math.floor(position * wheelColours) | 0) % wheelColours;
    indices[i] = 1 + (step < 0 ? step + wheelColours : step);
  }
  return { kind: "indexed", width, height, indices, colours: indexedColours(look.palette) };
}

/**
 * Colours samples and averages each square of factor x factor of them, in linear light, with colours
 * far finer than a byte. Large pictures come band by band: any number of rows that the factor divides.
 *
 * @returns RGB bytes, (width / factor) x (height / factor) pixels
 * @throws {TypeError} when the arrays do not have width x height elements
 * @throws {RangeError} when the factor is not a whole number that divides width and height
 */
export function paintAveraged(
  samples: Samples,
  factor: number,
  look: Look,
): Uint8Array<ArrayBuffer> {
  checkShape(samples);
  const { width, height, counts, fractions, iterations } = samples;
  if (!Number.isInteger(factor) || factor < 1 || width % factor !== 0 || height % factor !== 0) {
    throw new RangeError(
      `Cannot average ${width} x ${height} samples by ${factor} as it must divide both sides`,
    );
  }
  const smooth = look.shading === "smooth";
  const light = fineLight(look.palette);
  const columns = width / factor;
  const rows = height / factor;
  const each = 1 / (factor * factor);
  const pixels = new Uint8Array(columns * rows * 3);
  for (let pixel = 0; pixel < columns * rows; pixel++) {
    // Whole numbers, so that no order of adding matters.
    let red = 0;
    let green = 0;
    let blue = 0;
    const corner = Math.floor(pixel / columns) * factor * width + (pixel % columns) * factor;
    for (let row = 0; row < factor; row++) {
      const from = corner + row * width;
      for (let i = from; i < from + factor; i++) {
        const count = counts[i]!;
        if (count >= iterations) continue; // black: no light to add
        const position = wheelPosition(smooth ? count + fractions[i]! : count);
        const entry = 3 * (Math.floor(position * fineSteps) & (fineSteps - 1));
        red += light[entry]!;
        green += light[entry + 1]!;
        blue += light[entry + 2]!;
      }
    }
    pixels[3 * pixel] = byteOfLight[Math.round(red * each)]!;
    pixels[3 * pixel + 1] = byteOfLight[Math.round(green * each)]!;
    pixels[3 * pixel + 2] = byteOfLight[Math.round(blue * each)]!;
  }
  return pixels;
}

function checkShape({ width, height, counts, fractions }: Samples): void {
  if (counts.length !== width * height || fractions.length !== width * height) {
    throw new TypeError(
      `Cannot paint ${counts.length} counts with ${fractions.length} fractions` +
        ` as ${width} x ${height} samples`,
    );
  }
}
