/**
 * Compiles the kernel from AssemblyScript to WASM: `deno task build:kernel`. With `--check` it writes
 * nothing and fails when the committed bytes are not what the source gives.
 */

import asc from "assemblyscript/asc";

/** The modules: each has its door in `kernel/`, and its compiled bytes beside this file. */
export const MODULES = ["direct", "perturbed"] as const;

const SOURCE = new URL("./kernel/", import.meta.url);

/**
 * Compiler options: SIMD over one imported, shared memory of up to 4 GiB; no allocator, no checks.
 */
const OPTIONS = [
  "-O3",
  "--runtime",
  "stub",
  "--noAssert",
  "--debug",
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

/**
 * Compiles a module. The bytes depend on nothing but its source and the compiler's version.
 *
 * @param read the text of a source file by its name, null where there is none; default: what lies in
 * `kernel/`. Tests spoil kernels by it.
 */
export async function buildKernel(
  name: (typeof MODULES)[number],
  read: (name: string) => string | null = readSource,
): Promise<Uint8Array<ArrayBuffer>> {
  let output: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [`${name}.ts`, "--outFile", `${name}.wasm`, ...OPTIONS],
    {
      readFile: (name) => read(name),
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

/** The text of a file of the kernel's source. */
export function readSource(name: string): string | null {
  try {
    return Deno.readTextFileSync(new URL(name, SOURCE));
  } catch {
    return null;
  }
}

if (import.meta.main) {
  for (const name of MODULES) {
    const built = await buildKernel(name);
    const target = new URL(`./${name}.wasm`, import.meta.url);
    if (Deno.args.includes("--check")) {
      const committed = await Deno.readFile(target);
      const same = built.length === committed.length &&
        built.every((byte, i) => byte === committed[i]);
      if (!same) {
        throw new Error(
          `${name}.wasm is not what its source compiles to: run \`deno task build:kernel\``,
        );
      }
    } else {
      await Deno.writeFile(target, built);
    }
  }
}
