/** Requests made of an OpenAPI document: as it asks for them, and with something wrong in them. */

import { integerIn } from "../plane/random.ts";

/** The part of a JSON Schema that values are made of. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, unknown>> }>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A request, and what may be answered. */
export interface FuzzRequest {
  readonly method: string;
  readonly target: string;
  readonly body?: string;
  readonly operation: Operation;
}

type Random = () => number;

/** Texts that trouble readers of numbers, of names, of URLs and of JSON. */
const TROUBLE = [
  "",
  "0",
  "-1",
  "1e999999999",
  "NaN",
  "9".repeat(400),
  "1".repeat(30_000),
  "0x10",
  " 1",
  "\0",
  "%",
  "../..",
  "é",
  "😀",
  "\ud800",
  "null",
  "[]",
  "{}",
  "true",
  "__proto__",
  "a,b",
  "#fff,#000",
  "auto",
  "1;2",
];

/** Makes `count` requests for every operation: so many for a path. */
export function* requestsOf(
  { paths }: OpenApi,
  random: Random,
  count: (path: string) => number,
): Generator<FuzzRequest> {
  for (const [path, operations] of Object.entries(paths)) {
    const many = count(path);
    for (const [method, operation] of Object.entries(operations)) {
      for (let n = 0; n < many; n++) yield requestOf(path, method, { operation, random });
    }
  }
}

function requestOf(
  path: string,
  method: string,
  { operation, random }: { operation: Operation; random: Random },
): FuzzRequest {
  // One request in three is as it should be; in the others every value has a chance to be wrong.
  const wrong = random() < 1 / 3 ? 0 : random() / 2;
  const valueOf = (schema: Schema) =>
    random() < wrong ? pick(TROUBLE, random) : String(valid(schema, random));
  let target = path;
  const query: [string, string][] = [];
  // In one of two everything is told: what is free by itself may be needed for something else.
  const told = random() < 1 / 2 ? 1 : 0.4;
  for (const { name, in: place, required, schema } of operation.parameters) {
    if (place === "path") {
      target = target.replace(`{${name}}`, () => encoded(valueOf(schema)));
    } else if (random() < (required ? 1 - wrong / 2 : told)) {
      query.push([random() < wrong / 4 ? pick(TROUBLE, random) : name, valueOf(schema)]);
      if (random() < wrong / 4) query.push([name, valueOf(schema)]);
    }
  }
  const fit = withFittingSet(query, random() >= wrong);
  if (fit.length > 0) {
    target += `?${fit.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join("&")}`;
  }
  const schema = operation.requestBody?.content["application/json"]?.schema;
  const body = schema && bodyOf(schema, wrong, random);
  return { method: method.toUpperCase(), target, operation, ...(body !== undefined && { body }) };
}

/** A c belongs to a Julia set, and that needs one, which JSON Schema cannot say of a query. */
function withFittingSet<T>(
  parameters: readonly (readonly [string, T])[],
  isToFit: boolean,
): readonly (readonly [string, T])[] {
  const has = (name: string) => parameters.some((parameter) => parameter[0] === name);
  const julia = parameters.some(([, value]) => value === "julia");
  if (!isToFit || julia && has("c")) return parameters;
  return parameters.filter(([name]) => name !== "set" && name !== "c");
}

function bodyOf({ properties = {}, required = [] }: Schema, wrong: number, random: Random): string {
  const members = Object.entries(properties)
    .filter(([name]) => random() < (required.includes(name) ? 1 - wrong / 2 : 0.4))
    .map(([name, schema]): [string, unknown] => {
      if (random() >= wrong) return [name, valid(schema, random)];
      return [name, pick([...TROUBLE, null, true, -1, 1.5, 1e300, [], {}], random)];
    });
  const text = JSON.stringify(Object.fromEntries(withFittingSet(members, random() >= wrong)));
  return random() < wrong / 4 ? text.slice(0, integerIn(random, 0, text.length)) : text;
}

/** A value that the schema allows. */
function valid(schema: Schema, random: Random): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(schema.enum, random);
  if (schema.anyOf !== undefined) return valid(pick(schema.anyOf, random), random);
  if (schema.examples !== undefined) return pick(schema.examples, random);
  if (schema.type === "integer") {
    return integerIn(random, schema.minimum ?? 0, schema.maximum ?? 1000);
  }
  return String(integerIn(random, 0, 1000));
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[integerIn(random, 0, list.length - 1)]!;
}

/** As a browser encodes it; half a surrogate pair becomes what stands for what cannot be read. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
