/** Reads the parameters of a request: every one known, none twice, each by a reader that checks. */

import type { z } from "zod";
import { defaultPalette, type Look, parsePalette } from "../../image/mod.ts";
import { Exact, type FractalSet, MANDELBROT, TooDeepError, type View } from "../../plane/mod.ts";
import { deepestZoomOf, formulaOf, type Iterations } from "../../render/mod.ts";
import { fieldsOf, issueOf, type Scheme, TILE_FIELDS, wholeNumber } from "./fields.ts";
import { type Limits, SETTING } from "./limits.ts";
import { BadRequestError, shown } from "../http/problem.ts";

/** Parameters by name, as text. */
export type Parameters = ReadonlyMap<string, string>;

/** How a picture or array is to be computed and shown. */
export interface Params {
  readonly set: FractalSet;
  readonly iterations: Iterations;
  readonly look: Look;
  /** Whether the address carries a version, so that its answer never changes. */
  readonly versioned: boolean;
  /** Whether a png of a tile may be an ancestor's pixels when it cannot be computed now. */
  readonly fallback: boolean;
}

/** Names that concern every picture and array. */
export const WISHES: readonly string[] = ["iterations", "palette", "shading", "v", "set", "c"];
const VIEW = ["re", "im", "span", "width", "height", "supersample"];

/** Names that concern every tile, by whatever standard it is asked for. */
export const TILE_WISHES: readonly string[] = [...WISHES, "fallback"];

/** Names that a tile's query may hold, and those of a render. */
export const TILE_PARAMETERS: readonly string[] = [...TILE_WISHES, "scheme"];
export const EXACT_PARAMETERS: readonly string[] = ["re", "im", "iterations", "set", "c"];
export const RENDER_PARAMETERS: readonly string[] = [...VIEW, ...WISHES];

/** Names that map clients, caches and links add to addresses of tiles, and that change nothing here. */
const PASSED_OVER = /^(?:_|utm_\w+|access_token|key|api_key)$/;

/**
 * Takes a tile's query apart; names that others add to it are passed over.
 *
 * @throws {BadRequestError} for a parameter that is unknown or comes twice
 */
export function parametersOfTile(query: URLSearchParams, known: readonly string[]): Parameters {
  return parametersOfQuery(
    new URLSearchParams([...query].filter(([name]) => !PASSED_OVER.test(name))),
    known,
  );
}

/**
 * Takes a query apart.
 *
 * @throws {BadRequestError} for a parameter that is unknown or comes twice
 */
export function parametersOfQuery(query: URLSearchParams, known: readonly string[]): Parameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of query) {
    requireKnown(name, known);
    if (parameters.has(name)) throw moreThanOnce(name);
    parameters.set(name, value);
  }
  return parameters;
}

/**
 * Takes a JSON body apart. Coordinates must be strings: a JSON number would pass through a double.
 *
 * @throws {BadRequestError} for what is not an object of known parameters, each of them once
 */
export function parametersOfBody(text: string, known: readonly string[]): Parameters {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new BadRequestError(`Cannot read the body as JSON: ${(error as Error).message}`);
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new BadRequestError("Cannot read the body: it must be a JSON object");
  }
  const parameters = new Map<string, string>();
  for (const [name, value] of Object.entries(body)) {
    requireKnown(name, known);
    const exact = name === "re" || name === "im" || name === "span";
    if (typeof value === "string") {
      parameters.set(name, value);
    } else if (typeof value === "number" && !exact) {
      parameters.set(name, String(value));
    } else {
      const wanted = exact ? "a string" : "a string or a number";
      throw new BadRequestError(`Cannot read ${name}: it must be ${wanted}`, { parameter: name });
    }
  }
  const repeated = repeatedName(text);
  if (repeated !== undefined) throw moreThanOnce(repeated);
  return parameters;
}

/** The first name that comes twice in a JSON object without objects in it; the parser takes the last. */
function repeatedName(text: string): string | undefined {
  const seen = new Set<string>();
  for (const [, name, colon] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g)) {
    if (name === undefined || colon === undefined) continue;
    // Escapes can write one name in many ways.
    const read = JSON.parse(name) as string;
    if (seen.has(read)) return read;
    seen.add(read);
  }
  return undefined;
}

function moreThanOnce(name: string): BadRequestError {
  return new BadRequestError(`Cannot read ${name}: it is given more than once`, {
    parameter: name,
  });
}

function requireKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new BadRequestError(`Cannot read ${shown(name)}: there is no such parameter`, {
    parameter: shown(name),
    allowed: known.join(", "),
  });
}

/** Reads the scheme of a tile's address; `xyz` by default. */
export function readScheme(parameters: Parameters): Scheme {
  return readField(parameters, "scheme", TILE_FIELDS) ?? "xyz";
}

/** Reads iterations, palette, shading, version and fallback. */
export function readParams(parameters: Parameters, limits: Limits): Params {
  const fields = fieldsOf(limits);
  return {
    set: readSet(parameters, limits),
    iterations: readField(parameters, "iterations", fields) ?? "auto",
    look: {
      palette: readField(parameters, "palette", fields) ?? parsePalette(defaultPalette),
      shading: readField(parameters, "shading", fields) ?? "smooth",
    },
    versioned: parameters.has("v"),
    fallback: readField(parameters, "fallback", fields) !== undefined,
  };
}

/** Reads the set, and of a Julia set its c. */
function readSet(parameters: Parameters, limits: Limits): FractalSet {
  const fields = fieldsOf(limits);
  const id = readField(parameters, "set", fields) ?? "mandelbrot";
  const c = readField(parameters, "c", fields);
  if (id === "mandelbrot") {
    if (c === undefined) return MANDELBROT;
    throw new BadRequestError("Cannot take c without set=julia", { parameter: "c" });
  }
  if (c === undefined) {
    throw new BadRequestError("Cannot draw a Julia set without its c", { parameter: "c" });
  }
  const set: FractalSet = { id, c };
  try {
    formulaOf(set);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadRequestError(error.message, {
      parameter: "c",
      value: shown(parameters.get("c")!),
    });
  }
  return set;
}

/**
 * Requires that a set is computed at a zoom of tiles of so many pixels a side.
 *
 * @throws {TooDeepError} when the set's formula does not go as deep
 */
export function requireComputed(
  set: FractalSet,
  { z, size, axis }: { readonly z: number; readonly size: number; readonly axis: "z" | "span" },
): void {
  const deepest = deepestZoomOf(set, size);
  if (z > deepest) throw new TooDeepError(String(z), deepest, axis);
}

/** A point to be counted exactly. */
export interface ExactParameters {
  readonly re: Exact;
  readonly im: Exact;
  readonly set: FractalSet;
  readonly iterations: number;
}

/** Iterations of a point where none are asked for. */
const EXACT_ITERATIONS = 10_000;

/** Reads a point. */
export function readPoint(parameters: Parameters, limits: Limits): ExactParameters {
  const { re, im } = fieldsOf(limits);
  const fields = { re, im, iterations: wholeNumber(limits.iterations, SETTING.iterations) };
  return {
    re: needed(parameters, "re", fields),
    im: needed(parameters, "im", fields),
    set: readSet(parameters, limits),
    iterations: readField(parameters, "iterations", fields) ??
      Math.min(EXACT_ITERATIONS, limits.iterations),
  };
}

/** Reads the view of a render. */
export function readView(
  parameters: Parameters,
  limits: Limits,
  set: FractalSet = MANDELBROT,
): Required<View> {
  const fields = fieldsOf(limits);
  const re = needed(parameters, "re", fields);
  const im = needed(parameters, "im", fields);
  const span = needed(parameters, "span", fields);
  const width = needed(parameters, "width", fields);
  const height = needed(parameters, "height", fields);
  const supersample = readField(parameters, "supersample", fields) ?? 1;
  requireAtMost("pixels", "width * height", width * height, limits);
  requireAtMost(
    "samples",
    "width * height * supersample^2",
    width * height * supersample ** 2,
    limits,
  );
  const zoom = zoomOf({ span, width });
  if (zoom > limits.deepest) throw new TooDeepError(String(zoom), limits.deepest, "span");
  requireComputed(set, {
    z: zoomOf({ span, width: width * supersample }),
    size: 256,
    axis: "span",
  });
  return { re, im, span, width, height, supersample, set };
}

/** The zoom whose tiles have pixels about as small: those of 256 a side are 2^(-6 - z) wide. */
export function zoomOf({ span, width }: Pick<View, "span" | "width">): number {
  return -6 - span.dividedBy(Exact.of(width)).log2Floor();
}

function requireAtMost(
  limit: "pixels" | "samples",
  what: string,
  value: number,
  limits: Limits,
): void {
  if (value <= limits[limit]) return;
  throw new BadRequestError(`Cannot render ${what} = ${value}: at most ${limits[limit]}`, {
    parameter: "width, height",
    limit: SETTING[limit],
    allowed: limits[limit],
  });
}

/**
 * Reads one parameter, if it is there.
 *
 * @throws {BadRequestError} with its name, its value and what is allowed
 */
export function readField<
  F extends Readonly<Record<keyof F, z.ZodType<unknown, string>>>,
  K extends keyof F & string,
>(parameters: Parameters, name: K, fields: F): z.output<F[K]> | undefined {
  const text = parameters.get(name);
  if (text === undefined) return undefined;
  const { data, error } = fields[name].safeParse(text);
  if (error === undefined) return data;
  const { message, details } = issueOf(error);
  const value = shown(text);
  throw new BadRequestError(`${name}: ${message}`, { parameter: name, value, ...details });
}

/** As {@link readField}, for what has no default. */
function needed<
  F extends Readonly<Record<keyof F, z.ZodType<unknown, string>>>,
  K extends keyof F & string,
>(parameters: Parameters, name: K, fields: F): z.output<F[K]> {
  if (parameters.has(name)) return readField(parameters, name, fields) as z.output<F[K]>;
  throw new BadRequestError(`Cannot render without ${name}`, { parameter: name });
}
