/** The compiled kernel, as committed beside its source (`deno task build:kernel` makes it). */

import direct from "./direct.wasm" with { type: "bytes" };

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiles the kernel's WASM, once; the module can be posted to workers. */
export function compileKernel(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(direct);
  return compiled;
}
