// @ts-check
/// <reference lib="dom" />
/** The figures at the foot of the page: coordinates under the cursor, or of the centre, and the depth. */

import { element } from "./elements.js";
import { magnification, powerOfTwo } from "./magnification.js";
import { asUniverse, scaleBar } from "./scale.js";

/** Longest coordinate shown in full, and the digits shown of either end of a longer one. */
const longestShown = 25;
const shownDigits = 11;

/** Longest scale bar, in pixels. */
const longestBar = 140;

export class Readout {
  #map;
  #of = element("of", HTMLElement);
  #re = element("re", HTMLElement);
  #im = element("im", HTMLElement);
  #zoom = element("zoom", HTMLElement);
  #times = element("times", HTMLElement);
  #bar = element("bar", HTMLElement);
  #barLength = element("bar-length", HTMLElement);
  #meaning = element("meaning", HTMLElement);
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
    const { re, im } = this.#cursor === null
      ? map.place
      : map.coordinatesOf(map.containerPointToLatLng(this.#cursor));
    this.#of.textContent = this.#cursor === null ? "centre" : "cursor";
    this.#re.textContent = signed(shortened(re));
    this.#im.textContent = signed(shortened(im));
    const zoom = Math.round(map.worldZoom);
    this.#zoom.textContent = powerOfTwo(zoom);
    this.#times.textContent = magnification(zoom);
    this.#drawScale(zoom);
  }

  /** @param {number} zoom */
  #drawScale(zoom) {
    const map = this.#map;
    const bar = scaleBar(longestBar, map.worldZoom);
    this.#bar.style.width = `${bar.pixels.toFixed(1)}px`;
    this.#barLength.textContent = bar.length;
    const { length, thing } = asUniverse(map.getSize().x, zoom);
    this.#meaning.textContent = `Were the whole set as wide as the observable universe, ` +
      `this view would be ${length} wide${thing === "" ? "" : `, about as ${thing}`}.`;
  }

  /**
   * Copies a coordinate of the centre with all its digits when it is clicked.
   *
   * @param {(text: string, said: string) => void} copy
   */
  copyBy(copy) {
    for (const [of, at] of /** @type {const} */ ([["re", this.#re], ["im", this.#im]])) {
      at.addEventListener("click", () => copy(this.#map.place[of], `${of} of the centre copied`));
    }
  }
}

/**
 * A decimal whose middle is left out when it is long: the digits that change stand at its end.
 *
 * @param {string} decimal
 * @returns {string}
 */
function shortened(decimal) {
  return decimal.length <= longestShown
    ? decimal
    : `${decimal.slice(0, shownDigits)}…${decimal.slice(-shownDigits)}`;
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
