/**
 * Compiles the kernel from AssemblyScript to WASM: `deno task build:kernel`. With `--check` it writes
 * nothing and fails when the committed bytes are not what the source gives.
 */

import asc from "assemblyscript/asc";

const SOURCE = new URL("./kernel/direct.ts", import.meta.url);
const TARGET = new URL("./direct.wasm", import.meta.url);

/** Compiler options: SIMD over one imported, shared memory of up to 4 GiB; no allocator, no checks. */
const OPTIONS = [
  "-O3",
  "--runtime",
  "stub",
  "--noAssert",
  "--enable",
  "simd",
  "--enable",
  "threads",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory",
  "1",
  "--maximumMemory",
  "65536",
];

/** Compiles the kernel's source. The bytes depend on nothing but it and the compiler's version. */
export async function buildKernel(): Promise<Uint8Array<ArrayBuffer>> {
  let output: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    ["direct.ts", "--outFile", "direct.wasm", ...OPTIONS],
    {
      readFile: (name) => readSource(name),
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") output = new Uint8Array(contents);
      },
      listFiles: () => [],
    },
  );
  if (error !== null || output === undefined) {
    throw new Error(`Cannot compile the kernel: ${stderr.toString()}`);
  }
  return output;
}

function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name, SOURCE));
  } catch {
    return null;
  }
}

if (import.meta.main) {
  const built = await buildKernel();
  if (Deno.args.includes("--check")) {
    const committed = await Deno.readFile(TARGET);
    const same = built.length === committed.length &&
      built.every((byte, i) => byte === committed[i]);
    if (!same) {
      throw new Error(
        "direct.wasm is not what its source compiles to: run `deno task build:kernel`",
      );
    }
  } else {
    await Deno.writeFile(TARGET, built);
  }
}
