// Our worker for cursor_bench.ts: batches and calls that do nothing.

import { serve } from "../../src/pool/mod.ts";

const service = serve({
  functions: { empty: (batch: number) => batch },
  parallelFor: { empty: () => () => {} },
});

export type EmptyService = typeof service;
