// web: THE DOOR. The Hono app, its limits and its error table.

export {
  type Location,
  LocationLimitError,
  readLocation,
  widthOf,
  withIterationsWithin,
} from "./page/location.js";
export { type App, type AppOptions, type Connection, createApp } from "./app.ts";
export { BASE_PATH } from "./base_path.ts";
export { ENDINGS, OFFERED, requireFits } from "./formats.ts";
export { DEFAULT_LIMITS, type Limits, SETTING } from "./limits.ts";
export {
  type Parameters,
  readView,
  readWishes,
  RENDER_PARAMETERS,
  type Wishes,
} from "./parameters.ts";
export { BadRequestError } from "./problem.ts";
export { compileProxies, type RateOptions } from "./rate_limit.ts";
export type { RequestLine } from "./request_tally.ts";
export type { ServerState } from "./server_state.ts";
