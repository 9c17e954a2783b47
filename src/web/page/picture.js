// @ts-check
/// <reference lib="dom" />
/** What fills the map: the layer of the look, and while the look changes the layer of the one before. */

import { sameLook } from "./look.js";
import { TileLayer } from "./tile_layer.js";

/** Leaflet fades a tile in within 200 ms; after this many the new layer hides the old one. */
const fade = 250;

export class Picture {
  #map;
  #world;
  #look;
  #shown;
  /** @type {TileLayer | null} */
  #coming = null;

  /**
   * @param {import("./leaflet.d.ts").Map} map
   * @param {ConstructorParameters<typeof TileLayer>[0]} world
   * @param {import("./look.js").Look} look
   */
  constructor(map, world, look) {
    this.#map = map;
    this.#world = world;
    this.#look = look;
    this.#shown = new TileLayer(world, look).addTo(map);
  }

  get look() {
    return this.#look;
  }

  /**
   * Changes the look. The old tiles stay until the new ones have all arrived above them.
   *
   * @param {import("./look.js").Look} look
   */
  show(look) {
    if (sameLook(look, this.#look)) return;
    this.#look = look;
    this.#replace();
  }

  /**
   * How many levels the picture in the middle of the view is behind.
   *
   * @returns {number}
   */
  get levelsBehind() {
    const { lng: x, lat: y } = this.#map.getCenter();
    return this.#shown.levelsBehind({ x, y }, this.#map.getZoom());
  }

  /** Asks for all tiles again, as when the window has moved to a screen with finer pixels. */
  refresh() {
    this.#replace();
  }

  #replace() {
    this.#coming?.remove();
    const layer = new TileLayer(this.#world, this.#look);
    this.#coming = layer;
    layer.once("load", () =>
      setTimeout(() => {
        if (this.#coming !== layer) return;
        this.#shown.remove();
        this.#shown = layer;
        this.#coming = null;
      }, fade));
    layer.addTo(this.#map);
  }
}
