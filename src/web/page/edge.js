// @ts-check
/// <reference lib="dom" />
/** The rim of the world: far from the set the picture sinks into the dark of the page. */

import { element } from "./elements.js";
import { L } from "./leaflet.js";

/** Deeper than this the rim cannot be seen, and an element of 2^z tiles would be too large to draw. */
const deepest = 5;

/**
 * Lays the rim over the map.
 *
 * @param {import("./explorer_map.js").ExplorerMap} map
 */
export function drawEdge(map) {
  const rim = L.svgOverlay(element("rim", SVGSVGElement), [[0, 0], [1, 1]]);
  const update = () => {
    const seen = map.worldZoom <= deepest;
    if (seen === map.hasLayer(rim)) return;
    if (seen) rim.addTo(map);
    else rim.remove();
  };
  map.on("zoom zoomend", update);
  update();
}
