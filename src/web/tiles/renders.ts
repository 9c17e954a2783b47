/** Tiles and renders: from a request's text to a file. */

import type { Context } from "hono";
import { type Format, isPictureFormat } from "../../image/mod.ts";
import { nameOfSet, TileAddress, TileSyntaxError } from "../../plane/mod.ts";
import {
  defer,
  type FileCache,
  outputOf,
  type Rendered,
  type Renderer,
  type RenderLimits,
  renderTile,
  renderView,
  type Served,
} from "../../render/mod.ts";
import { answerFile, type Description } from "../http/answers.ts";
import type { CostModel, Work } from "../admission/cost_model.ts";
import { coarseHeaders, coarseTile, type Enlarge, isOfLoad } from "./fallback.ts";
import type { Scheme } from "../request/fields.ts";
import { ENDINGS, OFFERED, requireAccepted, requireFits, typeOf } from "../request/formats.ts";
import type { Admission } from "../admission/admission.ts";
import type { Limits } from "../request/limits.ts";
import {
  type Parameters,
  parametersOfBody,
  parametersOfQuery,
  type Params,
  readParams,
  readView,
  RENDER_PARAMETERS,
  requireComputed,
  zoomOf,
} from "../request/parameters.ts";
import { BadRequestError, NotOfferedError, shown } from "../http/problem.ts";
import type { TileQueries } from "../request/tile_queries.ts";
import { etagOf } from "../http/validators.ts";

/** What the handlers need of the server. */
export interface RenderDoor {
  readonly renderer: Renderer;
  readonly files: FileCache;
  readonly admission: Admission;
  readonly costs: CostModel;
  readonly queries: TileQueries;
  readonly enlarge: Enlarge;
  readonly limits: Limits;
  /** Seconds that an answer may be kept by caches. */
  readonly maxAge: number;
}

/** Pixels of a tile's side, by the mark before the dot. */
const SIZES: Readonly<Record<string, number>> = { "": 256, "@2x": 512 };

/**
 * `GET /tiles/{z}/{x}/{y}[@2x].{png,webp,jpeg,npy}` and the same below `/tms/`, where y grows upwards. One tile is
 * one answer, whichever way it is addressed.
 *
 * @param fixed the scheme of the path, where the query has no choice
 */
export async function answerTile(
  c: Context,
  door: RenderDoor,
  fixed?: Scheme,
): Promise<Response> {
  const { z, x, file } = c.req.param() as { z: string; x: string; file: string };
  const { y, size, format } = splitFile(file);
  const { scheme, params } = door.queries.of(c.req.url, fixed);
  const given = addressOf({ z, x, y }, door.limits);
  const address = scheme === "tms" ? given.mirror() : given;
  return await answerTileOf(c, door, { address, size, format, params });
}

/** Characters of a tile's address that still are a file's name. */
const LONGEST_NAME = 60;

/** The part of a file's name that is the tile's own: its address, or of a very long one the zoom. */
function nameOf(address: TileAddress): string {
  const place = String(address);
  return place.length <= LONGEST_NAME ? place.replaceAll("/", "-") : String(address.z);
}

/** A tile whose request has been read, whatever it looked like. */
export interface TileRequest {
  readonly address: TileAddress;
  /** Pixels of its side. */
  readonly size: number;
  readonly format: Format;
  readonly params: Params;
}

/** Answers with a tile: the same file and the same ETag for every way of asking for it. */
export async function answerTileOf(
  c: Context,
  door: RenderDoor,
  tile: TileRequest,
): Promise<Response> {
  const { address, size, format, params } = tile;
  requireAccepted(c, format);
  const { iterations, look, set } = params;
  requireComputed(set, { z: address.z, size, axis: "z" });
  const order: FileOrder = {
    ...describe(door, tile, tagOfTile(door, tile, address)),
    filename: `${set.id}-${nameOf(address)}.${format}`,
    work: { z: address.z, address, samples: size * size, iterations },
    bulk: false,
    render: (limits) =>
      renderTile(
        door.renderer,
        { address, size, iterations, output: outputOf(format, look), set },
        limits,
      ),
  };
  try {
    return await answerFile(c, order, (signal) => fileOf(door, order, signal));
  } catch (error) {
    if (!params.fallback || format !== "png" || !isOfLoad(error)) throw error;
    const keyOf = (ancestor: TileAddress) => tagOfTile(door, tile, ancestor);
    const coarse = await coarseTile(address, { ...door, keyOf }, c.req.raw.signal);
    if (coarse === undefined) throw error;
    c.set("bytes", coarse.bytes.length);
    return c.body(coarse.bytes, 200, coarseHeaders(coarse));
  }
}

/** The ETag of such a tile at an address. */
function tagOfTile({ limits }: RenderDoor, tile: TileRequest, address: TileAddress): string {
  return etagOf("tile", String(address), tile.size, ...keyOf(tile, limits));
}

/** `GET` and `POST /render.{png,webp,jpeg,npy}` */
export async function answerRender(
  c: Context,
  door: RenderDoor,
  format: Format,
): Promise<Response> {
  const parameters = await parametersOfRender(c);
  const params = readParams(parameters, door.limits);
  const view = readView(parameters, door.limits, params.set);
  requireFits(format, view);
  requireAccepted(c, format);
  const { iterations, look } = params;
  const { width, height, supersample } = view;
  const place = [view.re, view.im, view.span].map((value) => value.toFraction().join("/"));
  const shape = [width, height, supersample];
  const tag = etagOf("view", ...place, ...shape, ...keyOf({ format, params }, door.limits));
  const order: FileOrder = {
    ...describe(door, { format, params }, tag),
    filename: `${params.set.id}.${format}`,
    work: {
      z: Math.max(0, zoomOf(view)),
      samples: width * height * supersample ** 2,
      iterations,
    },
    bulk: true,
    render: (limits) =>
      renderView(door.renderer, { view, iterations, output: outputOf(format, look) }, limits),
  };
  return await answerFile(c, order, (signal) => fileOf(door, order, signal));
}

/** The parameters of a render: a GET's query, or a POST's body. */
async function parametersOfRender(c: Context): Promise<Parameters> {
  const query = new URL(c.req.url).searchParams;
  if (c.req.method !== "POST") return parametersOfQuery(query, RENDER_PARAMETERS);
  const [besides] = query.keys();
  const parameters = parametersOfBody(await c.req.text(), RENDER_PARAMETERS);
  if (besides === undefined) return parameters;
  throw new BadRequestError(
    `Cannot read ${shown(besides)} from the URL: a POST has its parameters in the body`,
    { parameter: shown(besides) },
  );
}

/** A file to answer with: what it is, what it may cost, and how it is made. */
interface FileOrder extends Description {
  readonly format: Format;
  readonly work: Work;
  readonly bulk: boolean;
  readonly render: (limits: RenderLimits) => Promise<Rendered>;
}

function describe(
  { maxAge }: RenderDoor,
  { format, params: { versioned } }: Pick<TileRequest, "format" | "params">,
  etag: string,
): Omit<Description, "filename"> & Pick<FileOrder, "format"> {
  const cacheControl = versioned
    ? "public, max-age=31536000, immutable"
    : `public, max-age=${maxAge}`;
  return { etag, format, type: typeOf(format), cacheControl };
}

/**
 * A file by its ETag: kept, being computed, or computed now. An array is not kept: its samples are, and it
 * takes longer to keep than to make of them.
 */
function fileOf(door: RenderDoor, order: FileOrder, signal: AbortSignal): Promise<Served> {
  const { etag: key, format } = order;
  const keep = isPictureFormat(format);
  return door.files.get({ key, keep }, (signal) => computed(door, order, signal), signal);
}

/** Renders a file once admission lets it in, and learns what it took. */
async function computed(
  { admission, costs, limits }: RenderDoor,
  { work, bulk, render }: FileOrder,
  signal: AbortSignal,
): Promise<Rendered> {
  const bounds = { signal, budget: limits.budget * 1000, iterationsLimit: limits.iterations };
  const file = await admission.run(() => render(bounds), signal, {
    bulk,
    // Predicted only where a request has to wait.
    get cost() {
      return costs.predict(work);
    },
  });
  // Remembered samples took none.
  if (file.compute > 0) defer(() => costs.learn(work, file.compute));
  return file;
}

/** What comes before a character, and the rest from there on. */
function partedAt(text: string, character: string): [before: string, rest: string] {
  const at = text.indexOf(character);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

/** Endings of files beside a picture that GDAL and QGIS look for: there are none. */
const SIDECARS = [".aux.xml", ".ovr", ".msk", ".wld", ".pgw"];

/** `12@2x.png` taken apart. */
function splitFile(file: string): { y: string; size: number; format: Format } {
  const [name, extension] = partedAt(file, ".");
  const [y, mark] = partedAt(name, "@");
  const size = SIZES[mark];
  if (size === undefined) {
    throw new BadRequestError(`Cannot read ${shown(file)}: only @2x may stand behind y`, {
      parameter: "y",
      value: shown(file),
    });
  }
  const ending = extension.slice(1).toLowerCase();
  const format = ENDINGS.get(ending);
  if (SIDECARS.some((sidecar) => `.${ending}`.endsWith(sidecar))) {
    throw new NotOfferedError(404, `There is no file ${shown(file)} beside the tile`);
  }
  if (format === undefined) {
    throw new NotOfferedError(
      406,
      `Cannot give a tile as ${
        shown(extension === "" ? "nothing" : extension.slice(1))
      }: ${OFFERED} are offered`,
    );
  }
  return { y, size, format };
}

/** @throws {BadRequestError} for what is no address */
export function addressOf(text: { z: string; x: string; y: string }, limits: Limits): TileAddress {
  try {
    return TileAddress.parse(text, limits);
  } catch (error) {
    if (!(error instanceof TileSyntaxError)) throw error;
    throw new BadRequestError(error.message, { parameter: error.axis });
  }
}

/** What an answer depends on besides its place; of the look only what the format shows. */
function keyOf(
  { format, params: { iterations, look, set } }: Pick<TileRequest, "format" | "params">,
  limits: Limits,
): (string | number)[] {
  const count = iterations === "auto" ? `auto/${limits.iterations}` : iterations;
  return [
    ...[format, count],
    ...(isPictureFormat(format) ? [look.palette, look.shading] : []),
    ...(set.id === "mandelbrot" ? [] : [nameOfSet(set)]),
  ];
}
