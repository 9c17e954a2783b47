/** The compiled kernels, as committed beside their source (`deno task build:kernel` makes them). */

import direct from "./direct.wasm" with { type: "bytes" };
import perturbed from "./perturbed.wasm" with { type: "bytes" };

let compiledDirect: Promise<WebAssembly.Module> | undefined;
let compiledPerturbed: Promise<WebAssembly.Module> | undefined;

/** Compiles the WASM of the kernel for doubles, once; the module can be posted to workers. */
export function compileKernel(): Promise<WebAssembly.Module> {
  compiledDirect ??= WebAssembly.compile(direct);
  return compiledDirect;
}

/** Compiles the WASM of the perturbation kernel, once; the module can be posted to workers. */
export function compilePerturbedKernel(): Promise<WebAssembly.Module> {
  compiledPerturbed ??= WebAssembly.compile(perturbed);
  return compiledPerturbed;
}
