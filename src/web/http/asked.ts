/** What was asked, read before it is answered: once it is, Deno may have closed the request. */

/** A request's line, and what chooses between answers to it. */
export interface Asked {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly accept: string | null;
}

export function askedOf({ method, url, headers }: Request): Asked {
  return { method, target: targetOf(url), accept: headers.get("accept") };
}

/** What comes behind the host. */
export function targetOf(url: string): string {
  return url.slice(url.indexOf("/", "https://".length));
}
