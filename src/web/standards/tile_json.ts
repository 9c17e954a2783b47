/** TileJSON 3.0.0: what a map client needs to know of the tiles. */

import type { Context } from "hono";
import { deepestZoomOf, formulaOf } from "../../render/mod.ts";
import { answerDocument } from "../http/answers.ts";
import type { Limits } from "../request/limits.ts";
import {
  parametersOfQuery,
  readParams,
  readScheme,
  TILE_PARAMETERS,
} from "../request/parameters.ts";
import { publicUrl } from "../http/public_url.ts";
import { LATITUDE_EDGE, TILE_SIDE } from "./tile_matrix_sets.ts";

/** TileJSON's own bound of `maxzoom`. */
const DEEPEST_TOLD = 30;

/** What the handler needs of the server. */
export interface TileJsonDoor {
  readonly limits: Limits;
  readonly maxAge: number;
}

/**
 * `GET /tiles.json`. The parameters of a tile are taken and handed on to the tiles' address. The world is
 * placed on the square of EPSG:3857, as map clients have it.
 */
export function answerTileJson(c: Context, { limits, maxAge }: TileJsonDoor): Response {
  const { search, searchParams } = new URL(c.req.url);
  const parameters = parametersOfQuery(searchParams, TILE_PARAMETERS);
  // A tile must not refuse what its address was made of.
  const { set } = readParams(parameters, limits);
  const { left, top } = formulaOf(set).window;
  const [re, im] = [left.toDouble(), top.toDouble()];
  const deepest = Math.min(limits.deepest, deepestZoomOf(set, TILE_SIDE));
  const tiles = `${publicUrl(c)}/tiles/{z}/{x}/{y}.png${search}`;
  const text = JSON.stringify({
    tilejson: "3.0.0",
    name: set.id === "mandelbrot" ? "Mandelbrot set" : `Julia set of ${parameters.get("c")}`,
    description: "How long points of the complex plane take to escape, computed as you go",
    tiles: [tiles],
    scheme: readScheme(parameters),
    minzoom: 0,
    maxzoom: Math.min(DEEPEST_TOLD, deepest),
    bounds: [-180, -LATITUDE_EDGE, 180, LATITUDE_EDGE],
    // The real axis is the equator; the middle of the set's body is left of the world's.
    center: [0, 0, 1],
    // Members of our own, which the specification allows.
    deepest_zoom: deepest,
    world: { re: [re, re + 4], im: [im - 4, im] },
  });
  return answerDocument(c, { text, type: "application/json", maxAge });
}
