/** Formats of files: their endings, their types, and which of them a client takes. */

import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { type Format, FORMATS, isPictureFormat, type PictureFormat } from "../../image/mod.ts";
import type { View } from "../../plane/mod.ts";
import { BadRequestError, NotOfferedError, shown } from "../http/problem.ts";

/** Every format that a client may ask for. */
const FORMATS_OFFERED = (Object.keys(FORMATS) as Format[])
  .filter((format) => FORMATS[format].endings.length > 0);

/** Formats of pictures, the default first. */
export const PICTURES: readonly PictureFormat[] = FORMATS_OFFERED.filter(isPictureFormat);

/** Every format, as refusals list them. */
export const OFFERED: string = listed(FORMATS_OFFERED);

/** Formats by a file's ending; JPEG has two. */
export const ENDINGS: ReadonlyMap<string, Format> = new Map(
  FORMATS_OFFERED.flatMap((format) => FORMATS[format].endings.map((ending) => [ending, format])),
);

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The media type of a format. */
export function typeOf(format: Format): string {
  return FORMATS[format].type;
}

/** @throws {BadRequestError} when a view cannot be had in this format */
export function requireFits(format: Format, { width, height, supersample }: View): void {
  if (!isPictureFormat(format) && supersample !== 1) {
    throw new BadRequestError("Cannot supersample an array: supersample is for pictures alone", {
      parameter: "supersample",
    });
  }
  const most = FORMATS[format].mostSide;
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
      `Cannot answer but with ${typeOf(format)}: the Accept header refuses it`,
    );
  }
}

/** The picture format that the `Accept` header likes best; PNG when it does not mind. */
export function negotiatedPicture(c: Context): PictureFormat {
  const format = acceptedOf(c, PICTURES);
  if (format !== undefined) return format;
  throw new NotOfferedError(
    406,
    `Cannot answer as ${shown(c.req.header("accept") ?? "")}: ${listed(PICTURES)} are offered`,
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
    supports: formats.map(typeOf),
    default: "",
    match: (params) => {
      for (const format of formats) {
        const fits = weightOf(typeOf(format), params);
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
    const param = params.find((param) => param.type.toLowerCase() === name);
    if (param !== undefined) return param.q;
  }
  return 0;
}
