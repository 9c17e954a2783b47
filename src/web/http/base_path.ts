/** The path in front of everything, for a server that shares its host with others. */

/** Stands for every path that does not lie below the base: no URL has a space, so no route is like it. */
const OUTSIDE = "/outside the base path";

/** What a base path looks like: empty, or `/somewhere` without a slash at its end. */
export const BASE_PATH = /^(?:\/[\w.~-]+)*$/;

/**
 * A function from a request to the path that the routes know: what comes behind the base.
 *
 * @param basePath empty, or `/somewhere` without a slash at its end
 */
export function pathBelow(basePath: string): (request: Request) => string {
  return ({ url }) => {
    const start = url.indexOf("/", "https://".length);
    const end = url.slice(start).search(/[?#]/);
    const path = end < 0 ? url.slice(start) : url.slice(start, start + end);
    return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : OUTSIDE;
  };
}
