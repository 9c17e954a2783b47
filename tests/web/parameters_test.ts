/** Reading parameters: what is taken, and what it is taken for. */

import assert from "node:assert/strict";
import { Exact, MANDELBROT } from "../../src/plane/mod.ts";
import { BadRequestError, DEFAULT_LIMITS, readParams, readView } from "../../src/web/mod.ts";
import {
  parametersOfBody,
  parametersOfQuery,
  RENDER_PARAMETERS,
  TILE_PARAMETERS,
} from "../../src/web/request/parameters.ts";

const limits = { ...DEFAULT_LIMITS, concurrency: 1 };
const view = { re: "-0.75", im: "1e-1", span: "2.5", width: "40", height: "30" };

function paramsOf(query: string) {
  return readParams(parametersOfQuery(new URLSearchParams(query), TILE_PARAMETERS), limits);
}

/** Asserts that reading is refused for this parameter, and with these words. */
function assertRefused(read: () => unknown, parameter: string | undefined, words: RegExp): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.details.parameter, parameter);
    assert.match(error.message, words);
    return true;
  });
}

Deno.test("without parameters everything has its default", () => {
  assert.deepEqual(paramsOf(""), {
    iterations: "auto",
    look: { palette: "classic", shading: "smooth" },
    set: MANDELBROT,
    versioned: false,
    fallback: false,
  });
});

Deno.test("every wish is heard", () => {
  assert.deepEqual(paramsOf("iterations=1&palette=%23F00,00ff00&shading=bands&v"), {
    iterations: 1,
    look: { palette: "ff0000,00ff00", shading: "bands" },
    set: MANDELBROT,
    versioned: true,
    fallback: false,
  });
  assert.equal(paramsOf("fallback=parent").fallback, true);
  assert.equal(paramsOf("iterations=auto").iterations, "auto");
  assert.equal(paramsOf("iterations=5000000").iterations, 5_000_000);
});

Deno.test("a view is read exactly", () => {
  const { re, im, span, ...sizes } = readView(new Map(Object.entries(view)), limits);
  assert.equal(re.compare(Exact.of(-0.75)), 0);
  assert.equal(
    im.times(Exact.of(10)).compare(Exact.of(1)),
    0,
    "a tenth, not the double next to it",
  );
  assert.equal(span.compare(Exact.of(2.5)), 0);
  assert.deepEqual(sizes, { width: 40, height: 30, supersample: 1, set: MANDELBROT });
  const fine = readView(new Map(Object.entries({ ...view, supersample: "8" })), limits);
  assert.equal(fine.supersample, 8);
});

Deno.test("a view lacks nothing", () => {
  for (const name of Object.keys(view)) {
    const others = new Map(Object.entries(view).filter(([other]) => other !== name));
    assertRefused(() => readView(others, limits), name, new RegExp(`without ${name}`));
  }
});

Deno.test("bodies and queries say the same", () => {
  const query = parametersOfQuery(new URLSearchParams(view), RENDER_PARAMETERS);
  const strings = parametersOfBody(JSON.stringify(view), RENDER_PARAMETERS);
  const numbers = { ...view, width: 40, height: 30 };
  assert.deepEqual(strings, query);
  assert.deepEqual(parametersOfBody(JSON.stringify(numbers), RENDER_PARAMETERS), query);
});

Deno.test("a parameter is known and comes once", () => {
  const query = (text: string) => () =>
    parametersOfQuery(new URLSearchParams(text), TILE_PARAMETERS);
  const body = (text: string) => () => parametersOfBody(text, RENDER_PARAMETERS);
  assertRefused(query("palete=magma"), "palete", /no such parameter/);
  assertRefused(query("v=1&v=1"), "v", /more than once/);
  assertRefused(query("re=0"), "re", /no such parameter/);
  assertRefused(body(`{"depth":1}`), "depth", /no such parameter/);
  assertRefused(body(`{"re":"0", "re" : "0"}`), "re", /more than once/);
  assertRefused(body(`{"r\\u0065":"0","re":"0"}`), "re", /more than once/);
  assertRefused(body(`{"re":"0","im":1}`), "im", /must be a string/);
  assertRefused(body(`{"width":[1]}`), "width", /a string or a number/);
  assertRefused(body(`["re"]`), undefined, /JSON object/);
  assertRefused(body(`{"re"`), undefined, /as JSON/);
});

Deno.test("a value that looks like a name is not one", () => {
  const text = JSON.stringify({ v: `"v":1,"re":\\`, palette: `{"v":`, re: `\\"re":` });
  assert.equal(parametersOfBody(text, RENDER_PARAMETERS).get("v"), `"v":1,"re":\\`);
});

Deno.test("what is too long to repeat is repeated by its beginning", () => {
  const long = "x".repeat(5000);
  assert.throws(() => paramsOf(`iterations=${long}`), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.ok(error.message.length < 250);
    assert.equal(error.details.value, `${"x".repeat(77)}...`);
    return true;
  });
});
