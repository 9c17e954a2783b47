/** Security headers: of files, and of pages. */

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
