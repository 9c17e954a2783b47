/** `GET /exact`: one point, counted by exact arithmetic. What the fast paths are compared with. */

import type { Context } from "hono";
import {
  EXACT_PARAMETERS,
  type ExactParameters,
  parametersOfQuery,
  readPoint,
} from "../request/parameters.ts";
import type { Admission } from "../admission/admission.ts";
import type { Limits } from "../request/limits.ts";
import type { Oracle } from "../../render/mod.ts";

/** What the handler needs of the server. */
export interface ExactDoor {
  readonly oracle: Oracle;
  readonly admission: Admission;
  readonly limits: Limits;
}

/** Answers with the count of the point `re` + i `im` within `iterations`, and what its orbit did. */
export async function answerExact(
  c: Context,
  { oracle, admission, limits }: ExactDoor,
): Promise<Response> {
  const parameters = parametersOfQuery(new URL(c.req.url).searchParams, EXACT_PARAMETERS);
  const { re, im, set, iterations }: ExactParameters = readPoint(parameters, limits);
  const { signal } = c.req.raw;
  const budget = limits.budget * 1000;
  const escape = await admission.run(
    () => oracle.exact({ re, im, set }, iterations, { signal, budget }),
    signal,
    { bulk: true },
  );
  return c.json(
    { re: parameters.get("re"), im: parameters.get("im"), iterations, ...escape },
    200,
    { "cache-control": "no-store" },
  );
}
