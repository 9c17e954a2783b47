/** The Hono app: routes, headers that every answer has, and the error table. */

import { type Context, Hono } from "hono";
import { METHOD_NAME_ALL } from "hono/router";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { paletteNames, paletteStops } from "../image/mod.ts";
import { defer, type FileCache, type Oracle, type Renderer } from "../render/mod.ts";
import { type Asset, assets, docsPage, lessonPageWith, licencesText, pageWith } from "./assets.ts";
import { askedOf } from "./http/asked.ts";
import { pathBelow } from "./http/base_path.ts";
import { CostModel } from "./admission/cost_model.ts";
import { answerExact } from "./tiles/exact.ts";
import type { Enlarge } from "./tiles/fallback.ts";
import { ENDINGS, OFFERED } from "./request/formats.ts";
import { Admission } from "./admission/admission.ts";
import { HotAnswers } from "./http/hot_answers.ts";
import { answerLesson, LESSON_LIMITS, lessonSettings } from "./lesson/lesson.ts";
import { type Limits, SETTING } from "./request/limits.ts";
import { CLIENT_GONE, Observer } from "./http/observer.ts";
import { answerOpenApi } from "./openapi/openapi.ts";
import { answerHealth, answerMetrics, answerReady } from "./operations/operations.ts";
import {
  answerNotFound,
  answerProblem,
  BadRequestError,
  NotOfferedError,
  shown,
  TooManyError,
} from "./http/problem.ts";
import { RateLimit, type RateOptions } from "./admission/rate_limit.ts";
import { answerCrs, answerOgcDocument, answerOgcTile, OGC_DOCUMENTS } from "./standards/ogc.ts";
import { answerRender, answerTile, type RenderDoor } from "./tiles/renders.ts";
import type { RequestLine } from "./http/request_tally.ts";
import { answerPreflight, PAGE_SECURITY, setStandardHeaders } from "./http/security.ts";
import type { ServerState } from "./operations/server_state.ts";
import { answerTileJson } from "./standards/tile_json.ts";
import { TileQueries } from "./request/tile_queries.ts";
import { VERSION } from "./version.ts";
import { Turns } from "./http/turns.ts";
import { matches } from "./http/validators.ts";
import { answerCapabilities, answerWmts, answerWmtsTile } from "./standards/wmts.ts";

/** What an app is made of. */
export interface AppOptions {
  readonly renderer: Renderer;
  /** Who counts the points of `/exact`. */
  readonly oracle: Oracle;
  /** Answers that were computed before, and those being computed now. */
  readonly files: FileCache;
  readonly limits: Limits;
  /** Seconds that tiles and renders may be kept by caches. */
  readonly maxAge: number;
  /** Enlarges a part of a kept tile, for `?fallback=parent`. */
  readonly enlarge: Enlarge;
  /** What is around the app, for `/metrics` and `/readyz`. */
  readonly state: () => Promise<ServerState>;
  /** Bounds what one client may ask; default: nothing does. */
  readonly rate?: RateOptions;
  /** What stands before every path: empty, the default, or `/somewhere` without a slash at its end. */
  readonly basePath?: string;
  /** Bytes of answers that are kept whole besides their files; default 16 MiB. */
  readonly hotBytes?: number;
  /** Told of every error that is not the client's, unless its request is told of with it. */
  readonly report: (error: unknown) => void;
  /**
   * Told of every request, with the error if it was not the client's; default: nobody. An answer that
   * is given again has the same line, the object itself.
   */
  readonly log?: (line: RequestLine) => void;
}

/** What is known of a request's connection. */
export interface Connection {
  readonly remoteAddr: Deno.Addr;
}

/** The app, and admission by which a server that stops refuses new work. */
export interface App {
  /** Answers a request, as `Deno.serve` wants it; without its connection no client has a limit. */
  readonly fetch: (request: Request, connection?: Connection) => Response | Promise<Response>;
  /** Answers a request that never was on a wire; the target is a path and a query. */
  readonly request: (target: string, init?: RequestInit) => Response | Promise<Response>;
  readonly admission: Admission;
  /** What it answers: methods, and paths with `:name` where they are free. */
  readonly routes: readonly Route[];
}

/** What one handler answers. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

/** Paths that monitors ask for, however often. */
const UNLIMITED = ["/healthz", "/readyz", "/metrics"];

/** What goes with a request into the app: the seconds that its client has to wait; and what comes out. */
interface Bindings {
  readonly wait?: number;
  context?: Context;
}

/** Paths of renders, whatever they are to be, and the methods by which they are asked for. */
const RENDER = /^\/render\.([^/]*)$/;
const RENDERS = ["GET", "HEAD", "POST"];

/** Statuses of answers that never have a body, whatever the method. */
const WITHOUT_BODY = [204, 304];

/** Stops of a palette's preview on the page. */
const PREVIEW_STOPS = 12;

/** Makes the app. */
export function createApp(options: AppOptions): App {
  const { renderer, oracle, files, limits, maxAge, enlarge, state, rate, report, log } = options;
  const { basePath = "" } = options;
  const pathOf = pathBelow(basePath);
  const app = new Hono({ getPath: pathOf });
  const observer = new Observer(log);
  const admission = new Admission(limits, SETTING.queue);
  const door: RenderDoor = {
    renderer,
    files,
    admission,
    limits,
    maxAge,
    costs: new CostModel(),
    queries: new TileQueries(limits),
    enlarge,
  };
  const page = pageWith({
    deepest: limits.deepest,
    iterationsLimit: limits.iterations,
    palettes: paletteNames.map((name) => ({ name, stops: paletteStops(name, PREVIEW_STOPS) })),
    basePath,
    version: VERSION,
  });
  const lessonPage = lessonPageWith(lessonSettings);
  const lessons = new Admission(LESSON_LIMITS);
  const hot = new HotAnswers(files, {
    basePath,
    ...(options.hotBytes !== undefined && { mostBytes: options.hotBytes }),
  });
  const metrics = { requests: observer.requests, admission, hot, state };

  app.use((c, next) => {
    const bindings = c.env as Bindings;
    bindings.context = c;
    if (c.req.method === "OPTIONS") return answerPreflight(c, next);
    const { wait } = bindings;
    if (wait !== undefined) throw new TooManyError(rate?.perSecond ?? 0, wait);
    const { url } = c.req;
    // The origin is the client's to choose; what counts is what comes behind it.
    const tooLong = url.length > limits.url &&
      url.length - new URL(url).origin.length > limits.url;
    if (tooLong) {
      throw new BadRequestError(
        `Cannot read a URL of more than ${limits.url} characters: POST /render.png takes the same as JSON`,
        { limit: SETTING.url, allowed: limits.url },
      );
    }
    return next();
  });

  const withBody = bodyLimit({
    maxSize: limits.body,
    onError: () => {
      throw new BadRequestError(`Cannot read a body of more than ${limits.body} bytes`, {
        limit: SETTING.body,
        allowed: limits.body,
      });
    },
  });

  app.get("/", secureHeaders(PAGE_SECURITY), (c) => answerAsset(c, page));
  app.get("/lesson", secureHeaders(PAGE_SECURITY), (c) => answerAsset(c, lessonPage));
  app.get(
    "/lesson/run",
    (c) => answerLesson(c, { lessons, isClosing: () => admission.closed, report }),
  );
  app.get("/assets/*", (c) => {
    const asset = assets.get(c.req.path.slice("/assets/".length));
    return asset === undefined ? answerNotFound(c) : answerAsset(c, asset);
  });
  app.get("/docs", secureHeaders(PAGE_SECURITY), (c) => answerAsset(c, docsPage));
  app.get("/licences", (c) => answerAsset(c, licencesText));
  app.get("/openapi.json", (c) => answerOpenApi(c, limits));
  app.get("/healthz", answerHealth);
  app.get("/readyz", (c) => answerReady(c, { admission, state }));
  app.get("/metrics", (c) => answerMetrics(c, metrics));
  app.get("/tiles.json", (c) => answerTileJson(c, { limits, maxAge }));
  app.get("/exact", (c) => answerExact(c, { oracle, admission, limits }));
  app.get("/tiles/:z/:x/:file", (c) => answerTile(c, door));
  app.get("/tms/:z/:x/:file", (c) => answerTile(c, door, "tms"));
  const wmts = { ...door, report };
  app.get("/wmts", (c) => answerWmts(c, wmts));
  app.get("/wmts/1.0.0/WMTSCapabilities.xml", (c) => answerCapabilities(c, wmts));
  app.get("/wmts/tiles/:style/:set/:z/:y/:file", (c) => answerWmtsTile(c, wmts));
  for (const [path, document] of Object.entries(OGC_DOCUMENTS)) {
    app.get(path, (c) => answerOgcDocument(c, door, document));
  }
  app.get("/ogc/crs/:id", (c) => answerCrs(c, door));
  app.get("/ogc/map/tiles/:id/:z/:y/:x", (c) => answerOgcTile(c, door));
  for (const [ending, format] of ENDINGS) {
    app.get(`/render.${ending}`, (c) => answerRender(c, door, format));
    app.post(`/render.${ending}`, withBody, (c) => answerRender(c, door, format));
  }
  const routes = app.routes.filter(({ method }) => method !== METHOD_NAME_ALL);
  // What is left of these paths came with another method.
  for (const [path, offered] of Map.groupBy(routes, ({ path }) => path)) {
    const posted = offered.some(({ method }) => method === "POST");
    app.all(path, (c) => refuseMethod(c, `GET, HEAD, ${posted ? "POST, " : ""}OPTIONS`));
  }

  app.notFound((c) => {
    // As a route beside fixed paths it would have Hono look for all of them in a slower way.
    const [, format] = RENDER.exec(c.req.path) ?? [];
    if (format !== undefined && RENDERS.includes(c.req.method)) {
      throw new NotOfferedError(406, `Cannot render as ${shown(format)}: ${OFFERED} are offered`);
    }
    // The page's links are relative to the slash.
    const { pathname, search } = new URL(c.req.url);
    if (basePath === "" || pathname !== basePath) return answerNotFound(c);
    return c.redirect(`${basePath}/${search}`, 308);
  });
  app.onError((error, c) => {
    // The client has gone: there is nobody to answer.
    if (c.req.raw.signal.aborted) return c.body(null, CLIENT_GONE as 400);
    return answerProblem(error, c, log === undefined ? report : () => {});
  });
  const limit = rate && rate.perSecond > 0 ? new RateLimit(rate) : undefined;
  const answer = async (request: Request, bindings: Bindings = {}) => {
    const began = performance.now();
    const asked = askedOf(request);
    // Around Hono and not as its middleware, each of which an answer has to come out of.
    const response = request.method === "HEAD"
      ? await answerHead(app, request, bindings)
      : await app.fetch(request, bindings);
    if (request.method !== "OPTIONS") setStandardHeaders(response);
    const milliseconds = performance.now() - began;
    // Nobody waits for it to be counted, told of and learnt.
    defer(() => {
      const route = observer.saw(asked, bindings.context!, milliseconds);
      hot.learn(asked, response, route);
    });
    return response;
  };
  const turns = new Turns();
  /** Answers in its turn, if its client is still there. */
  const answerInTurn = async (request: Request, turn: Promise<void>) => {
    // Deno listens for a client's hanging up from when its signal is first asked for.
    const { signal } = request;
    await turn;
    return signal.aborted ? observer.sawGone(request) : await answer(request);
  };
  const answerKnown = (request: Request) => {
    const known = hot.answer(request);
    if (known === undefined) return undefined;
    observer.sawHot(known);
    return known.response;
  };
  const answerWire = (request: Request) => {
    const known = answerKnown(request);
    if (known !== undefined) return known;
    // They do not wait behind those whom they are to tell of.
    if (UNLIMITED.includes(pathOf(request))) return answer(request);
    const turn = turns.next();
    return turn === undefined ? answer(request) : answerInTurn(request, turn);
  };
  const answerLimited = async (limit: RateLimit, request: Request, remote: string) => {
    const limited = !UNLIMITED.includes(pathOf(request));
    const wait = limited ? await limit.refused(request, remote) : undefined;
    return wait === undefined ? await answerWire(request) : await answer(request, { wait });
  };
  const fetch = (request: Request, connection?: Connection) => {
    if (limit === undefined || connection === undefined) return answerWire(request);
    // Only addresses of networks can be told apart.
    const { remoteAddr } = connection;
    return "hostname" in remoteAddr
      ? answerLimited(limit, request, remoteAddr.hostname)
      : answerWire(request);
  };
  const request = (target: string, init?: RequestInit) => {
    const request = new Request(`http://localhost${target}`, init);
    return answerKnown(request) ?? answer(request);
  };
  return { fetch, request, admission, routes };
}

/**
 * Answers HEAD without claiming a length. Hono leaves the body out, and Deno would say
 * `content-length: 0`, which is not how long the file is; of a stream it says nothing.
 */
async function answerHead(
  app: Hono,
  request: Request,
  bindings: Bindings,
): Promise<Response> {
  const response = await app.fetch(request, bindings);
  if (response.body !== null || WITHOUT_BODY.includes(response.status)) return response;
  return new Response(new Blob().stream(), response);
}

function refuseMethod(c: Context, allow: string): never {
  throw new NotOfferedError(405, `Cannot ${c.req.method} here: ${allow} are offered`, { allow });
}

function answerAsset(c: Context, { body, type, etag, length }: Asset): Response {
  const headers = { etag, "cache-control": "no-cache" };
  if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
  c.set("bytes", length);
  return c.body(body, 200, { ...headers, "content-type": type });
}
