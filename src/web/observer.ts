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

  /**
   * Notes an answer that the app had given before. It takes no time worth counting, and reading the
   * clock twice would be a part of it.
   */
  sawHot({ line }: HotAnswer): void {
    const sums = this.requests.of(line.route, line.status);
    sums.requests++;
    sums.bytes += line.bytes;
    this.#log?.(line);
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
    const milliseconds = performance.now() - began;
    const sums = this.requests.of(route, status);
    sums.requests++;
    sums.milliseconds += milliseconds;
    sums.bytes += bytes;
    const seen = { route, status, bytes, milliseconds, ...(error && { error }) };
    this.#log?.(lineOf(c.req.raw, seen));
  };
}

function lineOf(
  { method, url }: Request,
  seen: Omit<RequestLine, "method" | "target">,
): RequestLine {
  return { ...seen, method, target: url.slice(url.indexOf("/", "https://".length)) };
}
