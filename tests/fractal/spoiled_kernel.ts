// Perturbation kernels that are wrong in known ways, and views on which they are.

import { buildKernel, readSource } from "../../src/fractal/build.ts";
import { Exact, type Frame, frameOfView } from "../../src/plane/mod.ts";
import views from "../data/spoiled_views.json" with { type: "json" };

/**
 * Plain doubles down to 2^-900: z^2 is lost at a minibrot, and the pixel lives the reference's orbit again.
 */
export async function kernelThatLosesZ(): Promise<WebAssembly.Module> {
  return await spoiled("queue.ts", "PLAIN_FROM: i32 = -400", "PLAIN_FROM: i32 = -900");
}

async function spoiled(file: string, from: string, to: string): Promise<WebAssembly.Module> {
  const bytes = await buildKernel("perturbed", (name) => {
    const source = readSource(name);
    if (name !== file || source === null) return source;
    if (!source.includes(from)) throw new Error(`Cannot spoil ${file}: it has no ${from}`);
    return source.replace(from, to);
  });
  return await WebAssembly.compile(bytes);
}

/** A view on which they are wrong. */
export interface SpoiledView {
  readonly id: string;
  readonly iterations: number;
  /** Column, row and count by exact arithmetic, in a view of `side` pixels. */
  readonly pixels: readonly (readonly number[])[];
  readonly side: number;
  /** The view in any size. */
  readonly frame: (side?: number) => Frame;
}

/** Around minibrots below 1e-288. */
export const spoiledViews: readonly SpoiledView[] = views.map((view) => ({
  ...{ id: view.id, iterations: view.iterations, pixels: view.pixels, side: view.width },
  frame: (side = view.width) =>
    frameOfView({
      ...{ re: Exact.parse(view.re), im: Exact.parse(view.im), span: Exact.parse(view.span) },
      ...{ width: side, height: side },
    }),
}));
