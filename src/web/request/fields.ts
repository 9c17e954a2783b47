/** The parameters of requests as schemas: the same ones read values and make `/openapi.json`. */

import { z } from "zod";
import {
  defaultPalette,
  type Look,
  paletteNames,
  parsePalette,
  type Shading,
  shadings,
} from "../../image/mod.ts";
import { DecimalLimitError, Exact, type FractalSet, type Point, SET_IDS } from "../../plane/mod.ts";
import type { Iterations } from "../../render/mod.ts";
import { type Details, type LimitName, type Limits, SETTING } from "./limits.ts";
import { shown } from "../http/problem.ts";

/** How the rows of tiles are counted: from the top, as `xyz`, or from the bottom, as `tms`. */
export type Scheme = "xyz" | "tms";

/** A parameter: its text becomes a value, or issues that say why not. */
export type Field<T> = z.ZodType<T, string>;

/** All parameters by name. */
export interface Fields {
  readonly set: Field<FractalSet["id"]>;
  readonly c: Field<Point>;
  readonly iterations: Field<Iterations>;
  readonly palette: Field<Look["palette"]>;
  readonly shading: Field<Shading>;
  readonly v: Field<string>;
  readonly scheme: Field<Scheme>;
  readonly fallback: Field<"parent">;
  readonly re: Field<Exact>;
  readonly im: Field<Exact>;
  readonly span: Field<Exact>;
  readonly width: Field<number>;
  readonly height: Field<number>;
  readonly supersample: Field<number>;
}

const SCHEMES: readonly Scheme[] = ["xyz", "tms"];

/** A decimal number as JSON Schema can say it. */
const DECIMAL = "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$";

/** The parameters of tiles that no limit bounds. */
export const TILE_FIELDS: Pick<Fields, "scheme" | "fallback"> = {
  scheme: oneOf(
    SCHEMES,
    (text) => `Cannot count tiles as ${shown(text)}: xyz and tms are offered`,
  ).meta({ description: "Whether y grows downwards or upwards.", default: "xyz" }),
  fallback: oneOf(
    ["parent"] as const,
    (text) => `Cannot fall back to ${shown(text)}: parent is offered`,
  ).meta({
    description: "Where a png cannot be computed now, a kept ancestor's pixels, enlarged: " +
      "the answer then has the header Mandeltile-Fallback.",
  }),
};

const known = new WeakMap<Limits, Fields>();

/** The parameters of a server with these limits. */
export function fieldsOf(limits: Limits): Fields {
  const fields = known.get(limits) ?? makeFields(limits);
  known.set(limits, fields);
  return fields;
}

function makeFields(limits: Limits): Fields {
  const coordinate = (description: string, examples: readonly string[]) =>
    reading((text) => exactNumber(text, limits)).meta({
      description,
      examples: [...examples],
      pattern: DECIMAL,
      maxLength: limits.digits + String(limits.exponent).length + 4,
    });
  const side = (description: string) =>
    wholeNumber(limits.side, SETTING.side).meta({ description });
  return {
    set: oneOf(
      SET_IDS,
      (text) => `Cannot draw the set ${shown(text)}: ${SET_IDS.join(" and ")} are offered`,
    ).meta({ description: "The set; a Julia set needs its c.", default: SET_IDS[0]! }),
    c: reading((text) => pointOf(text, limits)).meta({
      description:
        "The c of a Julia set: real and imaginary part with a comma between, within radius 2.",
      examples: ["-0.8,0.156", "0,1"],
      pattern: `${DECIMAL.slice(0, -1)},${DECIMAL.slice(1)}`,
    }),
    iterations: z.union([z.literal("auto"), wholeNumber(limits.iterations, SETTING.iterations)])
      .meta({
        description: "The count of a point that does not escape; auto chooses it by the place.",
        default: "auto",
      }),
    palette: reading(parsePalette).meta({
      description: `${paletteNames.join(", ")}, or hex colours such as ff0000,00ff00.`,
      default: defaultPalette,
      examples: ["magma", "000000,ff8800,ffffff"],
    }),
    shading: oneOf(
      shadings,
      (text) =>
        `Cannot use shading ${JSON.stringify(text.slice(0, 40))} as it is not one of ${
          shadings.join(", ")
        }`,
    ).meta({ description: "Whether colours run on between counts.", default: "smooth" }),
    v: z.string().meta({
      description: "Any version: with one, the answer may be cached for ever.",
    }),
    ...TILE_FIELDS,
    re: coordinate("Real part of the centre.", ["-0.75", "-1.7e0"]),
    im: coordinate("Imaginary part of the centre.", ["0.1", "0"]),
    span: reading((text) => {
      const value = exactNumber(text, limits);
      if (value.sign() <= 0) throw new RangeError(`Cannot take ${shown(text)}: it must be above 0`);
      return value;
    }).meta({
      description: "Width of the view, above 0.",
      examples: ["4", "1e-3"],
      pattern: DECIMAL.replace("[+-]?", "\\+?"),
    }),
    width: side("Pixels."),
    height: side("Pixels."),
    supersample: wholeNumber(limits.supersample, SETTING.supersample).meta({
      description: "Samples a pixel along each axis; png alone.",
      default: 1,
    }),
  };
}

/**
 * A whole number from 1 to `most`, which is the setting of that name if there is one. It is the text that is judged, so
 * that a refusal repeats it; the number behind it says the same of itself.
 */
export function wholeNumber(most: number, limit?: LimitName): Field<number> {
  const isOne = (text: string) => /^[1-9]\d*$/.test(text) && Number(text) <= most;
  return z.string().refine(isOne, {
    error: ({ input }) =>
      `Cannot take ${shown(String(input))}: it must be a whole number from 1 to ${most}`,
    params: { ...(limit && { limit }), allowed: `1 to ${most}` },
  }).transform(Number).pipe(z.int().min(1).max(most));
}

/** One of a few words. */
export function oneOf<T extends string>(
  words: readonly T[],
  says: (text: string) => string,
): Field<T> {
  return z.enum(words, { error: ({ input }) => says(String(input)) }) as unknown as Field<T>;
}

/** A text that a reader turns into a value; what it throws are the issues. */
function reading<T>(reader: (text: string) => T): Field<T> {
  return z.string().transform((text, context) => {
    try {
      return reader(text);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
      const params = error instanceof LimitError ? error.details : {};
      context.addIssue({ code: "custom", message: error.message, params });
      return z.NEVER;
    }
  });
}

class LimitError extends RangeError {
  readonly details: Details;

  constructor(message: string, details: Details) {
    super(message);
    this.details = details;
  }
}

/** Two decimals with a comma between. */
function pointOf(text: string, limits: Limits): Point {
  const [re, im, ...rest] = text.split(",");
  if (re === undefined || im === undefined || rest.length > 0) {
    throw new SyntaxError(`Cannot read ${shown(text)} as a point: it must be re,im`);
  }
  return { re: exactNumber(re, limits), im: exactNumber(im, limits) };
}

function exactNumber(text: string, { digits, exponent }: Limits): Exact {
  try {
    return Exact.parse(text, { digits, exponent });
  } catch (error) {
    if (!(error instanceof DecimalLimitError)) throw error;
    const allowed = error.limit === "digits" ? digits : `-${exponent} to ${exponent}`;
    throw new LimitError(error.message, { limit: SETTING[error.limit], allowed });
  }
}

/** What went wrong with a text: the first issue, or of a choice that of its last branch. */
export function issueOf(
  error: z.ZodError,
): { readonly message: string; readonly details: Details } {
  let issue = error.issues[0]!;
  // A text that is none of a choice's words is judged by the branch that takes many.
  while (issue.code === "invalid_union") issue = issue.errors.at(-1)![0]! as typeof issue;
  const details = issue.code === "custom" ? issue.params as Details | undefined : undefined;
  return { message: issue.message, details: details ?? {} };
}
