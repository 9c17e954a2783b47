// @ts-check
/// <reference lib="dom" />
/**
 * The middle of a map's view, to its last bit: Leaflet's own is a pair of doubles, and counted from whole
 * pixels once the map has been dragged.
 */

import { bitsFor, movedBy, pointUnder, spotAt } from "./anchor.js";
import { crs } from "./crs.js";

/** @typedef {import("./anchor.js").Spot} Spot */
/** @typedef {import("./leaflet.d.ts").Point} Point */

/** A move by less, in pixels, is rounding: a link does not tell such places apart either. */
const rounding = 2 ** -14;

export class Centre {
  #map;
  /** Where it was when it was last held, and what it is counted from.
   * @type {Spot} */
  #spot;
  /** @type {Point} */
  #pane;
  /** @type {Point} */
  #half;

  /** @param {import("./explorer_map.js").ExplorerMap} map */
  constructor(map) {
    this.#map = map;
    this.#spot = spotAt(map.anchor, { x: 0.5, y: 0.5 }, bitsFor(map.deepest));
    this.#pane = map._getMapPanePos();
    this.#half = half(map.getSize());
  }

  /**
   * Where it is: since it was held, hands have moved the pane by pixels. A window that has changed its
   * size shows the same centre.
   *
   * @returns {Spot}
   */
  get spot() {
    const map = this.#map;
    const pane = map._getMapPanePos();
    const { x, y } = half(map.getSize());
    const pixel = 1 / crs.scale(map.getZoom());
    return movedBy(this.#spot, map.anchor, {
      x: (this.#pane.x - pane.x + x - this.#half.x) * pixel,
      y: (this.#pane.y - pane.y + y - this.#half.y) * pixel,
    });
  }

  /**
   * Holds it at a spot.
   *
   * @param {Spot} spot
   * @param {Point} [pane] where the pane is then
   */
  hold(spot, pane = this.#map._getMapPanePos()) {
    this.#spot = spot;
    this.#pane = pane;
    this.#half = half(this.#map.getSize());
  }

  /**
   * Holds it at a point of the map, or where it is if that is the same but for rounding.
   *
   * @param {import("./leaflet.d.ts").LatLng} point
   */
  follow({ lng: x, lat: y }) {
    const map = this.#map;
    const spot = this.spot;
    const here = pointUnder(map.anchor, spot);
    const pixels = Math.max(Math.abs(x - here.x), Math.abs(y - here.y)) * crs.scale(map.getZoom());
    this.hold(pixels < rounding ? spot : spotAt(map.anchor, { x, y }, spot.bits));
  }
}

/**
 * From the window's edge to its middle in whole pixels, as Leaflet counts when the size changes.
 *
 * @param {Point} size
 * @returns {Point}
 */
function half({ x, y }) {
  return { x: Math.round(x / 2), y: Math.round(y / 2) };
}
