/** PNG files as colours, whatever they are made of. */

import assert from "node:assert/strict";
import { decode } from "fast-png";

/** Three bytes a pixel. Fails for a pixel that is not opaque. */
export function coloursOf(png: Uint8Array): Uint8Array {
  const { width, height, data, channels, palette } = decode(png);
  const colours = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = channels * pixel;
    if (channels === 4) assert.equal(data[at + 3], 255);
    const colour = palette?.[data[pixel]!] ?? [...data.subarray(at, at + 3)];
    colours.set(colour.slice(0, 3), 3 * pixel);
  }
  return colours;
}
