/** The response cache: whole answers by URL, given before anything else of a request is read. */

import { LRUCache } from "lru-cache";
import type { FileCache, StoreStats } from "../../render/mod.ts";
import { CACHED } from "./answers.ts";
import { type Asked, targetOf } from "./asked.ts";
import type { RequestLine } from "./request_tally.ts";
import { matches } from "./validators.ts";

/** An answer, and its line of the log: the same object whenever the answer is given. */
export interface CachedAnswer {
  readonly response: Response;
  readonly line: RequestLine;
}

/** What is known of a URL: its file's ETag, and the headers that the app answered with. */
interface Known {
  readonly etag: string;
  readonly route: string;
  /** `Accept` headers that the app took. */
  accepted: readonly string[];
  headers: Headers | undefined;
  /** Without a body an answer can be given again as it is. */
  notModified: CachedAnswer | undefined;
}

/** Bytes of answers kept whole by default. */
const MOST_BYTES = 16 * 2 ** 20;

/** Bytes of URLs and headers that are remembered. */
const MOST_KNOWN = 16 * 2 ** 20;

/** Bytes of an entry besides its URL or file: its headers, twice. */
const ENTRY_BYTES = 2500;

/** Longer URLs are deep ones; reading them costs less than their files. */
const LONGEST_URL = 1024;

/** `Accept` headers remembered of a URL. */
const MOST_ACCEPTED = 4;

/** Paths of files. */
const FILES = ["/tiles/", "/tms/", "/render.", "/wmts", "/ogc/map/tiles/"];

/**
 * Keeps answers of the app and gives them again as long as their files are at hand. Its headers are the
 * app's own, and whatever might make a difference (method, `Accept`, a tag that the client has) is looked
 * at or left to the app.
 *
 * A whole answer is kept to be cloned: making one anew copies its body and checks its headers, which takes
 * half of the time of a request (experiments web-1, web-2).
 */
export class ResponseCache {
  readonly #files: FileCache;
  readonly #starts: readonly string[];
  readonly #mostBytes: number;
  readonly #known = new LRUCache<string, Known>({
    maxSize: MOST_KNOWN,
    sizeCalculation: (_known, target) => ENTRY_BYTES + 2 * target.length,
  });
  readonly #whole: LRUCache<string, CachedAnswer>;
  #hits = 0;
  #misses = 0;

  /** @param options.basePath what stands before every path; `mostBytes` bounds answers kept whole */
  constructor(
    files: FileCache,
    { basePath = "", mostBytes = MOST_BYTES }: { basePath?: string; mostBytes?: number } = {},
  ) {
    this.#files = files;
    this.#starts = FILES.map((start) => basePath + start);
    this.#mostBytes = mostBytes;
    this.#whole = new LRUCache({
      maxSize: mostBytes,
      sizeCalculation: ({ line }) => ENTRY_BYTES + line.bytes,
    });
  }

  /** The answer, if it is known. */
  answer(request: Request): CachedAnswer | undefined {
    const target = targetOf(request.url);
    const known = this.#known.get(target);
    if (known === undefined || request.method !== "GET") return undefined;
    const { headers } = request;
    const accept = headers.get("accept");
    if (accept !== null && !known.accepted.includes(accept)) return undefined;
    const had = headers.get("if-none-match");
    if (had !== null && matches(had, known.etag)) return known.notModified;
    // Looking for the file keeps it at hand.
    const bytes = known.headers && this.#files.peek(known.etag);
    if (bytes === undefined) {
      this.#whole.delete(target);
      return undefined;
    }
    const whole = this.#whole.get(target);
    if (whole !== undefined) {
      this.#hits++;
      return { response: whole.response.clone(), line: whole.line };
    }
    this.#misses++;
    const ofTheFirst = Object.fromEntries(known.headers!);
    const response = new Response(bytes, {
      headers: { ...ofTheFirst, "server-timing": CACHED },
    });
    const line = lineOf(target, { route: known.route, status: 200, bytes: bytes.length });
    this.#whole.set(target, { response, line });
    return { response: response.clone(), line };
  }

  /** Keeps an answer of the app, and the route that it came by. */
  add({ method, target, accept }: Asked, response: Response, route: string): void {
    if (target.length > LONGEST_URL || method !== "GET") return;
    if (!this.#starts.some((start) => target.startsWith(start))) return;
    const etag = response.headers.get("etag");
    // What depends on more headers than those looked at here is the app's to answer.
    if (etag === null || response.headers.has("vary")) return;
    const known = this.#known.get(target) ??
      { etag, route, accepted: [], headers: undefined, notModified: undefined };
    if (response.status === 200) {
      // Read when it is asked for again: now a client is waiting.
      known.headers ??= response.headers;
    } else if (response.status === 304) {
      const line = lineOf(target, { route, status: 304, bytes: 0 });
      known.notModified ??= { response: response.clone(), line };
    } else return;
    if (accept !== null && !known.accepted.includes(accept)) {
      known.accepted = [accept, ...known.accepted].slice(0, MOST_ACCEPTED);
    }
    this.#known.set(target, known);
  }

  /** What is kept whole. */
  stats(): StoreStats {
    return {
      tier: "memory",
      open: true,
      entries: this.#whole.size,
      bytes: this.#whole.calculatedSize,
      mostBytes: this.#mostBytes,
      hits: this.#hits,
      misses: this.#misses,
    };
  }
}

/** The line of an answer out of memory, which takes no time worth reading a clock for. */
function lineOf(
  target: string,
  seen: Pick<RequestLine, "route" | "status" | "bytes">,
): RequestLine {
  return { ...seen, milliseconds: 0, method: "GET", target };
}
