// @ts-check
/// <reference lib="dom" />
/** The panel of places: a list to dive to, fields for any other, and files of other programs. */

import { parseDecimal } from "./decimal.js";
import { Drawer } from "./drawer.js";
import { element, make } from "./elements.js";
import { zoomOf } from "./location.js";
import { powerOfTwo } from "./magnification.js";
import { openedFile } from "./opened_file.js";
import { places } from "./places.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {Partial<Pick<import("./location.js").Location, "iterations" | "palette" | "shading" | "set" | "c">>} LocationParams */
/**
 * @typedef {object} Destination
 * @property {Place} place
 * @property {LocationParams} params of the place, for when one is there
 */

/** How one wants to get there: 0 is at once. Levels of zoom a second. */
/** @typedef {number} Speed */

export class PlacesPanel {
  #size;
  #onGo;
  #settings;
  #onNotice;
  #form = element("places", HTMLFormElement);
  #drawer = new Drawer(element("toggle-places", HTMLButtonElement), this.#form);
  #fault = element("place-fault", HTMLElement);

  /**
   * @param {() => { readonly x: number, readonly y: number }} size of the map, in pixels
   * @param {(destination: Destination, speed: Speed) => void} onGo
   * @param {object} server
   * @param {import("./settings.js").Settings} server.settings
   * @param {(text: string) => void} server.onNotice an opened file does not get all that it asks for
   */
  constructor(size, onGo, { settings, onNotice }) {
    this.#size = size;
    this.#onGo = onGo;
    this.#settings = settings;
    this.#onNotice = onNotice;
    element("place-list", HTMLElement).append(...places.map((place) => this.#entry(place)));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#goTyped(event.submitter?.id === "jump");
    });
    const file = element("place-file", HTMLInputElement);
    element("open-file", HTMLButtonElement).addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      this.open(file.files?.[0]);
      file.value = "";
    });
    const cover = element("drop", HTMLElement);
    const show = (/** @type {boolean} */ seen) => (cover.hidden = !seen);
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      show(event.dataTransfer?.types.includes("Files") === true);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && show(false));
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      show(false);
      this.open(event.dataTransfer?.files[0]);
    });
  }

  /**
   * Dives to the place in a file; says so when there is none, or when it cannot be shown as the file asks.
   *
   * @param {File | undefined} file
   */
  async open(file) {
    if (file === undefined) return;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { destination, notice } = openedFile(bytes, this.#size(), this.#settings);
      this.#go(destination);
      if (notice !== "") this.#onNotice(`${file.name} ${notice}`);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#drawer.show(true);
      this.#fault.textContent = `${file.name}: ${error.message}`;
    }
  }

  /**
   * @param {import("./places.js").NamedPlace} place
   */
  #entry({ name, re, im, span, iterations }) {
    const button = make("button", { type: "button", title: `re ${re}\nim ${im}` });
    button.append(
      make("span", {}, name.replaceAll("-", " ")),
      make("span", { className: "depth" }, powerOfTwo(zoomOf(span, 256))),
    );
    button.addEventListener("click", () => {
      const zoom = zoomOf(span, Math.max(256, this.#size().x));
      this.#go({
        place: { re, im, zoom },
        params: iterations === undefined ? {} : { iterations },
      });
    });
    return make("li", {}, button);
  }

  /** @param {boolean} atOnce */
  #goTyped(atOnce) {
    const text = (/** @type {string} */ name) =>
      String(new FormData(this.#form).get(name)).replaceAll(/\s/g, "").replace("−", "-");
    const re = text("re");
    const im = text("im");
    const size = text("size");
    const wrong = [[re, "re"], [im, "im"], [size, "zoom or span"]].find(([value = ""]) =>
      parseDecimal(value) === null
    );
    const number = parseDecimal(size);
    if (wrong !== undefined || number === null) {
      this.#fault.textContent = `${wrong?.[1]} must be a decimal number, such as -0.75 or 2e-31`;
      return;
    }
    if (number.digits <= 0n) {
      this.#fault.textContent = "The zoom or span must be above 0";
      return;
    }
    // A whole number from 4 up is a zoom: no view is that wide.
    const zoom = /^\d{1,6}$/.test(size) && Number(size) > 4
      ? Number(size)
      : zoomOf(size, this.#size().x);
    this.#go({ place: { re, im, zoom }, params: {} }, atOnce);
  }

  /**
   * @param {Destination} destination
   * @param {boolean} [atOnce]
   */
  #go(destination, atOnce = false) {
    const { re, im } = destination.place;
    const within = Math.abs(Number(re) + 0.5) <= 2 && Math.abs(Number(im)) <= 2;
    this.#fault.textContent = within
      ? ""
      : "That is outside the map: re runs from -2.5 to 1.5, im from -2 to 2";
    if (!within) return this.#drawer.show(true);
    this.#drawer.show(false);
    this.#onGo(destination, atOnce ? 0 : Number(new FormData(this.#form).get("speed")));
  }
}
