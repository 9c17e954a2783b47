// @ts-check
/// <reference lib="dom" />
/** How the map's numbers become pixels. */

import { L } from "./leaflet.js";
import { tileSide } from "./tile_layer.js";

/** One unit is one tile of zoom 0 under the anchor, y downwards, and there is no edge. */
export const crs = {
  ...L.CRS.Simple,
  transformation: new L.Transformation(1, 0, 1, 0),
  /** @param {number} zoom */
  scale: (zoom) => tileSide * 2 ** zoom,
  /** @param {number} scale */
  zoom: (scale) => Math.log2(scale / tileSide),
};
