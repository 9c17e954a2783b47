/** The routes of the app: which path is answered by which handler. */

import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { METHOD_NAME_ALL } from "hono/router";
import { secureHeaders } from "hono/secure-headers";
import type { Oracle } from "../render/mod.ts";
import { type Asset, assets, docsPage, licencesText, robotsText } from "./assets.ts";
import { answerLesson, type LessonDoor } from "./lesson/lesson.ts";
import { answerNotFound, BadRequestError, NotOfferedError, shown } from "./http/problem.ts";
import { PAGE_SECURITY } from "./http/security.ts";
import { matches } from "./http/validators.ts";
import { answerOpenApi } from "./openapi/openapi.ts";
import type { MetricSources } from "./operations/metrics.ts";
import { answerHealth, answerMetrics, answerReady } from "./operations/operations.ts";
import { ENDINGS, OFFERED } from "./request/formats.ts";
import { type Limits, SETTING } from "./request/limits.ts";
import { answerCrs, answerOgcDocument, answerOgcTile, OGC_DOCUMENTS } from "./standards/ogc.ts";
import { answerTileJson } from "./standards/tile_json.ts";
import { answerCapabilities, answerWmts, answerWmtsTile, type WmtsDoor } from "./standards/wmts.ts";
import { answerExact } from "./tiles/exact.ts";
import { answerRender, answerTile } from "./tiles/renders.ts";

/** What the handlers need. */
export interface Handlers {
  readonly door: WmtsDoor;
  readonly oracle: Oracle;
  readonly lesson: LessonDoor;
  readonly metrics: MetricSources;
  /** The pages that have settings in them. */
  readonly page: Asset;
  readonly lessonPage: Asset;
}

/** What one handler answers. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

/** Adds all routes to an app, and refusals of other methods. Returns what is offered. */
export function addRoutes(app: Hono, handlers: Handlers): readonly Route[] {
  addPages(app, handlers);
  addOperations(app, handlers);
  addTiles(app, handlers);
  addStandards(app, handlers);
  const routes = app.routes.filter(({ method }) => method !== METHOD_NAME_ALL);
  // What is left of these paths came with another method.
  for (const [path, offered] of Map.groupBy(routes, ({ path }) => path)) {
    const posted = offered.some(({ method }) => method === "POST");
    app.all(path, (c) => refuseMethod(c, `GET, HEAD, ${posted ? "POST, " : ""}OPTIONS`));
  }
  return routes;
}

function addPages(app: Hono, { door, lesson, page, lessonPage }: Handlers): void {
  const security = secureHeaders(PAGE_SECURITY);
  app.get("/", security, (c) => answerAsset(c, page));
  app.get("/docs", security, (c) => answerAsset(c, docsPage));
  app.get("/lesson", security, (c) => answerAsset(c, lessonPage));
  app.get("/lesson/run", (c) => answerLesson(c, lesson));
  app.get("/licences", (c) => answerAsset(c, licencesText));
  app.get("/robots.txt", (c) => answerAsset(c, robotsText));
  app.get("/favicon.ico", (c) => answerAsset(c, assets.get("favicon.svg")!));
  app.get("/assets/*", (c) => {
    const asset = assets.get(c.req.path.slice("/assets/".length));
    return asset === undefined ? answerNotFound(c) : answerAsset(c, asset);
  });
  app.get("/openapi.json", (c) => answerOpenApi(c, door.limits));
}

function addOperations(app: Hono, { metrics }: Handlers): void {
  app.get("/healthz", answerHealth);
  app.get("/readyz", (c) => answerReady(c, metrics));
  app.get("/metrics", (c) => answerMetrics(c, metrics));
}

function addTiles(app: Hono, { door, oracle }: Handlers): void {
  app.get("/tiles/:z/:x/:file", (c) => answerTile(c, door));
  app.get("/tms/:z/:x/:file", (c) => answerTile(c, door, "tms"));
  app.get("/exact", (c) => answerExact(c, { ...door, oracle }));
  const body = limitedBody(door.limits);
  for (const [ending, format] of ENDINGS) {
    app.get(`/render.${ending}`, (c) => answerRender(c, door, format));
    app.post(`/render.${ending}`, body, (c) => answerRender(c, door, format));
  }
}

function addStandards(app: Hono, { door }: Handlers): void {
  app.get("/tiles.json", (c) => answerTileJson(c, door));
  app.get("/wmts", (c) => answerWmts(c, door));
  app.get("/wmts/1.0.0/WMTSCapabilities.xml", (c) => answerCapabilities(c, door));
  app.get("/wmts/tiles/:style/:set/:z/:y/:file", (c) => answerWmtsTile(c, door));
  for (const [path, document] of Object.entries(OGC_DOCUMENTS)) {
    app.get(path, (c) => answerOgcDocument(c, door, document));
  }
  app.get("/ogc/crs/:id", (c) => answerCrs(c, door));
  app.get("/ogc/map/tiles/:id/:z/:y/:x", (c) => answerOgcTile(c, door));
}

/** Paths of renders, whatever they are to be, and the methods by which they are asked for. */
const RENDER = /^\/render\.([^/]*)$/;
const RENDERS = ["GET", "HEAD", "POST"];

/** Answers what no route takes. */
export function answerElse(
  c: Context,
  { basePath, routes }: { readonly basePath: string; readonly routes: readonly Route[] },
): Response {
  // As a route beside fixed paths it would have Hono look for all of them in a slower way.
  const [, format] = RENDER.exec(c.req.path) ?? [];
  if (format !== undefined && RENDERS.includes(c.req.method)) {
    throw new NotOfferedError(406, `Cannot render as ${shown(format)}: ${OFFERED} are offered`);
  }
  const { pathname, search } = new URL(c.req.url);
  // The page's links are relative to the slash; no other path has one at its end.
  if (basePath !== "" && pathname === basePath) return c.redirect(`${basePath}/${search}`, 308);
  const bare = c.req.path.replace(/\/+$/, "");
  if (bare !== c.req.path && routes.some(({ path }) => path === bare)) {
    return c.redirect(`${basePath}${bare}${search}`, 308);
  }
  return answerNotFound(c);
}

function limitedBody({ body }: Limits): ReturnType<typeof bodyLimit> {
  return bodyLimit({
    maxSize: body,
    onError: () => {
      throw new BadRequestError(`Cannot read a body of more than ${body} bytes`, {
        limit: SETTING.body,
        allowed: body,
      });
    },
  });
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
