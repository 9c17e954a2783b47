/** Sees every request answered: counts it, and tells whoever keeps a log. */

import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { HotAnswer } from "./hot_answers.ts";
import { type RequestLine, RequestTally } from "./request_tally.ts";

/** The pattern that only middleware has: no route took the request. */
const NO_ROUTE = "/*";

/** Statuses from which on a line tells what went wrong. */
const SERVERS_OWN = 500;

/** The one place where requests are counted, whether the app answered or what it had answered before. */
export class Observer {
  readonly requests = new RequestTally();
  readonly #log: ((line: RequestLine) => void) | undefined;
  readonly #routes = new WeakMap<Request, string>();

  /** @param log told of every request, on its way out */
  constructor(log?: (line: RequestLine) => void) {
    this.#log = log;
  }

  /** The pattern by which the app answered a request. */
  routeOf(request: Request): string {
    return this.#routes.get(request) ?? "other";
  }

  /** Notes an answer that the app had given before. */
  sawHot(request: Request, { response, route, bytes }: HotAnswer, began: number): void {
    this.#see(request, { route, status: response.status, bytes, began });
  }

  /** Middleware around everything else. */
  readonly watch: MiddlewareHandler = async (c, next) => {
    const began = performance.now();
    await next();
    const pattern = routePath(c, -1);
    const route = pattern === NO_ROUTE ? "other" : pattern;
    this.#routes.set(c.req.raw, route);
    const { status } = c.res;
    const bytes = (c.get("bytes") as number | undefined) ?? 0;
    const error = status >= SERVERS_OWN ? c.error : undefined;
    this.#see(c.req.raw, { route, status, bytes, began, ...(error && { error }) });
  };

  #see(
    request: Request,
    { began, ...seen }:
      & Pick<RequestLine, "route" | "status" | "bytes" | "error">
      & { readonly began: number },
  ): void {
    const line: RequestLine = {
      ...seen,
      method: request.method,
      target: request.url.slice(request.url.indexOf("/", "https://".length)),
      milliseconds: performance.now() - began,
    };
    this.requests.count(line);
    this.#log?.(line);
  }
}
