// web: The Hono app, its limits and its error table.

export {
  type Location,
  LocationLimitError,
  readLocation,
  widthOf,
  withIterationsWithin,
} from "./page/location.js";
export { VERSION } from "./version.ts";
export { type App, type AppOptions, type Connection, createApp } from "./app.ts";
export { BASE_PATH } from "./http/base_path.ts";
export { ENDINGS, OFFERED, requireFits } from "./request/formats.ts";
export { DEFAULT_LIMITS, type Limits, SETTING } from "./request/limits.ts";
export {
  type Parameters,
  type Params,
  readParams,
  readView,
  RENDER_PARAMETERS,
} from "./request/parameters.ts";
export { BadRequestError } from "./http/problem.ts";
export { compileProxies, type RateOptions } from "./admission/rate_limit.ts";
export type { RequestLine } from "./http/request_tally.ts";
export type { ServerState } from "./operations/server_state.ts";
