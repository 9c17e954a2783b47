/** The compiled kernels as modules: TypeScript does not read source imports yet. */

import source direct from "./direct.wasm";
import source perturbed from "./perturbed.wasm";

export { direct, perturbed };
