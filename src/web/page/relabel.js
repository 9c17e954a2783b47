// @ts-check
/// <reference lib="dom" />
/**
 * Gives a Leaflet map new numbers for the picture it shows: nothing is drawn, moved or asked for anew.
 *
 * Leaflet 1.9.4 has no door for this, so its private records are written here and nowhere else: of the
 * map `_zoom` and `_pixelOrigin`, of a layer `_tileZoom`, `_levels` and `_tiles`.
 */

import { shiftAt } from "./anchor.js";
import { L } from "./leaflet.js";

/** @typedef {import("./anchor.js").Reanchoring} Reanchoring */

/**
 * Relabels the map and all its tile layers. The pane stays where it is, so that a drag goes on.
 *
 * @param {import("./leaflet.d.ts").Map} map
 * @param {Reanchoring} reanchoring
 * @param {number} tileSide in pixels
 */
export function relabel(map, reanchoring, tileSide) {
  map.eachLayer((layer) => {
    if (layer instanceof L.GridLayer) relabelLayer(layer, reanchoring, tileSide);
  });
  map._pixelOrigin = shifted(map._pixelOrigin, shiftAt(reanchoring, map._zoom), tileSide);
  map._zoom -= reanchoring.levels;
}

/**
 * @param {import("./leaflet.d.ts").GridLayer} layer
 * @param {Reanchoring} reanchoring
 * @param {number} tileSide
 */
function relabelLayer(layer, reanchoring, tileSide) {
  const { levels } = reanchoring;
  dropLost(layer, reanchoring);
  layer._levels = Object.fromEntries(
    Object.values(layer._levels).map((level) => {
      level.origin = shifted(level.origin, shiftAt(reanchoring, level.zoom), tileSide);
      level.zoom -= levels;
      return [level.zoom, level];
    }),
  );
  layer._tiles = Object.fromEntries(
    Object.values(layer._tiles).map((tile) => {
      const { coords } = tile;
      const shift = shiftAt(reanchoring, coords.z);
      // In place: a tile on its way is bound to this very object and looks itself up by it.
      coords.x -= shift.x;
      coords.y -= shift.y;
      coords.z -= levels;
      return [layer._tileCoordsToKey(coords), tile];
    }),
  );
  if (layer._tileZoom !== undefined) layer._tileZoom -= levels;
}

/**
 * Drops the levels that have no number under the new anchor, far above what is on screen.
 *
 * @param {import("./leaflet.d.ts").GridLayer} layer
 * @param {Reanchoring} reanchoring
 */
function dropLost(layer, reanchoring) {
  for (const level of Object.values(layer._levels)) {
    const { x, y } = shiftAt(reanchoring, level.zoom);
    if (level.zoom >= reanchoring.levels && Number.isInteger(x) && Number.isInteger(y)) continue;
    layer._removeTilesAtZoom(level.zoom);
    level.el.remove();
    delete layer._levels[level.zoom];
  }
}

/**
 * @param {import("./leaflet.d.ts").Point} origin in pixels
 * @param {import("./anchor.js").Point} shift in tiles
 * @param {number} tileSide
 */
function shifted(origin, shift, tileSide) {
  return L.point(origin.x - shift.x * tileSide, origin.y - shift.y * tileSide);
}
