/** Names of what a cache holds: readable while they are short, a hash of everything when they are not. */

import { createHash } from "node:crypto";
import { ALGORITHM } from "../algorithm.ts";

/** Characters of a readable name at most. */
const LONGEST = 96;

/** What a text may hold to stand in a readable name: nothing that parts two of them, no quote, no comma. */
const PLAIN = /^[\w/.-]*$/;

/**
 * A name for everything that a result depends on; other parts have another name, and another algorithm
 * gives other names.
 *
 * A readable name holds the parts as they are, a number behind `=` and a text behind `;`, of which no
 * text has either. It begins with the algorithm, whose slash no hash has. Up to 96 characters long, and
 * fit for an ETag between quotes (experiment render-4).
 */
export function nameOf(...parts: readonly (string | number)[]): string {
  return readable(parts) ??
    createHash("sha256").update(JSON.stringify([ALGORITHM, ...parts])).digest("base64url");
}

/** The readable name, if the parts have one. */
function readable(parts: readonly (string | number)[]): string | undefined {
  let name = ALGORITHM;
  for (const part of parts) {
    if (typeof part === "number") name += `=${part}`;
    else if (part.length <= LONGEST && PLAIN.test(part)) name += `;${part}`;
    else return undefined;
  }
  return name.length <= LONGEST ? name : undefined;
}
