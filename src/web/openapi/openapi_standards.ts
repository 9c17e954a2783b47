/** What `/openapi.json` says of the standards' routes: OGC API Tiles and WMTS. */

import { z } from "zod";
import type { Fields } from "../request/fields.ts";
import { PICTURES, typeOf } from "../request/formats.ts";
import type { Limits } from "../request/limits.ts";
import { DOCUMENT_FIELDS, OGC_DOCUMENTS, PICTURE_FIELDS } from "../standards/ogc.ts";
import {
  COMPUTED,
  HEADERS,
  type Json,
  operation,
  parameterOf,
  pathParameter,
  PROBLEM,
  PROBLEM_TYPE,
  schemaOf,
  type Told,
} from "./openapi_parts.ts";
import { TILE_WISHES } from "../request/parameters.ts";
import { TILE_MATRIX_SETS } from "../standards/tile_matrix_sets.ts";
import { LAYERS } from "../standards/wmts_capabilities.ts";

const SET: Json = { type: "string", enum: TILE_MATRIX_SETS.map(({ id }) => id) };
const ABSENT: Told = { description: "There is no such thing." };

/** A row or a column, of any length. */
const NUMBER = "^(0|[1-9][0-9]*)$";

/** Errors of WMTS are its own. */
const EXCEPTION = { "application/xml": { type: "string" } };

const PICTURE_TYPES: Readonly<Record<string, Json>> = Object.fromEntries(
  PICTURES.map((format) => [typeOf(format), {}]),
);

/** The paths of both standards. */
export function standardPaths(fields: Fields, limits: Limits): Json {
  return { ...ogcPaths(fields, limits), ...wmtsPaths(fields, limits) };
}

function ogcPaths(fields: Fields, { deepest }: Limits): Json {
  const params = TILE_WISHES.map((name) => parameterOf(name as keyof Fields, fields));
  const json = { "application/json": { type: "object" } };
  const answers = { 200: { description: "The document.", types: json }, 304: COMPUTED[304]! };
  const documents = Object.keys(OGC_DOCUMENTS).map((route) => {
    const ofSet = route.includes(":id");
    const parameters = [
      ...(ofSet ? [pathParameter("id", "Tile matrix set.", SET)] : []),
      ...params,
      parameterOf("f", DOCUMENT_FIELDS),
    ];
    const all = ofSet ? { ...answers, 404: ABSENT } : answers;
    const get = operation("A document of OGC API Tiles", parameters, all);
    return [route.replace(":id", "{id}"), { get }];
  });
  const tile = [
    pathParameter("id", "Tile matrix set.", SET),
    ...addressOf(deepest),
    ...params,
    parameterOf("f", PICTURE_FIELDS),
  ];
  return {
    ...Object.fromEntries(documents),
    "/ogc/crs/{id}": {
      get: operation(
        "The plane's reference system",
        [pathParameter("id", "Tile matrix set.", SET)],
        {
          200: { description: "WKT.", types: { "text/plain": { type: "string" } } },
          304: COMPUTED[304]!,
          404: ABSENT,
        },
      ),
    },
    "/ogc/map/tiles/{id}/{z}/{y}/{x}": {
      get: operation("A map tile", tile, { ...COMPUTED, 200: pictures(), 404: ABSENT }),
    },
  };
}

function wmtsPaths(fields: Fields, limits: Limits): Json {
  const params = TILE_WISHES.filter((name) => name !== "palette")
    .map((name) => parameterOf(name as keyof Fields, fields));
  const refused: Told = { description: "An exception report.", types: EXCEPTION };
  // What is no route at all is not the standard's to refuse.
  const absent: Told = { ...ABSENT, types: { ...EXCEPTION, [PROBLEM_TYPE]: PROBLEM } };
  const capabilities = {
    200: { description: "The capabilities.", types: EXCEPTION },
    304: COMPUTED[304]!,
  };
  const tile = [
    pathParameter("style", "A palette.", schemaOf(z.string().meta({ examples: ["default"] }))),
    pathParameter("set", "Tile matrix set.", SET),
    ...addressOf(limits.deepest),
    pathParameter("format", "What it is to be.", { type: "string", enum: [...PICTURES] }),
    ...params,
  ];
  const refusals = {
    // A URL that is too long is refused before anybody reads it.
    400: { ...refused, types: { ...EXCEPTION, [PROBLEM_TYPE]: PROBLEM } },
    406: refused,
    503: { ...COMPUTED[503]!, types: EXCEPTION },
  };
  return {
    "/wmts": {
      get: operation(
        "The WMTS by key-value pairs; other names are passed over",
        [...keyValuePairs(limits), ...params],
        {
          ...refusals,
          200: {
            description: "The capabilities, or the tile.",
            types: { ...EXCEPTION, ...PICTURE_TYPES },
            headers: HEADERS,
          },
          304: COMPUTED[304]!,
          501: { description: "GetFeatureInfo: there are none.", types: EXCEPTION },
        },
      ),
    },
    "/wmts/1.0.0/WMTSCapabilities.xml": {
      get: operation("What the WMTS offers", params, { ...refusals, ...capabilities }),
    },
    "/wmts/tiles/{style}/{set}/{z}/{y}/{x}.{format}": {
      get: operation("A tile of the WMTS", tile, {
        ...COMPUTED,
        ...refusals,
        ...{ 200: pictures(), 404: absent },
      }),
    },
  };
}

/** Names are read in any case. Those from `LAYER` on are the tile's, which needs them all. */
function keyValuePairs({ deepest }: Limits): Json[] {
  const pair = (name: string, description: string, schema: Json) => ({
    ...{ name, in: "query", required: false, description, schema },
  });
  const words = (...words: string[]) => ({ type: "string", enum: words });
  const number = { type: "string", pattern: NUMBER, examples: ["0", "1"] };
  return [
    { ...pair("SERVICE", "The standard.", words("WMTS")), required: true },
    {
      ...pair("REQUEST", "What is asked for.", words("GetTile", "GetCapabilities")),
      required: true,
    },
    pair("ACCEPTVERSIONS", "Versions that the client can read.", words("1.0.0")),
    pair("VERSION", "That of the standard.", words("1.0.0")),
    pair("LAYER", "The layer.", words(...LAYERS.map(({ id }) => id))),
    pair("STYLE", "A palette; may be empty.", { type: "string", examples: ["default", "magma"] }),
    pair("FORMAT", "A media type.", words(...Object.keys(PICTURE_TYPES))),
    pair("TILEMATRIXSET", "Tile matrix set.", SET),
    pair("TILEMATRIX", "Zoom.", { type: "integer", minimum: 0, maximum: deepest }),
    pair("TILEROW", "Row, from the top.", number),
    pair("TILECOL", "Column.", number),
  ];
}

function addressOf(deepest: number): Json[] {
  const number = { type: "string", pattern: NUMBER, examples: ["0", "1"] };
  return [
    pathParameter("z", "Zoom.", { type: "integer", minimum: 0, maximum: deepest }),
    pathParameter("y", "Row, from the top.", number),
    pathParameter("x", "Column.", number),
  ];
}

function pictures(): Told {
  return { description: "The tile.", types: PICTURE_TYPES, headers: HEADERS };
}
