/** The Hono app: what it is made of, and how errors become answers. */

import { type Context, Hono, type Next } from "hono";
import { paletteNames, paletteStops } from "../image/mod.ts";
import type { FileCache, Oracle, Renderer } from "../render/mod.ts";
import { Admission } from "./admission/admission.ts";
import { CostModel } from "./admission/cost_model.ts";
import { RateLimit, type RateOptions } from "./admission/rate_limit.ts";
import { type Asset, lessonPageWith, pageWith } from "./assets.ts";
import { LESSON_LIMITS, lessonSettings } from "./lesson/lesson.ts";
import { pathBelow } from "./http/base_path.ts";
import { CLIENT_GONE, Observer } from "./http/observer.ts";
import { answerProblem, BadRequestError, TooManyError } from "./http/problem.ts";
import type { RequestLine } from "./http/request_tally.ts";
import { ResponseCache } from "./http/response_cache.ts";
import { answerPreflight } from "./http/security.ts";
import type { ServerState } from "./operations/server_state.ts";
import { type Bindings, type Connection, Pipeline } from "./pipeline.ts";
import { type Limits, SETTING } from "./request/limits.ts";
import { TileQueries } from "./request/tile_queries.ts";
import { addRoutes, answerElse, type Route } from "./routes.ts";
import type { Enlarge } from "./tiles/fallback.ts";
import { VERSION } from "./version.ts";

export type { Connection, Route };

/** What an app is made of. */
export interface AppOptions {
  readonly renderer: Renderer;
  /** Counts the points of `/exact`. */
  readonly oracle: Oracle;
  /** Answers that were computed before, and those being computed now. */
  readonly files: FileCache;
  readonly limits: Limits;
  /** Seconds that tiles and renders may be kept by caches. */
  readonly maxAge: number;
  /** Enlarges a part of a kept tile, for `?fallback=parent`. */
  readonly enlarge: Enlarge;
  /** The state of the server around the app, for `/metrics` and `/readyz`. */
  readonly state: () => Promise<ServerState>;
  /** Bounds what one client may ask; default: nothing does. */
  readonly rate?: RateOptions;
  /** What stands before every path: empty, the default, or `/somewhere` without a slash at its end. */
  readonly basePath?: string;
  /** Bytes of answers that are kept whole besides their files; default 16 MiB. */
  readonly responseBytes?: number;
  /** Called with every error that is not the client's, unless the log has it. */
  readonly report: (error: unknown) => void;
  /**
   * Called with the line of every request, which has the error if that was not the client's; default: not
   * called. An answer that is given again has the same line, the object itself.
   */
  readonly log?: (line: RequestLine) => void;
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

/** Stops of a palette's preview on the page. */
const PREVIEW_STOPS = 12;

/** Makes the app. */
export function createApp(options: AppOptions): App {
  const { files, limits, state, rate, report, log, basePath = "" } = options;
  const observer = new Observer(log);
  const admission = new Admission(limits, SETTING.queue);
  const responses = new ResponseCache(files, {
    basePath,
    ...(options.responseBytes !== undefined && { mostBytes: options.responseBytes }),
  });
  const app = new Hono({ getPath: pathBelow(basePath) });
  app.use((c, next) => begin(c, next, { limits, perSecond: rate?.perSecond ?? 0 }));
  const routes = addRoutes(app, {
    door: { ...options, admission, costs: new CostModel(), queries: new TileQueries(limits) },
    oracle: options.oracle,
    lesson: {
      lessons: new Admission(LESSON_LIMITS),
      isClosing: () => admission.closed,
      report,
    },
    metrics: { requests: observer.requests, admission, responses, state },
    page: explorerPage(limits, basePath),
    lessonPage: lessonPageWith(lessonSettings),
  });
  app.notFound((c) => answerElse(c, { basePath, routes }));
  app.onError((error, c) => {
    // The client has gone: this answer is not sent.
    if (c.req.raw.signal.aborted) return c.body(null, CLIENT_GONE as 400);
    return answerProblem(error, c, log === undefined ? report : () => {});
  });
  const pipeline = new Pipeline({
    ...{ app, responses, observer, basePath },
    rate: rate && rate.perSecond > 0 ? new RateLimit(rate) : undefined,
  });
  return {
    fetch: (request, connection) => pipeline.fetch(request, connection),
    request: (target, init) => pipeline.request(target, init),
    ...{ admission, routes },
  };
}

/** What comes before every route: preflights, clients over their limit, URLs that are too long. */
function begin(
  c: Context,
  next: Next,
  { limits, perSecond }: { readonly limits: Limits; readonly perSecond: number },
): Promise<Response | void> {
  const bindings = c.env as Bindings;
  bindings.context = c;
  if (c.req.method === "OPTIONS") return answerPreflight(c, next);
  if (bindings.wait !== undefined) throw new TooManyError(perSecond, bindings.wait);
  const { url } = c.req;
  // The origin is the client's to choose; what counts is what comes behind it.
  if (url.length > limits.url && url.length - new URL(url).origin.length > limits.url) {
    throw new BadRequestError(
      `Cannot read a URL of more than ${limits.url} characters: POST /render.png takes the same as JSON`,
      { limit: SETTING.url, allowed: limits.url },
    );
  }
  return next();
}

function explorerPage({ deepest, iterations }: Limits, basePath: string): Asset {
  return pageWith({
    deepest,
    iterationsLimit: iterations,
    palettes: paletteNames.map((name) => ({ name, stops: paletteStops(name, PREVIEW_STOPS) })),
    basePath,
    version: VERSION,
  });
}
