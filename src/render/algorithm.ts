/** The version of everything that decides the bytes of an answer. */

/** Changes whenever the same request would give other bytes than before: it is part of every key and ETag. */
export const ALGORITHM = "mandeltile/7";
