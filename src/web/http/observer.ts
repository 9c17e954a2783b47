/** Counts every request that is answered, and hands its line to the log. */

import type { Context } from "hono";
import { routePath } from "hono/route";
import { defer } from "../../render/mod.ts";
import { type Asked, askedOf } from "./asked.ts";
import type { CachedAnswer } from "./response_cache.ts";
import { type RequestLine, RequestTally } from "./request_tally.ts";

/** The pattern that only middleware has: no route took the request; and its name in metrics. */
const NO_ROUTE = "/*";
const NOWHERE = "other";

/** What is noted of a request whose client has hung up. */
export const CLIENT_GONE = 499;

/** Statuses from which on a line has the error. */
const SERVERS_OWN = 500;

/** What is noted of a request beside itself. */
type Seen = Omit<RequestLine, "method" | "target">;

/** The one place where requests are counted, whether the app answered or what it had answered before. */
export class Observer {
  readonly requests = new RequestTally();
  readonly #log: ((line: RequestLine) => void) | undefined;

  /** @param log called with the line of every request */
  constructor(log?: (line: RequestLine) => void) {
    this.#log = log;
  }

  /** Notes an answer of the response cache. It takes less time than reading the clock twice. */
  sawCached({ line }: CachedAnswer): void {
    const sums = this.requests.of(line.route, line.status);
    sums.requests++;
    sums.bytes += line.bytes;
    this.#log?.(line);
  }

  /** Notes a request whose client hung up before its turn, and makes an answer that is not sent. */
  sawGone(request: Request): Response {
    const seen = { route: NOWHERE, status: CLIENT_GONE, bytes: 0, milliseconds: 0 };
    const asked = askedOf(request);
    defer(() => this.#note(asked, seen));
    return new Response(null, { status: CLIENT_GONE });
  }

  /** Notes an answer of the app. Returns the pattern of the route that it came by. */
  saw(asked: Asked, c: Context, milliseconds: number): string {
    const pattern = routePath(c, -1);
    const route = pattern === NO_ROUTE ? NOWHERE : pattern;
    const { status } = c.res;
    const bytes = (c.get("bytes") as number | undefined) ?? 0;
    const error = status >= SERVERS_OWN ? c.error : undefined;
    this.#note(asked, { route, status, bytes, milliseconds, ...(error && { error }) });
    return route;
  }

  #note({ method, target }: Asked, seen: Seen): void {
    const sums = this.requests.of(seen.route, seen.status);
    sums.requests++;
    sums.milliseconds += seen.milliseconds;
    sums.bytes += seen.bytes;
    this.#log?.({ ...seen, method, target });
  }
}
