/** Headers of every answer: who may read it, and what browsers must not do with it. */

import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

/** Headers of every answer that is not about an origin: no type is guessed, and tiles are for everybody's maps. */
const SECURITY = {
  crossOriginResourcePolicy: "cross-origin",
  // To demand TLS is up to the proxy that terminates it.
  strictTransportSecurity: false,
} as const;

/** What any page may ask of this server, and read of its answers. */
const SHARING: Parameters<typeof cors>[0] = {
  origin: "*",
  allowMethods: ["GET", "HEAD", "POST", "OPTIONS"],
  exposeHeaders: [
    "ETag",
    "Retry-After",
    "Mandeltile-Arithmetic",
    "Mandeltile-Checked",
    "Mandeltile-Fallback",
    "Mandeltile-Iterations",
    "Server-Timing",
  ],
  maxAge: 86400,
};

/** Leave for pages of every origin. */
const LEAVE = ["access-control-allow-origin", "*"] as const;

/** What concerns files too; what only concerns documents would cost a tile out of memory a fortieth. */
const OF_EVERY_ANSWER = [
  LEAVE,
  ["access-control-expose-headers", SHARING.exposeHeaders!.join(",")],
  ["cross-origin-resource-policy", SECURITY.crossOriginResourcePolicy],
  ["x-content-type-options", "nosniff"],
] as const;

/**
 * What a 304 has to say. A browser or cache that asked whether its copy is still good goes on using the
 * headers of that copy, and only takes over those that come with the 304 (RFC 9111, 3.2). A script with a
 * tag of its own gets the 304 itself, for which it needs leave of its origin alone.
 */
const OF_A_304 = [LEAVE];

/** Answers `OPTIONS`. */
export const answerPreflight: MiddlewareHandler = cors(SHARING);

/**
 * Sets the headers that every answer has, on the answer that is there. Hono's own middleware makes an
 * answer for them first (experiment web-5).
 */
export function setStandardHeaders({ headers, status }: Response): void {
  for (const [name, value] of status === 304 ? OF_A_304 : OF_EVERY_ANSWER) headers.set(name, value);
}

/** And of the page: only what it loads from here; its panel sets styles of its own elements. */
export const PAGE_SECURITY = {
  ...SECURITY,
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:", "blob:"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'self'"],
  },
};
