// Writes the generated views and their exact counts: tests/data/generated_views.json.
//
//     deno run --allow-read=src,tests --allow-write=tests/data tests/fractal/deep_views/generate.ts
//
// It is seeded: the same file every time, in a few minutes of one core. An argument names another file.

import { randomFrom } from "../../plane/random.ts";
import { countedView, longOrbitsBeside } from "./counting.ts";
import { deepPlaces, NECKS, type Place } from "./places.ts";
import { type DeepView, writeViews } from "./view.ts";

const SEED = 20_261_201;

const ABOUT = "Views with exact counts by integer arithmetic, made by " +
  "tests/fractal/deep_views/generate.ts: id, re, im (centre), span (width of the view), iterations, " +
  "width = height of /render.npy in pixels, and pixels [column, row, count].";

function* places(): Generator<Place> {
  yield* deepPlaces(SEED);
  for (const [index, neck] of NECKS.entries()) {
    yield longOrbitsBeside(neck, randomFrom(SEED + 1000 + index));
  }
}

const views: DeepView[] = [];
const encoder = new TextEncoder();
let index = 0;
for (const place of places()) {
  const began = performance.now();
  const view = countedView(place, randomFrom(SEED + 2000 + index++));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const said = view === undefined
    ? "nothing escapes, left out"
    : `${new Set(view.pixels.map(([, , count]) => count)).size} counts of up to ${view.iterations}`;
  Deno.stderr.writeSync(encoder.encode(`${place.id}: ${said}, ${seconds} s\n`));
  if (view !== undefined) views.push(view);
}
const file = Deno.args[0] ?? new URL("../../data/generated_views.json", import.meta.url);
Deno.writeTextFileSync(file, writeViews({ about: ABOUT, views }));
