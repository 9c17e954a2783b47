/** Where clients reach the server from outside: through a proxy, or directly. */

import type { Context } from "hono";

/**
 * Headers that the address depends on: the client's and the proxy's. An answer with the address in it names
 * them in `Vary`, so that no cache hands out one client's to another.
 */
export const FORWARDED = "Host, X-Forwarded-Proto, X-Forwarded-Host, X-Forwarded-Prefix";

/**
 * The address in front of the app's paths, its base path included, without a slash at the end. A proxy that serves it under
 * another scheme, host or path says so in `X-Forwarded-Proto`, `-Host` and `-Prefix`. A client that sends
 * these gets addresses that it made up, and no other client does, as the answer varies with them. What is
 * no scheme, host or path is passed over.
 */
export function publicUrl(c: Context): string {
  const { protocol, host, pathname } = new URL(c.req.url);
  const given = (name: string, shape: RegExp) => {
    // Of several proxies the outermost comes first.
    const value = c.req.header(`x-forwarded-${name}`)?.split(",")[0]?.trim();
    return value !== undefined && shape.test(value) ? value : undefined;
  };
  const scheme = given("proto", /^https?$/) ?? protocol.slice(0, -1);
  const name = given("host", /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i) ?? host;
  const prefix = given("prefix", /^(?:\/[\w.~-]+)+\/?$/) ?? "";
  // The app's own base is what its routes do not see of the path.
  const base = pathname.slice(0, pathname.length - c.req.path.length);
  return `${scheme}://${name}${prefix.replace(/\/$/, "")}${base}`;
}
