/** The way of a request through the server: the stages before the app, and what is done after it. */

import type { Context, Hono } from "hono";
import { defer } from "../render/mod.ts";
import type { RateLimit } from "./admission/rate_limit.ts";
import { askedOf } from "./http/asked.ts";
import { pathBelow } from "./http/base_path.ts";
import type { Observer } from "./http/observer.ts";
import type { ResponseCache } from "./http/response_cache.ts";
import { setStandardHeaders } from "./http/security.ts";
import { Turns } from "./http/turns.ts";

/** What is known of a request's connection. */
export interface Connection {
  readonly remoteAddr: Deno.Addr;
}

/** What goes with a request into the app: the seconds that its client has to wait; and what comes out. */
export interface Bindings {
  readonly wait?: number;
  context?: Context;
}

/** Paths that monitors ask for: they have no limit and wait for no turn. */
const UNLIMITED = ["/healthz", "/readyz", "/metrics"];

/** Statuses of answers that never have a body, whatever the method. */
const WITHOUT_BODY = [204, 304];

/** What the stages are made of. */
interface PipelineParts {
  readonly app: Hono;
  readonly responses: ResponseCache;
  readonly observer: Observer;
  /** Default: no client has a limit. */
  readonly rate?: RateLimit | undefined;
  readonly basePath: string;
}

/** Around Hono and not as its middleware, each of which an answer has to come out of. */
export class Pipeline {
  readonly #app: Hono;
  readonly #responses: ResponseCache;
  readonly #observer: Observer;
  readonly #rate: RateLimit | undefined;
  readonly #pathOf: (request: Request) => string;
  readonly #turns = new Turns();

  constructor({ app, responses, observer, rate, basePath }: PipelineParts) {
    this.#app = app;
    this.#responses = responses;
    this.#observer = observer;
    this.#rate = rate;
    this.#pathOf = pathBelow(basePath);
  }

  /** Answers a request that came over a connection: rate limit, response cache, turn, app. */
  fetch(request: Request, connection?: Connection): Response | Promise<Response> {
    const rate = this.#rate;
    // Only connections over a network have an address of their own.
    if (rate === undefined || connection === undefined || !("hostname" in connection.remoteAddr)) {
      return this.#afterLimit(request);
    }
    return this.#limited(rate, request, connection.remoteAddr.hostname);
  }

  /** Answers a request that came over none: response cache, app. */
  request(target: string, init?: RequestInit): Response | Promise<Response> {
    const request = new Request(`http://localhost${target}`, init);
    return this.#cached(request) ?? this.#answer(request);
  }

  async #limited(rate: RateLimit, request: Request, remote: string): Promise<Response> {
    if (this.#isUnlimited(request)) return await this.#afterLimit(request);
    const wait = await rate.refused(request, remote);
    return wait === undefined
      ? await this.#afterLimit(request)
      : await this.#answer(request, { wait });
  }

  #afterLimit(request: Request): Response | Promise<Response> {
    const cached = this.#cached(request);
    if (cached !== undefined) return cached;
    if (this.#isUnlimited(request)) return this.#answer(request);
    const turn = this.#turns.next();
    return turn === undefined ? this.#answer(request) : this.#inTurn(request, turn);
  }

  #cached(request: Request): Response | undefined {
    const cached = this.#responses.answer(request);
    if (cached === undefined) return undefined;
    this.#observer.sawCached(cached);
    return cached.response;
  }

  /** Answers in its turn, if its client is still there. */
  async #inTurn(request: Request, turn: Promise<void>): Promise<Response> {
    // Deno notices that a client hangs up only after its signal was first asked for.
    const { signal } = request;
    await turn;
    return signal.aborted ? this.#observer.sawGone(request) : await this.#answer(request);
  }

  async #answer(request: Request, bindings: Bindings = {}): Promise<Response> {
    const began = performance.now();
    const asked = askedOf(request);
    const response = request.method === "HEAD"
      ? await this.#answerHead(request, bindings)
      : await this.#app.fetch(request, bindings);
    if (request.method !== "OPTIONS") setStandardHeaders(response);
    const milliseconds = performance.now() - began;
    // Metrics, the log and the response cache come after the answer.
    defer(() => {
      const route = this.#observer.saw(asked, bindings.context!, milliseconds);
      this.#responses.add(asked, response, route);
    });
    return response;
  }

  /**
   * Answers HEAD without claiming a length. Hono leaves the body out, and Deno would say
   * `content-length: 0`, which is not how long the file is; of a stream it says nothing.
   */
  async #answerHead(request: Request, bindings: Bindings): Promise<Response> {
    const response = await this.#app.fetch(request, bindings);
    if (response.body !== null || WITHOUT_BODY.includes(response.status)) return response;
    return new Response(new Blob().stream(), response);
  }

  #isUnlimited(request: Request): boolean {
    return UNLIMITED.includes(this.#pathOf(request));
  }
}
