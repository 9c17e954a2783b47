/**
 * Five hundred requests of every kind are answered with the bytes that are on record.
 *
 * `deno run -A tests/soak/same_bytes_test.ts --write` makes the record anew, for a change that is meant
 * to change answers. Run so without `--write`, it lists what differs.
 */

import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { seededRequests } from "../e2e/seeded_requests.ts";
import { startServer } from "../e2e/server.ts";

const RECORD = new URL("../data/answers.json", import.meta.url);
const COUNT = 500;

/** Characters of a hash that are kept: 60 bits. */
const HASH_LENGTH = 10;

/** Requests under way at a time. */
const AT_ONCE = 4;

/** What each request is answered with: status, media type and a hash of the body. */
async function answers(): Promise<Readonly<Record<string, string>>> {
  await using server = await startServer();
  const requests = await seededRequests(COUNT);
  const found: Record<string, string> = Object.fromEntries(requests.map((path) => [path, ""]));
  const rest = requests.values();
  const ask = async () => {
    for (const path of rest) {
      const response = await fetch(new URL(path.slice(1), server.url));
      const type = response.headers.get("content-type")?.split(";")[0];
      const bytes = Buffer.from(await response.arrayBuffer());
      // Documents name the address that they were asked at.
      const body = /json|xml/.test(type ?? "")
        ? bytes.toString().replaceAll(server.url, "http://here/")
        : bytes;
      const hash = createHash("sha256").update(body).digest("base64url").slice(0, HASH_LENGTH);
      found[path] = `${response.status} ${type} ${hash}`;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return found;
}

/** What is found where the record says something else. */
function differences(found: Readonly<Record<string, string>>): string[] {
  const record = JSON.parse(Deno.readTextFileSync(RECORD)) as Record<string, string>;
  assert.deepEqual(Object.keys(record), Object.keys(found), "the requests are those on record");
  return Object.keys(found).filter((path) => found[path] !== record[path])
    .map((path) => `${path}: ${record[path]} was, ${found[path]} is`);
}

if (import.meta.main) {
  const found = await answers();
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(RECORD, JSON.stringify(found, null, 2) + "\n");
  } else {
    const text = differences(found).join("\n") || "all as on record";
    await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
  }
} else {
  Deno.test("five hundred requests have the answers that are on record", async () => {
    assert.deepEqual(differences(await answers()), []);
  });
}
