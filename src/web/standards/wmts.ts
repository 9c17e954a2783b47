/** WMTS 1.0.0 (OGC 07-057r7): capabilities and tiles, by key-value pairs and by resource. */

import type { Context } from "hono";
import { isPictureFormat } from "../../image/mod.ts";
import { OutsideWorldError, TileAddress, TileSyntaxError, TooDeepError } from "../../plane/mod.ts";
import { answerDocument } from "../http/answers.ts";
import { ENDINGS, PICTURES, typeOf } from "../request/formats.ts";
import {
  type Parameters,
  parametersOfQuery,
  parametersOfTile,
  readParams,
  requireComputed,
  TILE_WISHES,
} from "../request/parameters.ts";
import { BadRequestError, causeOf, NotOfferedError, problemOf, shown } from "../http/problem.ts";
import { publicUrl } from "../http/public_url.ts";
import { answerTileOf, type RenderDoor } from "../tiles/renders.ts";
import { TILE_SIDE, tileMatrixSet } from "./tile_matrix_sets.ts";
import { capabilities, LAYERS } from "./wmts_capabilities.ts";
import { escapeXml } from "./xml.ts";

/** What the handlers need of the server. */
export interface WmtsDoor extends RenderDoor {
  /** Told of every error that is not the client's. */
  readonly report: (error: unknown) => void;
}

/** Parameters of our own; the palette is the style. */
const OURS = TILE_WISHES.filter((name) => name !== "palette");

/** A refusal in the words of OWS Common (OGC 06-121r9). */
class OwsError extends Error {
  readonly code: string;
  readonly locator: string;
  readonly status: number;

  constructor(
    message: string,
    { code, locator, status = 400 }: { code: string; locator: string; status?: number },
  ) {
    super(message);
    this.code = code;
    this.locator = locator;
    this.status = status;
  }
}

/**
 * `GET /wmts`: GetCapabilities and GetTile as key-value pairs. Names are read in any case, and names that
 * are not known are passed over, as OWS Common has it.
 */
export async function answerWmts(c: Context, door: WmtsDoor): Promise<Response> {
  return await withExceptions(c, door, async () => {
    const values = keyValuePairs(new URL(c.req.url).searchParams);
    if (required(values, "service").toUpperCase() !== "WMTS") throw wrong(values, "service");
    const request = required(values, "request");
    if (request === "GetCapabilities") {
      const versions = values.get("acceptversions")?.split(",") ?? ["1.0.0"];
      if (!versions.includes("1.0.0")) {
        throw new OwsError("Cannot speak another version than 1.0.0", {
          code: "VersionNegotiationFailed",
          locator: "acceptversions",
        });
      }
      return answerCapabilitiesWith(c, door, ours(values));
    }
    if (request === "GetFeatureInfo") {
      const refusal = { code: "OperationNotSupported", locator: "request", status: 501 };
      throw new OwsError("Cannot tell of features: there are none", refusal);
    }
    if (request !== "GetTile") throw wrong(values, "request");
    if (required(values, "version") !== "1.0.0") throw wrong(values, "version");
    const layer = LAYERS.find(({ id }) => id === required(values, "layer"));
    if (layer === undefined) throw wrong(values, "layer");
    const type = required(values, "format");
    const format = PICTURES.find((format) => typeOf(format) === type);
    if (format === undefined) throw wrong(values, "format");
    return await answerTileAt(c, door, {
      style: values.get("style") ?? missing("style"),
      set: required(values, "tilematrixset"),
      z: required(values, "tilematrix"),
      y: required(values, "tilerow"),
      x: required(values, "tilecol"),
      format,
      parameters: new Map([...layer.needs, ...ours(values)]),
    });
  });
}

/** `GET /wmts/1.0.0/WMTSCapabilities.xml` */
export async function answerCapabilities(c: Context, door: WmtsDoor): Promise<Response> {
  return await withExceptions(c, door, () => {
    const parameters = parametersOfQuery(new URL(c.req.url).searchParams, OURS);
    return Promise.resolve(answerCapabilitiesWith(c, door, parameters));
  });
}

/** `GET /wmts/tiles/{style}/{set}/{matrix}/{row}/{column}.{png,webp,jpeg}`; what is not there is a 404. */
export async function answerWmtsTile(c: Context, door: WmtsDoor): Promise<Response> {
  return await withExceptions(c, door, async () => {
    const { style, set, z, y, file } = c.req.param() as Record<string, string>;
    const [, x = "", ending = ""] = /^([^.]*)\.(.*)$/s.exec(file!) ?? [];
    const format = ENDINGS.get(ending.toLowerCase());
    if (format === undefined || !isPictureFormat(format)) {
      throw new NotOfferedError(406, `Cannot give a tile as ${shown(ending)}`);
    }
    const parameters = parametersOfTile(new URL(c.req.url).searchParams, OURS);
    return await answerTileAt(c, door, {
      ...{ style: style!, set: set!, z: z!, y: y!, x, format, parameters },
      absent: 404,
    });
  });
}

interface TileOrder {
  readonly style: string;
  readonly set: string;
  readonly z: string;
  readonly y: string;
  readonly x: string;
  readonly format: (typeof PICTURES)[number];
  readonly parameters: Parameters;
  /** Status where there is no such tile. */
  readonly absent?: number;
}

/** What WMTS calls the numbers of a tile's address. */
const LOCATORS = { z: "tilematrix", x: "tilecol", y: "tilerow" } as const;

async function answerTileAt(
  c: Context,
  door: WmtsDoor,
  { style, set, z, y, x, format, parameters, absent = 400 }: TileOrder,
): Promise<Response> {
  const refuse = (message: string, code: string, locator: string) =>
    new OwsError(message, { code, locator, status: absent });
  const palette = new Map(style === "" || style === "default" ? [] : [["palette", style]]);
  const params = readParams(new Map([...parameters, ...palette]), door.limits);
  if (tileMatrixSet(set, params.set.id) === undefined) {
    const message = `Cannot find tile matrix set ${shown(set)}`;
    throw refuse(message, "InvalidParameterValue", "tilematrixset");
  }
  let address: TileAddress;
  try {
    address = TileAddress.parse({ z, x, y }, door.limits);
    requireComputed(params.set, { z: address.z, size: TILE_SIDE, axis: "z" });
  } catch (error) {
    if (error instanceof TileSyntaxError) {
      const locator = LOCATORS[error.axis];
      throw new OwsError(error.message, { code: "InvalidParameterValue", locator, status: 400 });
    }
    if (error instanceof TooDeepError) {
      throw refuse(error.message, "InvalidParameterValue", LOCATORS.z);
    }
    if (error instanceof OutsideWorldError) {
      throw refuse(error.message, "TileOutOfRange", LOCATORS[error.axis ?? "y"]);
    }
    throw error;
  }
  return await answerTileOf(c, door, { address, size: TILE_SIDE, format, params });
}

function answerCapabilitiesWith(
  c: Context,
  { limits, maxAge }: WmtsDoor,
  parameters: Parameters,
): Response {
  // A tile must not refuse what its address was made of.
  readParams(parameters, limits);
  const text = capabilities({ base: publicUrl(c), parameters, deepest: limits.deepest });
  return answerDocument(c, { text, type: "application/xml", maxAge });
}

/** Values by the name in small letters. */
function keyValuePairs(query: URLSearchParams): Parameters {
  const values = new Map<string, string>();
  for (const [given, value] of query) {
    const name = given.toLowerCase();
    if (values.has(name)) {
      throw new OwsError(`Cannot read ${shown(given)}: it is given more than once`, {
        code: "InvalidParameterValue",
        locator: name,
      });
    }
    values.set(name, value);
  }
  return values;
}

function ours(values: Parameters): Parameters {
  return new Map([...values].filter(([name]) => OURS.includes(name)));
}

function required(values: Parameters, name: string): string {
  return values.get(name) || missing(name);
}

function missing(name: string): never {
  const refusal = { code: "MissingParameterValue", locator: name };
  throw new OwsError(`Cannot answer without ${name}`, refusal);
}

function wrong(values: Parameters, name: string): OwsError {
  const refusal = { code: "InvalidParameterValue", locator: name };
  return new OwsError(`Cannot take ${name} ${shown(values.get(name) ?? "")}`, refusal);
}

/** Answers errors as an exception report, with the statuses that everything else has. */
async function withExceptions(
  c: Context,
  { report }: WmtsDoor,
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (thrown) {
    if (c.req.raw.signal.aborted) throw thrown;
    const error = causeOf(thrown, c.req.url);
    if (error instanceof OwsError) return exceptionReport(c, error);
    const problem = problemOf(error);
    if (problem === undefined) report(error);
    const { status = 500, headers } = problem ?? {};
    const known = error instanceof BadRequestError || error instanceof NotOfferedError;
    const message = problem === undefined ? "The server failed." : (error as Error).message;
    const at = error instanceof BadRequestError ? String(error.details.parameter ?? "") : "";
    const locator = at === "palette" ? "style" : at;
    const code = known ? "InvalidParameterValue" : "NoApplicableCode";
    return exceptionReport(c, { message, code, locator, status, headers });
  }
}

function exceptionReport(
  c: Context,
  { message, code, locator, status, headers = {} }: {
    readonly message: string;
    readonly code: string;
    readonly locator: string;
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>> | undefined;
  },
): Response {
  const where = locator === "" ? "" : ` locator="${escapeXml(locator)}"`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" version="1.1.0" xml:lang="en">
  <Exception exceptionCode="${code}"${where}>
    <ExceptionText>${escapeXml(message)}</ExceptionText>
  </Exception>
</ExceptionReport>
`;
  return c.body(body, status as 400, {
    "content-type": "application/xml",
    "cache-control": "no-store",
    ...headers,
  });
}
