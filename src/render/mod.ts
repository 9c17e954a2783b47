// render: A request names a frame; samples, colours, a file.

// Errors of rendering, which the floors above turn into answers.
export { OverBudgetError, PoolClosedError, type PoolCounters } from "../pool/mod.ts";
// Work that is done after an answer.
export { defer } from "../pool/mod.ts";
export type { Part } from "../image/mod.ts";
// What metrics show.
export type { StoreStats } from "../store/mod.ts";
// Sets, for documents that describe them.
export { deepestZoomOf, formulaOf } from "../fractal/mod.ts";
export { ALGORITHM } from "./algorithm.ts";
export { AutoIterations, type AutoOptions, type Chosen } from "./auto_iterations.ts";
export { batchAt, type BatchBounds, batchCount } from "./local/batches.ts";
export { FileCache, type FileRequest, type Served } from "./cache/file_cache.ts";
export { InFlight } from "./cache/in_flight.ts";
export { nameOf } from "./cache/names.ts";
export { type Computed, ObservedRenderer, type WorkDone } from "./observed_renderer.ts";
export { emptySpan, inSpan, type SpanName } from "./spans.ts";
export { CachingRenderer, type SampleStores } from "./cache/caching_renderer.ts";
export type { Arithmetic, Checked, PerturbationArithmetic } from "./arithmetic.ts";
export {
  type FrameOptions,
  type FrameRenderer,
  type FrameRequest,
  type Notes,
  type Output,
  outputOf,
  type PictureOutput,
  type RenderedFrame,
} from "./frame_renderer.ts";
export { frameRequestFromJson, frameRequestToJson } from "./frame_wire.ts";
export type { Oracle } from "./oracle.ts";
export {
  type Iterations,
  type Rendered,
  type Renderer,
  type RenderLimits,
  renderTile,
  renderView,
} from "./render.ts";
export { RenderWorkers, type RenderWorkersOptions } from "./local/render_workers.ts";
export { OrbitTooLongError } from "./local/references.ts";
export type { Sampled, SampleOptions, SavedSamples } from "./local/samples.ts";
