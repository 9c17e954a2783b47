/** The WASM limit of perturbation: its step without any test, in loops of several chains. */

import { compile } from "./limit_loop.ts";

/**
 * Independent chains of two doubles. A step's latency is 12 cycles on Zen 3, and the six additions of each
 * chain take 3 of them: four chains hide it barely, and with six or more z leaves the registers.
 */
const CHAINS = [4, 6, 8];

/** Steps of a pass over the orbit; its points take 16 kB. */
const STEPS = 1024;

/** Where c lies in the loop's memory, behind the orbit. */
const C_AT = 16 * STEPS;

/** One way of looping. */
export interface PerturbedLoop {
  readonly chains: number;
  /** Makes `passes` passes; returns the steps of all lanes together. */
  run(passes: number): number;
}

/** Compiles the loops. Their differences shrink to those of an orbit at -0.1: none leaves, none gets slow. */
export async function perturbedLoops(): Promise<PerturbedLoop[]> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  new Float64Array(memory.buffer, 0, 2 * STEPS).fill(-0.1);
  new Float64Array(memory.buffer, C_AT, 2 * Math.max(...CHAINS)).fill(0.01);
  const source = CHAINS.map(loopSource).join("\n");
  const { instance } = await WebAssembly.instantiate(await compile(source), { env: { memory } });
  return CHAINS.map((chains) => {
    (instance.exports[`begin${chains}`] as () => void)();
    const loop = instance.exports[`loop${chains}`] as (orbit: number, steps: number) => void;
    return {
      chains,
      run(passes) {
        for (let k = 0; k < passes; k++) loop(0, STEPS);
        return 2 * chains * passes * STEPS;
      },
    };
  });
}

/**
 * The loop in AssemblyScript: z in variables, c in globals, as in the kernel.
 *
 *     s = 2 Z + z,   z' = s z + c
 */
function loopSource(chains: number): string {
  const each = (line: (k: number) => string) => Array.from({ length: chains }, (_, k) => line(k));
  const name = (letter: string, k: number) => `${letter}${chains}_${k}`;
  const globals = each((k) =>
    `let ${name("cx", k)}: v128 = i64x2.splat(0), ${name("cy", k)}: v128 = i64x2.splat(0),
      ${name("x", k)}: v128 = i64x2.splat(0), ${name("y", k)}: v128 = i64x2.splat(0);`
  );
  const step = each((k) =>
    `s = f64x2.add(px, x${k}), t = f64x2.add(py, y${k});
    w = f64x2.add(f64x2.sub(f64x2.mul(s, x${k}), f64x2.mul(t, y${k})), ${name("cx", k)});
    y${k} = f64x2.add(f64x2.add(f64x2.mul(s, y${k}), f64x2.mul(t, x${k})), ${
      name("cy", k)
    }), x${k} = w;`
  );
  // A global that nobody sets would be a constant, built anew at every use; one set in the loop's own
  // function would be kept in a register that z needs.
  return `${globals.join("\n")}
  export function begin${chains}(): void {
    ${each((k) => `${name("cx", k)} = ${name("cy", k)} = v128.load(${C_AT + 16 * k});`).join("\n")}
  }
  export function loop${chains}(orbit: usize, steps: i32): void {
    ${each((k) => `let x${k} = ${name("x", k)}, y${k} = ${name("y", k)};`).join("\n")}
    let s = x0, t = x0, w = x0;
    for (let k = 0; k < steps; k++) {
      const zx = v128.load64_splat(orbit), zy = v128.load64_splat(orbit, 8);
      const px = f64x2.add(zx, zx), py = f64x2.add(zy, zy);
      ${step.join("\n")}
      orbit += 16;
    }
    ${each((k) => `${name("x", k)} = x${k}, ${name("y", k)} = y${k};`).join("\n")}
  }`;
}
