/** Every number that bounds a request, by name. An answer that refuses a request names the number. */

/** What a server allows. */
export interface Limits {
  /** Deepest zoom of a tile; a view's pixels may be as small as that tile's. */
  readonly deepest: number;
  /**
   * Largest `iterations`. What a request with many of them may cost is bounded by its budget, and by the
   * memory for reference orbits: one that neither escapes nor repeats has as many points. A batch that was
   * begun is ended before a budget is looked at: of 10^9 iterations some 10 s a worker.
   */
  readonly iterations: number;
  /** Longest side of a rendered picture or array, pixels. */
  readonly side: number;
  /** Most pixels, width * height, of a rendered picture or array. */
  readonly pixels: number;
  /** Largest `supersample`: samples a pixel along each axis. */
  readonly supersample: number;
  /** Most samples, width * height * supersample^2. */
  readonly samples: number;
  /** Longest URL, characters of path and query. */
  readonly url: number;
  /** Largest body of a POST, bytes. */
  readonly body: number;
  /** Most digits of a decimal number, and its largest exponent. */
  readonly digits: number;
  readonly exponent: number;
  /**
   * Compute time of one request, seconds of all cores together, the looks of `iterations=auto` included.
   * It does not bear on what `auto` chooses, which the place alone decides by constant models of what its
   * orbit and a tile of it cost.
   */
  readonly budget: number;
  /** Requests that are computed at the same time, and that may wait for it. */
  readonly concurrency: number;
  readonly queue: number;
}

/**
 * What bounds a request, by the names under which an operator sets it: flags without their dashes. A
 * problem document's `limit` is one of these.
 */
export const SETTING = {
  deepest: "deepest",
  iterations: "max-iterations",
  side: "max-side",
  pixels: "max-pixels",
  supersample: "max-supersample",
  samples: "max-samples",
  url: "max-url",
  body: "max-body",
  digits: "max-digits",
  exponent: "max-exponent",
  budget: "budget",
  queue: "queue",
  rate: "rate",
  references: "reference-memory",
} as const;

/** One of these names. */
export type LimitName = (typeof SETTING)[keyof typeof SETTING];

/** What a refusal says besides its words: the parameter at fault, its value, the limit, what is allowed. */
export type Details = Readonly<Record<string, string | number>> & { readonly limit?: LimitName };

/** The default limits, apart from `concurrency`. */
export const DEFAULT_LIMITS: Omit<Limits, "concurrency"> = {
  deepest: 30_000,
  iterations: 1_000_000_000,
  side: 16_384,
  pixels: 2 ** 24,
  supersample: 8,
  samples: 2 ** 27,
  url: 32_768,
  body: 131_072,
  digits: 20_000,
  exponent: 20_000,
  budget: 120,
  queue: 256,
};
