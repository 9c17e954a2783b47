/** Validators without work: output is deterministic, so the ETag names the request. */

import { nameOf } from "../../render/mod.ts";

/** A strong ETag for the answer to a normalised request. */
export function etagOf(...request: readonly (string | number)[]): string {
  return `"${nameOf(...request)}"`;
}

/** Whether an `If-None-Match` header names this tag; weak comparison, as RFC 9110 asks for. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
