/** The compiled kernels, as committed beside their source (`deno task build:kernel` makes them). */

import direct from "./direct.wasm" with { type: "bytes" };
import perturbed from "./perturbed.wasm" with { type: "bytes" };

/** The two modules; they can be posted to workers. */
export interface CompiledKernels {
  /** For pixels that doubles can tell apart. */
  readonly direct: WebAssembly.Module;
  /** For the others. */
  readonly perturbed: WebAssembly.Module;
}

let compiled: Promise<CompiledKernels> | undefined;

/** Compiles the kernels' WASM, once. */
export function compileKernels(): Promise<CompiledKernels> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<CompiledKernels> {
  const modules = [direct, perturbed].map((bytes) => WebAssembly.compile(bytes));
  return { direct: await modules[0]!, perturbed: await modules[1]! };
}
