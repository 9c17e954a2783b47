// @ts-check
/// <reference lib="dom" />
/** The explorer: puts the map, the panel, the figures and the address bar together. */

import { AddressBar } from "./address_bar.js";
import { copy } from "./clipboard.js";
import { curlCommand } from "./curl.js";
import { dive } from "./dive.js";
import { drawEdge } from "./edge.js";
import { element } from "./elements.js";
import { ExplorerMap } from "./explorer_map.js";
import { readLook } from "./look.js";
import { Panel } from "./panel.js";
import { Picture } from "./picture.js";
import { hashOf, readHash } from "./place.js";
import { PlacesPanel } from "./places_panel.js";
import { Readout } from "./readout.js";
import { renderUrl } from "./requests.js";
import { enter, readSet, sameSet } from "./set.js";
import { readSettings } from "./settings.js";
import { Troubles } from "./troubles.js";

const server = readSettings(document);
const shown = readSet(location.hash);
enter(shown);
const settings = {
  ...server,
  deepest: Math.min(server.deepest, shown.deepest),
  set: shown.parameters,
};
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const start = readHash(location.hash, settings);

const map = new ExplorerMap(element("map", HTMLElement), {
  deepest: settings.deepest,
  still,
  home: shown.home,
});
map.goTo(start.place ?? map.home, { animate: false });
const troubles = new Troubles(() => picture.refresh());
const picture = new Picture(map, { settings, anchor: () => map.anchor, troubles }, start.look);
const addressBar = new AddressBar(hashNow, followAddress);
const panel = new Panel(settings, start.look, (look) => {
  picture.show(look);
  addressBar.update();
});
new PlacesPanel(() => map.getSize(), travel, {
  settings,
  onNotice: (text) => announce({ said: text }),
});
new Readout(map).copyBy(copyAndSay);
drawEdge(map);

element("version", HTMLAnchorElement).textContent = `mandeltile ${server.version ?? ""}`;
map.on("moveend", () => addressBar.update());
addressBar.update();

onClick("zoom-in", () => map.zoomIn());
onClick("zoom-out", () => map.zoomOut());
onClick("home", () => {
  addressBar.keep();
  map.goTo(map.home, { animate: true });
});
onClick("copy-link", () => copyAndSay(location.href.replace(/#.*|$/, hashNow()), "Link copied"));
onClick("copy-curl", () => copyAndSay(curlNow(), "Command copied"));
map.on("zoomend zoomlevelschange", markEnds);
markEnds();

// Without a click on the map first, its keys work all the same.
document.addEventListener("keydown", ({ key }) => {
  const forMap = key.startsWith("Arrow") || key === "+" || key === "-" || key === "=";
  if (forMap && document.activeElement === document.body) map.getContainer().focus();
}, { capture: true });

// Leaflet focuses the map by script, which browsers take for the keyboard's doing: a frame around
// the window is for those that came by the Tab key.
const root = document.documentElement;
document.addEventListener(
  "keydown",
  ({ key }) => key === "Tab" && root.classList.add("by-keyboard"),
);
document.addEventListener("pointerdown", () => root.classList.remove("by-keyboard"));

// The window has moved to a screen with finer or coarser pixels.
matchMedia("(min-resolution: 1.01dppx)").addEventListener("change", () => picture.refresh());

function hashNow() {
  return hashOf(map.place, picture.look, settings);
}

function curlNow() {
  const { x: width, y: height } = map.getSize();
  const screen = { width, height, density: devicePixelRatio };
  const path = renderUrl(map.place, screen, { look: picture.look, settings });
  return curlCommand(new URL(path, location.origin).href);
}

/**
 * Goes to a place: at once, or as a dive with iterations by depth. Once there it looks as the place asks.
 *
 * @param {import("./places_panel.js").Destination} destination
 * @param {number} speed in levels of zoom a second; 0 is at once
 */
async function travel({ place, params }, speed) {
  addressBar.keep();
  const { set: name, c, ...looks } = params;
  const set = name === undefined ? [] : [`set=${name}`, `c=${c}`];
  if (set.join("&") !== shown.parameters.join("&")) {
    location.hash = hashOf(place, readLook(asParameters(looks), server), { ...server, set });
    return;
  }
  if (speed === 0 || still) {
    map.goTo(place, { animate: false });
  } else {
    showLook({ ...picture.look, iterations: "auto" });
    const arrived = await dive(map, place, { speed, levelsBehind: () => picture.levelsBehind });
    if (!arrived) return;
  }
  const { palette, shading } = picture.look;
  showLook(readLook(asParameters({ palette, shading, ...looks }), settings));
}

/** @param {object} values */
function asParameters(values) {
  return new URLSearchParams(Object.entries(values).map(([name, to]) => [name, String(to)]));
}

/** @param {import("./look.js").Look} look */
function showLook(look) {
  picture.show(look);
  panel.show(look);
  addressBar.update();
}

/** Goes where the address bar says. What cannot be read there is put right. */
function followAddress() {
  if (location.hash === hashNow()) return;
  // Every number of the map counts from its set's world.
  if (!sameSet(readSet(location.hash), shown)) return location.reload();
  const { place, look } = readHash(location.hash, settings);
  picture.show(look);
  panel.show(look);
  if (place !== null && hashOf(place, look, settings) !== hashNow()) {
    map.goTo(place, { animate: false });
  }
  addressBar.update();
}

/** Says when there is no further way in or out. The buttons stay where the focus may be. */
function markEnds() {
  const ends = /** @type {const} */ ([
    ["zoom-in", map.worldZoom >= map.deepest],
    ["zoom-out", map.worldZoom <= 0],
  ]);
  for (const [id, atEnd] of ends) {
    element(id, HTMLButtonElement).setAttribute("aria-disabled", String(atEnd));
  }
}

/**
 * @param {string} text
 * @param {string} said when it worked
 */
async function copyAndSay(text, said) {
  const copied = await copy(text);
  announce({ said: copied ? said : "Please copy this", copied: text });
}

/**
 * Shows a line above the figures for a while: longer when it is to be read and not only seen.
 *
 * @param {{ said: string, copied?: string }} line
 */
function announce({ said, copied }) {
  const notice = element("notice", HTMLElement);
  element("said", HTMLElement).textContent = said;
  element("copied", HTMLElement).textContent = copied ?? "";
  notice.classList.toggle("long", copied === undefined);
  notice.classList.remove("seen");
  // Reading a size makes the browser take note of the removal, so that the animation starts anew.
  notice.getBoundingClientRect();
  notice.classList.add("seen");
}

/**
 * @param {string} id
 * @param {() => void} act
 */
function onClick(id, act) {
  element(id, HTMLButtonElement).addEventListener("click", act);
}
