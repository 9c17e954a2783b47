// @ts-check
/// <reference lib="dom" />
/** The tiles of one look as a Leaflet layer. */

import { isInWorld, tileAt } from "./anchor.js";
import { L } from "./leaflet.js";
import { tileUrl } from "./requests.js";
import { showUntilWhole } from "./whole_tile.js";

/** @typedef {import("./leaflet.d.ts").TileCoords} TileCoords */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./look.js").Look} Look */

/**
 * @typedef {object} World what all layers share
 * @property {Settings} settings
 * @property {() => import("./anchor.js").Tile} anchor
 * @property {import("./troubles.js").Troubles} troubles
 */

/** Side of a tile in pixels of the page. */
export const tileSide = 256;

/**
 * Tiles are fetched, not left to `<img src>`: only so can a busy server's Retry-After be read, and a
 * tile that has left the screen be given up, which stops its computation as well.
 */
export class TileLayer extends L.GridLayer {
  /** @type {World} */
  #world;
  /** @type {Look} */
  #look;
  /** By element: Leaflet's coordinates are relative to an anchor, and an element is one tile for ever.
   * @type {WeakMap<HTMLElement, AbortController>} */
  #loading = new WeakMap();
  /** How many levels up the pixels come from that an element shows; elements that show their own are not in it.
   * @type {WeakMap<HTMLElement, number>} */
  #coarse = new WeakMap();

  /**
   * @param {World} world
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
    const { settings, anchor, troubles } = this.#world;
    const image = document.createElement("img");
    image.alt = "";
    const retina = devicePixelRatio > 1;
    const url = tileUrl(tileAt(anchor(), coords), { look: this.#look, settings, retina });
    const loading = new AbortController();
    this.#loading.set(image, loading);
    // A tile given up may have coordinates of an earlier anchor: it must not answer any more.
    const unlessGivenUp = (/** @type {() => void} */ act) => loading.signal.aborted || act();
    let drawn = false;
    const draw = async (/** @type {Response} */ response, /** @type {number} */ levels) => {
      await put(response, image);
      unlessGivenUp(() => {
        this.#coarse.set(image, levels);
        if (!drawn) done(null, image);
        drawn = true;
      });
    };
    showUntilWhole(url, loading.signal, {
      show: draw,
      isWanted: () => this.#isCurrent(image),
      onWait: () => troubles.waits(image),
    }).then(
      () => unlessGivenUp(() => troubles.over(image)),
      (error) =>
        unlessGivenUp(() => {
          troubles.failed(image, error instanceof Error ? error.message : String(error));
          if (!drawn) done(error, image);
        }),
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

  /**
   * How many levels the picture at a point is behind: 3 where it is shown 8 times as large as it was
   * made, Infinity where there is none.
   *
   * @param {import("./anchor.js").Point} point
   * @param {number} zoom the map's own
   * @returns {number}
   */
  levelsBehind({ x, y }, zoom) {
    const there = Object.values(this._tiles).filter(({ coords, loaded }) =>
      loaded !== undefined && Math.floor(x * 2 ** coords.z) === coords.x &&
      Math.floor(y * 2 ** coords.z) === coords.y
    );
    return zoom -
      Math.max(...there.map(({ coords, el }) => coords.z - (this.#coarse.get(el) ?? 0)));
  }

  /** Called when the zoom changes: what was on its way for another zoom is not wanted any more. */
  _abortLoading() {
    for (const [key, { coords, loaded }] of Object.entries(this._tiles)) {
      if (coords.z !== this._tileZoom && loaded === undefined) this._removeTile(key);
    }
  }

  /**
   * Leaflet keeps tiles of other levels while fingers zoom, and where they end at the level they were at
   * it never learns that they have gone: those tiles would stay.
   *
   * @override
   */
  _onMoveEnd() {
    super._onMoveEnd();
    if (!this._noPrune || this._map._animatingZoom) return;
    this._noPrune = false;
    this._pruneTiles();
  }

  /**
   * While a zoom glides, the zoom it goes to is the one to load. Leaflet itself looks at the old one there,
   * and on a jump of two levels or more asks for the old tiles again and for the new ones only at the end.
   *
   * @param {number} zoom
   */
  _clampZoom(zoom) {
    const { _animatingZoom: gliding, _animateToZoom: target } = this._map;
    return gliding && target !== undefined ? target : zoom;
  }

  /**
   * Whether a tile is of the zoom and the place that are looked at: others stay for a while.
   *
   * @param {HTMLElement} tile
   */
  #isCurrent(tile) {
    return Object.values(this._tiles).some(({ el, current }) => el === tile && current);
  }

  /** @param {HTMLElement} tile */
  #giveUp(tile) {
    this.#loading.get(tile)?.abort();
    this.#loading.delete(tile);
    this.#world.troubles.over(tile);
  }
}

/**
 * Puts an answer's picture into an image and waits until it can be drawn.
 *
 * @param {Response} response
 * @param {HTMLImageElement} image
 */
async function put(response, image) {
  const address = URL.createObjectURL(await response.blob());
  try {
    image.src = address;
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
}
