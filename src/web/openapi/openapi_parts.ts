/** Parts of `/openapi.json`: schemas, parameters, answers. */

import { z } from "zod";
import { SETTING } from "../request/limits.ts";
import { RENDER_PARAMETERS, WISHES } from "../request/parameters.ts";

/** Any part of the document. */
export type Json = Readonly<Record<string, unknown>>;

/** What can be said of an answer: its description, and its media types. */
export interface Told {
  readonly description: string;
  readonly types?: Readonly<Record<string, Json>>;
  readonly headers?: Json;
}

export const PROBLEM_TYPE = "application/problem+json";
export const PROBLEM = { $ref: "#/components/schemas/Problem" };
export const BINARY: Json = {};

/** A problem document; members of its own say which parameter or limit it is about. */
export const ProblemDocument = z.looseObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  parameter: z.string().optional(),
  value: z.string().optional(),
  limit: z.enum(Object.values(SETTING)).optional(),
  allowed: z.union([z.string(), z.number()]).optional(),
});

/** The header of what may pass. */
export const RETRY_AFTER = {
  "Retry-After": { description: "Seconds.", schema: { type: "integer", minimum: 1 } },
};

/** Answers that every route may give. */
const REFUSALS: Readonly<Record<number, Told>> = {
  308: { description: "The path without the slash at its end." },
  400: { description: "It cannot be read, or is above a limit, which is named." },
  429: { description: "The client asked too often.", headers: RETRY_AFTER },
};

/** Those of a route that computes. */
export const COMPUTED: Readonly<Record<number, Told>> = {
  304: { description: "The client has it." },
  406: { description: "The format is not offered, or not accepted." },
  503: {
    description: "The queue is full, the compute budget is used up, or the server is stopping.",
    headers: RETRY_AFTER,
  },
};

/** Headers of a file. */
export const HEADERS: Json = {
  ETag: {
    description: "Strong: it names all that the bytes depend on.",
    schema: { type: "string" },
  },
  "Mandeltile-Iterations": {
    description:
      "Those that were taken; with `; capped` behind them where auto chose them and saw " +
      "next to nothing escape within what limits and budget allow.",
    schema: { type: "string", pattern: "^[1-9][0-9]*(; capped)?$" },
  },
  "Mandeltile-Arithmetic": { description: "How it was computed.", schema: { type: "string" } },
  "Mandeltile-Checked": {
    description: "What came of a comparison with slower arithmetic, where there was one.",
    schema: { type: "string", enum: ["passed", "unchecked", "recomputed"] },
  },
  "Mandeltile-Fallback": {
    description: "Set where it is an ancestor's pixels.",
    schema: { type: "string" },
  },
};

/** A request of one kind, with its answers; those that every route may give are added. */
export function operation(
  summary: string,
  parameters: readonly Json[],
  answers: Readonly<Record<number, Told>>,
): Json {
  const responses = Object.entries({ ...REFUSALS, ...answers }).map(([status, answer]) => {
    const { description, headers } = answer;
    const types = answer.types ?? (Number(status) < 400 ? undefined : { [PROBLEM_TYPE]: PROBLEM });
    const content = types &&
      Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }]));
    return [status, { description, ...(headers && { headers }), ...(content && { content }) }];
  });
  return { summary, parameters, responses: Object.fromEntries(responses) };
}

/** A parameter of the query, by the schema that reads it. */
export function parameterOf<K extends string>(
  name: K,
  fields: Readonly<Record<K, z.ZodType>>,
): Json {
  const { description, ...schema } = schemaOf(fields[name]);
  return { name, in: "query", required: isRequired(name), description, schema };
}

/** A part of the path. */
export function pathParameter(name: string, description: string, schema: Json): Json {
  return { name, in: "path", required: true, description, schema };
}

/** The parameters of a view have no defaults, but for `supersample`. */
export function isRequired(name: string): boolean {
  return RENDER_PARAMETERS.includes(name) && !WISHES.includes(name) && name !== "supersample";
}

/** What a schema reads: the value, or its text where the value is nothing that JSON knows. */
export function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...value } = z.toJSONSchema(schema, {
    ...{ io: "output", unrepresentable: "any" },
  });
  if ("type" in value || "anyOf" in value) return value;
  const { $schema: __, ...text } = z.toJSONSchema(schema, { io: "input" });
  // Zod takes these for values and leaves them out; ours are texts.
  const { examples, default: usual } = schema.meta() ?? {};
  return {
    ...text,
    ...(examples !== undefined && { examples }),
    ...(usual !== undefined && { default: usual }),
  };
}
