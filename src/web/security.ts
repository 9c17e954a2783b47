/** Security headers: of files, and of pages; and what an answer without a body does without. */

import type { MiddlewareHandler } from "hono";

/** Headers of every answer: no type is guessed, and tiles are for everybody's maps. */
const SECURITY = {
  crossOriginResourcePolicy: "cross-origin",
  // Whether to demand TLS is for whoever terminates it to say.
  strictTransportSecurity: false,
} as const;

/** What only concerns documents; each header costs a tile out of memory a fortieth of its time. */
export const FILE_SECURITY = {
  ...SECURITY,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const;

/**
 * What a 304 need not say again. A browser or cache that asked whether its copy is still good goes on
 * using the headers of that copy, and only takes over those that come with the 304 (RFC 9111, 3.2). A
 * script with a tag of its own gets the 304 itself, for which it needs leave of its origin alone.
 */
const OF_THE_COPY = [
  "access-control-expose-headers",
  "cross-origin-resource-policy",
  "x-content-type-options",
];

/** Middleware around those that set headers: leaves them out of a 304, of which each is a fiftieth. */
export const bare304: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.status !== 304) return;
  for (const name of OF_THE_COPY) c.res.headers.delete(name);
};

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
