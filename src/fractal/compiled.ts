/** The compiled kernels, as committed beside their source (`deno task build:kernel` makes them). */

import { direct, perturbed } from "./wasm.js";

/** The WASM of the kernel for doubles; it can be posted to workers. */
export const directModule: WebAssembly.Module = direct;

/** The WASM of the perturbation kernel; it can be posted to workers. */
export const perturbedModule: WebAssembly.Module = perturbed;
