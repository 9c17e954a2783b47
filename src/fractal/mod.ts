// fractal: Escape counts: the oracles, and the WASM kernels that must agree with them.

export { countAlone, sampleAlone } from "./alone.ts";
export { hasAttractingCycle } from "./attracting.ts";
export { directModule, perturbedModule } from "./compiled.ts";
export { countSmoothly, countSteps, escapeTime, smoothEscapeTime } from "./escape_time.ts";
export type { Formula, Start } from "./formulas/formula.ts";
export { deepestZoomOf, formulaOf } from "./formulas/table.ts";
export {
  type ExactEscape,
  exactEscapeTime,
  type ExactOptions,
  settledEscapeTime,
} from "./exact_escape_time.ts";
export type { Approach, Course } from "./course.ts";
export { advanceCycle, type CycleSearch, cycleSearch } from "./cycle.ts";
export { type FixedPoint, isProven, type PartToProve, wayToProve } from "./deep_interior.ts";
export { advanceNucleus, mayBeWithin, type NucleusSearch, nucleusSearch } from "./nucleus.ts";
export {
  type Batch,
  Kernel,
  MOST_ITERATIONS,
  MOST_PIXELS,
  MOST_SIDE,
  SCRATCH_BYTES,
} from "./kernel.ts";
export { advanceOrbit, type NearZeroPoint, type Orbit, orbitOf, type OrbitSlice } from "./orbit.ts";
export { ownReferenceOf } from "./own_reference.ts";
export { type Path, pathOf } from "./path.ts";
export {
  PERTURBED_SCRATCH_BYTES,
  type PerturbedBatch,
  PerturbedKernel,
  type PerturbedSteps,
  type PlacedReference,
  pointsOf,
  referenceBytes,
  type ReferenceShape,
  writeNearZeroPoints,
  writePoints,
} from "./perturbed_kernel.ts";
export {
  differencesOf,
  exactPoint,
  nucleusPointOf,
  nucleusReach,
  type ReferencePoint,
  referencePointOf,
} from "./reference_point.ts";
export { type SuspectFrame, type Suspicion, suspicionOf } from "./suspicion.ts";
export { WARM_UP_BYTES, warmUp, warmUpPerturbed } from "./warm_up.ts";
