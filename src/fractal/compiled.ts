/** The compiled kernels, as committed beside their source (`deno task build:kernel` makes them). */

import { direct, perturbed } from "./wasm.js";

/** The WASM of the kernel for doubles; the module can be posted to workers. */
export function compileKernel(): Promise<WebAssembly.Module> {
  return Promise.resolve(direct as WebAssembly.Module);
}

/** The WASM of the perturbation kernel; the module can be posted to workers. */
export function compilePerturbedKernel(): Promise<WebAssembly.Module> {
  return Promise.resolve(perturbed as WebAssembly.Module);
}
