// @ts-check
/// <reference lib="dom" />
/** The panel in which the look is chosen. */

import { Drawer } from "./drawer.js";
import { element, make } from "./elements.js";
import { parseIterations } from "./look.js";
import { gradientOf, isList, parsePalette } from "./palette.js";

/** @typedef {import("./look.js").Look} Look */
/** @typedef {import("./settings.js").Settings} Settings */

/** The name of the choice "my own colours"; no palette of the server's has a space. */
const own = "own colours";

/** Offered when the iterations are fixed for the first time. */
const firstIterations = 1000;

export class Panel {
  #settings;
  #onLook;
  /** @type {Look} */
  #look;
  #form = element("look", HTMLFormElement);
  #colours = element("colours", HTMLInputElement);
  #iterations = element("iterations", HTMLInputElement);

  /**
   * @param {Settings} settings
   * @param {Look} look
   * @param {(look: Look) => void} onLook called with every look chosen
   */
  constructor(settings, look, onLook) {
    this.#settings = settings;
    this.#look = look;
    this.#onLook = onLook;
    element("palettes", HTMLElement).append(
      ...settings.palettes.map(({ name }) => choice(name, gradientOf(name, settings.palettes))),
      choice(own, ""),
    );
    this.#colours.value = "000764, 8fcdf3, ffb317";
    this.#iterations.value = String(Math.min(firstIterations, settings.iterationsLimit));
    this.#iterations.max = String(settings.iterationsLimit);
    this.show(look);

    this.#form.addEventListener("change", () => this.#read());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read();
    });
    new Drawer(element("toggle-look", HTMLButtonElement), this.#form);
  }

  /**
   * Shows a look that was chosen elsewhere.
   *
   * @param {Look} look
   */
  show(look) {
    this.#look = look;
    if (isList(look.palette)) this.#colours.value = look.palette.replaceAll(",", ", ");
    if (look.iterations !== "auto") this.#iterations.value = String(look.iterations);
    this.#check("palette", isList(look.palette) ? own : look.palette);
    this.#check("shading", look.shading);
    this.#check("depth", look.iterations === "auto" ? "auto" : "fixed");
    this.#dress();
  }

  /** What cannot be read is marked, and the picture stays as it is. */
  #read() {
    const chosen = new FormData(this.#form);
    const palette = chosen.get("palette") === own
      ? parsePalette(this.#colours.value, this.#settings.palettes)
      : String(chosen.get("palette"));
    const iterations = chosen.get("depth") === "auto"
      ? "auto"
      : parseIterations(this.#iterations.value.trim(), this.#settings);
    this.#dress();
    mark(this.#colours, palette === null ? "2 to 16 hex colours, such as 000764, ffb317" : "");
    const limit = this.#settings.iterationsLimit.toLocaleString("en");
    mark(this.#iterations, iterations === null ? `A whole number from 1 to ${limit}` : "");
    if (palette === null || iterations === null) return;
    const shading = chosen.get("shading") === "bands" ? "bands" : "smooth";
    this.#look = { palette, shading, iterations };
    this.#onLook(this.#look);
  }

  /** Shows the fields the choices need, and what the typed colours look like. */
  #dress() {
    const chosen = new FormData(this.#form);
    element("own-colours", HTMLElement).hidden = chosen.get("palette") !== own;
    element("fixed-iterations", HTMLElement).hidden = chosen.get("depth") !== "fixed";
    const palette = parsePalette(this.#colours.value, this.#settings.palettes);
    const strip = this.#form.querySelector(`[value="${own}"] + .strip`);
    if (palette !== null && strip instanceof HTMLElement) {
      strip.style.backgroundImage = gradientOf(palette, this.#settings.palettes);
    }
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #check(name, value) {
    const radios = this.#form.elements.namedItem(name);
    if (radios instanceof RadioNodeList) radios.value = value;
  }
}

/**
 * A palette to choose: its colours and its name.
 *
 * @param {string} name
 * @param {string} gradient
 */
function choice(name, gradient) {
  const strip = make("span", { className: "strip" });
  strip.style.backgroundImage = gradient;
  return make(
    "label",
    { className: "palette" },
    make("input", { type: "radio", name: "palette", value: name, className: "unseen" }),
    strip,
    make("span", { className: "name" }, name),
  );
}

/**
 * Marks a field as wrong and says why, or as right when there is nothing to say.
 *
 * @param {HTMLInputElement} field
 * @param {string} fault
 */
function mark(field, fault) {
  field.setAttribute("aria-invalid", String(fault !== ""));
  element(`${field.id}-fault`, HTMLElement).textContent = fault;
}
