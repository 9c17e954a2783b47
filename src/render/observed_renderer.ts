/** A renderer that is watched: what it did is counted, and each part of it is a span. */

import { FORMATS } from "../image/mod.ts";
import type { Checked } from "./arithmetic.ts";
import type { FrameOptions, FrameRenderer, FrameRequest, RenderedFrame } from "./frame_renderer.ts";
import { inSpan, pastSpan } from "./spans.ts";

/** What was done since it is watched. */
export interface WorkDone extends Computed {
  /** Frames sampled: tiles, bands of pictures, and the coarse looks of `auto`. */
  readonly frames: number;
  /** Files encoded. */
  readonly files: number;
  /** Perturbed frames that were compared with exact arithmetic, or should have been, by what came of it. */
  readonly checked: Readonly<Record<Checked, number>>;
}

/** What computing has taken, whether a frame came of it or its client hung up in the middle. */
export interface Computed {
  /** Compute time of frames, reference orbits and exact points, milliseconds of all cores together. */
  readonly milliseconds: number;
  /**
   * Steps that pixels and exact points took, of these those with any number of bits; of perturbed pixels
   * those that were made and not skipped.
   */
  readonly iterations: number;
}

/** Counts what another renderer does, and makes OpenTelemetry's spans of it. */
export class ObservedRenderer implements FrameRenderer {
  readonly #renderer: FrameRenderer & { readonly computed: Computed };
  readonly #before: Computed;
  readonly #done = { frames: 0, files: 0 };
  readonly #checked = { passed: 0, unchecked: 0, recomputed: 0 };

  /** Does not own the renderer. */
  constructor(renderer: FrameRenderer & { readonly computed: Computed }) {
    this.#renderer = renderer;
    this.#before = { ...renderer.computed };
  }

  /** What was done so far. A frame counts once it is whole; what it takes counts as it is computed. */
  get done(): WorkDone {
    const { milliseconds, iterations } = this.#renderer.computed;
    return {
      ...this.#done,
      checked: { ...this.#checked },
      milliseconds: milliseconds - this.#before.milliseconds,
      iterations: iterations - this.#before.iterations,
    };
  }

  render(request: FrameRequest, options?: FrameOptions): Promise<RenderedFrame> {
    return inSpan("compute", async (span) => {
      const rendered = await this.#renderer.render(request, options);
      this.#count(request, rendered);
      if (span.isRecording()) {
        const { frame: { width, height } } = request;
        const { compute: milliseconds, steps: iterations, arithmetic: { kind } } = rendered;
        span.setAttributes({ width, height, iterations, milliseconds, arithmetic: kind });
        pastSpan("encode", rendered.colour + rendered.encode);
      }
      return rendered;
    });
  }

  #count({ output: { format } }: FrameRequest, { frames, arithmetic }: RenderedFrame): void {
    this.#done.frames += frames;
    if (FORMATS[format].endings.length > 0) this.#done.files++;
    if (frames > 0 && arithmetic.kind === "perturbation" && arithmetic.checked !== undefined) {
      this.#checked[arithmetic.checked]++;
    }
  }
}
