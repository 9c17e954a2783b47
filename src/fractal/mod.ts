// fractal: HOW LONG. Escape counts: the oracle, and the WASM kernel that must agree with it.

export { compileKernel } from "./compiled.ts";
export { escapeTime, smoothEscapeTime } from "./escape_time.ts";
export { type Batch, Kernel, MOST_PIXELS, MOST_SIDE, SCRATCH_BYTES } from "./kernel.ts";
export { warmUp } from "./warm_up.ts";
