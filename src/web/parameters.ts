/** Reads the parameters of a request: every one known, none twice, each by a reader that checks. */

import { type Look, parsePalette, parseShading } from "../image/mod.ts";
import { defaultPalette } from "../image/mod.ts";
import { Exact, TooDeepError, type View } from "../plane/mod.ts";
import type { Iterations } from "../render/mod.ts";
import type { Limits } from "./limits.ts";
import { BadRequestError, shown } from "./problem.ts";

/** Parameters by name, as text. */
export type Parameters = ReadonlyMap<string, string>;

/** How a picture or array is to be computed and shown. */
export interface Wishes {
  readonly iterations: Iterations;
  readonly look: Look;
  /** Whether the address carries a version, so that its answer never changes. */
  readonly versioned: boolean;
}

/** Names that concern every picture and array. */
export const WISHES: readonly string[] = ["iterations", "palette", "shading", "v"];
const VIEW = ["re", "im", "span", "width", "height", "supersample"];

/** Names that a tile's query may hold, and those of a render. */
export const TILE_PARAMETERS: readonly string[] = [...WISHES, "scheme", "fallback"];
export const RENDER_PARAMETERS: readonly string[] = [...VIEW, ...WISHES];

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

/** How the rows of tiles are counted: from the top, as `xyz`, or from the bottom, as `tms`. */
export type Scheme = "xyz" | "tms";

/** Reads the scheme of a tile's address. */
export function readScheme(parameters: Parameters): Scheme {
  return read(parameters, "scheme", "xyz", (text) => {
    if (text === "xyz" || text === "tms") return text;
    throw new SyntaxError(`Cannot count tiles as ${shown(text)}: xyz and tms are offered`);
  });
}

/** Reads whether a tile may be an ancestor's pixels when it cannot be computed now. */
export function readFallback(parameters: Parameters): boolean {
  return read(parameters, "fallback", false, (text) => {
    if (text === "parent") return true;
    throw new SyntaxError(`Cannot fall back to ${shown(text)}: parent is offered`);
  });
}

/** Reads iterations, palette and shading. */
export function readWishes(parameters: Parameters, limits: Limits): Wishes {
  return {
    iterations: read(
      parameters,
      "iterations",
      "auto",
      (text) => text === "auto" ? "auto" : wholeNumber(text, "iterations", limits.iterations),
    ),
    look: {
      palette: read(parameters, "palette", defaultPalette, parsePalette),
      shading: read(parameters, "shading", "smooth", parseShading),
    },
    versioned: parameters.has("v"),
  };
}

/** Reads the view of a render. */
export function readView(parameters: Parameters, limits: Limits): Required<View> {
  const decimal = (text: string) => exactNumber(text, limits);
  const re = read(parameters, "re", undefined, decimal);
  const im = read(parameters, "im", undefined, decimal);
  const span = read(parameters, "span", undefined, (text) => {
    const value = decimal(text);
    if (value.sign() <= 0) throw new RangeError(`Cannot take ${shown(text)}: it must be above 0`);
    return value;
  });
  const side = (text: string) => wholeNumber(text, "side", limits.side);
  const width = read(parameters, "width", undefined, side);
  const height = read(parameters, "height", undefined, side);
  const supersample = read(
    parameters,
    "supersample",
    1,
    (text) => wholeNumber(text, "supersample", limits.supersample),
  );
  requireAtMost("pixels", "width * height", width * height, limits);
  requireAtMost(
    "samples",
    "width * height * supersample^2",
    width * height * supersample ** 2,
    limits,
  );
  const zoom = zoomOf({ span, width });
  if (zoom > limits.deepest) throw new TooDeepError(String(zoom), limits.deepest);
  return { re, im, span, width, height, supersample };
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
    limit,
    allowed: limits[limit],
  });
}

/**
 * Reads one parameter; what its reader throws is told with the parameter's name and value.
 *
 * @throws {BadRequestError} also when it is missing and has no fallback
 */
export function read<T>(
  parameters: Parameters,
  name: string,
  fallback: T | undefined,
  reader: (text: string) => T,
): T {
  const text = parameters.get(name);
  if (text === undefined) {
    if (fallback !== undefined) return fallback;
    throw new BadRequestError(`Cannot render without ${name}`, { parameter: name });
  }
  try {
    return reader(text);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const details = error instanceof LimitError ? error.details : {};
    throw new BadRequestError(`${name}: ${error.message}`, {
      parameter: name,
      value: shown(text),
      ...details,
    });
  }
}

class LimitError extends RangeError {
  readonly details: Readonly<Record<string, string | number>>;

  constructor(message: string, details: Readonly<Record<string, string | number>>) {
    super(message);
    this.details = details;
  }
}

function exactNumber(text: string, { digits, exponent }: Limits): Exact {
  try {
    return Exact.parse(text, { digits, exponent });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LimitError(error.message, {
      limit: "digits, exponent",
      allowed: `${digits} digits, exponents from -${exponent} to ${exponent}`,
    });
  }
}

/** A whole number from 1 to `most`, which is the limit of that name. Throws RangeError for any other. */
export function wholeNumber(text: string, limit: string, most: number): number {
  const value = /^[1-9]\d*$/.test(text) ? Number(text) : NaN;
  if (value <= most) return value;
  throw new LimitError(`Cannot take ${shown(text)}: it must be a whole number from 1 to ${most}`, {
    limit,
    allowed: `1 to ${most}`,
  });
}
