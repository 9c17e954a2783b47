/** `/openapi.json`: the interface as OpenAPI 3.1, made of the schemas that read requests. */

import type { Context } from "hono";
import { type Fields, fieldsOf } from "../request/fields.ts";
import { ENDINGS, typeOf } from "../request/formats.ts";
import type { Limits } from "../request/limits.ts";
import {
  BINARY,
  COMPUTED,
  HEADERS,
  isRequired,
  type Json,
  operation,
  parameterOf,
  pathParameter as path,
  ProblemDocument,
  RETRY_AFTER,
  schemaOf,
  type Told,
} from "./openapi_parts.ts";
import { pagePaths } from "./openapi_pages.ts";
import { standardPaths } from "./openapi_standards.ts";
import { EXACT_PARAMETERS, RENDER_PARAMETERS, TILE_PARAMETERS } from "../request/parameters.ts";
import { FORWARDED, publicUrl } from "../http/public_url.ts";
import { etagOf, matches } from "../http/validators.ts";

/** The document for a server with these limits that clients reach at `url`. */
export function openApi(limits: Limits, url: string): Json {
  const fields = fieldsOf(limits);
  const parametersOf = (names: readonly string[]) =>
    names.map((name) => parameterOf(name as keyof Fields, fields));
  const view = parametersOf(RENDER_PARAMETERS);
  const tiles = tilePaths(limits, parametersOf);
  return {
    openapi: "3.1.0",
    info: {
      title: "mandeltile",
      version: "1",
      description: "Tiles and pictures of the Mandelbrot set, and the numbers behind them.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url }],
    paths: {
      ...tiles,
      ...renderPaths(fields, view),
      "/tiles.json": {
        get: operation("TileJSON 3.0.0 for map clients", parametersOf(TILE_PARAMETERS), {
          200: { description: "TileJSON.", types: { "application/json": { type: "object" } } },
          304: COMPUTED[304]!,
        }),
      },
      "/exact": {
        get: operation("One point, counted by exact arithmetic", parametersOf(EXACT_PARAMETERS), {
          200: {
            description: "Its count, and what its orbit did.",
            types: { "application/json": { type: "object" } },
          },
          503: COMPUTED[503]!,
        }),
      },
      ...standardPaths(fields, limits),
      ...statePaths(),
      ...pagePaths(),
    },
    components: { schemas: { Problem: schemaOf(ProblemDocument) } },
  };
}

/** `GET /openapi.json` */
export function answerOpenApi(c: Context, limits: Limits): Response {
  const body = JSON.stringify(openApi(limits, publicUrl(c)));
  const etag = etagOf("openapi", body);
  const headers = { etag, "cache-control": "no-cache", vary: FORWARDED };
  if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
  return c.body(body, 200, { ...headers, "content-type": "application/json" });
}

function tilePaths({ deepest }: Limits, parametersOf: (names: readonly string[]) => Json[]): Json {
  const number = { type: "string", pattern: "^(0|[1-9][0-9]*)$" };
  const address = [
    path("z", "Zoom: the world is 2^z tiles wide.", {
      ...{ type: "integer", minimum: 0, maximum: deepest },
    }),
    path("x", "Column, below 2^z, of any length.", { ...number, examples: ["0", "1"] }),
    path("y", "Row, below 2^z, of any length.", { ...number, examples: ["0", "1"] }),
    path("format", "What it is to be.", { type: "string", enum: [...ENDINGS.keys()] }),
  ];
  const answers = {
    200: fileOf("The tile."),
    404: { description: "Outside the world, or too deep." },
  };
  const get = (summary: string, names: readonly string[]) => ({
    get: operation(summary, [...address, ...parametersOf(names)], { ...answers, ...COMPUTED }),
  });
  const tms = TILE_PARAMETERS.filter((name) => name !== "scheme");
  return {
    "/tiles/{z}/{x}/{y}.{format}": get("A tile of 256 x 256 pixels", TILE_PARAMETERS),
    "/tiles/{z}/{x}/{y}@2x.{format}": get("The same square in 512 x 512", TILE_PARAMETERS),
    "/tms/{z}/{x}/{y}.{format}": get("A tile, with y growing upwards", tms),
  };
}

function renderPaths(fields: Fields, view: readonly Json[]): Json {
  const properties = RENDER_PARAMETERS.map((
    name,
  ) => [name, schemaOf(fields[name as keyof Fields])]);
  const body = {
    type: "object",
    properties: Object.fromEntries(properties),
    required: RENDER_PARAMETERS.filter((name) => isRequired(name)),
    additionalProperties: false,
  };
  const answers = {
    ...COMPUTED,
    404: { description: "Deeper than this server goes." },
  };
  const formats = [...ENDINGS].map(([ending, format]) => {
    const type = typeOf(format);
    const file = { 200: { description: "The file.", types: { [type]: BINARY }, headers: HEADERS } };
    const summary = `A view as ${format}`;
    return [`/render.${ending}`, {
      get: operation(summary, view, { ...file, ...answers }),
      post: {
        ...operation(`${summary}, of addresses longer than a URL`, [], { ...file, ...answers }),
        requestBody: { required: true, content: { "application/json": { schema: body } } },
      },
    }];
  });
  return Object.fromEntries(formats);
}

function statePaths(): Json {
  const json = (properties: Json) => ({ "application/json": { type: "object", properties } });
  const flag = { type: "boolean" };
  const ready = json({
    ...{
      status: { type: "string" },
      workers: flag,
      degraded: { type: "boolean" },
      store: flag,
      accepting: flag,
    },
  });
  return {
    "/healthz": {
      get: operation("Whether the server answers", [], {
        200: {
          description: "It does.",
          types: json({ status: { const: "ok" }, version: { type: "string" } }),
        },
      }),
    },
    "/readyz": {
      get: operation("Whether to send it work", [], {
        200: { description: "Yes.", types: ready },
        503: { description: "No.", types: ready, headers: RETRY_AFTER },
      }),
    },
    "/openapi.json": {
      get: operation("This document", [], {
        200: { description: "OpenAPI 3.1.", types: json({}) },
        304: COMPUTED[304]!,
      }),
    },
    "/metrics": {
      get: operation("Numbers for Prometheus", [], {
        200: { description: "Its text format.", types: { "text/plain": { type: "string" } } },
      }),
    },
  };
}

function fileOf(description: string): Told {
  const types = Object.fromEntries([...ENDINGS.values()].map((format) => [typeOf(format), BINARY]));
  return { description, types, headers: HEADERS };
}
