/** `/openapi.json`: the interface as OpenAPI 3.1, made of the schemas that read requests. */

import type { Context } from "hono";
import { z } from "zod";
import { type Fields, fieldsOf } from "./fields.ts";
import { ENDINGS, typeOf } from "./formats.ts";
import type { Limits } from "./limits.ts";
import { RENDER_PARAMETERS, TILE_PARAMETERS, WISHES } from "./parameters.ts";
import { FORWARDED, publicUrl } from "./public_url.ts";
import { etagOf, matches } from "./validators.ts";

type Json = Readonly<Record<string, unknown>>;

/** What can be said of an answer: its description, and its media types. */
interface Told {
  readonly description: string;
  readonly types?: Readonly<Record<string, Json>>;
  readonly headers?: Json;
}

const PROBLEM_TYPE = "application/problem+json";
const PROBLEM = { $ref: "#/components/schemas/Problem" };
const BINARY: Json = {};
const COUNTED: Json = { type: "integer", minimum: 0 };

/** A problem document; members of its own say which parameter or limit it is about. */
const ProblemDocument = z.looseObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  parameter: z.string().optional(),
  value: z.string().optional(),
  limit: z.string().optional(),
  allowed: z.union([z.string(), z.number()]).optional(),
});

const RETRY_AFTER = {
  "Retry-After": { description: "Seconds.", schema: { type: "integer", minimum: 1 } },
};

/** Answers that every route may give. */
const REFUSALS: Readonly<Record<number, Told>> = {
  400: { description: "It cannot be read, or is above a limit, which is named." },
  429: { description: "The client asked too often.", headers: RETRY_AFTER },
};

/** Those of a route that computes. */
const COMPUTED: Readonly<Record<number, Told>> = {
  304: { description: "The client has it." },
  406: { description: "The format is not offered, or not accepted." },
  503: {
    description: "The queue is full, the compute budget is used up, or the server is stopping.",
    headers: RETRY_AFTER,
  },
};

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
      ...statePaths(),
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
  const path = (name: string, description: string, schema: Json) => ({
    ...{ name, in: "path", required: true, description, schema },
  });
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
    ...{ status: { type: "string" }, workers: flag, store: flag, accepting: flag },
  });
  return {
    "/healthz": {
      get: operation("Whether the server answers", [], {
        200: { description: "It does.", types: json({ status: { const: "ok" } }) },
      }),
    },
    "/readyz": {
      get: operation("Whether to send it work", [], {
        200: { description: "Yes.", types: ready },
        503: { description: "No.", types: ready, headers: RETRY_AFTER },
      }),
    },
    "/metrics": {
      get: operation("Numbers for Prometheus", [], {
        200: { description: "Its text format.", types: { "text/plain": { type: "string" } } },
      }),
    },
  };
}

const HEADERS: Json = {
  ETag: { description: "Strong: a hash of the request.", schema: { type: "string" } },
  "Mandeltile-Iterations": { description: "Those that were taken.", schema: COUNTED },
  "Mandeltile-Arithmetic": { description: "How it was computed.", schema: { type: "string" } },
  "Mandeltile-Fallback": {
    description: "Set where it is an ancestor's pixels.",
    schema: { type: "string" },
  },
};

function fileOf(description: string): Told {
  const types = Object.fromEntries([...ENDINGS.values()].map((format) => [typeOf(format), BINARY]));
  return { description, types, headers: HEADERS };
}

function operation(
  summary: string,
  parameters: readonly Json[],
  answers: Readonly<Record<number, Told>>,
): Json {
  const responses = Object.entries({ ...answers, ...REFUSALS }).map(([status, told]) => {
    const { description, headers } = told;
    const types = told.types ?? (Number(status) < 400 ? undefined : { [PROBLEM_TYPE]: PROBLEM });
    const content = types &&
      Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }]));
    return [status, { description, ...(headers && { headers }), ...(content && { content }) }];
  });
  return { summary, parameters, responses: Object.fromEntries(responses) };
}

function parameterOf(name: keyof Fields, fields: Fields): Json {
  const { description, ...schema } = schemaOf(fields[name]);
  return { name, in: "query", required: isRequired(name), description, schema };
}

/** The parameters of a view have no defaults, but for `supersample`. */
function isRequired(name: string): boolean {
  return RENDER_PARAMETERS.includes(name) && !WISHES.includes(name) && name !== "supersample";
}

/** What a schema reads: the value, or its text where the value is nothing that JSON knows. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...value } = z.toJSONSchema(schema, {
    ...{ io: "output", unrepresentable: "any" },
  });
  if ("type" in value || "anyOf" in value) return value;
  const { $schema: __, ...text } = z.toJSONSchema(schema, { io: "input" });
  return text;
}
