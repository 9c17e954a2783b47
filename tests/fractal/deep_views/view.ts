// A view with exact counts: what the test data is made of.

/** Where a view is and what some of its pixels count, as the data files hold it. */
export interface DeepView {
  readonly id: string;
  readonly kind: string;
  /** Centre and width, as a request has them. */
  readonly re: string;
  readonly im: string;
  readonly span: string;
  readonly iterations: number;
  /** Width and height in pixels. */
  readonly width: number;
  /** Power of ten of the span, its sign turned. */
  readonly depth?: number;
  /** Period of the minibrot that the view is of, or null where there is none. */
  readonly period?: number | null;
  readonly note?: string;
  /** Pixels and their counts by integer arithmetic. */
  readonly pixels: readonly (readonly [column: number, row: number, count: number])[];
}

/** A file of views. */
export interface DeepViews {
  /** What the file holds and how it came to be. */
  readonly about: string;
  readonly views: readonly DeepView[];
}

/** The file's text: a line for a view's place, and one for its pixels. */
export function writeViews({ about, views }: DeepViews): string {
  const lines = views.map(({ pixels, ...place }) => {
    const head = JSON.stringify(place).slice(0, -1);
    return `${head},\n"pixels":${JSON.stringify(pixels)}}`;
  });
  return `{"about":${JSON.stringify(about)},\n"views":[\n${lines.join(",\n")}\n]}\n`;
}
