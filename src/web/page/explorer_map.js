// @ts-check
/// <reference lib="dom" />
/** The Leaflet map over the world: its numbers, its manners, and places on it. */

import {
  anchorAt,
  coordinatesOf,
  pointUnder,
  reanchoringAt,
  spotAt,
  spotOf,
  withinWorld,
  world,
} from "./anchor.js";
import { Centre } from "./centre.js";
import { crs } from "./crs.js";
import { L } from "./leaflet.js";
import { relabel } from "./relabel.js";
import { tileSide } from "./tile_layer.js";

/** @typedef {import("./anchor.js").Spot} Spot */
/** @typedef {import("./leaflet.d.ts").LatLng} LatLng */
/** @typedef {import("./place.js").Place} Place */

/** The last zoom of the map's own: its numbers still hold a pixel exactly. */
const lastZoom = 40;

/** How many levels a glide may cross without passing through anchors that are not there. */
const longestGlide = 12;

/**
 * Where a pixel that is cut in two belongs. Zooming by halves leaves views on halves, quarters and so
 * on of a pixel: were the cut on one of these, a link rounded to its digits could fall on either side.
 */
const cut = 0.5 - 0.01;

export class ExplorerMap extends L.Map {
  #still;
  #deepest;
  #home;
  #anchor = world;
  /** How many are at work with numbers of the present anchor. */
  #holds = 0;
  #centre;

  /**
   * @param {HTMLElement} element
   * @param {{ deepest: number, still: boolean, home: import("./set.js").ShownSet["home"] }} options
   *   still: nothing glides, fades or flings
   */
  constructor(element, { deepest, still, home }) {
    super(element, {
      crs,
      minZoom: 0,
      maxZoom: Math.min(lastZoom, deepest),
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
    this.#deepest = deepest;
    this.#home = home;
    this.setZoom(0);
    this.#centre = new Centre(this);
    this.on("moveend", () => this.#comeBack());
    this.on("moveend", () => this.#settle());
  }

  /** The tile the map counts from. */
  get anchor() {
    return this.#anchor;
  }

  /** The zoom counted from the world. */
  get worldZoom() {
    return this.#anchor.zoom + this.getZoom();
  }

  /** The last zoom counted from the world. */
  get deepest() {
    return this.#deepest;
  }

  /**
   * The middle of the view.
   *
   * @returns {Place}
   */
  get place() {
    const zoom = Math.round(this.worldZoom);
    return { ...coordinatesOf(this.spot, zoom), zoom };
  }

  /** The middle of the view, to its last bit. */
  get spot() {
    return this.#centre.spot;
  }

  /**
   * The spot of a place, or the nearest to it in the world; null when its coordinates are no numbers.
   *
   * @param {Place} place
   * @returns {Spot | null}
   */
  spotOf(place) {
    const spot = spotOf(place, this.spot.bits);
    return spot && withinWorld(spot);
  }

  /**
   * Coordinates in the plane of a point of the map, to a small part of a pixel.
   *
   * @param {LatLng} point
   */
  coordinatesOf({ lng: x, lat: y }) {
    const spot = spotAt(this.#anchor, { x, y }, this.spot.bits);
    return coordinatesOf(spot, Math.round(this.worldZoom));
  }

  /**
   * Moves to a place; nowhere when its coordinates are no numbers. A place is always counted from the
   * same anchor, so that a link shows the same pixels wherever one came from.
   *
   * @param {Place} place
   * @param {{ animate: boolean }} how animate: glide there if it is near
   */
  goTo(place, { animate }) {
    const { zoom } = this.reachable(place);
    const spot = this.spotOf(place);
    if (spot === null) return;
    if (animate && !this.#still && this.#glideTo(spot, zoom)) return;
    this._stop();
    this.#countFrom(anchorAt(spot, zoom));
    this.#centre.hold(spot);
    this.setView(this.getCenter(), zoom - this.#anchor.zoom, { reset: true });
  }

  /**
   * A place, no deeper than there are tiles.
   *
   * @param {Place} place
   * @returns {Place}
   */
  reachable(place) {
    return { ...place, zoom: Math.min(place.zoom, this.#deepest) };
  }

  /**
   * Moves to a point of the map within an animation: the caller begins and ends it.
   *
   * @param {(anchor: import("./anchor.js").Tile) => import("./anchor.js").Point} pointUnder
   * @param {number} zoom of the world, with fractions
   */
  pass(pointUnder, zoom) {
    this.#reanchor(zoom - this.#anchor.zoom);
    const { x, y } = pointUnder(this.#anchor);
    this._move(L.latLng(y, x), zoom - this.#anchor.zoom);
  }

  /**
   * Ends an animation at a spot, to its last bit.
   *
   * @param {Spot} spot
   * @param {number} zoom of the world
   */
  arrive(spot, zoom) {
    this.pass((anchor) => pointUnder(anchor, spot), zoom);
    this.#centre.hold(spot);
  }

  /**
   * The place from which the whole set is seen as large as the window allows.
   *
   * @returns {Place}
   */
  get home() {
    const { x: width, y: height } = this.getSize();
    const { re, im, ...size } = this.#home;
    const scale = Math.min(width / size.width, height / size.height) / tileSide;
    return { re, im, zoom: Math.max(0, Math.floor(Math.log2(scale))) };
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

  /** @override */
  getCenter() {
    const { x, y } = pointUnder(this.#anchor, this.spot);
    return L.latLng(y, x);
  }

  /**
   * Counts from the centre where Leaflet's own counts from an origin rounded to whole pixels.
   *
   * @override
   * @param {import("./leaflet.d.ts").Point} point
   */
  containerPointToLatLng({ x, y }) {
    const { lat, lng } = this.getCenter();
    const size = this.getSize();
    const scale = crs.scale(this.getZoom());
    return L.latLng(lat + (y - size.y / 2) / scale, lng + (x - size.x / 2) / scale);
  }

  /**
   * Keeps the point exact where Leaflet's own takes it from an origin rounded to whole pixels: what lies
   * under the middle stays the middle to the last bit.
   *
   * @override
   * @param {LatLng | import("./leaflet.d.ts").Point} at
   * @param {number} zoom
   * @param {object} [options]
   */
  setZoomAround(at, zoom, options) {
    const { x, y } = "lat" in at ? this.latLngToContainerPoint(at) : at;
    const size = this.getSize();
    const { lat, lng } = this.getCenter();
    const to = Math.max(this.getMinZoom(), Math.min(zoom, this.getMaxZoom()));
    const shift = 1 / crs.scale(this.getZoom()) - 1 / crs.scale(to);
    const centre = L.latLng(lat + (y - size.y / 2) * shift, lng + (x - size.x / 2) * shift);
    return this.setView(centre, to, { zoom: options });
  }

  /**
   * @override
   * @param {LatLng | import("./leaflet.d.ts").LatLngPair} center
   * @param {number} zoom
   * @param {object} [options]
   */
  setView(center, zoom, options) {
    // Stopping a glide ends a move, and the numbers given here are of the anchor before that.
    this.#holds++;
    super.setView(center, zoom, options);
    this.#release();
    return this;
  }

  /**
   * Code that stops the map has often read its zoom before, to go on from there.
   *
   * @override
   */
  _stop() {
    this.#holds++;
    super._stop();
    this.#holds--;
    return this;
  }

  /**
   * Leaflet begins a zoom a frame after it was asked for, with the numbers of then.
   *
   * @override
   * @param {LatLng} center
   * @param {number} zoom
   * @param {object} [options]
   */
  _tryAnimatedZoom(center, zoom, options) {
    const waiting = !this._animatingZoom;
    const begins = super._tryAnimatedZoom(center, zoom, options);
    if (begins && waiting) {
      this.#holds++;
      requestAnimationFrame(() => this.#release());
    }
    return begins;
  }

  /**
   * @override
   * @param {LatLng} center
   * @param {number} zoom
   * @param {object} [data]
   * @param {boolean} [silent]
   */
  _move(center, zoom, data, silent) {
    this.#centre.follow(center);
    return super._move(center, zoom, data, silent);
  }

  /**
   * Leaflet puts the pane back before it moves to the centre, which has then moved by as much.
   *
   * @override
   * @param {LatLng} center
   * @param {number} zoom
   * @param {boolean} [noMoveStart]
   */
  _resetView(center, zoom, noMoveStart) {
    this.#centre.hold(this.spot, L.point(0, 0));
    super._resetView(center, zoom, noMoveStart);
  }

  /**
   * @override
   * @param {LatLng} center
   * @param {number} [zoom]
   */
  _getNewPixelOrigin(center, zoom) {
    const { x, y } = this.project(center, zoom);
    const size = this.getSize();
    const pane = this._getMapPanePos();
    return L.point(
      Math.floor(x - size.x / 2 + pane.x + cut),
      Math.floor(y - size.y / 2 + pane.y + cut),
    );
  }

  #release() {
    this.#holds--;
    this.#settle();
  }

  /** Lets the anchor follow, unless the map is held by a hand or an animation. */
  #settle() {
    const held = this.#holds > 0 || this._animatingZoom === true ||
      this.touchZoom?._zooming === true || this.dragging.moving() ||
      this._panAnim?._inProgress === true;
    // A pinch or a dive ends on a whole zoom.
    if (!held && Number.isInteger(this.getZoom())) this.#reanchor(this.getZoom());
  }

  /** @param {number} zoom the map's own */
  #reanchor(zoom) {
    const { lng: x, lat: y } = this.getCenter();
    const reanchoring = reanchoringAt(this.#anchor, { x, y }, zoom);
    if (reanchoring === null) return;
    relabel(this, reanchoring, tileSide);
    this.#countFrom(reanchoring.anchor);
  }

  /** @param {import("./anchor.js").Tile} anchor */
  #countFrom(anchor) {
    this.#anchor = anchor;
    // For tests: nothing else shows that the anchor has changed.
    this.getContainer().dataset.anchor = String(anchor.zoom);
    this.options.maxZoom = Math.min(lastZoom, this.#deepest - anchor.zoom);
    this.fire("zoomlevelschange");
  }

  /**
   * Glides to a spot that the present anchor reaches; says whether it does.
   *
   * @param {Spot} spot
   * @param {number} zoom of the world
   * @returns {boolean}
   */
  #glideTo(spot, zoom) {
    const level = zoom - this.#anchor.zoom;
    if (level < 0 || Math.abs(level - this.getZoom()) > longestGlide) return false;
    const { x, y } = pointUnder(this.#anchor, spot);
    const { lng, lat } = this.getCenter();
    const screens = Math.max(Math.abs(x - lng), Math.abs(y - lat)) * crs.scale(this.getZoom()) /
      Math.max(this.getSize().x, this.getSize().y);
    if (screens > 2 ** longestGlide) return false;
    this.setView([y, x], level);
    return true;
  }

  /** Leads a view that has left the world back to the nearest point. */
  #comeBack() {
    const { lng: x, lat: y } = this.getCenter();
    const back = pointUnder(this.#anchor, withinWorld(this.spot));
    // A pixel is allowed, as panning ends on whole ones: else coming back would never end.
    const pixel = 1 / crs.scale(this.getZoom());
    if (Math.max(Math.abs(back.x - x), Math.abs(back.y - y)) > pixel) {
      this.panTo([back.y, back.x]);
    }
  }
}
