/** Errors as answers: one table from what was thrown to a status and a problem document (RFC 9457). */

import { OutsideWorldError, TooDeepError } from "../../plane/mod.ts";
import { OrbitTooLongError, OverBudgetError, PoolClosedError } from "../../render/mod.ts";
import type { Context } from "hono";
import { type Details, SETTING } from "../request/limits.ts";

/** A request that cannot be read or is above a limit: 400. */
export class BadRequestError extends Error {
  override readonly name = "BadRequestError";
  /** The parameter at fault, its value (shortened), and what is allowed. */
  readonly details: Details;

  constructor(message: string, details: Details = {}) {
    super(message);
    this.details = details;
  }
}

/** A format, method or file that is not offered: 406, 405 or 404, with the header that says what is. */
export class NotOfferedError extends Error {
  override readonly name = "NotOfferedError";
  readonly status: 404 | 405 | 406;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: 404 | 405 | 406,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** No room for the request now: 503. */
export class BusyError extends Error {
  override readonly name = "BusyError";
  /** Seconds after which to try again. */
  readonly retryAfter: number;
  /** The limit that was reached, if it was one. */
  readonly details: Details;

  constructor(
    message: string,
    retryAfter: number,
    details: Details = {},
  ) {
    super(message);
    this.retryAfter = retryAfter;
    this.details = details;
  }
}

/** More requests from one client than it may send: 429. */
export class TooManyError extends Error {
  override readonly name = "TooManyError";
  /** Seconds after which to try again. */
  readonly retryAfter: number;
  /** Requests a second that are allowed. */
  readonly allowed: number;

  constructor(allowed: number, retryAfter: number) {
    super(`More than ${allowed} requests a second came from this address`);
    this.allowed = allowed;
    this.retryAfter = retryAfter;
  }
}

/** An error as an answer. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly extra?: Details;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds after which a request that was too dear or came to a closing server may be tried again. */
const LATER = 30;

const NOT_OFFERED = { 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable" } as const;

/** The table: what an error means to a client; nothing when it is not the client's. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof BadRequestError) {
    return { status: 400, title: "Bad Request", extra: error.details };
  }
  if (error instanceof TooDeepError) {
    return {
      status: 404,
      title: "Not Found",
      extra: { parameter: error.by, limit: SETTING.deepest, deepest: error.deepest },
    };
  }
  if (error instanceof OutsideWorldError) {
    const extra = error.axis && { parameter: error.axis };
    return { status: 404, title: "Not Found", ...(extra && { extra }) };
  }
  if (error instanceof NotOfferedError) {
    return { status: error.status, title: NOT_OFFERED[error.status], headers: error.headers };
  }
  if (error instanceof TooManyError) {
    const headers = { "retry-after": String(error.retryAfter) };
    const extra = { limit: SETTING.rate, allowed: error.allowed };
    return { status: 429, title: "Too Many Requests", extra, headers };
  }
  if (error instanceof BusyError) {
    const headers = { "retry-after": String(error.retryAfter) };
    return { status: 503, title: "Service Unavailable", extra: error.details, headers };
  }
  if (error instanceof OverBudgetError) {
    const headers = { "retry-after": String(LATER) };
    return { status: 503, title: "Service Unavailable", extra: { limit: SETTING.budget }, headers };
  }
  if (error instanceof OrbitTooLongError) {
    const extra = { parameter: "iterations", limit: SETTING.references, allowed: error.allowed };
    return { status: 400, title: "Bad Request", extra };
  }
  if (error instanceof PoolClosedError) {
    const headers = { "retry-after": String(LATER) };
    return { status: 503, title: "Service Unavailable", headers };
  }
  return undefined;
}

/**
 * What is to blame for an error: itself, or the client's `Host` header, which Deno writes into a
 * request's address as it stands, so that reading the address may throw.
 */
export function causeOf(error: unknown, url: string): unknown {
  if (problemOf(error) !== undefined || URL.canParse(url)) return error;
  return new BadRequestError(`Cannot read the address ${shown(url)}: it has no valid host`, {
    parameter: "Host",
  });
}

/** Answers with what went wrong. What the table does not know is a fault of ours: 500, and reported. */
export function answerProblem(
  thrown: unknown,
  c: Context,
  report: (error: unknown) => void,
): Response {
  const error = causeOf(thrown, c.req.url);
  const problem = problemOf(error);
  if (problem === undefined) {
    report(error);
    return document(c, { status: 500, title: "Internal Server Error" }, "The server failed.");
  }
  return document(c, problem, error instanceof Error ? error.message : String(error));
}

/** Answers that there is nothing at this path. */
export function answerNotFound(c: Context): Response {
  return document(
    c,
    { status: 404, title: "Not Found" },
    `There is nothing at ${shown(new URL(c.req.url).pathname)}`,
  );
}

function document(c: Context, problem: Problem, detail: string): Response {
  const { status, title, extra, headers } = problem;
  const body = { type: "about:blank", title, status, detail, ...extra };
  return c.body(`${JSON.stringify(body)}\n`, status as 400, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    ...headers,
  });
}

/** A value as an answer repeats it: 80 characters at most. */
export function shown(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
