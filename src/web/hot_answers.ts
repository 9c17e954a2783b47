/** Answers given before anything is read but a URL: what was asked for before, word for word. */

import { LRUCache } from "lru-cache";
import type { FileCache } from "../render/mod.ts";
import { CACHED } from "./answers.ts";
import { matches } from "./validators.ts";

/** An answer, and what is counted of it. */
export interface HotAnswer {
  readonly response: Response;
  readonly route: string;
  readonly bytes: number;
}

/** What is known of a URL: its file's ETag, and the headers that the app answered with. */
interface Known {
  readonly etag: string;
  readonly route: string;
  /** `Accept` headers that the app took. */
  accepted: readonly string[];
  /** A plain object: Deno makes an answer of it sooner than of Headers. */
  ok: Record<string, string> | undefined;
  /** Without a body an answer can be cloned, which takes a tenth of making it (0.5 of 4.6 us, 2026-11). */
  notModified: Response | undefined;
}

/** Bytes of URLs and headers that are remembered. */
const MOST_BYTES = 16 * 2 ** 20;

/** Bytes of an entry besides its URL: its headers, twice. */
const ENTRY_BYTES = 2500;

/** Longer URLs are deep ones; reading them costs less than their files. */
const LONGEST_URL = 1024;

/** `Accept` headers remembered of a URL. */
const MOST_ACCEPTED = 4;

/** Paths of files. */
const FILES = ["/tiles/", "/tms/", "/render.", "/wmts", "/ogc/map/tiles/"];

/**
 * Learns from the answers of an app, and gives them again as long as their files are at hand. What it
 * answers is what the app would: its headers are the app's own, and whatever might make a difference
 * (method, `Accept`, a tag that the client has) is looked at or left to the app.
 */
export class HotAnswers {
  readonly #files: FileCache;
  readonly #starts: readonly string[];
  readonly #known = new LRUCache<string, Known>({
    maxSize: MOST_BYTES,
    sizeCalculation: (_known, url) => ENTRY_BYTES + 2 * url.length,
  });

  /** @param basePath what stands before every path */
  constructor(files: FileCache, basePath = "") {
    this.#files = files;
    this.#starts = FILES.map((start) => basePath + start);
  }

  /** The answer, if it is known. */
  answer(request: Request): HotAnswer | undefined {
    const known = this.#known.get(targetOf(request.url));
    if (known === undefined || request.method !== "GET") return undefined;
    const { headers } = request;
    const accept = headers.get("accept");
    if (accept !== null && !known.accepted.includes(accept)) return undefined;
    const had = headers.get("if-none-match");
    if (had !== null && matches(had, known.etag)) {
      const response = known.notModified?.clone();
      return response && { response, route: known.route, bytes: 0 };
    }
    const bytes = known.ok && this.#files.peek(known.etag);
    if (bytes === undefined) return undefined;
    const response = new Response(bytes, { headers: known.ok! });
    return { response, route: known.route, bytes: bytes.length };
  }

  /** Notes how the app answered, and by which route. */
  learn(request: Request, response: Response, route: string): void {
    const target = targetOf(request.url);
    if (target.length > LONGEST_URL || request.method !== "GET") return;
    if (!this.#starts.some((start) => target.startsWith(start))) return;
    const etag = response.headers.get("etag");
    // What depends on more headers than those looked at here is the app's to answer.
    if (etag === null || response.headers.has("vary")) return;
    const known = this.#known.get(target) ??
      { etag, route, accepted: [], ok: undefined, notModified: undefined };
    if (response.status === 200) {
      known.ok ??= { ...Object.fromEntries(response.headers), "server-timing": CACHED };
    } else if (response.status === 304) known.notModified ??= response.clone();
    else return;
    const accept = request.headers.get("accept");
    if (accept !== null && !known.accepted.includes(accept)) {
      known.accepted = [accept, ...known.accepted].slice(0, MOST_ACCEPTED);
    }
    this.#known.set(target, known);
  }
}

/** Path and query as they were sent: what comes behind the host. */
function targetOf(url: string): string {
  return url.slice(url.indexOf("/", "https://".length));
}
