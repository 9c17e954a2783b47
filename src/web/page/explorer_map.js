// @ts-check
/// <reference lib="dom" />
/** The Leaflet map over the world: its numbers, its manners, and places on it. */

import { coordinatesAt, pointAt, world, worldEdges } from "./anchor.js";
import { L } from "./leaflet.js";
import { tileSide } from "./tile_layer.js";

/** @typedef {import("./place.js").Place} Place */

/** One unit is one tile of zoom 0 under the anchor, y downwards, and there is no edge. */
const crs = {
  ...L.CRS.Simple,
  transformation: new L.Transformation(1, 0, 1, 0),
  /** @param {number} zoom */
  scale: (zoom) => tileSide * 2 ** zoom,
  /** @param {number} scale */
  zoom: (scale) => Math.log2(scale / tileSide),
};

/** What must be seen from home, in units of zoom 0: the set is 2.5 wide and 2.25 high, of 4. */
const homeWidth = 2.5 / 4;
const homeHeight = 2.25 / 4;

export class ExplorerMap extends L.Map {
  #still;
  #anchor = world;

  /**
   * @param {HTMLElement} element
   * @param {{ deepest: number, still: boolean }} options still: nothing glides, fades or flings
   */
  constructor(element, { deepest, still }) {
    super(element, {
      crs,
      minZoom: 0,
      maxZoom: deepest,
      zoomSnap: 1,
      // Leaflet's own 4 sends larger jumps through a reset, which empties the screen.
      zoomAnimationThreshold: 60,
      zoomControl: false,
      attributionControl: false,
      keyboardPanDelta: 120,
      // A notch of a mouse's wheel is some 100 pixels: one level, where Leaflet's own 60 makes it two.
      wheelPxPerZoomLevel: 120,
      zoomAnimation: !still,
      fadeAnimation: !still,
      inertia: !still,
    });
    this.#still = still;
    this.on("moveend", () => this.#comeBack());
  }

  /** The tile the map counts from. */
  get anchor() {
    return this.#anchor;
  }

  /** The zoom counted from the world. */
  get worldZoom() {
    return this.#anchor.zoom + this.getZoom();
  }

  /**
   * The middle of the view.
   *
   * @returns {Place}
   */
  get place() {
    return { ...this.coordinatesOf(this.getCenter()), zoom: this.worldZoom };
  }

  /**
   * Coordinates in the plane of a point of the map, to a small part of a pixel.
   *
   * @param {import("./leaflet.d.ts").LatLng} point
   */
  coordinatesOf({ lng: x, lat: y }) {
    return coordinatesAt(this.#anchor, { x, y }, this.worldZoom);
  }

  /**
   * Moves to a place; nowhere when its coordinates are no numbers.
   *
   * @param {Place} place
   * @param {{ animate: boolean }} how animate: glide there if it is near
   */
  goTo(place, { animate }) {
    const point = pointAt(this.#anchor, place);
    if (point === null) return;
    const { x, y } = withinWorld(point, this.#anchor);
    const zoom = place.zoom - this.#anchor.zoom;
    this.setView([y, x], zoom, animate && !this.#still ? {} : { animate: false });
  }

  /**
   * The place from which the whole set is seen as large as the window allows.
   *
   * @returns {Place}
   */
  get home() {
    const { x: width, y: height } = this.getSize();
    const scale = Math.min(width / homeWidth, height / homeHeight) / tileSide;
    return { re: "-0.7", im: "0", zoom: Math.max(0, Math.floor(Math.log2(scale))) };
  }

  /**
   * Leaflet's keyboard glides even when nothing should.
   *
   * @override
   * @param {import("./leaflet.d.ts").Point} offset
   * @param {{ animate?: boolean }} [options]
   */
  panBy(offset, options) {
    return super.panBy(offset, this.#still ? { ...options, animate: false } : options);
  }

  /** Whoever has left the world is led back to its nearest point. */
  #comeBack() {
    const { lng: x, lat: y } = this.getCenter();
    const back = withinWorld({ x, y }, this.#anchor);
    // A pixel is allowed, as panning ends on whole ones: else coming back would never end.
    const pixel = 1 / crs.scale(this.getZoom());
    if (Math.max(Math.abs(back.x - x), Math.abs(back.y - y)) > pixel) {
      this.panTo([back.y, back.x]);
    }
  }
}

/**
 * @param {import("./anchor.js").Point} point
 * @param {import("./anchor.js").Tile} anchor
 */
function withinWorld({ x, y }, anchor) {
  const { left, right, top, bottom } = worldEdges(anchor);
  return { x: Math.min(Math.max(x, left), right), y: Math.min(Math.max(y, top), bottom) };
}
