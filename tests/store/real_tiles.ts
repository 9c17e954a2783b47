/** Tiles by number, for stores: rendered by the workers, as a server keeps them. */

import { type Look, parsePalette } from "../../src/image/mod.ts";
import { AutoIterations, type Rendered, renderTile, RenderWorkers } from "../../src/render/mod.ts";
import { TileAddress } from "../../src/plane/mod.ts";
import type { StoredEntry } from "../../src/store/mod.ts";

const LOOK: Look = { palette: parsePalette("classic"), shading: "smooth" };

/** Rows of tiles of zoom 12 along the seahorses, so many a row. */
const COLUMNS = 64;

/** The tile of a number. */
export function addressOf(number: number): TileAddress {
  const row = Math.floor(number / COLUMNS);
  return TileAddress.of(12, BigInt(1775 + number % COLUMNS), BigInt(1880 + row));
}

/** The key under which it is kept. */
export function keyOf(number: number): string {
  return String(addressOf(number));
}

/** Renders tiles. */
export class RealTiles implements AsyncDisposable {
  readonly #workers: RenderWorkers;

  private constructor(workers: RenderWorkers) {
    this.#workers = workers;
  }

  static async start(): Promise<RealTiles> {
    return new RealTiles(await RenderWorkers.start({ workers: 2 }));
  }

  /** Renders the tile of a number, now. */
  async entryOf(number: number): Promise<StoredEntry> {
    const { bytes, iterations, arithmetic }: Rendered = await renderTile(
      { frames: this.#workers, auto: new AutoIterations(this.#workers) },
      {
        ...{ address: addressOf(number), size: 256, iterations: 300 },
        output: { format: "png", look: LOOK },
      },
    );
    return { bytes, note: JSON.stringify({ iterations, arithmetic }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers[Symbol.asyncDispose]();
  }
}
