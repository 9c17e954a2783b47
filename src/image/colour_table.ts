/** Palettes worked out as tables, coarse ones for indexed pictures and fine ones for light. */

import { lightOf } from "./light.ts";
import type { Palette } from "./palette.ts";
import { colourWheel } from "./strip.ts";

/** Colours around the wheel of an indexed picture: 256 less the one kept for the interior. */
export const wheelColours = 255;

/** Entries around the wheel of a fine table: several to each step of a byte. A power of two. */
export const fineSteps = 4096;

/** Tables kept. Lists of hex colours are endless, so the one longest unused makes room. */
const kept = 64;

const coarse = new Map<Palette, Uint8Array>();
const fine = new Map<Palette, Uint16Array>();

/** 256 sRGB triples: black for the interior, then {@link wheelColours} once around the wheel. */
export function indexedColours(palette: Palette): Uint8Array {
  return recall(coarse, palette, () => {
    const wheel = colourWheel(palette);
    const table = new Uint8Array(3 * (1 + wheelColours));
    for (let i = 0; i < wheelColours; i++) {
      table.set(wheel((i + 0.5) / wheelColours).map(Math.round), 3 * (1 + i));
    }
    return table;
  });
}

/** {@link fineSteps} triples of linear light, once around the wheel. */
export function fineLight(palette: Palette): Uint16Array {
  return recall(fine, palette, () => {
    const wheel = colourWheel(palette);
    const table = new Uint16Array(3 * fineSteps);
    for (let i = 0; i < fineSteps; i++) {
      table.set(wheel((i + 0.5) / fineSteps).map(lightOf), 3 * i);
    }
    return table;
  });
}

/** A Map remembers the order of insertion: putting an entry back makes it the youngest. */
function recall<Table>(
  tables: Map<Palette, Table>,
  palette: Palette,
  make: () => Table,
): Table {
  const table = tables.get(palette) ?? make();
  tables.delete(palette);
  tables.set(palette, table);
  if (tables.size > kept) {
    for (const oldest of tables.keys()) {
      tables.delete(oldest);
      break;
    }
  }
  return table;
}
