// Renders views with exact counts as a request would, and says how far off they are.

import { Exact } from "../../../src/plane/mod.ts";
import { AutoIterations, renderView, RenderWorkers } from "../../../src/render/mod.ts";
import deep from "../../data/deep_views.json" with { type: "json" };
import generated from "../../data/generated_views.json" with { type: "json" };
import type { DeepView } from "./view.ts";

/** Pixels of a view that may differ from exact arithmetic, and by what share of the exact count. */
const MOST_WRONG = 2;
const MOST_OFF = 1e-3;

/**
 * Views with a greater limit of iterations take seconds each. (2026-12, two cores: all below it take 6 s
 * together, the three public places above it 45 s.)
 */
const QUICK_ITERATIONS = 150_000;

/** How a view's counts compare with exact ones. */
export interface Verdict {
  readonly id: string;
  readonly pixels: number;
  readonly wrong: number;
  /** The largest difference as a share of the exact count; of 1 where that is 0. */
  readonly worst: number;
}

/** All views of both files: those that were collected, and those of the generator. */
export function allViews(): readonly DeepView[] {
  // The type of a JSON import does not know that its rows have three numbers.
  return [...deep.views, ...generated.views] as unknown as readonly DeepView[];
}

/** The views that are rendered in a moment. */
export function quickViews(): readonly DeepView[] {
  return allViews().filter(({ iterations }) => iterations <= QUICK_ITERATIONS);
}

/** Compares a view's counts, width * width of them from the top row on, with the exact ones. */
export function verdictOf({ id, width, pixels }: DeepView, counts: Uint32Array): Verdict {
  let wrong = 0;
  let worst = 0;
  for (const [column, row, exact] of pixels) {
    const off = Math.abs(counts[row * width + column]! - exact);
    if (off === 0) continue;
    wrong++;
    worst = Math.max(worst, off / Math.max(1, exact));
  }
  return { id, pixels: pixels.length, wrong, worst };
}

/** Whether at most two pixels are wrong, not all of them, and those by 0.1 % at most. */
export function isRight({ pixels, wrong, worst }: Verdict): boolean {
  return wrong <= MOST_WRONG && wrong < pixels && worst <= MOST_OFF;
}

/** A verdict in a line. */
export function textOf({ id, pixels, wrong, worst }: Verdict): string {
  return `${id}: ${wrong} of ${pixels} wrong, by up to ${(100 * worst).toPrecision(2)} %`;
}

/** Renders the views as `/render.npy` does, with workers that have rendered nothing before. */
export async function judgeViews(views: readonly DeepView[]): Promise<Verdict[]> {
  await using workers = await RenderWorkers.start({ workers: 2 });
  const auto = new AutoIterations(workers);
  const verdicts: Verdict[] = [];
  const left = [...views];
  // One view's reference orbit is computed by one worker: the other has the next view meanwhile.
  const render = async () => {
    for (let view = left.shift(); view !== undefined; view = left.shift()) {
      const { re, im, span, width, iterations } = view;
      const place = { re: Exact.parse(re), im: Exact.parse(im), span: Exact.parse(span) };
      const { bytes } = await renderView({ frames: workers, auto }, {
        view: { ...place, width, height: width },
        iterations,
        output: { format: "npy" },
      });
      verdicts.push(verdictOf(view, countsOf(bytes, width * width)));
    }
  };
  await Promise.all([render(), render()]);
  return verdicts;
}

/** The counts at the end of a file of NumPy's, `<u4` on a machine that is little-endian too. */
function countsOf(bytes: Uint8Array, count: number): Uint32Array {
  return new Uint32Array(bytes.slice(bytes.length - 4 * count).buffer);
}
