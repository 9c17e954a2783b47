// @ts-check
/// <reference lib="dom" />
/** The figures at the foot of the page: coordinates under the cursor, or of the centre, and the depth. */

import { element } from "./elements.js";
import { magnification, powerOfTwo } from "./magnification.js";

export class Readout {
  #map;
  #of = element("of", HTMLElement);
  #re = element("re", HTMLElement);
  #im = element("im", HTMLElement);
  #zoom = element("zoom", HTMLElement);
  #times = element("times", HTMLElement);
  /** Where the mouse is on the map; a finger is nowhere between two touches.
   * @type {import("./leaflet.d.ts").Point | null} */
  #cursor = null;
  #drawing = false;

  /** @param {import("./explorer_map.js").ExplorerMap} map */
  constructor(map) {
    this.#map = map;
    const mouse = matchMedia("(hover: hover)");
    map.on("mousemove", (/** @type {import("./leaflet.d.ts").LeafletMouseEvent} */ event) => {
      this.#cursor = mouse.matches ? event.containerPoint : null;
      this.#redraw();
    });
    map.on("mouseout", () => {
      this.#cursor = null;
      this.#redraw();
    });
    map.on("move zoomend resize", () => this.#redraw());
    this.#redraw();
  }

  /** Once a frame is enough, however many events there are. */
  #redraw() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw() {
    const map = this.#map;
    const point = this.#cursor === null
      ? map.getCenter()
      : map.containerPointToLatLng(this.#cursor);
    const { re, im } = map.coordinatesOf(point);
    this.#of.textContent = this.#cursor === null ? "centre" : "cursor";
    this.#re.textContent = signed(re);
    this.#im.textContent = signed(im);
    this.#zoom.textContent = powerOfTwo(map.worldZoom);
    this.#times.textContent = magnification(map.worldZoom);
  }
}

/**
 * With room for a sign, so that figures stay where they are when it comes and goes.
 *
 * @param {string} decimal
 * @returns {string}
 */
function signed(decimal) {
  return decimal.startsWith("-") ? decimal : `\u2007${decimal}`;
}
