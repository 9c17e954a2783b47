// The other pool's worker for cursor_bench.ts: one function that does nothing.

import { ThreadWorker } from "poolifier-web-worker";

new ThreadWorker<number, number>((batch) => batch ?? 0);
