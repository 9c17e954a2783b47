/** Tiles and renders: from a request's text to a file. */

import type { Context } from "hono";
import { nameOfSet, TileAddress, TileSyntaxError } from "../../plane/mod.ts";
import {
  defer,
  type FileCache,
  type Output,
  type Rendered,
  type Renderer,
  renderTile,
  renderView,
  type Served,
} from "../../render/mod.ts";
import { answerFile } from "../http/answers.ts";
import type { CostModel, Work } from "../admission/cost_model.ts";
import { coarseHeaders, coarseTile, type Enlarge, isOfLoad } from "./fallback.ts";
import type { Scheme } from "../request/fields.ts";
import {
  ENDINGS,
  type Format,
  OFFERED,
  requireAccepted,
  requireFits,
  typeOf,
} from "../request/formats.ts";
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

/** What tells a tile's file from another's: its address, of a very long one the zoom. */
function nameOf(place: string, { z }: TileAddress): string {
  return place.length <= LONGEST_NAME ? place.replaceAll("/", "-") : String(z);
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
  { address, size, format, params }: TileRequest,
): Promise<Response> {
  requireAccepted(c, format);
  requireComputed(params.set, { z: address.z, size, axis: "z" });
  const place = String(address);
  const tagOf = (place: string) =>
    etagOf("tile", place, size, ...keyOf(format, params, door.limits));
  const description = {
    etag: tagOf(place),
    type: typeOf(format),
    cacheControl: cacheControl(params, door),
    filename: `${params.set.id}-${nameOf(place, address)}.${format}`,
  };
  const { iterations } = params;
  const work = { z: address.z, address, samples: size * size, iterations };
  try {
    return await answerFile(
      c,
      description,
      (signal) =>
        serve(door, { ...description, format, signal, work, bulk: false }, (bounds) =>
          renderTile(
            door.renderer,
            { address, size, iterations, output: outputOf(format, params), set: params.set },
            bounds,
          )),
    );
  } catch (error) {
    if (!params.fallback || format !== "png" || !isOfLoad(error)) throw error;
    const keys = { ...door, keyOf: (ancestor: TileAddress) => tagOf(String(ancestor)) };
    const coarse = await coarseTile(address, keys, c.req.raw.signal);
    if (coarse === undefined) throw error;
    c.set("bytes", coarse.bytes.length);
    return c.body(coarse.bytes, 200, coarseHeaders(coarse));
  }
}

/** `GET` and `POST /render.{png,webp,jpeg,npy}` */
export async function answerRender(
  c: Context,
  door: RenderDoor,
  format: Format,
): Promise<Response> {
  const { renderer, limits } = door;
  const query = new URL(c.req.url).searchParams;
  const parameters = c.req.method === "POST"
    ? parametersOfBody(await c.req.text(), RENDER_PARAMETERS)
    : parametersOfQuery(query, RENDER_PARAMETERS);
  const [besides] = c.req.method === "POST" ? query.keys() : [];
  if (besides !== undefined) {
    throw new BadRequestError(
      `Cannot read ${shown(besides)} from the URL: a POST has its parameters in the body`,
      { parameter: shown(besides) },
    );
  }
  const params = paramsOf(parameters, door);
  const view = readView(parameters, limits, params.set);
  requireFits(format, view);
  requireAccepted(c, format);
  const place = [view.re, view.im, view.span].map((value) => value.toFraction().join("/"));
  const { width, height, supersample } = view;
  const description = {
    etag: etagOf("view", ...place, width, height, supersample, ...keyOf(format, params, limits)),
    type: typeOf(format),
    cacheControl: cacheControl(params, door),
    filename: `${params.set.id}.${format}`,
  };
  const { iterations } = params;
  const samples = width * height * supersample ** 2;
  const work = { z: Math.max(0, zoomOf(view)), samples, iterations };
  return await answerFile(
    c,
    description,
    (signal) =>
      serve(
        door,
        { ...description, format, signal, work, bulk: true },
        (bounds) =>
          renderView(renderer, { view, iterations, output: outputOf(format, params) }, bounds),
      ),
  );
}

function paramsOf(parameters: Parameters, { limits }: RenderDoor): Params {
  return readParams(parameters, limits);
}

/** What comes before a character, and the rest from there on. */
function partedAt(text: string, character: string): [before: string, rest: string] {
  const at = text.indexOf(character);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

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
  const format = ENDINGS.get(extension.slice(1));
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
function keyOf(format: Format, params: Params, limits: Limits): (string | number)[] {
  const { iterations, look, set } = params;
  const count = iterations === "auto" ? `auto/${limits.iterations}` : iterations;
  return [
    ...[format, count],
    ...(format === "npy" ? [] : [look.palette, look.shading]),
    ...(set.id === "mandelbrot" ? [] : [nameOfSet(set)]),
  ];
}

function outputOf(format: Format, { look }: Params): Output {
  return format === "npy" ? { format } : { format, look };
}

function cacheControl({ versioned }: Params, { maxAge }: RenderDoor): string {
  return versioned ? "public, max-age=31536000, immutable" : `public, max-age=${maxAge}`;
}

/**
 * A file by its ETag: kept, being computed, or computed now, when admission lets it in. An array is
 * not kept: its samples are, and it takes longer to keep than to make of them.
 */
function serve(
  { files, admission, limits, costs }: RenderDoor,
  { etag, format, signal, work, bulk }: {
    etag: string;
    format: Format;
    signal: AbortSignal;
    work: Work;
    bulk: boolean;
  },
  render: (
    bounds: { signal: AbortSignal; budget: number; iterationsLimit: number },
  ) => Promise<Rendered>,
): Promise<Served> {
  const budget = limits.budget * 1000;
  return files.get(
    { key: etag, keep: format !== "npy" },
    (signal) =>
      admission.run(
        async () => {
          const rendered = await render({ signal, budget, iterationsLimit: limits.iterations });
          // What was remembered took none.
          if (rendered.compute > 0) defer(() => costs.learn(work, rendered.compute));
          return rendered;
        },
        signal,
        {
          bulk,
          // Asked for by who has to wait.
          get cost() {
            return costs.predict(work);
          },
        },
      ),
    signal,
  );
}
