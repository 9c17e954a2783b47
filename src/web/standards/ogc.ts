/**
 * OGC API Tiles (OGC 20-057), core: landing page, conformance, tile matrix sets (17-083r4), map tiles.
 *
 * GDAL's OGCAPI driver (3.6.2) does not open it: it reads tile matrix sets of version 1 alone, and wants a
 * collection. GDAL has XYZ, TMS and WMTS.
 */

import type { Context } from "hono";
import type { FractalSet } from "../../plane/mod.ts";
import { answerDocument } from "../http/answers.ts";
import { negotiatedPicture, PICTURES, typeOf } from "../request/formats.ts";
import { oneOf } from "../request/fields.ts";
import {
  type Parameters,
  parametersOfQuery,
  parametersOfTile,
  readField,
  readParams,
  TILE_WISHES,
} from "../request/parameters.ts";
import { answerNotFound, shown } from "../http/problem.ts";
import { publicUrl } from "../http/public_url.ts";
import { addressOf, answerTileOf, type RenderDoor } from "../tiles/renders.ts";
import {
  crsUri,
  matricesOf,
  PLANE_WKT,
  TILE_MATRIX_SETS,
  TILE_SIDE,
  type TileMatrixSet,
  tileMatrixSet,
  tileMatrixSetsOf,
} from "./tile_matrix_sets.ts";

const JSON_TYPE = "application/json";
const RELATIONS = "http://www.opengis.net/def/rel/ogc/1.0";
const COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf";
const TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf";
const MATRICES = "http://www.opengis.net/spec/tms/2.0/conf";

/** What it conforms to. */
const CONFORMS_TO = [
  `${COMMON}/core`,
  `${COMMON}/landing-page`,
  `${COMMON}/json`,
  `${TILES}/core`,
  `${TILES}/tileset`,
  `${TILES}/tilesets-list`,
  `${TILES}/dataset-tilesets`,
  `${TILES}/png`,
  `${TILES}/jpeg`,
  `${MATRICES}/tilematrixset`,
  `${MATRICES}/json-tilematrixset`,
];

/** What a document is made of besides its path. */
interface Asked {
  /** The address in front of all paths, as clients see it. */
  readonly base: string;
  /** The parameters of tiles, as the end of their address; empty or from the ampersand on. */
  readonly params: string;
  readonly set: FractalSet;
  readonly deepest: number;
}

type Document = (asked: Asked, id: string) => Record<string, unknown> | undefined;

/** The documents by their path, which is a route; below one with `:id` the sets are. */
export const OGC_DOCUMENTS: Readonly<Record<string, Document>> = {
  "/ogc": landingPage,
  "/ogc/conformance": () => ({ conformsTo: CONFORMS_TO }),
  "/ogc/tileMatrixSets": ({ base }) => ({
    tileMatrixSets: TILE_MATRIX_SETS.map(({ id, title, registered }) => ({
      id,
      title,
      ...(registered && { uri: registered.tileMatrixSet }),
      links: [link("self", `${base}/ogc/tileMatrixSets/${id}`, JSON_TYPE)],
    })),
  }),
  "/ogc/tileMatrixSets/:id": ofSet(definition),
  // Maps are the only tiles there are: the list of all and that of maps are one.
  "/ogc/tiles": tilesetsList,
  "/ogc/tiles/:id": ofSet(tileset),
  "/ogc/map/tiles": tilesetsList,
  "/ogc/map/tiles/:id": ofSet(tileset),
};

/** The parameter `f` of documents, and that of tiles. */
export const DOCUMENT_FIELDS = {
  f: oneOf(["json"], (text) => `Cannot give this as ${shown(text)}: json is offered`),
};
export const PICTURE_FIELDS = {
  f: oneOf(
    PICTURES,
    (text) => `Cannot give a tile as ${shown(text)}: png, webp and jpeg are offered`,
  ),
};

/** `GET` of one of {@link OGC_DOCUMENTS}. The parameters of a tile are handed on to the tiles' addresses. */
export function answerOgcDocument(
  c: Context,
  { limits, maxAge }: RenderDoor,
  document: Document,
): Response {
  const parameters = parametersOfQuery(new URL(c.req.url).searchParams, [...TILE_WISHES, "f"]);
  const { set } = readParams(parameters, limits);
  readField(parameters, "f", DOCUMENT_FIELDS);
  const params = [...parameters].filter(([name]) => name !== "f")
    .map((parameter) => `&${new URLSearchParams([parameter])}`).join("");
  const asked = { base: publicUrl(c), params, set, deepest: limits.deepest };
  const content = document(asked, c.req.param("id") ?? "");
  return content === undefined
    ? answerNotFound(c)
    : answerDocument(c, { text: JSON.stringify(content), type: JSON_TYPE, maxAge });
}

/** `GET /ogc/crs/{set}`: the plane's reference system in WKT. */
export function answerCrs(c: Context, { maxAge }: RenderDoor): Response {
  const set = tileMatrixSet(c.req.param("id") ?? "");
  if (set === undefined || set.registered !== undefined) return answerNotFound(c);
  return answerDocument(c, { text: PLANE_WKT, type: "text/plain; charset=utf-8", maxAge });
}

/**
 * `GET /ogc/map/tiles/{set}/{matrix}/{row}/{column}`: a map tile, as what `f` names (png, webp, jpeg)
 * or `Accept` likes best.
 */
export async function answerOgcTile(c: Context, door: RenderDoor): Promise<Response> {
  const { id, z, y, x } = c.req.param() as Record<string, string>;
  const parameters = parametersOfTile(new URL(c.req.url).searchParams, [...TILE_WISHES, "f"]);
  const params = readParams(parameters, door.limits);
  if (tileMatrixSet(id!, params.set.id) === undefined) return answerNotFound(c);
  const address = addressOf({ z: z!, x: x!, y: y! }, door.limits);
  const named = namedFormat(parameters);
  const format = named ?? negotiatedPicture(c);
  const response = await answerTileOf(c, door, { address, size: TILE_SIDE, format, params });
  if (named === undefined) response.headers.append("vary", "Accept");
  return response;
}

function namedFormat(parameters: Parameters): (typeof PICTURES)[number] | undefined {
  return readField(parameters, "f", PICTURE_FIELDS);
}

function landingPage({ base, deepest }: Asked): Record<string, unknown> {
  const to = (rel: string, path: string, title: string) => ({
    ...link(rel, `${base}${path}`, JSON_TYPE),
    title,
  });
  return {
    title: "Mandelbrot set",
    description: "How long points of the complex plane take to escape, computed as you go",
    deepest_zoom: deepest,
    links: [
      to("self", "/ogc", "This document"),
      to("conformance", "/ogc/conformance", "What this server conforms to"),
      to("service-desc", "/openapi.json", "OpenAPI description"),
      to(`${RELATIONS}/tiling-schemes`, "/ogc/tileMatrixSets", "Tile matrix sets"),
      to(`${RELATIONS}/tilesets-map`, "/ogc/map/tiles", "Map tiles"),
    ],
  };
}

function tilesetsList(asked: Asked): Record<string, unknown> {
  const { base } = asked;
  return {
    links: [link("self", `${base}/ogc/map/tiles`, JSON_TYPE)],
    tilesets: tileMatrixSetsOf(asked.set.id).map((set) => summary(set, asked)),
  };
}

/** What a tileset's description and its entry in the list have in common. */
function summary(set: TileMatrixSet, { base }: Asked): Record<string, unknown> {
  return {
    title: set.title,
    dataType: "map",
    crs: crsUri(set, base),
    ...(set.registered && { tileMatrixSetURI: set.registered.tileMatrixSet }),
    links: [
      link("self", `${base}/ogc/map/tiles/${set.id}`, JSON_TYPE),
      link(`${RELATIONS}/tiling-scheme`, `${base}/ogc/tileMatrixSets/${set.id}`, JSON_TYPE),
    ],
  };
}

function tileset(set: TileMatrixSet, asked: Asked): Record<string, unknown> {
  const { base, params, deepest } = asked;
  const tile = `${base}/ogc/map/tiles/${set.id}/{tileMatrix}/{tileRow}/{tileCol}`;
  // PNG last: OpenLayers takes the last where no format is chosen.
  const items = PICTURES.toReversed().map((format) => ({
    ...link("item", `${tile}?f=${format}${params}`, typeOf(format)),
    templated: true,
  }));
  const { links, ...described } = summary(set, asked);
  return {
    ...described,
    links: [...links as unknown[], ...items],
    boundingBox: {
      lowerLeft: [set.left, set.bottom],
      upperRight: [set.right, set.top],
      crs: crsUri(set, base),
    },
    // A member of our own: clients cannot count so far.
    deepest_zoom: deepest,
  };
}

function definition(set: TileMatrixSet, { base, deepest }: Asked): Record<string, unknown> {
  const { id, title, registered, axes, left, top } = set;
  return {
    id,
    title,
    ...(registered && {
      uri: registered.tileMatrixSet,
      wellKnownScaleSet: registered.scaleSetUri,
    }),
    crs: crsUri(set, base),
    orderedAxes: axes,
    tileMatrices: matricesOf(set, deepest).map(({ id, scaleDenominator, cellSize, width }) => ({
      ...{ id, scaleDenominator, cellSize, cornerOfOrigin: "topLeft", pointOfOrigin: [left, top] },
      ...{ tileWidth: TILE_SIDE, tileHeight: TILE_SIDE, matrixWidth: width, matrixHeight: width },
    })),
  };
}

/** A document about a set, where there is a set of that name. */
function ofSet(
  document: (set: TileMatrixSet, asked: Asked) => Record<string, unknown>,
): Document {
  return (asked, id) => {
    const set = tileMatrixSet(id);
    return set && document(set, asked);
  };
}

function link(rel: string, href: string, type: string): Record<string, string> {
  return { rel, href, type };
}
