/** Formats of files: their endings, their types, and which of them a client takes. */

import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { MOST_SIDE } from "../../image/mod.ts";
import type { View } from "../../plane/mod.ts";
import type { Output } from "../../render/mod.ts";
import { BadRequestError, NotOfferedError, shown } from "../http/problem.ts";

/** What a tile or a render can be. */
export type Format = Output["format"];

/** Formats of pictures, the default first. */
export const PICTURES = ["png", "webp", "jpeg"] as const;

/** Every format, as it is told to clients. */
export const OFFERED = "png, webp, jpeg and npy";

const TYPES: Readonly<Record<Format, string>> = {
  png: "image/png",
  webp: "image/webp",
  jpeg: "image/jpeg",
  npy: "application/octet-stream",
};

/** Formats by a file's ending; JPEG has two. */
export const ENDINGS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ["png", "png"],
  ["webp", "webp"],
  ["jpeg", "jpeg"],
  ["jpg", "jpeg"],
  ["npy", "npy"],
]);

/** The media type of a format. */
export function typeOf(format: Format): string {
  return TYPES[format];
}

/** @throws {BadRequestError} when a view cannot be had in this format */
export function requireFits(format: Format, { width, height, supersample }: View): void {
  if (format === "npy" && supersample !== 1) {
    throw new BadRequestError("Cannot supersample an array: supersample is for pictures alone", {
      parameter: "supersample",
    });
  }
  if (format === "npy") return;
  const most = MOST_SIDE[format];
  if (Math.max(width, height) > most) {
    throw new BadRequestError(`Cannot write a ${format} file with a side above ${most}`, {
      parameter: "width, height",
      allowed: most,
    });
  }
}

/** @throws {NotOfferedError} when the `Accept` header refuses the format */
export function requireAccepted(c: Context, format: Format): void {
  if (acceptedOf(c, [format]) === undefined) {
    throw new NotOfferedError(
      406,
      `Cannot answer but with ${TYPES[format]}: the Accept header refuses it`,
    );
  }
}

/** The picture format that the `Accept` header likes best; PNG when it does not mind. */
export function negotiatedPicture(c: Context): (typeof PICTURES)[number] {
  const format = acceptedOf(c, PICTURES);
  if (format !== undefined) return format;
  throw new NotOfferedError(
    406,
    `Cannot answer as ${shown(c.req.header("accept") ?? "")}: png, webp and jpeg are offered`,
  );
}

/** The first of these formats among those that the `Accept` header gives the highest weight. */
function acceptedOf<F extends Format>(c: Context, formats: readonly F[]): F | undefined {
  // An empty header says no more than none.
  if (!c.req.header("accept")) return formats[0];
  let best: F | undefined;
  let weight = 0;
  accepts(c, {
    header: "Accept",
    supports: formats.map((format) => TYPES[format]),
    default: "",
    match: (params) => {
      for (const format of formats) {
        const fits = weightOf(TYPES[format], params);
        if (fits > weight) [best, weight] = [format, fits];
      }
      return "";
    },
  });
  return best;
}

/** The weight, 0 to 1, that is given to a type: by its name, else by its kind, else by `*`. */
function weightOf(type: string, params: readonly { type: string; q: number }[]): number {
  if (params.length === 0) return 1;
  for (const name of [type, `${type.split("/")[0]}/*`, "*/*"]) {
    const wish = params.find((wish) => wish.type.toLowerCase() === name);
    if (wish !== undefined) return wish.q;
  }
  return 0;
}
