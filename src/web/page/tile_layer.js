// @ts-check
/// <reference lib="dom" />
/** The tiles of one look as a Leaflet layer. */

import { isInWorld, tileAt } from "./anchor.js";
import { L } from "./leaflet.js";
import { fetchPatiently } from "./patient_fetch.js";
import { tileUrl } from "./requests.js";

/** @typedef {import("./leaflet.d.ts").TileCoords} TileCoords */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./look.js").Look} Look */

/** Side of a tile in pixels of the page. */
export const tileSide = 256;

/**
 * Tiles are fetched, not left to `<img src>`: only so can a busy server's Retry-After be read, and a
 * tile that has left the screen be given up, which stops its computation as well.
 */
export class TileLayer extends L.GridLayer {
  /** @type {{ settings: Settings, anchor: () => import("./anchor.js").Tile }} */
  #world;
  /** @type {Look} */
  #look;
  /** By element: Leaflet's coordinates are relative to an anchor, and an element is one tile for ever.
   * @type {WeakMap<HTMLElement, AbortController>} */
  #loading = new WeakMap();

  /**
   * @param {{ settings: Settings, anchor: () => import("./anchor.js").Tile }} world
   * @param {Look} look
   */
  constructor(world, look) {
    // Leaflet wants a finite last zoom and orders its levels by it; the world's own end is below.
    super({ tileSize: tileSide, minZoom: 0, maxZoom: 64, noWrap: true });
    this.#world = world;
    this.#look = look;
    this.on("tileunload", (/** @type {{ tile: HTMLElement }} */ { tile }) => this.#giveUp(tile));
  }

  /**
   * @param {TileCoords} coords
   * @param {(error: unknown, tile: HTMLElement) => void} done
   * @returns {HTMLElement}
   */
  createTile(coords, done) {
    const { settings, anchor } = this.#world;
    const image = document.createElement("img");
    image.alt = "";
    const retina = devicePixelRatio > 1;
    const url = tileUrl(tileAt(anchor(), coords), { look: this.#look, settings, retina });
    const loading = new AbortController();
    this.#loading.set(image, loading);
    show(image, url, loading.signal).then(
      // A tile given up may have coordinates of an earlier anchor: it must not answer any more.
      () => loading.signal.aborted || done(null, image),
      (error) => loading.signal.aborted || done(error, image),
    );
    return image;
  }

  /**
   * @param {TileCoords} coords
   * @returns {boolean}
   */
  _isValidTile(coords) {
    const { settings, anchor } = this.#world;
    return isInWorld(tileAt(anchor(), coords), settings.deepest);
  }

  /** Called when the zoom changes: what was on its way for another zoom is not wanted any more. */
  _abortLoading() {
    for (const [key, { coords, loaded }] of Object.entries(this._tiles)) {
      if (coords.z !== this._tileZoom && loaded === undefined) this._removeTile(key);
    }
  }

  /** @param {HTMLElement} tile */
  #giveUp(tile) {
    this.#loading.get(tile)?.abort();
    this.#loading.delete(tile);
  }
}

/**
 * Puts the picture at an address into an image and waits until it can be drawn.
 *
 * @param {HTMLImageElement} image
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function show(image, url, signal) {
  const response = await fetchPatiently(url, signal);
  const address = URL.createObjectURL(await response.blob());
  try {
    image.src = address;
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
}
