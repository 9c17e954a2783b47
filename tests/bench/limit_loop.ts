/** The WASM limit: the kernel's step without any escape, in loops of several chains, unrolled or not. */

import asc from "assemblyscript/asc";

/** Independent chains of two doubles: with fewer the step's latency shows, with more registers run out. */
const CHAINS = [4, 5, 6, 7, 8];

/** Steps in a row without a jump. Which is best differs by machine (2026-11, Zen 4: one). */
const UNROLLED = [1, 8];

/** The kernel's own options: what differs shall be the loop. */
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

/** Bytes of a chain: two real parts, two imaginary parts. */
const CHAIN_BYTES = 32;

/** Where c lies in the loop's memory. */
const C_AT = 1024;

/** One way of looping. */
export interface LimitLoop {
  readonly chains: number;
  readonly unrolled: number;
  /** Makes so many steps of every lane, a multiple of 8; returns the steps of all lanes together. */
  run(steps: number): number;
}

/** Compiles the loops. Their points are within the set: no orbit leaves, none gets slow. */
export async function limitLoops(): Promise<LimitLoop[]> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const kinds = CHAINS.flatMap((chains) => UNROLLED.map((unrolled) => ({ chains, unrolled })));
  const source = kinds.map(loopSource).join("\n");
  const { instance } = await WebAssembly.instantiate(await compile(source), { env: { memory } });
  const cells = new Float64Array(memory.buffer, C_AT, 4 * Math.max(...CHAINS));
  for (let i = 0; i < cells.length; i++) {
    const imaginary = i % 4 >= 2;
    cells[i] = imaginary ? 0.05 + i / 500 : -0.2 + i / 500;
  }
  return kinds.map(({ chains, unrolled }) => {
    const loop = instance.exports[`loop${chains}x${unrolled}`] as (
      c: number,
      steps: number,
    ) => void;
    return {
      chains,
      unrolled,
      run(steps) {
        loop(C_AT, steps);
        return 2 * chains * steps;
      },
    };
  });
}

/**
 * The loop in AssemblyScript: z in variables, c read from memory, as in the kernel.
 *
 *     re' = (re*re - im*im) + c_re,   im' = (p + p) + c_im,   p = re*im
 */
function loopSource({ chains, unrolled }: { chains: number; unrolled: number }): string {
  const each = (line: (k: number, at: number) => string) =>
    Array.from({ length: chains }, (_, k) => line(k, CHAIN_BYTES * k)).join("\n");
  const begin = each((k, at) =>
    `let x${k} = v128.load(c, ${at}), y${k} = v128.load(c, ${at + 16});`
  );
  const step = each((k, at) =>
    `p = f64x2.mul(x${k}, y${k});
    x${k} = f64x2.add(
      f64x2.sub(f64x2.mul(x${k}, x${k}), f64x2.mul(y${k}, y${k})),
      v128.load(c, ${at}),
    );
    y${k} = f64x2.add(f64x2.add(p, p), v128.load(c, ${at + 16}));`
  );
  // Stored, so that the loop is not optimised away.
  const end = each((k, at) => `v128.store(${at}, x${k}), v128.store(${at + 16}, y${k});`);
  return `export function loop${chains}x${unrolled}(c: usize, steps: i32): void {
    let p = f64x2.splat(0.0);
    ${begin}
    for (let k = 0; k < steps; k += ${unrolled}) {
      ${Array.from({ length: unrolled }, () => step).join("\n")}
    }
    ${end}
  }`;
}

/** Compiles a source in AssemblyScript as the kernels are compiled. */
export async function compile(source: string): Promise<Uint8Array<ArrayBuffer>> {
  let output: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(["loops.ts", "--outFile", "loops.wasm", ...OPTIONS], {
    readFile: (name) => name === "loops.ts" ? source : null,
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") output = new Uint8Array(contents);
    },
    listFiles: () => [],
  });
  if (error !== null || output === undefined) {
    throw new Error(`Cannot compile the limit's loops: ${stderr.toString()}`);
  }
  return output;
}
